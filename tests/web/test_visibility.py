"""Every address of the workspace, walked as those who may not see what lies behind it.

A new address fails here until it is named in exactly one of four places:
- `OBJECTS`: its path names a record. The builder gives the path's arguments for a record on `cast.account`, and
  whoever does not see that account gets 404, by GET and by POST.
- `LISTS`: it shows records without naming one. Outsiders get the page, and nothing of `cast.account` on it.
- `KEYS`: its path holds a secret, and whoever has that may read, with a login or without.
- `HOOKS`: programs tell something there, with a secret of their own; nobody is shown anything.
- `OPEN`: it shows and changes nobody's records but one's own; the reason stands beside it.
The admin is left out by rule: nobody but admins, who see everything, enters it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import FeatureRequest, User
from accounts.queries.share_links import token_of
from accounts.queries.unsubscribing import unsubscribe_token
from accounts.services.calendar_feed import make_feed
from accounts.services.feature_requests import move_on
from health.queries.survey_asks import token_of_survey
from qbr.queries.satisfaction import token_of_ask
from tests import factories as make
from tests.cast import Cast, logged_in

Builder = Callable[[Cast], dict[str, Any]]


def record(name: str, factory: type, **fields: Any) -> Builder:
    """Path arguments that name a record of the account: `record("pk", make.TaskFactory)`."""
    return lambda cast: {name: factory(account=cast.account, **fields).pk}


def told_to_the_owner(cast: Cast) -> dict[str, Any]:
    """Path arguments that name a notification of the owner, about the account."""
    return {"pk": make.NotificationFactory(user=cast.owner, account=cast.account).pk}


def of_a_plan(**arguments: Any) -> Builder:
    """Path arguments that name the account, which has a plan."""

    def build(cast: Cast) -> dict[str, Any]:
        make.SuccessPlanFactory(account=cast.account)
        return {"pk": cast.account.pk} | arguments

    return build


def asked_for(cast: Cast) -> dict[str, Any]:
    """Path arguments that name a feature request, which all may read, that the account asked for."""
    return {"pk": make.FeatureAskFactory(account=cast.account, words=f"{cast.account} needs it").request_id}


def moved_on(cast: Cast) -> dict[str, Any]:
    """Path arguments that name the latest step of such a request."""
    request = FeatureRequest.objects.get(**asked_for(cast))
    return {"pk": move_on(by=cast.owner, request=request, status="planned").pk}


def offered_to(factory: type, under: str = "", **fields: Any) -> Builder:
    """Path arguments that name something of a proposal to the account: `under` leads from it to the proposal."""
    return lambda cast: {"pk": factory(**{f"{under}renewal__account": cast.account}, **fields).pk}


def said_in_a_review(factory: type, **fields: Any) -> Builder:
    """Path arguments that name something that belongs to a review with the account."""
    return lambda cast: {"pk": factory(review__account=cast.account, **fields).pk}


def with_an_approval(cast: Cast) -> dict[str, Any]:
    """No path arguments; a discount for the account waits for an approval."""
    make.ApprovalFactory(proposal__renewal__account=cast.account)
    return {}


def in_a_campaign(**arguments: Any) -> Builder:
    """Path arguments that name a win-back campaign with the account."""

    def build(cast: Cast) -> dict[str, Any]:
        return {"pk": make.CampaignTargetFactory(account=cast.account).campaign_id} | arguments

    return build


def lost_and_chosen(cast: Cast) -> dict[str, Any]:
    """No path arguments; the account is lost, and was started in a campaign."""
    cast.account.status, cast.account.churned_on = "churned", cast.account.churned_on or make.day(-10)
    cast.account.save()
    campaign = make.CampaignFactory(name=f"Campaign for {cast.account}", as_running=True)
    make.CampaignTargetFactory(campaign=campaign, account=cast.account, as_running=True)
    return {}


def of_a_review(cast: Cast) -> dict[str, Any]:
    """No path arguments; a review with the account is due."""
    make.ReviewFactory(account=cast.account)
    return {}


def with_a_save_plan(cast: Cast) -> dict[str, Any]:
    """No path arguments; a save plan is under way for the account."""
    make.InterventionFactory(account=cast.account)
    return {}


def of_the_outbox(cast: Cast) -> dict[str, Any]:
    """No path arguments; an e-mail to the account waits to be approved."""
    make.MailFactory(account=cast.account)
    return {}


def with_an_advocate(cast: Cast) -> dict[str, Any]:
    """No path arguments; somebody of the account speaks for us."""
    make.AdvocateFactory(account=cast.account)
    return {}


def would_recommend_us(cast: Cast) -> dict[str, Any]:
    """No path arguments; somebody of the account gave a high score."""
    make.SurveyAnswerFactory(
        account=cast.account, contact=make.ContactFactory(account=cast.account), kind="nps", score=10
    )
    return {}


def answered_a_survey(cast: Cast) -> dict[str, Any]:
    """No path arguments; the account has answered a survey, and has not answered another one."""
    make.SurveyAnswerFactory(account=cast.account, comment=f"{cast.account} says")
    make.SurveyAskFactory(account=cast.account, sent=True)
    return {}


OBJECTS: dict[str, Builder] = {
    "accounts:bulk-undo": lambda cast: {"key": make.BulkChangeFactory(by=cast.owner).key},
    "accounts:view-edit": lambda cast: {"pk": make.SavedViewFactory(owner=cast.owner).pk},
    "accounts:view-delete": lambda cast: {"pk": make.SavedViewFactory(owner=cast.owner).pk},
    "accounts:view-restore": lambda cast: {"pk": make.SavedViewFactory(owner=cast.owner, deleted=True).pk},
    "accounts:account": lambda cast: {"pk": cast.account.pk},
    "accounts:timeline": lambda cast: {"pk": cast.account.pk},
    "accounts:account-money": lambda cast: {"pk": cast.account.pk},
    "accounts:account-tasks": lambda cast: {"pk": cast.account.pk},
    "accounts:account-notes": lambda cast: {"pk": cast.account.pk},
    "accounts:account-people": lambda cast: {"pk": cast.account.pk},
    "accounts:stakeholders": lambda cast: {"pk": cast.account.pk},
    "accounts:account-cadence": lambda cast: {"pk": cast.account.pk},
    "accounts:account-playbooks": lambda cast: {"pk": cast.account.pk},
    "accounts:playbook-start": lambda cast: {"pk": cast.account.pk},
    "accounts:account-sequences": lambda cast: {"pk": cast.account.pk},
    "accounts:sequence-start": lambda cast: {"pk": cast.account.pk},
    "accounts:enrolment-pause": record("pk", make.EnrolmentFactory),
    "accounts:enrolment-resume": record("pk", make.EnrolmentFactory),
    "accounts:enrolment-stop": record("pk", make.EnrolmentFactory),
    "accounts:run-pause": record("pk", make.PlaybookRunFactory),
    "accounts:run-resume": record("pk", make.PlaybookRunFactory, paused=True),
    "accounts:run-skip": record("pk", make.PlaybookRunFactory),
    "accounts:run-cancel": record("pk", make.PlaybookRunFactory),
    "accounts:mail": record("pk", make.MailFactory),
    "accounts:mail-letter": record("pk", make.MailFactory),
    "accounts:mail-edit": record("pk", make.MailFactory),
    "accounts:account-mails": lambda cast: {"pk": cast.account.pk},
    "accounts:mail-new": lambda cast: {"pk": cast.account.pk},
    "accounts:touch-new": lambda cast: {"pk": cast.account.pk},
    "accounts:touch-edit": record("pk", make.TouchFactory),
    "accounts:touch-archive": record("pk", make.TouchFactory),
    "accounts:put-back": lambda cast: {"kind": "touch", "pk": make.TouchFactory(account=cast.account).pk},
    "accounts:note-new": lambda cast: {"pk": cast.account.pk},
    "accounts:note-edit": record("pk", make.NoteFactory),
    "accounts:note-pin": record("pk", make.NoteFactory),
    "accounts:note-archive": record("pk", make.NoteFactory),
    "accounts:contact-new": lambda cast: {"pk": cast.account.pk},
    "accounts:contact-edit": record("pk", make.ContactFactory),
    "accounts:contact-place": record("pk", make.ContactFactory),
    "accounts:contact-move": record("pk", make.ContactFactory),
    "accounts:contact-unsubscribe": record("pk", make.ContactFactory),
    "accounts:contact-resubscribe": record("pk", make.ContactFactory),
    "accounts:contact-left": record("pk", make.ContactFactory),
    "accounts:contact-back": record("pk", make.ContactFactory),
    "accounts:contact-archive": record("pk", make.ContactFactory),
    "accounts:account-plan": lambda cast: {"pk": cast.account.pk},
    "accounts:plan-start": lambda cast: {"pk": cast.account.pk},
    "accounts:plan-history": of_a_plan(),
    "accounts:plan-pdf": of_a_plan(),
    "accounts:plan-part-new": of_a_plan(kind="risks"),
    "accounts:plan-edit": record("pk", make.SuccessPlanFactory),
    "accounts:plan-archive": record("pk", make.SuccessPlanFactory),
    "accounts:plan-restore": record("pk", make.SuccessPlanFactory),
    "accounts:plan-review": record("pk", make.SuccessPlanFactory),
    "accounts:plan-share": record("pk", make.SuccessPlanFactory),
    "accounts:plan-review-archive": record("pk", make.PlanReviewFactory),
    "accounts:plan-share-revoke": record("pk", make.PlanShareFactory),
    "accounts:plan-part": lambda cast: {"kind": "roi", "pk": make.RoiRecordFactory(account=cast.account).pk},
    "accounts:plan-part-back": lambda cast: {"kind": "risks", "pk": make.PlanRiskFactory(account=cast.account).pk},
    "accounts:plan-part-archive": lambda cast: {
        "kind": "use-cases",
        "pk": make.UseCaseFactory(account=cast.account).pk,
    },
    "accounts:plan-part-restore": lambda cast: {
        "kind": "milestones",
        "pk": make.MilestoneFactory(account=cast.account).pk,
    },
    "accounts:objective-measure": record("pk", make.ObjectiveFactory),
    "accounts:measured-value-archive": record("pk", make.MeasuredValueFactory),
    "accounts:measured-value-restore": record("pk", make.MeasuredValueFactory),
    "accounts:account-onboarding": lambda cast: {"pk": cast.account.pk},
    "accounts:onboarding-start": lambda cast: {"pk": cast.account.pk},
    "accounts:onboarding-move": record("pk", make.OnboardingFactory),
    "accounts:onboarding-move-back": record("pk", make.OnboardingFactory),
    "accounts:onboarding-complete": record("pk", make.OnboardingFactory),
    "accounts:onboarding-cancel": record("pk", make.OnboardingFactory),
    "accounts:onboarding-resume": record("pk", make.OnboardingFactory),
    "accounts:onboarding-share": record("pk", make.OnboardingFactory),
    "accounts:onboarding-share-revoke": record("pk", make.OnboardingShareFactory),
    "accounts:onboarding-tick": record("pk", make.OnboardingStepFactory),
    "accounts:onboarding-skip": record("pk", make.OnboardingStepFactory),
    "accounts:onboarding-reopen": record("pk", make.OnboardingStepFactory),
    "accounts:task-edit": record("pk", make.TaskFactory),
    "accounts:task-row": record("pk", make.TaskFactory),
    "accounts:task-done": record("pk", make.TaskFactory),
    "accounts:task-reopen": record("pk", make.TaskFactory, done=True),
    "accounts:task-snooze": record("pk", make.TaskFactory),
    "accounts:task-wake": record("pk", make.TaskFactory),
    "accounts:task-cancel": record("pk", make.TaskFactory),
    "accounts:task-stop": record("pk", make.TaskFactory),
    "accounts:task-repeat": record("pk", make.TaskFactory),
    "accounts:account-features": lambda cast: {"pk": cast.account.pk},
    "accounts:account-feature-new": lambda cast: {"pk": cast.account.pk},
    "accounts:feature-ask-edit": record("pk", make.FeatureAskFactory),
    "accounts:feature-ask-remove": record("pk", make.FeatureAskFactory),
    "accounts:feature-ask-restore": record("pk", make.FeatureAskFactory, removed=True),
    "renewals:checkpoints": record("pk", make.RenewalFactory),
    "renewals:checkpoint-assess": record("pk", make.RenewalCheckpointFactory),
    "renewals:checkpoint-decide": record("pk", make.RenewalCheckpointFactory),
    "health:account-panel": lambda cast: {"pk": cast.account.pk},
    "health:account-judgement": lambda cast: {"pk": cast.account.pk},
    "health:judge": lambda cast: {"pk": cast.account.pk},
    "health:pulse-mark": lambda cast: {"pk": cast.account.pk},
    "health:withdraw-pulse": record("pk", make.PulseFactory),
    "health:override-tier": lambda cast: {"pk": cast.account.pk},
    "health:end-override": record("pk", make.TierOverrideFactory),
    "health:restore-override": record("pk", make.TierOverrideFactory),
    "health:see-disagreements": lambda cast: {"pk": cast.account.pk},
    "health:account-engagement": lambda cast: {"pk": cast.account.pk},
    "health:account-usage": lambda cast: {"pk": cast.account.pk},
    "health:account-training": lambda cast: {"pk": cast.account.pk},
    "health:training-assign": lambda cast: {"pk": cast.account.pk},
    "health:training-complete": lambda cast: {"pk": cast.account.pk},
    "health:training-reopen": lambda cast: {"pk": cast.account.pk},
    "health:training-withdraw": lambda cast: {"pk": cast.account.pk},
    "health:event-new": lambda cast: {"pk": cast.account.pk},
    "health:events-remove": lambda cast: {"pk": cast.account.pk},
    "renewals:lose": lambda cast: {"pk": cast.account.pk},
    "renewals:lose-back": lambda cast: {"pk": cast.account.pk},
    "renewals:note-loss": lambda cast: {"pk": cast.account.pk},
    "renewals:churn-record": record("pk", make.ChurnRecordFactory),
    "renewals:churn-edit": record("pk", make.ChurnRecordFactory),
    "renewals:churn-put-back": record("pk", make.ChurnRecordFactory),
    "renewals:churn-withdraw": record("pk", make.ChurnRecordFactory),
    "renewals:exit-interview": record("pk", make.ChurnRecordFactory),
    "renewals:exit-interview-back": lambda cast: {
        "pk": make.ExitInterviewFactory(record__account=cast.account).record_id
    },
    "health:account-churn": lambda cast: {"pk": cast.account.pk},
    "health:account-history": lambda cast: {"pk": cast.account.pk},
    "health:account-state": lambda cast: {"pk": cast.account.pk},
    "accounts:notification": told_to_the_owner,
    "accounts:read-notification": told_to_the_owner,
    "accounts:unread-notification": told_to_the_owner,
    "health:alert": record("pk", make.AlertFactory),
    "health:acknowledge-alert": record("pk", make.AlertFactory),
    "health:snooze-alert": record("pk", make.AlertFactory),
    "health:resolve-alert": record("pk", make.AlertFactory),
    "health:reopen-alert": record("pk", make.AlertFactory),
    "health:account-signals": lambda cast: {"pk": cast.account.pk},
    "health:signal-new": lambda cast: {"pk": cast.account.pk},
    "health:signal-confirm": record("pk", make.ChurnSignalFactory, dismissed=True),
    "health:signal-dismiss": record("pk", make.ChurnSignalFactory, dismissed=True),
    "health:signal-resolve": record("pk", make.ChurnSignalFactory, dismissed=True),
    "health:signal-reopen": record("pk", make.ChurnSignalFactory, dismissed=True),
    "health:signal-retract": record("pk", make.ChurnSignalFactory, dismissed=True),
    "health:account-intervention": lambda cast: {"pk": cast.account.pk},
    "health:intervention-new": lambda cast: {"pk": cast.account.pk},
    "health:account-escalate": lambda cast: {"pk": cast.account.pk},
    "health:intervention": record("pk", make.InterventionFactory),
    "health:intervention-edit": record("pk", make.InterventionFactory),
    "health:intervention-back": record("pk", make.InterventionFactory),
    "health:intervention-agree": record("pk", make.InterventionFactory),
    "health:intervention-disagree": record("pk", make.InterventionFactory, agreed=True),
    "health:intervention-play": record("pk", make.InterventionFactory),
    "health:intervention-close": record("pk", make.InterventionFactory),
    "health:intervention-reopen": record("pk", make.InterventionFactory, recovered=True),
    "health:intervention-withdraw": record("pk", make.InterventionFactory),
    "health:save-step-new": record("pk", make.InterventionFactory),
    "health:checkpoint-new": record("pk", make.InterventionFactory),
    "health:promise-new": record("pk", make.InterventionFactory),
    "health:checkpoint-hold": record("pk", make.CheckpointFactory),
    "health:checkpoint-reopen": record("pk", make.CheckpointFactory, held=True),
    "health:promise-keep": record("pk", make.PromiseFactory),
    "health:promise-break": record("pk", make.PromiseFactory),
    "health:promise-reopen": record("pk", make.PromiseFactory, kept=True),
    "health:promise-remove": record("pk", make.PromiseFactory),
    "health:survey-ask": record("pk", make.SurveyAskFactory),
    "health:account-surveys": lambda cast: {"pk": cast.account.pk},
    "health:survey-send": lambda cast: {"pk": cast.account.pk},
    "health:advocate": record("pk", make.AdvocateFactory),
    "health:advocate-edit": record("pk", make.AdvocateFactory),
    "health:advocate-back": record("pk", make.AdvocateFactory),
    "health:advocate-end": record("pk", make.AdvocateFactory),
    "health:advocate-resume": record("pk", make.AdvocateFactory, ended=True),
    "health:advocate-ask": record("pk", make.AdvocateFactory),
    "health:advocacy-ask-agree": record("pk", make.AdvocacyAskFactory),
    "health:advocacy-ask-decline": record("pk", make.AdvocacyAskFactory),
    "health:advocacy-ask-finish": record("pk", make.AdvocacyAskFactory, agreed=True),
    "health:advocacy-ask-withdraw": record("pk", make.AdvocacyAskFactory),
    "health:advocacy-ask-back": record("pk", make.AdvocacyAskFactory, agreed=True),
    "health:account-advocates": lambda cast: {"pk": cast.account.pk},
    "health:advocate-new": lambda cast: {"pk": cast.account.pk},
    "health:recompute-account": lambda cast: {"pk": cast.account.pk},
    "renewals:renewal": record("pk", make.RenewalFactory),
    "renewals:history": record("pk", make.RenewalFactory),
    "renewals:move": record("pk", make.RenewalFactory),
    "renewals:move-back": record("pk", make.RenewalFactory),
    "renewals:edit": record("pk", make.RenewalFactory),
    "renewals:probability": record("pk", make.RenewalFactory),
    "renewals:put-back": record("pk", make.RenewalFactory),
    "renewals:close": record("pk", make.RenewalFactory),
    "renewals:undo-closing": record("pk", make.RenewalFactory),
    "renewals:proposals": record("pk", make.RenewalFactory),
    "renewals:proposal-new": record("pk", make.RenewalFactory),
    "renewals:proposal": offered_to(make.ProposalFactory, with_discount="0.15"),
    "renewals:proposal-edit": offered_to(make.ProposalFactory, with_discount="0.15"),
    "renewals:proposal-pdf": offered_to(make.ProposalFactory, with_discount="0.15"),
    "renewals:proposal-ask": offered_to(make.ProposalFactory, with_discount="0.15"),
    "renewals:proposal-send": offered_to(make.ProposalFactory, with_discount="0"),
    "renewals:proposal-answer": offered_to(make.ProposalFactory, as_sent=True),
    "renewals:proposal-withdraw": offered_to(make.ProposalFactory),
    "renewals:proposal-revise": offered_to(make.ProposalFactory, as_sent=True),
    "renewals:proposal-share": offered_to(make.ProposalFactory, as_sent=True),
    "renewals:proposal-share-revoke": offered_to(make.ProposalShareFactory, "proposal__"),
    "renewals:signal-take-up": record("pk", make.ExpansionSignalFactory),
    "renewals:signal-dismiss": record("pk", make.ExpansionSignalFactory),
    "renewals:signal-reopen": record("pk", make.ExpansionSignalFactory, dismissed=True),
    "renewals:signal-retract": record("pk", make.ExpansionSignalFactory),
    "renewals:budget-back": record("pk", make.BudgetAnswerFactory),
    "renewals:opportunity": record("pk", make.OpportunityFactory),
    "renewals:opportunity-edit": record("pk", make.OpportunityFactory),
    "renewals:opportunity-put-back": record("pk", make.OpportunityFactory),
    "renewals:opportunity-move": record("pk", make.OpportunityFactory),
    "renewals:opportunity-move-back": record("pk", make.OpportunityFactory),
    "renewals:opportunity-win": record("pk", make.OpportunityFactory),
    "renewals:opportunity-win-back": record("pk", make.OpportunityFactory, won=True),
    "renewals:opportunity-lose": record("pk", make.OpportunityFactory),
    "renewals:opportunity-reopen": record("pk", make.OpportunityFactory, lost=True),
    "renewals:account-expansion": lambda cast: {"pk": cast.account.pk},
    "renewals:signal-new": lambda cast: {"pk": cast.account.pk},
    "renewals:opportunity-new": lambda cast: {"pk": cast.account.pk},
    "renewals:budget": lambda cast: {"pk": cast.account.pk},
    "renewals:approval": offered_to(make.ApprovalFactory, "proposal__"),
    "qbr:review": record("pk", make.ReviewFactory),
    "qbr:history": record("pk", make.ReviewFactory),
    "qbr:schedule": record("pk", make.ReviewFactory),
    "qbr:cancel": record("pk", make.ReviewFactory),
    "qbr:bring-back": record("pk", make.ReviewFactory, status="cancelled"),
    "qbr:step": record("pk", make.ReviewFactory),
    "qbr:undo": record("pk", make.ReviewFactory),
    "qbr:attendee-new": record("pk", make.ReviewFactory),
    "qbr:attendee-back": record("pk", make.ReviewFactory),
    "qbr:attendee-remove": said_in_a_review(make.AttendeeFactory),
    "qbr:invitation": record("pk", make.ReviewFactory, status="scheduled"),
    "qbr:invited": record("pk", make.ReviewFactory, status="scheduled"),
    "qbr:review-new": lambda cast: {"pk": cast.account.pk},
    "qbr:prepare": record("pk", make.ReviewFactory),
    "qbr:period": record("pk", make.ReviewFactory),
    "qbr:period-back": record("pk", make.ReviewFactory),
    "qbr:text": lambda cast: {"pk": make.ReviewFactory(account=cast.account).pk, "key": "summary"},
    "qbr:checklist": record("pk", make.ReviewFactory),
    "qbr:checklist-say": said_in_a_review(make.ChecklistItemFactory),
    "qbr:checklist-owner": said_in_a_review(make.ChecklistItemFactory),
    "qbr:checklist-back": said_in_a_review(make.ChecklistItemFactory),
    "qbr:goals": record("pk", make.ReviewFactory),
    "qbr:goal-new": record("pk", make.ReviewFactory),
    "qbr:goal-edit": said_in_a_review(make.ReviewGoalFactory),
    "qbr:goal-back": said_in_a_review(make.ReviewGoalFactory),
    "qbr:goal-drop": said_in_a_review(make.ReviewGoalFactory),
    "qbr:goal-restore": said_in_a_review(make.ReviewGoalFactory),
    "qbr:ideas": record("pk", make.ReviewFactory),
    "qbr:idea-new": record("pk", make.ReviewFactory),
    "qbr:idea-edit": said_in_a_review(make.ReviewIdeaFactory),
    "qbr:idea-back": said_in_a_review(make.ReviewIdeaFactory),
    "qbr:idea-drop": said_in_a_review(make.ReviewIdeaFactory),
    "qbr:idea-restore": said_in_a_review(make.ReviewIdeaFactory),
    "qbr:present": record("pk", make.ReviewFactory),
    "qbr:decks": record("pk", make.ReviewFactory),
    "qbr:deck": lambda cast: {"pk": make.ReviewFactory(account=cast.account).pk, "format": "pdf"},
    "qbr:deck-ask": lambda cast: {"pk": make.ReviewFactory(account=cast.account).pk, "format": "pdf"},
    "qbr:notes": record("pk", make.ReviewFactory),
    "qbr:note-new": record("pk", make.ReviewFactory),
    "qbr:note-edit": said_in_a_review(make.ReviewNoteFactory),
    "qbr:note-back": said_in_a_review(make.ReviewNoteFactory),
    "qbr:note-archive": said_in_a_review(make.ReviewNoteFactory),
    "qbr:note-restore": said_in_a_review(make.ReviewNoteFactory),
    "qbr:scores": record("pk", make.ReviewFactory),
    "qbr:score": lambda cast: {
        "pk": make.ReviewFactory(account=cast.account).pk,
        "objective": make.ObjectiveFactory(account=cast.account).pk,
    },
    "qbr:hold": record("pk", make.ReviewFactory),
    "qbr:undo-holding": record("pk", make.ReviewFactory, status="held"),
    "qbr:actions": record("pk", make.ReviewFactory),
    "qbr:action-new": record("pk", make.ReviewFactory),
    "qbr:action-edit": said_in_a_review(make.ActionItemFactory),
    "qbr:action-back": said_in_a_review(make.ActionItemFactory),
    "qbr:action-done": said_in_a_review(make.ActionItemFactory),
    "qbr:action-reopen": said_in_a_review(make.ActionItemFactory),
    "qbr:action-archive": said_in_a_review(make.ActionItemFactory),
    "qbr:action-restore": said_in_a_review(make.ActionItemFactory),
    "qbr:review-share": record("pk", make.ReviewFactory, status="held"),
    "qbr:review-share-revoke": said_in_a_review(make.ReviewShareFactory),
    "qbr:follow-up": record("pk", make.ReviewFactory, status="held"),
    "qbr:finish": record("pk", make.ReviewFactory, status="held"),
    "qbr:finish-back": record("pk", make.ReviewFactory, status="followed_up"),
    "qbr:recap": record("pk", make.ReviewFactory, status="held"),
    "qbr:recap-save": record("pk", make.ReviewFactory, status="held"),
    "qbr:recap-anew": record("pk", make.ReviewFactory, status="held"),
    "qbr:recap-back": lambda cast: {"pk": make.RecapFactory(review__account=cast.account).review_id},
    "qbr:recap-send": record("pk", make.ReviewFactory, status="held"),
    "qbr:recap-sent": record("pk", make.ReviewFactory, status="held"),
    "qbr:recap-unsent": lambda cast: {"pk": make.RecapFactory(review__account=cast.account).review_id},
    "qbr:carried": record("pk", make.ReviewFactory, status="held"),
    "qbr:goals-carry": record("pk", make.ReviewFactory, status="held"),
    "qbr:goals-back": record("pk", make.ReviewFactory, status="held"),
    "qbr:idea-opportunity": said_in_a_review(make.ReviewIdeaFactory),
    "qbr:next": record("pk", make.ReviewFactory, status="held"),
    "qbr:asks": record("pk", make.ReviewFactory, status="held"),
    "qbr:ask": record("pk", make.ReviewFactory, status="held"),
    "health:run": lambda cast: {"pk": make.RunFactory(by=cast.owner, scope=f"account:{cast.account.pk}").pk},
    "renewals:campaign": in_a_campaign(),
    "renewals:campaign-edit": in_a_campaign(),
    "renewals:campaign-put-back": in_a_campaign(),
    "renewals:campaign-move": in_a_campaign(verb="start"),
    "renewals:target-edit": record("pk", make.CampaignTargetFactory),
    "renewals:target-out": record("pk", make.CampaignTargetFactory),
    "renewals:target-preview": record("pk", make.CampaignTargetFactory),
    "renewals:return": lambda cast: {"pk": cast.account.pk},
    "renewals:undo-return": lambda cast: {"pk": cast.account.pk},
}

LISTS: dict[str, Builder | None] = {
    "accounts:book": None,
    "accounts:book-export": None,
    "accounts:book-tags": None,
    "accounts:bulk": lambda cast: {"action": "tag"},
    "accounts:outbox": of_the_outbox,
    "accounts:mails-handle": lambda cast: of_the_outbox(cast) | {"verb": "approve"},
    "accounts:mails-undo": of_the_outbox,
    "accounts:mail-templates": None,
    "accounts:mail-template": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:mail-template-edit": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:mail-template-archive": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:mail-template-restore": lambda cast: {"pk": make.MailTemplateFactory().pk},
    "accounts:sequences": None,
    "accounts:sequence": lambda cast: {"pk": make.EnrolmentFactory(account=cast.account).sequence_id},
    "accounts:sequence-switch": lambda cast: {"pk": make.SequenceFactory().pk},
    "accounts:sequence-choose": lambda cast: {"pk": make.SequenceFactory().pk},
    "accounts:playbooks": None,
    "accounts:playbook": lambda cast: {"pk": make.PlaybookRunFactory(account=cast.account).playbook_id},
    "accounts:playbook-results": lambda cast: {
        "pk": make.PlaybookResultFactory(run__account=cast.account).run.playbook_id
    },
    "accounts:playbook-edit": lambda cast: {"pk": make.PlaybookRunFactory(account=cast.account).playbook_id},
    "accounts:playbook-copy": lambda cast: {"pk": make.PlaybookFactory().pk},
    "accounts:playbook-switch": lambda cast: {"pk": make.PlaybookFactory().pk},
    "accounts:account-options": None,
    "accounts:tasks": None,
    "accounts:tasks-export": None,
    "accounts:plans": None,
    "qbr:reviews": of_a_review,
    "qbr:calendar": of_a_review,
    "qbr:export": of_a_review,
    "renewals:board": None,
    "renewals:table": None,
    "renewals:export": None,
    "renewals:calendar": None,
    "renewals:approvals": with_an_approval,
    "renewals:forecast": None,
    "renewals:forecast-past": None,
    "renewals:forecast-export": None,
    "renewals:forecast-renewals": None,
    "renewals:forecast-renewals-export": None,
    "renewals:expansion": None,
    "renewals:pipeline": None,
    "renewals:pipeline-export": None,
    "renewals:win-back": lost_and_chosen,
    "renewals:win-back-choose": lost_and_chosen,
    "renewals:campaigns": lost_and_chosen,
    "renewals:campaign-new": lost_and_chosen,
    "renewals:win-back-report": lost_and_chosen,
    "renewals:win-back-export": lost_and_chosen,
    "renewals:churn-report": None,
    "renewals:churn-export": None,
    "renewals:churn-records": None,
    "renewals:churn-records-export": None,
    "renewals:churn-lessons": None,
    "renewals:churn-untold": None,
    "renewals:churn-untold-export": None,
    "renewals:retention": None,
    "renewals:retention-export": None,
    "renewals:retention-accounts": None,
    "renewals:retention-accounts-export": None,
    "accounts:onboarding": None,
    "accounts:onboarding-export": None,
    "accounts:tasks-bulk": None,
    "accounts:tasks-team": None,
    "accounts:feature-requests": None,
    "accounts:feature-requests-export": None,
    "accounts:feature-request-options": None,
    "accounts:feature-request": asked_for,
    "accounts:feature-request-edit": asked_for,
    "accounts:feature-request-status": asked_for,
    "accounts:feature-request-merge": asked_for,
    "accounts:feature-request-unmerge": asked_for,
    "accounts:feature-ask-new": asked_for,
    "accounts:feature-step-undo": moved_on,
    "today": None,
    "accounts:notifications": None,
    "qbr:measures": None,
    "qbr:measures-export": None,
    "qbr:measured": None,
    "qbr:measured-export": None,
    "health:surveys": answered_a_survey,
    "health:surveys-unanswered": answered_a_survey,
    "health:surveys-export": answered_a_survey,
    "health:advocates": with_an_advocate,
    "health:advocates-export": with_an_advocate,
    "health:advocate-candidates": would_recommend_us,
    "health:at_risk": None,
    "health:at-risk-export": None,
    "health:interventions": with_a_save_plan,
    "health:interventions-export": with_a_save_plan,
    "health:save-results": with_a_save_plan,
    "health:save-results-export": with_a_save_plan,
    "health:disagreements": None,
    "health:disagreements-export": None,
    "health:overrides": None,
    "health:overrides-export": None,
    "health:alerts": None,
    "health:alert-quality": None,
    "health:acknowledge-alerts": None,
    "health:snooze-alerts": None,
    "health:resolve-alerts": None,
    "health:reopen-alerts": None,
    "palette": None,
    "nav-counts": None,
}

# Their own tests try expiry, revocation and what else may leak.
KEYS: dict[str, Builder] = {
    "accounts:unsubscribe": lambda cast: {"token": unsubscribe_token(make.MailFactory(account=cast.account))},
    "accounts:calendar-feed": lambda cast: {"token": make_feed(by=cast.owner)},
    "accounts:shared-onboarding": lambda cast: {"token": token_of(make.OnboardingShareFactory(account=cast.account))},
    "accounts:shared-plan": lambda cast: {"token": token_of(make.PlanShareFactory(account=cast.account))},
    "accounts:shared-plan-pdf": lambda cast: {"token": token_of(make.PlanShareFactory(account=cast.account))},
    "renewals:shared-proposal": lambda cast: {
        "token": token_of(make.ProposalShareFactory(proposal__renewal__account=cast.account))
    },
    "qbr:shared-actions": lambda cast: {"token": token_of(make.ReviewShareFactory(review__account=cast.account))},
    "health:survey": lambda cast: {"token": token_of_survey(make.SurveyAskFactory(account=cast.account))},
    "qbr:satisfaction": lambda cast: {"token": token_of_ask(make.SatisfactionAskFactory(review__account=cast.account))},
    "renewals:shared-proposal-pdf": lambda cast: {
        "token": token_of(make.ProposalShareFactory(proposal__renewal__account=cast.account))
    },
}

HOOKS: dict[str, Builder] = {
    "accounts:mail-hook": lambda _: {"route": "postmark/tracking/"},
}

OPEN: dict[str, str] = {
    "accounts:mail-template-new": "writes a template, which is everybody's; refuses all but admins",
    "accounts:mail-template-preview": "shows what is being typed, on an account of one's own",
    "accounts:mail-template-test": "sends what is being typed to oneself, on an account of one's own",
    "accounts:playbook-new": "writes a playbook, which is everybody's; refuses all but admins",
    "accounts:view-new": "keeps a view of one's own; shows only the fields of the form",
    "accounts:task-new": "makes a task of one's own; an account named by it must be seen",
    "accounts:feature-request-new": "writes down what the product lacks, which all may read; shows only the form",
    "accounts:calendar-make": "makes the address of one's own calendar",
    "accounts:calendar-revoke": "revokes the address of one's own calendar",
    "accounts:note-preview": "draws the text that one sends, and reads nothing",
    "accounts:read-notifications": "marks one's own notifications as seen",
    "login": "the door itself",
    "logout": "ends one's own session",
    "theme": "a cookie of one's own",
    "settings": "one's own settings",
    "start-own-data": "empties a demo workspace; refuses all but admins",
    "healthz": "asked by machines; says only that the process lives",
    "readyz": "asked by machines; says only which server answers",
    "health:churn-model": "figures over all accounts; refuses all but admins",
    "health:train-churn-model": "starts a training and shows nothing; refuses all but admins",
    "health:use-churn-model": "lets a version count; refuses all but admins",
    "health:stop-churn-model": "lets the tier table count; refuses all but admins",
    "health:recompute-all": "starts a run and shows nothing; refuses all but those who see everything",
    "health:recompute-book": "starts a run over one's own book",
    "health:course-options": "names of courses, which are everybody's",
    "qbr:deck-colours": "the colours of decks, which are everybody's",
    "qbr:deck-logo": "the logo on decks, which is everybody's",
    "health:metrics": "definitions, which are everybody's",
    "health:coverage": "refuses all but those who see everything",
}

# Those that answer without a session; everything else sends to the login.
PUBLIC = {*KEYS, *HOOKS, "login", "theme", "healthz", "readyz", "health:account-state"}


def patterns(resolver: URLResolver | None = None, prefix: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    """Name (with its namespace) and route of every address but the admin's."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = f"{route}{entry.pattern}"
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix, path)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}" if entry.name else "", path


