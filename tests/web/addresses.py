"""Addresses whose path names a record, each with how such a record of `cast.account` is made."""

from collections.abc import Callable
from typing import Any

from accounts.models import FeatureRequest
from accounts.services.feature_requests import move_on
from tests import factories as make
from tests.cast import Cast

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
    "health:checkpoint-remove": record("pk", make.CheckpointFactory, number=5),
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
    "renewals:target-contact": record("pk", make.CampaignTargetFactory, as_running=True),
    "renewals:target-contact-back": record("pk", make.CampaignTargetFactory, as_running=True),
    "renewals:target-out": record("pk", make.CampaignTargetFactory),
    "renewals:target-preview": record("pk", make.CampaignTargetFactory),
    "renewals:return": lambda cast: {"pk": cast.account.pk},
    "renewals:undo-return": lambda cast: {"pk": cast.account.pk},
}
