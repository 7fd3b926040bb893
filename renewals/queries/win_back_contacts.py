"""Who at a lost customer may be written to in the place of somebody who is not reached."""

from django.db.models import Exists, OuterRef, Q

from accounts.domain.letters import kept_back
from accounts.models import Contact, Enrolment, Suppression
from accounts.models.contact import ContactQuerySet
from accounts.queries.receivers import receiver_of, refusal_to, with_suppression
from renewals.domain.win_back import Course, TargetState, not_handed_on
from renewals.models import CampaignTarget
from renewals.models.win_back import CampaignTargetQuerySet
from renewals.queries.win_back_sequence import SEQUENCE_KEY, cause_of


def with_reach(targets: CampaignTargetQuerySet) -> CampaignTargetQuerySet:
    """Customers in campaigns with `is_suppressed`: whether nothing is sent to the address that they are written to."""
    return targets.annotate(is_suppressed=Exists(Suppression.objects.covering(OuterRef("contact__email"))))


def not_handed_on_because(target: CampaignTarget) -> str:
    """Why the e-mails to a customer cannot go on to somebody else there; empty where they can.

    The customer was read `with_reach`, contact and enrolment.
    """
    course, contact = target.enrolment, target.contact
    is_reached = contact is not None and not kept_back(
        receiver_of(contact, is_suppressed=target.is_suppressed)  # type: ignore[attr-defined]  # annotated
    )
    stands = Course(course.state == Enrolment.State.FINISHED, course.stopped_because) if course else None
    return not_handed_on(TargetState(target.state), stands, is_reached=is_reached)


def people_at(target: CampaignTarget) -> ContactQuerySet:
    """Everybody who is there, by name; whether they can be written to, `refusal_for` says."""
    return with_suppression().present().filter(account=target.account_id).order_by("name", "pk")


def refusal_for(target: CampaignTarget, contact: Contact) -> str:
    """Why the e-mails to a customer cannot go on to one of its `people_at`; empty where they can. At most one query."""
    if because := refusal_to(contact):
        return because
    same = Q(cause_key=cause_of(target)) | Q(state=Enrolment.State.RUNNING)
    if contact.enrolments.filter(same, sequence__key=SEQUENCE_KEY).exists():
        return f"{contact} was written to about this loss already."
    return ""
