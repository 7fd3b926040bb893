"""What closing a renewal looks at: the contract that it renews, what else is under contract, and what was offered."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.db.models import Q

from accounts.models import Contract, ContractLine, Product
from renewals.domain.closing import (
    CENT,
    Current,
    Figures,
    Line,
    Signed,
    Taken,
    figures_of,
    growth_of,
    line_arr,
)
from renewals.domain.periods import YEAR_MONTHS, add_months
from renewals.domain.proposals import State
from renewals.domain.stages import OUTCOME_LABELS, Outcome
from renewals.models import ProposalOption, Renewal
from renewals.queries.proposals import page_of, whole

SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Offer:
    """Terms to begin with; `option` names what the customer accepted, empty where they are those of the contract."""

    terms: Signed
    option: str


@dataclass(frozen=True)
class Outlook:
    """What closing a renewal would do, as far as that is known while it is typed. Money is in workspace currency."""

    figures: Figures
    outcome: str
    on: dt.date | None
    """The day on which the ledger moves."""
    gap_days: int
    """Days between the contract and what follows on it."""
    handed_over: Sequence[str]
    stays: bool
    """Of a lost one: whether the account stays a customer by another contract."""


def current_of(contract: Contract) -> Current:
    """The contract that is up for renewal, as the domain has it; it must have an end. One query."""
    assert contract.end is not None  # what is open-ended is never renewed
    lines = tuple(line_of(one) for one in contract.lines.order_by("pk"))
    return Current(contract.start, contract.end, contract.currency, lines)


def taken_of(contract: Contract) -> list[Taken]:
    """What the other signed contracts of its account hold, from the day on which it begins. One query."""
    others = ContractLine.objects.filter(contract__account=contract.account_id, contract__status=Contract.Status.ACTIVE)
    running = Q(contract__end=None) | Q(contract__end__gt=contract.start)
    lines = others.filter(running).exclude(contract=contract.pk).select_related("contract").order_by("pk")
    return [Taken(one.product_id, one.contract.start, one.contract.end, str(one.contract)) for one in lines]


def offered(renewal: Renewal, *, today: dt.date) -> Offer:
    """The terms to begin with: the option that the customer accepted, otherwise those of the contract as it is.

    It begins where the contract ends, and is signed today. Seven queries at most.
    """
    contract = renewal.contract
    current = current_of(contract)
    chosen = _chosen(renewal)
    months = chosen[0].term_months if chosen else contract.term_months or YEAR_MONTHS
    terms = Signed(
        signed_on=today,
        start=current.end,
        end=add_months(current.end, months),
        lines=chosen[1] if chosen else tuple(_told(line) for line in current.lines),
        currency=chosen[2] if chosen else current.currency,
        auto_renew=contract.auto_renew,
        notice_days=contract.notice_days,
        billing=chosen[0].billing if chosen else contract.billing,
        competitor=renewal.competitor,
    )
    return Offer(terms, chosen[0].title if chosen else "")


def outlook_of_signed(
    current: Current, lines: Sequence[Line], currency: str, start: dt.date | None, *, rates: Mapping[str, Decimal]
) -> Outlook:
    """What a contract that follows does, with those of its lines that can be read. One query where something is new."""
    figures = figures_of(current, lines, currency, rates)
    growth = growth_of(current, lines)
    names = dict(Product.objects.filter(pk__in=[one.product_id for one in growth]).values_list("pk", "name"))
    return Outlook(
        figures=figures,
        outcome=OUTCOME_LABELS[figures.outcome] if lines else "",
        on=start,
        gap_days=max((start - current.end).days, 0) if start else 0,
        handed_over=[
            names[one.product_id] if one.is_new else f"{one.seats} more seats of {names[one.product_id]}"
            for one in growth
        ],
        stays=True,
    )


def outlook_of_lost(
    contract: Contract, current: Current, last_day: dt.date | None, *, rates: Mapping[str, Decimal]
) -> Outlook:
    """What losing it does. One query."""
    end = last_day + dt.timedelta(days=1) if last_day else current.end
    return Outlook(
        figures=figures_of(current, [], current.currency, rates),
        outcome=OUTCOME_LABELS[Outcome.LOST],
        on=end,
        gap_days=0,
        handed_over=[],
        stays=_others_in_force(contract, end),
    )


def assigned_of(contract: Contract) -> dict[int, int]:
    """Seats that are given to people, by product; those of which it is not known are left out. One query."""
    known = contract.lines.filter(seats_assigned__isnull=False).order_by("pk")
    found: dict[int, int] = {}
    for line in known:
        found[line.product_id] = found.get(line.product_id, 0) + (line.seats_assigned or 0)
    return found


def _others_in_force(contract: Contract, day: dt.date) -> bool:
    """Whether another signed contract of the account is in force on a day, or begins after it."""
    signed = Contract.objects.filter(account=contract.account_id, status=Contract.Status.ACTIVE)
    return signed.filter(Q(end=None) | Q(end__gt=day)).exclude(pk=contract.pk).exists()


def _chosen(renewal: Renewal) -> tuple[ProposalOption, tuple[Line, ...], str] | None:
    """The option of the latest proposal that was accepted, with its lines and its currency."""
    accepted = whole().filter(renewal=renewal, state=State.ACCEPTED.value).order_by("-number").first()
    row = page_of(accepted).chosen if accepted else None
    if accepted is None or row is None:
        return None
    lines = tuple(
        _told(
            Line(
                product_id=line.product_id,
                arr=amount,
                seats=line.seats,
                unit_price=line.price.quantize(CENT, ROUND_HALF_EVEN),
                discount=(1 - (1 - line.discount) * (1 - row.option.discount)).quantize(SHARE),
            )
        )
        for line, amount in row.lines
    )
    return row.option, lines, accepted.currency


def line_of(one: ContractLine) -> Line:
    """A line of a contract as the domain has it."""
    return Line(one.product_id, one.arr, one.seats, one.unit_price, one.discount)


def _told(line: Line) -> Line:
    """A line whose price comes to its ARR, or that has none: what was rounded or made up is not said again."""
    if line.unit_price is None or line_arr(line.seats, line.unit_price, line.discount) == line.arr:
        return line
    return Line(line.product_id, line.arr, line.seats, None, line.discount)
