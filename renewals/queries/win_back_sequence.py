"""What the sequence of win-back e-mails asks of campaigns: its merge fields, and which enrolments are over."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

from django.db.models import Exists, OuterRef

from accounts.models import Account, Enrolment, Mail
from accounts.registries import SequenceSource, Start
from cs_workspace.common import clock
from renewals.domain.win_back import LAST_DAY, Told, Variant, texts
from renewals.models import Campaign, CampaignTarget

SEQUENCE_KEY: Final = "win-back"
SOURCE_KEY: Final = "win_back"
FIELDS: Final = {
    "campaign.fixed": "What was fixed of that for which it left",
    "campaign.proof": "What similar companies achieve",
    "campaign.improvements": "What has improved since",
    "campaign.offer": "What is offered",
    "release.name": "Name of the major release",
    "loss.reason": "Why it left",
}


def source() -> SequenceSource:
    """What the registry of sequences is told; who is in it, campaigns decide when they are started."""
    return SequenceSource(
        key=SOURCE_KEY,
        label="Win-back campaigns",
        due=lambda _sequence, _today: (),
        over=over,
        fields=FIELDS,
        for_lost=True,
        # Who left half a year ago is written to as well: what it was told last is the latest that there is to tell.
        made_up_for=dt.timedelta(days=LAST_DAY),
    )


def told_of(campaign: Campaign) -> Told:
    """What a campaign has to tell, as the domain reads it."""
    return Told(
        fixed={
            Variant.PRODUCT: campaign.fixed_product,
            Variant.VALUE: campaign.fixed_value,
            Variant.PRICE: campaign.fixed_price,
        },
        proof=campaign.proof,
        improvements=campaign.improvements,
        release=campaign.release_name,
        offer=campaign.offer,
    )


def texts_of(campaign: Campaign, target: CampaignTarget) -> dict[str, str]:
    """The merge fields of the e-mails to a customer, read with its record."""
    reason = target.record.get_sub_reason_display().lower() if target.record else ""
    return texts(told_of(campaign), variant=target.variant, reason=reason)


def start_for(campaign: Campaign, target: CampaignTarget, contact_id: int) -> Start:
    """How a contact of a customer, read with its record, begins. The cause is the loss: the same in every campaign."""
    return Start(
        account_id=target.account_id,
        contact_id=contact_id,
        cause_key=cause_of(target),
        anchor_on=target.lost_on,
        variant=target.variant,
        texts=texts_of(campaign, target),
        by_itself=campaign.by_itself,
    )


def cause_of(target: CampaignTarget) -> str:
    """Names the loss for which somebody is written to."""
    return f"win_back:{target.account_id}:{target.lost_on}"


def over(enrolments: Collection[Enrolment]) -> Mapping[int, str]:
    """Of running enrolments those that are over: the account came back, left too long ago, or somebody in whose place
    the contact is written to replied after all. One query."""
    targets = CampaignTarget.objects.filter(enrolment__in=[one.pk for one in enrolments])
    before = CampaignTarget.former.through.objects.filter(campaigntarget=OuterRef(OuterRef("pk"))).values("enrolment")
    since = OuterRef("enrolment__started_at")
    replied = Exists(Mail.objects.filter(enrolment__in=before, replied_at__gt=since))
    today, found = clock.today(), {}
    for enrolment_id, status, lost_on, has_replied in targets.values_list(
        "enrolment_id", "account__status", "lost_on", replied
    ):
        if status == Account.Status.ACTIVE:
            found[enrolment_id] = Enrolment.Because.GOAL.value
        elif (today - lost_on).days > LAST_DAY:
            found[enrolment_id] = Enrolment.Because.TOO_LATE.value
        elif has_replied:
            found[enrolment_id] = Enrolment.Because.REPLY.value
    return found
