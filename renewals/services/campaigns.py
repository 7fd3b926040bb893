"""Win-back campaigns: made with the customers that were chosen for them, changed, and more customers chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

import pghistory
from django.db import transaction

from accounts.models import Account, Contact, Enrolment, User
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.churn import Category
from renewals.domain.win_back import VARIANT_OF
from renewals.models import Campaign, CampaignTarget
from renewals.queries.win_back_candidates import Candidate, candidates_of, with_records
from renewals.queries.win_back_sequence import texts_of


class CampaignFields(TypedDict):
    """What a campaign is and what there is to tell, whole."""

    name: str
    owner: User
    by_itself: bool
    fixed_product: str
    fixed_value: str
    fixed_price: str
    proof: str
    improvements: str
    release_name: str
    offer: str


@dataclass(frozen=True)
class Chosen:
    """How many customers came into a campaign, and of the others why not, by the name of the account."""

    count: int
    refused: dict[str, str]


@transaction.atomic
def create_campaign(
    *, by: User, fields: CampaignFields, account_ids: Collection[int] = (), key: UUID | None = None
) -> tuple[Campaign, Chosen]:
    """Makes a campaign as a draft, with the customers that can be chosen of those that are named.

    Raises `RepeatedError` for a form (`key`) that was sent before.
    """
    claim(key, by=by)
    campaign = save_first(Campaign(**fields), by=by)
    return campaign, _choose(campaign, account_ids, by=by)


@transaction.atomic
def edit_campaign(*, by: User, campaign: Campaign, fields: CampaignFields, version: int | None = None) -> Campaign:
    """Changes a campaign; e-mails that are not written yet say what it says now.

    Whether e-mails go out by themselves holds for customers that are started from now on. Raises `StaleError`, and
    `RefusedError` where it is closed.
    """
    held = locked(campaign, version=version)
    if held.state == Campaign.State.CLOSED:
        raise RefusedError("This campaign is closed.")
    before = as_it_stands(held, [Campaign._meta.get_field(name).attname for name in fields])  # type: ignore[union-attr]
    for name, value in fields.items():
        setattr(held, name, value)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    _tell_anew(held)
    return held


@transaction.atomic
def take_back_edit(*, by: User, campaign: Campaign, version: int) -> Campaign:
    """Takes the change back that made `version`; raises `StaleError` and `RefusedError` as `put_back` does."""
    held = put_back(campaign, by=by, version=version)
    _tell_anew(held)
    return held


@transaction.atomic
def choose_accounts(*, by: User, campaign: Campaign, account_ids: Collection[int]) -> Chosen:
    """Takes more customers into a campaign; they wait there until somebody starts them.

    Raises `RefusedError` where it is closed.
    """
    held = locked(campaign)
    if held.state == Campaign.State.CLOSED:
        raise RefusedError(f"“{held}” is closed.")
    return _choose(held, account_ids, by=by)


@transaction.atomic
def edit_target(
    *, by: User, target: CampaignTarget, contact: Contact, variant: str, version: int | None = None
) -> CampaignTarget:
    """Says who is written to, and what the first e-mail speaks of; before the customer is started.

    Raises `RefusedError` afterwards, `StaleError`.
    """
    held = locked(target, version=version)
    if held.state != CampaignTarget.State.CHOSEN:
        raise RefusedError(f"{held.account} was started already: its e-mails go to whom they went before.")
    held.contact, held.variant = contact, variant
    return save_next(held, by=by)


def _choose(campaign: Campaign, account_ids: Collection[int], *, by: User) -> Chosen:
    """Writes those that can be chosen. The accounts are locked, so that nobody else chooses them meanwhile."""
    seen = Account.objects.visible_to(by).filter(pk__in=account_ids, status=Account.Status.CHURNED)
    held = with_records(seen).order_by("pk").select_for_update(of=("self",), no_key=True)
    there = set(campaign.targets.values_list("account_id", flat=True))
    refused: dict[str, str] = {}
    rows = []
    for one in candidates_of(list(held), today=clock.today()):
        because = "Was in this campaign already" if one.account.pk in there else one.refused
        if because:
            refused[one.account.name] = because
        else:
            rows.append(_row(campaign, one, by=by))
    with pghistory.context(user=by.pk):
        CampaignTarget.objects.bulk_create(rows)
    return Chosen(len(rows), refused)


def _row(campaign: Campaign, one: Candidate, *, by: User) -> CampaignTarget:
    category = one.record.category if one.record else ""
    assert one.account.churned_on is not None  # the database holds it for those that are lost
    return CampaignTarget(
        campaign=campaign,
        account=one.account,
        record=one.record,
        contact=one.contact,
        lost_on=one.account.churned_on,
        arr_lost=one.account.arr,
        category=category,
        variant=VARIANT_OF[Category(category)].value if category else "",
        chosen_by=by,
    )


def _tell_anew(campaign: Campaign) -> None:
    """Lets the e-mails that are still to come know what the campaign says now."""
    running = campaign.targets.running().filter(enrolment__state=Enrolment.State.RUNNING)
    targets = list(running.select_related("enrolment", "record"))
    enrolments = []
    for target in targets:
        assert target.enrolment is not None  # it was asked for
        target.enrolment.texts = texts_of(campaign, target)
        enrolments.append(target.enrolment)
    Enrolment.objects.bulk_update(enrolments, ["texts"], batch_size=500)