ADDRESSES = sorted(set(patterns()))
NAMES = [name for name, _ in ADDRESSES]
NAMED_IN_PATH = {name for name, route in ADDRESSES if "<" in route or "(?P" in route}


def arguments(name: str, cast: Cast) -> dict[str, Any]:
    """Path arguments of an address; for a list those of its builder, if it needs any."""
    builder = OBJECTS.get(name) or LISTS.get(name) or KEYS.get(name) or HOOKS.get(name)
    return builder(cast) if builder else {}


def strangers(cast: Cast) -> list[User]:
    """People of every role that does not see everything, none of whom sees `cast.account`."""
    return [
        cast.outsider,
        cast.other_manager,
        make.UserFactory(name="Alien AE", as_ae=True),
        make.UserFactory(name="Alien reader", read_only=True),
    ]


def ask(client: Client, method: str, url: str) -> HttpResponse:
    return getattr(client, method)(url)


def test_every_address_has_a_name():
    nameless = [route for name, route in ADDRESSES if not name]
    assert not nameless, f"Give these addresses a name, so that the sweep can reach them: {nameless}"


def test_every_address_is_covered_in_one_place_and_no_entry_is_stale():
    covered = [*OBJECTS, *LISTS, *KEYS, *HOOKS, *OPEN]
    missing = sorted(set(NAMES) - set(covered))
    assert not missing, (
        f"These addresses are new here: {missing}. Add each to OBJECTS (its path names a record), LISTS (it shows "
        f"records), KEYS (its path is a secret), HOOKS (programs tell something) or OPEN (it has none), in {__file__}."
    )
    stale = sorted(set(covered) - set(NAMES))
    assert not stale, f"These entries name no address any more; remove them: {stale}"
    twice = sorted({name for name in covered if covered.count(name) > 1})
    assert not twice, f"These stand in more than one place: {twice}"


