"""Writing to somebody else at a customer in a campaign, where whoever was written to is not reached.

Locks are taken in this order: campaign, target, enrolments.
"""

from django.db import transaction

from accounts.models import Contact, Enrolment, User
from accounts.services.sequencing import go_on_with, pause_enrolments, stop_enrolments, withdraw
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from cs_workspace.common.refusals import RefusedError
from renewals.models import Campaign, CampaignTarget
from renewals.queries.win_back_contacts import not_handed_on_because, people_at, refusal_for, with_reach
from renewals.queries.win_back_sequence import start_for
from renewals.services.campaign_moves import win_back_sequence


@transaction.atomic
def hand_on(*, by: User, target: CampaignTarget, contact: Contact, version: int | None = None) -> CampaignTarget:
    """Lets what is left of the e-mails to a customer go to somebody else there.

    What reached the one before is not written again; what bounced or was not sent yet is. Raises `RefusedError` where
    that one is reached or answered, and where nothing can be sent to the other; `StaleError`.
    """
    campaign = locked(target.campaign)
    held = locked(target, version=version)
    read = with_reach(CampaignTarget.objects.filter(pk=held.pk)).select_related("contact", "enrolment", "record").get()
    other = people_at(read).filter(pk=contact.pk).first()
    if other is None:
        raise RefusedError(f"{contact} is not there any more.")
    if because := not_handed_on_because(read) or refusal_for(read, other):
        raise RefusedError(because)
    before = as_it_stands(held, ["contact_id", "enrolment_id", "former"])
    if read.enrolment is not None:
        stop_enrolments([read.enrolment], because=_why(read.contact), by=by)
        held.former.add(read.enrolment)
    begin = start_for(campaign, read, other.pk)
    held.contact = other
    held.enrolment = go_on_with(begin, sequence=win_back_sequence(), after=read.enrolment, by=by)
    if campaign.state == Campaign.State.PAUSED:
        pause_enrolments([held.enrolment], by=by)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_hand_on_back(*, by: User, target: CampaignTarget, version: int) -> CampaignTarget:
    """Takes the change of the contact back that made `version`: what was written to the new one is cancelled.

    Raises `StaleError` and `RefusedError` as `put_back` does, and once an e-mail has gone to the new one.
    """
    locked(target.campaign)
    given = locked(target).enrolment
    held = put_back(target, by=by, version=version)
    if given is not None and given.pk != held.enrolment_id:
        withdraw(enrolment=given, by=by)
    return held


def _why(contact: Contact | None) -> str:
    """Why nothing more goes to who was written to, where the sequence still runs: nobody has looked at it since."""
    because = Enrolment.Because
    if contact is not None and contact.unsubscribed_at is not None:
        return because.UNSUBSCRIBED.value
    is_there = contact is not None and contact.status == Contact.Status.ACTIVE and contact.archived_at is None
    return (because.BY_HAND if is_there else because.LEFT).value
