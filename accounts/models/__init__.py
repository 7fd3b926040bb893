from accounts.models.account import Account, Segment, TeamMember
from accounts.models.bulk import BulkChange
from accounts.models.calendar_feed import CalendarFeed
from accounts.models.contact import Contact
from accounts.models.contract import Contract, ContractLine, ExchangeRate, Invoice, Product
from accounts.models.feature_request import FeatureAsk, FeatureRequest, FeatureRequestStep
from accounts.models.mail import Mail, MailEvent, MailRules, Suppression
from accounts.models.notification import Digest, Notification
from accounts.models.onboarding import (
    Onboarding,
    OnboardingRisk,
    OnboardingStep,
    OnboardingTemplate,
    TemplateStep,
)
from accounts.models.playbook import Holiday, Playbook, PlaybookCue, PlaybookRun, PlaybookVersion, RunStep
from accounts.models.playbook_result import PlaybookResult
from accounts.models.recurrence import Recurrence
from accounts.models.sent_form import SentForm
from accounts.models.sequence import Enrolment, EnrolmentStep, MailTemplate, Sequence, SequenceStep
from accounts.models.share_link import OnboardingShare, PlanShare
from accounts.models.step_back import StepBack
from accounts.models.success_plan import (
    MeasuredValue,
    Milestone,
    Objective,
    PlanPart,
    PlanReview,
    PlanRisk,
    PlanStakeholder,
    RoiRecord,
    SuccessPlan,
    UseCase,
)
from accounts.models.user import User
from accounts.models.view import DefaultView, SavedView
from accounts.models.work import Note, Task, Touch

__all__ = [
    "Account",
    "BulkChange",
    "CalendarFeed",
    "Contact",
    "Contract",
    "ContractLine",
    "DefaultView",
    "Digest",
    "Enrolment",
    "EnrolmentStep",
    "ExchangeRate",
    "FeatureAsk",
    "FeatureRequest",
    "FeatureRequestStep",
    "Holiday",
    "Invoice",
    "Mail",
    "MailEvent",
    "MailRules",
    "MailTemplate",
    "MeasuredValue",
    "Milestone",
    "Note",
    "Notification",
    "Objective",
    "Onboarding",
    "OnboardingRisk",
    "OnboardingShare",
    "OnboardingStep",
    "OnboardingTemplate",
    "PlanPart",
    "PlanReview",
    "PlanRisk",
    "PlanShare",
    "PlanStakeholder",
    "Playbook",
    "PlaybookCue",
    "PlaybookResult",
    "PlaybookRun",
    "PlaybookVersion",
    "Product",
    "Recurrence",
    "RoiRecord",
    "RunStep",
    "SavedView",
    "Segment",
    "SentForm",
    "Sequence",
    "SequenceStep",
    "StepBack",
    "SuccessPlan",
    "Suppression",
    "Task",
    "TeamMember",
    "TemplateStep",
    "Touch",
    "UseCase",
    "User",
]
