"""The columns of the book: how each is headed, sorted and exported.

The page draws them in `templates/accounts/book.html`, in this order; higher floors add drawings of their own by
`accounts.registries.add_book_column`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, IntegerField, Min, OrderBy, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import Expression
from django.db.models.functions import NullIf, Upper

from accounts.models import Account, Task, User
from accounts.queries.cadence import cadence_of, most_due_in
from accounts.registries import BOOK_COLUMNS, BookColumn
from cs_workspace.common import clock

NEXT = "pk"
"""The path that stands for the next action, which is looked up for many accounts at once."""

Cell = str | int | Decimal | dt.date | None


@dataclass(frozen=True)
class Export:
    """One column of an exported file: the value at `path`, as `cell` makes it of that value."""

    header: str
    path: str
    cell: Callable[[Any], Cell] = lambda value: value
    is_money: bool = False


@dataclass(frozen=True)
class Column:
    """One column of the page; `exports` are the columns of a file that stand for it, none for a drawing."""

    key: str
    label: str
    order: Expression | F | Subquery | None = None
    never_null: bool = False
    indexed: str = ""
    """The field by whose index it is sorted, where the field may be unknown."""
    largest_first: bool = False
    """Whether the first click on the heading sorts downwards."""
    numeric: bool = False
    standard: bool = False
    leads: bool = False
    """Standard for those who lead only: a CSM's accounts have mostly the same owner."""
    exports: tuple[Export, ...] = ()
    drawing: BookColumn | None = None

    def is_standard(self, user: User) -> bool:
        """Whether a user sees it who has chosen nothing."""
        return self.standard or (self.leads and user.leads)


def _position(field: str, values: list[str]) -> Case:
    """The place of a choice among its choices, so that it sorts by meaning and not by spelling."""
    return Case(
        *(When(**{field: value}, then=Value(place)) for place, value in enumerate(values)),
        default=None,
        output_field=IntegerField(),
    )


def _next_due() -> Subquery:
    """When the earliest open task of an account is due."""
    due = Task.objects.unfinished().filter(account=OuterRef("pk"), due_at__isnull=False).order_by()
    return Subquery(due.values("account").annotate(first=Min("due_at")).values("first"))


def _days_left(day: dt.date | None) -> int | None:
    return (day - clock.today()).days if day else None


def _day(moment: dt.datetime | None) -> dt.date | None:
    return clock.day_of(moment) if moment else None


def _due_touch(cadence: dict[str, Any]) -> str | None:
    """The touch that is latest for its interval, in words."""
    due = most_due_in(cadence)
    return due.phrase if due else None


def _override(override: dict[str, str] | None) -> str | None:
    """By whom the tier is overridden and what was computed."""
    return f"by {override['by']}, computed {override['tier'] or 'no score'}" if override else None


def _label(choices: type) -> Callable[[str], str]:
    labels = dict(choices.choices)  # type: ignore[attr-defined]  # a class of choices
    return lambda value: labels.get(value, "")


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"))


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _text(key: str, label: str, path: str, cell: Callable[[Any], Cell] = lambda value: value or None) -> Column:
    """A column of texts; the empty one is unknown."""
    order = Upper(NullIf(path, Value("")))
    return Column(key, label, order, exports=(Export(label, path, cell),))


NAME = Column("name", "Account", Upper("name"), never_null=True, standard=True, exports=(Export("Account", "name"),))

