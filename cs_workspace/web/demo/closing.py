"""A handful of renewals of the demo that were closed in the last days, by the real service: as signed, grown, shrunk
and lost. One of the lost accounts is gone, the other stays until its last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from accounts.models import Account
from accounts.services.arr import refresh_arr
from cs_workspace.common import clock
from cs_workspace.web.demo.renewing import dated
from renewals.domain.churn import SubReason
from renewals.domain.closing import ClosingTerms, Line, Lost, Signed, line_arr
from renewals.models import LedgerEntry, Renewal
from renewals.queries.closing import offered
from renewals.services.churning import settle_churn
from renewals.services.closing import close_renewal
from renewals.services.ledger import write_ledger

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

NOON: Final = dt.time(11, 40)
# Tiers from which customers sign again, and from which they leave.
GOOD, BAD = (1, 2), (3, 4)
DUE_WITHIN: Final = 90
MOVED_WITHIN: Final = 7


@dataclass(frozen=True)
class Signing:
    """So many days ago a customer of a good tier signed, with seats and ARR by so much of what they were."""

    ago: int
    share: Decimal
    reason: str


@dataclass(frozen=True)
class Leaving:
    """So many days ago a customer of a bad tier gave notice; `at_once` where they are gone since yesterday."""

    ago: int
    at_once: bool
    sub_reason: SubReason
    competitor: str
    notes: str


SIGNED: Final = (
    Signing(6, Decimal("1.25"), "Two more teams came on board in autumn."),
    Signing(4, Decimal(1), "Content with what they have, no budget for more before summer."),
    Signing(3, Decimal("0.8"), "One site was closed, its seats went with it."),
    Signing(1, Decimal("1.1"), "The new department needs seats of its own."),
)
LEFT: Final = (
    Leaving(
        5,
        at_once=False,
        sub_reason=SubReason.COMPETITOR,
        competitor="Aerlo",
        notes="Aerlo offered three years at the price of two. We heard of it when the decision had been made.",
    ),
    Leaving(
        2,
        at_once=True,
        sub_reason=SubReason.NO_RETURN,
        competitor="",
        notes="They never came past the pilot: the reports that they bought it for were still written by hand.",
    ),
)


def close_renewals(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Closes the renewals that come next among those of good and bad accounts. Owners who left close nothing."""
    good, bad = _next(GOOD, as_of), _next(BAD, as_of)
    ways: list[tuple[Signing | Leaving, Renewal]] = [*zip(SIGNED, good, strict=False), *zip(LEFT, bad, strict=False)]
    for way, renewal in sorted(ways, key=lambda pair: -pair[0].ago):
        moment = dt.datetime.combine(as_of - dt.timedelta(days=way.ago), NOON, clock.workspace_zone())
        with at_moment(moment), dated(way.ago):
            terms = _signed(renewal, way) if isinstance(way, Signing) else _lost(renewal, way)
            close_renewal(by=renewal.owner, renewal=renewal, terms=terms)
    accounts = [renewal.account_id for _, renewal in ways]
    with at_moment(clock.now()):  # as the night does it, and not whoever closed the last of them
        settle_churn(today=as_of, account_ids=accounts)
        write_ledger(today=as_of, account_ids=accounts)
        refresh_arr(today=as_of, account_ids=accounts)


def _next(ranks: tuple[int, ...], as_of: dt.date) -> Iterator[Renewal]:
    """Open renewals that are due soon, one an account, the soonest first; none of strategic accounts, of which stories
    tell, nor of those whose ARR moved in these days: the ledger knows of that already, and is written as of then."""
    renewals = Renewal.objects.open().due_between(as_of + dt.timedelta(days=1), as_of + dt.timedelta(days=DUE_WITHIN))
    of_these = Account.objects.active().filter(health_rank__in=ranks, strategic=False)
    moved = LedgerEntry.objects.filter(day__gt=as_of - dt.timedelta(days=MOVED_WITHIN)).values("account")
    found = renewals.filter(account__in=of_these.values("pk"), owner__is_active=True, owner__read_only=False)
    found = found.exclude(account__in=moved)
    seen: set[int] = set()
    for renewal in found.select_related("account", "contract", "owner").order_by("due_on", "pk"):
        if renewal.account_id not in seen:
            seen.add(renewal.account_id)
            yield renewal


def _signed(renewal: Renewal, signing: Signing) -> Signed:
    terms = offered(renewal, today=clock.today()).terms
    lines = tuple(_grown(line, signing.share) for line in terms.lines)
    return replace(terms, lines=lines, reason=signing.reason)


def _grown(line: Line, share: Decimal) -> Line:
    if line.seats is None or line.unit_price is None:
        return replace(line, arr=round(line.arr * share, 2), unit_price=None)
    seats = max(1, round(line.seats * share))
    return replace(line, seats=seats, arr=line_arr(seats, line.unit_price, line.discount))


def _lost(renewal: Renewal, leaving: Leaving) -> ClosingTerms:
    assert renewal.contract.end is not None  # what is open-ended is never renewed
    last_day = clock.today() if leaving.at_once else renewal.contract.end - dt.timedelta(days=1)
    return Lost(leaving.sub_reason, last_day, competitor=leaving.competitor, notes=leaving.notes)
