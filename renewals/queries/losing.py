"""What losing a customer looks at: its contracts that can be given up, and what its page says of losses."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject

from accounts.models import Account, Contract, User
from cs_workspace.common import clock
from renewals.domain.churn import PREVENTABLE_LABELS, SUB_REASON_LABELS, TAXONOMY, Category, Preventable, SubReason
from renewals.domain.closing import worth
from renewals.models import ChurnRecord, ExitInterview, Renewal
from renewals.queries.closing import line_of
from renewals.queries.proposals import rates_on

# A loss is shown on the page of an account that stayed for so long.
SHOWN_FOR = dt.timedelta(days=365)
MOST_SHOWN = 3


@dataclass(frozen=True)
class Losable:
    """A contract that can be given up, and what it is worth a year in workspace currency."""

    contract: Contract
    arr: Decimal
    products: str


@dataclass(frozen=True)
class Outlook:
    """What giving up some contracts comes to. Money is in workspace currency."""

    before: Decimal
    lost: Decimal
    on: dt.date | None
    """The first day without any of them; None where none is chosen, or one has no end and no last day is given."""
    stays: bool
    """Whether the account has another contract until then, or longer."""

    @property
    def after(self) -> Decimal:
        """What is left."""
        return self.before - self.lost


@dataclass(frozen=True)
class LossLine:
    """A loss as the page of its account shows it."""

    pk: int
    day: dt.date
    arr: Decimal
    category: str
    reason: str
    preventable: str
    competitor: str
    notes: str
    lost_account: bool
    has_interview: bool

    @property
    def is_ahead(self) -> bool:
        """Whether the day is still to come."""
        return self.day > clock.today()


def losable(account: Account, *, today: dt.date) -> list[Losable]:
    """The contracts that a customer can give up, the earliest first: what is signed and not over, and what is over and
    still asked about. Those whose renewal is settled are not among them. Three queries."""
    asked = Renewal.objects.filter(contract=OuterRef("pk"))
    settled = Exists(asked.closed().filter(due_on=OuterRef("end"))) & ~Exists(asked.open())
    contracts = (
        Contract.objects.filter(account=account, status=Contract.Status.ACTIVE)
        .filter(Q(end=None) | Q(end__gt=today) | Exists(asked.open()))
        .exclude(settled)
        .exclude(end=F("start"))
        .prefetch_related("lines__product")
        .order_by("start", "pk")
    )
    rates = rates_on(today)
    return [_losable(contract, rates.get(contract.currency, Decimal(1))) for contract in contracts]


def outlook_of_loss(found: list[Losable], chosen: set[int], last_day: dt.date | None) -> Outlook:
    """What giving up the contracts `chosen`, by key, comes to. No query."""
    given = [one for one in found if one.contract.pk in chosen]
    ends = [_end(one.contract, last_day) for one in given]
    known = [end for end in ends if end is not None]
    on = max(known) if known and len(known) == len(ends) else None
    rest = [one.contract for one in found if one.contract.pk not in chosen]
    return Outlook(
        before=sum((one.arr for one in found), Decimal(0)),
        lost=sum((one.arr for one in given), Decimal(0)),
        on=on,
        stays=any(on is None or one.end is None or one.end >= on for one in rest),
    )


def beside_losses(_user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `losses_shown` needs no other."""
    today = clock.today()
    recent = Q(day__gte=today - SHOWN_FOR) | Q(lost_account=True)
    found = ChurnRecord.objects.standing().filter(recent, account=OuterRef("pk")).order_by("-day", "-pk")
    about = JSONObject(
        pk="pk",
        day="day",
        arr=Cast("arr_lost", TextField()),  # as a number it would come back as a float
        category="category",
        sub_reason="sub_reason",
        preventable="preventable",
        competitor="competitor",
        notes="notes",
        lost_account="lost_account",
        has_interview=Exists(ExitInterview.objects.filter(record=OuterRef("pk"))),
    )
    return {"losses": ArraySubquery(found.values(about=about)[:MOST_SHOWN])}


def losses_shown(account: Account, _user: User) -> dict[str, Any] | None:
    """What the page of an account that was read with `beside_losses` shows of them: the latest losses, or that nobody
    has written down why it left. None where there is nothing to say. No query."""
    rows: list[dict[str, Any]] = account.losses  # type: ignore[attr-defined]  # annotated
    lines = [_line(row) for row in rows]
    is_lost = account.status == Account.Status.CHURNED
    is_untold = is_lost and not any(one.lost_account for one in lines)
    return {"losses": lines, "is_untold": is_untold} if lines or is_untold else None


def _losable(contract: Contract, rate: Decimal) -> Losable:
    lines = list(contract.lines.all())
    names = dict.fromkeys(line.product.name for line in lines)
    return Losable(contract, worth(map(line_of, lines), rate), ", ".join(names))


def _end(contract: Contract, last_day: dt.date | None) -> dt.date | None:
    """The first day without a contract that is given up with a last day, or with its own end."""
    if last_day is None:
        return contract.end
    after = last_day + dt.timedelta(days=1)
    return after if contract.end is None else min(after, contract.end)


def _line(row: dict[str, Any]) -> LossLine:
    return LossLine(
        pk=row["pk"],
        day=dt.date.fromisoformat(row["day"]),
        arr=Decimal(row["arr"]),
        category=TAXONOMY[Category(row["category"])].label,
        reason=SUB_REASON_LABELS[SubReason(row["sub_reason"])],
        preventable=PREVENTABLE_LABELS[Preventable(row["preventable"])],
        competitor=row["competitor"],
        notes=row["notes"],
        lost_account=row["lost_account"],
        has_interview=row["has_interview"],
    )