def test_an_address_that_names_a_record_is_walked_as_one():
    lax = sorted(name for name in NAMED_IN_PATH if name in OPEN)
    assert not lax, f"The paths of these have arguments, so they belong into OBJECTS or LISTS: {lax}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_stranger_finds_nothing_behind_the_address_of_a_record(name: str, cast: Cast):
    url = reverse(name, kwargs=OBJECTS[name](cast))
    for user in strangers(cast):
        client = logged_in(user)
        got = {method: ask(client, method, url).status_code for method in ("get", "post")}
        # A view for one method answers 405 to the other before it looks; read-only users are refused before that.
        allowed = {"get": {404, 405}, "post": {404, 405} | ({403} if user.read_only else set())}
        for method, status in got.items():
            assert status in allowed[method], (
                f"{user} ({user.role}) gets {status} for {method.upper()} {url}, which names a record of an account "
                f"that is none of theirs. Fetch it through `.visible_to(request.user)`."
            )
        assert 404 in got.values() or user.read_only, f"{url} answers {got}: neither method looks for the record."


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_the_owner_does_find_it(name: str, cast: Cast):
    """Without this, a builder that names nothing would make the walk as a stranger pass."""
    url = reverse(name, kwargs=OBJECTS[name](cast))
    client = logged_in(cast.owner)
    got = {method: ask(client, method, url).status_code for method in ("get", "post")}
    assert set(got.values()) - {404, 405}, f"{name} gives {got} to the owner too: does its builder name a record?"
    assert all(status < 500 for status in got.values()), f"{url} fails: {got}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_shows_a_stranger_nothing_of_the_account(name: str, cast: Cast):
    url = reverse(name, kwargs=arguments(name, cast))
    client = logged_in(cast.outsider)
    for method in ("get", "post"):
        response = ask(client, method, url)
        assert response.status_code < 500, f"{method.upper()} {url} fails"
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert cast.account.name.encode() not in body, f"{method.upper()} {url} shows {cast.account} to a stranger."


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_without_a_session_every_address_leads_to_the_login(name: str, cast: Cast, client: Client):
    url = reverse(name, kwargs=arguments(name, cast))
    for method in ("get", "post"):
        response = ask(client, method, url)
        if name in PUBLIC:
            assert response.status_code < 500
        else:
            assert response.status_code == 302, f"{method.upper()} {url} answers {response.status_code} to anybody."
            assert response["Location"].startswith(reverse("login")), url


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_a_key_of_no_record_is_not_found_either(name: str, cast: Cast):
    given = OBJECTS[name](cast)
    numbers = {key: 9_000_000_000 for key, value in given.items() if isinstance(value, int)}
    if not numbers:
        pytest.skip("its path names the record by another key")
    url = reverse(name, kwargs=given | numbers)
    client = logged_in(cast.admin)
    got = [ask(client, method, url).status_code for method in ("get", "post")]
    assert set(got) <= {404, 405}, f"{url} answers {got}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_secret_that_was_changed_opens_nothing(name: str, cast: Cast, client: Client):
    given = KEYS[name](cast)
    assert client.get(reverse(name, kwargs=given)).status_code == 200
    for key, value in given.items():
        for wrong in (f"{value}a", value[:-1], value[::-1], "x"):
            assert client.get(reverse(name, kwargs=given | {key: wrong})).status_code == 404, wrong


def test_only_admins_enter_the_admin(cast: Cast):
    for user in (cast.owner, cast.manager, cast.executive, cast.ae, cast.read_only):
        assert logged_in(user).get(reverse("admin:index")).status_code == 302
    assert logged_in(cast.admin).get(reverse("admin:index")).status_code == 200
