"""What the account page shows of the ground: facts, the family of companies, contracts and invoices."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, TextField
from django.db.models.functions import Cast, JSONObject
from django.http import Http404

from accounts.models import Account, Contract, ContractLine, Invoice, Task, TeamMember, User
from accounts.models.account import AccountQuerySet
from accounts.queries.stand_ins import Viewer, keys_of
from accounts.registries import NEXT_ACTIONS, beside_account
from cs_workspace.common import clock
from cs_workspace.common.compiled import kept_for_today

MOST_CHILDREN = 8
MOST_CONTRACTS = 6
MOST_INVOICES = 6


@dataclass(frozen=True)
class Relative:
    """A company above or below in the family of companies."""

    pk: int
    name: str
    arr: Decimal
    score: Decimal | None
    tier: str
    rank: int | None


@dataclass(frozen=True)
class Family:
    """Those relatives that the user sees. `score` is the mean of the children's scores, weighted by their ARR."""

    parent: Relative | None
    children: Sequence[Relative]
    count: int
    score: Decimal | None

    @property
    def more(self) -> int:
        """How many children are not listed."""
        return self.count - len(self.children)


@dataclass(frozen=True)
class Facts:
    """What stands on the account's card beside the fields of its own."""

    team: Sequence[tuple[str, str]]
    """Role and name of the members of the account team."""
    seats: int | None
    seats_assigned: int | None
    family: Family
    custom: Sequence[tuple[str, str]]
    low_season: str
    """The months of the low season in words; empty where there is none."""

    @property
    def seats_share(self) -> float | None:
        """Assigned seats as a share of the licensed ones; None where either is unknown."""
        if not self.seats or self.seats_assigned is None:
            return None
        return self.seats_assigned / self.seats


@dataclass(frozen=True)
class Bill:
    """An invoice, and by how many days it is or was late; 0 where it is not."""

    invoice: Invoice
    days_late: int

    @property
    def is_overdue(self) -> bool:
        """Not paid, and its day is past."""
        return self.invoice.status == Invoice.Status.OPEN and self.days_late > 0


@dataclass(frozen=True)
class NextStep:
    """What to do next; `task` where somebody has it to do already."""

    text: str
    task: Task | None = None


@dataclass(frozen=True)
class Money:
    """Contracts and invoices, the newest first; the counts say how many there are in all."""

    contracts: Sequence[Contract]
    contract_count: int
    bills: Sequence[Bill]
    invoice_count: int
    overdue: int
    """How many open invoices are past their day."""


def get_account_page_for(user: User, pk: int) -> tuple[Account, Facts]:
    """The account and the facts around it, of what the user may see; 404 where it is not theirs. One query."""
    found = _with_facts(Viewer.of(user)).rows([*keys_of(user), pk])
    if not found:
        raise Http404("There is no such account.")
    account: Any = found[0]
    return account, Facts(
        team=[(TeamMember.Role(row["role"]).label, row["name"]) for row in account.team_rows],
        seats=account.seat_sums and account.seat_sums["seats"],
        seats_assigned=account.seat_sums and account.seat_sums["assigned"],
        family=_family(account),
        custom=[(_words(key), _text(value)) for key, value in sorted(account.custom.items())],
        low_season=", ".join(calendar.month_abbr[month] for month in account.low_season_months if 1 <= month <= 12),
    )


def next_step(account: Account, tasks: Sequence[Task]) -> NextStep | None:
    """The first of the open tasks, else what a higher floor advises. Without a task one query for each of them."""
    if tasks:
        return NextStep(tasks[0].title, tasks[0])
    for load in NEXT_ACTIONS.values():
        advice = load([account.pk]).get(account.pk)
        if advice:
            return NextStep(advice)
    return None


def money_of(account: Account) -> Money:
    """Contracts with their lines, and invoices. Five queries."""
    today = clock.today()
    contracts = account.contracts.prefetch_related("lines__product")
    counts = account.invoices.aggregate(
        all=Count("pk"), overdue=Count("pk", filter=Q(status=Invoice.Status.OPEN, due_on__lt=today))
    )
    shown: list[Any] = list(contracts.annotate(of_all=_count(account.contracts))[:MOST_CONTRACTS])
    return Money(
        contracts=shown,
        contract_count=shown[0].of_all if shown else 0,
        bills=[_bill(invoice, today) for invoice in account.invoices.all()[:MOST_INVOICES]],
        invoice_count=counts["all"],
        overdue=counts["overdue"],
    )


def _bill(invoice: Invoice, today: dt.date) -> Bill:
    if invoice.status == Invoice.Status.VOID:
        return Bill(invoice, 0)
    return Bill(invoice, max(0, ((invoice.paid_on or today) - invoice.due_on).days))


@kept_for_today
def _with_facts(viewer: Viewer) -> AccountQuerySet:
    """The account of the last key, with what stands around it and what panels want beside it."""
    user, (pk,) = viewer.user, viewer.further_keys(1)
    accounts = Account.objects.visible_to(user).filter(pk=pk).select_related("owner", "segment")
    return accounts.annotate(**_around(user), **beside_account(user))


def _around(user: User) -> dict[str, Any]:
    visible = Account.objects.visible_to(user).order_by()
    children = visible.filter(parent=OuterRef("pk"))
    relative = JSONObject(
        pk="pk", name="name", arr=_exact("arr"), score=_exact("health_score"), tier="health_tier", rank="health_rank"
    )
    in_force = Contract.objects.in_force(clock.today()).filter(account=OuterRef(OuterRef("pk")))
    seats = ContractLine.objects.filter(contract__in=in_force.values("pk")).order_by()
    team = TeamMember.objects.filter(account=OuterRef("pk")).order_by("role", "user__name")
    weighed = Q(health_score__isnull=False)
    return {
        "team_rows": ArraySubquery(team.values(data=JSONObject(role="role", name="user__name"))),
        "seat_sums": Subquery(
            seats.annotate(one=F("contract__account"))
            .values("one")
            .values(data=JSONObject(seats=Sum("seats"), assigned=Sum("seats_assigned")))
        ),
        "parent_rows": ArraySubquery(visible.filter(pk=OuterRef("parent_id")).values(data=relative)),
        "child_rows": ArraySubquery(children.order_by("-arr", "pk").values(data=relative)[:MOST_CHILDREN]),
        "child_sums": Subquery(
            children.values("parent").values(
                data=JSONObject(
                    count=Count("pk"),
                    arr=_exact(Sum("arr", filter=weighed)),
                    weighed=_exact(Sum(F("arr") * F("health_score"), filter=weighed)),
                )
            )
        ),
    }


def _family(account: Any) -> Family:
    sums = account.child_sums or {"count": 0, "arr": None, "weighed": None}
    arr = Decimal(sums["arr"] or 0)
    return Family(
        parent=next((_relative(row) for row in account.parent_rows), None),
        children=[_relative(row) for row in account.child_rows],
        count=sums["count"],
        score=Decimal(sums["weighed"]) / arr if arr else None,
    )


def _relative(row: dict[str, Any]) -> Relative:
    score = None if row["score"] is None else Decimal(row["score"])
    return Relative(row["pk"], row["name"], Decimal(row["arr"]), score, row["tier"], row["rank"])


def _exact(value: Any) -> Cast:
    """An amount as text, because a number in JSON comes back as a float."""
    return Cast(value, TextField())


def _count(rows: Any) -> Any:
    return Subquery(rows.order_by().values("account").values(count=Count("pk")))


def _words(key: str) -> str:
    return key.replace("_", " ").strip().capitalize()


def _text(value: Any) -> str:
    """A custom field as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "—" if value in (None, "") else str(value)