BEFORE_DRAWINGS = (
    NAME,
    Column(
        "health",
        "Health",
        F("health_score"),
        indexed="health_score",
        standard=True,
        exports=(
            Export("Tier", "health_tier", lambda tier: tier or None),
            Export("Score", "health_score"),
            Export("Tier overridden", "health_override", _override),
        ),
    ),
)
AFTER_DRAWINGS = (
    Column(
        "trend",
        "Trend",
        _position("health_trend", ["declining", "stable", "improving"]),
        standard=True,
        exports=(Export("Trend", "health_trend", _label(Account.Trend)),),
    ),
    Column(
        "arr",
        "ARR",
        F("arr"),
        never_null=True,
        largest_first=True,
        numeric=True,
        standard=True,
        exports=(Export("ARR", "arr", is_money=True),),
    ),
    Column(
        "segment",
        "Segment",
        F("segment__lower_arr"),
        largest_first=True,
        standard=True,
        exports=(Export("Segment", "segment__name"),),
    ),
    Column(
        "renewal",
        "Renewal",
        F("renewal_date"),
        indexed="renewal_date",
        standard=True,
        exports=(Export("Renewal", "renewal_date"), Export("Days to renewal", "renewal_date", _days_left)),
    ),
    Column(
        "touch",
        "Last touch",
        F("last_touch"),
        indexed="last_touch",
        standard=True,
        exports=(Export("Last touch", "last_touch", _day),),
    ),
    Column("touch_due", "Touch due", exports=(Export("Touch due", "cadence", _due_touch),)),
    Column("next", "Next action", _next_due(), standard=True, exports=(Export("Next action", NEXT),)),
    Column(
        "alerts",
        "Alerts",
        F("open_alerts"),
        never_null=True,
        largest_first=True,
        numeric=True,
        standard=True,
        exports=(Export("Open alerts", "open_alerts"),),
    ),
    Column("owner", "Owner", Upper("owner__name"), leads=True, exports=(Export("Owner", "owner__name"),)),
    Column(
        "tags",
        "Tags",
        Case(When(tags=[], then=None), default=F("tags")),
        exports=(Export("Tags", "tags", lambda tags: "; ".join(tags) or None),),
    ),
    Column(
        "risk",
        "Revenue at risk",
        F("arr") * F("expected_churn"),
        largest_first=True,
        numeric=True,
        exports=(Export("Revenue at risk", "risk", _cents, is_money=True),),
    ),
    _text("reason", "Why", "health_reason"),
    Column(
        "confidence",
        "Confidence",
        F("health_confidence"),
        numeric=True,
        exports=(Export("Confidence", "health_confidence"),),
    ),
    Column("since", "Customer since", F("customer_since"), exports=(Export("Customer since", "customer_since"),)),
    Column(
        "flags",
        "Flags",
        F("strategic"),
        largest_first=True,
        exports=(Export("Strategic", "strategic", _yes), Export("Trial", "is_trial", _yes)),
    ),
    Column(
        "stage",
        "Stage",
        _position("stage", Account.Stage.values),
        exports=(Export("Lifecycle stage", "stage", _label(Account.Stage)),),
    ),
    _text("status", "Status", "status", _label(Account.Status)),
    _text("industry", "Industry", "industry"),
    _text("country", "Country", "country"),
    _text("domain", "Domain", "domain"),
    _text("id", "External id", "external_id"),
)


def columns() -> tuple[Column, ...]:
    """Every column that can be shown, in the order of the page."""
    drawings = tuple(
        Column(drawn.key, drawn.label, standard=drawn.standard, drawing=drawn) for drawn in BOOK_COLUMNS.values()
    )
    return BEFORE_DRAWINGS + drawings + AFTER_DRAWINGS


def standard_columns(user: User) -> tuple[Column, ...]:
    """What a user sees who has chosen nothing."""
    return tuple(column for column in columns() if column.is_standard(user))


def with_risk(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """The accounts with `risk`, ARR × the churn to be expected of the tier (None without a score), and with `cadence`,
    out of which the touch that is due is told."""
    return accounts.annotate(risk=F("arr") * F("expected_churn"), cadence=cadence_of())


def column_of(key: str) -> Column:
    """The column with a key; the name where there is none."""
    return next((column for column in columns() if column.key == key), NAME)


def sortable_keys() -> list[str]:
    """Keys of the columns by which the book can be sorted; drawings cannot."""
    return [column.key for column in columns() if column.order is not None]


def ordered(
    accounts: QuerySet[Account], column: Column, *, descending: bool, known_only: bool = False
) -> QuerySet[Account]:
    """The accounts in the order of a column, unknown values last, ties by key: the same row is never on two pages.

    PostgreSQL's indexes end with the unknown, so read backwards they begin with them. Where the caller knows that no
    unknown value is wanted (`known_only`), they are left out and the index serves downwards too.
    """
    expression = Upper("name") if column.order is None else column.order
    if not descending:
        return accounts.order_by(OrderBy(expression, nulls_last=True), "pk")
    if known_only and column.indexed:
        accounts = accounts.filter(**{f"{column.indexed}__isnull": False})
    nulls_last = None if column.never_null or (known_only and column.indexed) else True
    # The direction of the key follows, so that one index serves both ways.
    return accounts.order_by(OrderBy(expression, descending=True, nulls_last=nulls_last), "-pk")
