"""Lost customers for tests of win-back, and the contract by which they come back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from accounts.models import Account, Sequence, User
from accounts.services.mail_presets import install_mail
from renewals.domain.churn import SUB_REASON_LABELS, SubReason, category_of, preventable
from renewals.domain.closing import Line, Signed
from renewals.domain.win_back import Move
from renewals.models import Campaign
from renewals.services.campaign_moves import move_campaign
from renewals.services.campaigns import Chosen, create_campaign
from renewals.services.ledger import write_ledger
from tests.factories import ContactFactory, ContractFactory, LossFactory, LostAccountFactory, ProductFactory, day

FIELDS: dict[str, Any] = {
    "name": "Spring",
    "by_itself": False,
    "fixed_product": "The reports load in a second.",
    "fixed_value": "An engineer sets it up with you.",
    "fixed_price": "There is a plan for ten seats.",
    "proof": "Norda cut its month-end by three days.",
    "improvements": "Faster reports\nOne sign-on",
    "release_name": "",
    "offer": "",
}


def win_back_sequence() -> Sequence:
    """The sequence that ships."""
    install_mail()
    return Sequence.objects.get(key="win-back")


def lost_account(
    owner: User | None, *, ago: int = 3, reason: SubReason | None = SubReason.MISSING_FEATURE, **fields: Any
) -> Account:
    """A customer that was lost so many days ago with a contract of 24,000, its record and a champion."""
    account: Account = LostAccountFactory(owner=owner, churned_on=day(-ago), **fields)
    ContractFactory(account=account, start=day(-ago - 365), end=day(-ago), with_line=24000)
    write_ledger(today=day(0), account_ids=[account.pk])
    ContactFactory(account=account, name="Carla Champion", email=f"carla{account.pk}@example.com", roles=["champion"])
    if reason is not None:
        assert reason in SUB_REASON_LABELS
        LossFactory(
            account=account,
            category=category_of(reason).value,
            sub_reason=reason.value,
            preventable=preventable(reason).value,
        )
    return account


def campaign_of(by: User, *accounts: Account, **fields: Any) -> tuple[Campaign, Chosen]:
    """A draft with customers, led by whoever makes it."""
    ids = [account.pk for account in accounts]
    return create_campaign(by=by, fields={**FIELDS, "owner": by, **fields}, account_ids=ids)  # type: ignore[typeddict-item]


def started(by: User, *accounts: Account, **fields: Any) -> Campaign:
    """The same, under way."""
    win_back_sequence()
    campaign, _ = campaign_of(by, *accounts, **fields)
    return move_campaign(by=by, campaign=campaign, move=Move.START)


def signed(*, start: dt.date | None = None, arr: int = 18000, **fields: Any) -> Signed:
    """A year from today with one product."""
    first = start or day(0)
    whole = {"signed_on": day(0), "end": first + dt.timedelta(days=365), "currency": "EUR"} | fields
    return Signed(start=first, lines=(Line(ProductFactory().pk, Decimal(arr)),), **whole)
