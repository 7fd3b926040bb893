"""The kinds of rows that can be imported, and the fields of each: what a mapping may name.

Choices and lengths repeat what the models say, for nothing of Django is known here; a test holds the two together.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.domain.contracts import MOST_NOTICE


class Reading(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LIST = "list"
    EMAIL = "e-mail"
    CURRENCY = "currency"
    ZONE = "time zone"


# What a mapping may say of fields that it makes up itself
OWN_READINGS = (Reading.TEXT, Reading.INTEGER, Reading.DECIMAL, Reading.DATE, Reading.BOOLEAN)
NUMERIC_READINGS = (Reading.INTEGER, Reading.DECIMAL, Reading.BOOLEAN)


INTEGER_MAX = 2_147_483_647
MONEY_MAX = 999_999_999_999
OBSERVED_SINCE = dt.date(2000, 1, 1)
CUSTOM, METRIC = "custom.", "metric."


@dataclass(frozen=True)
class Field:
    """One field: its reading and its bounds.

    `empty` is what an empty cell means where the field always has a value. `names` is the kind of record that the
    value names in the same source (account, contract, contact) or in the workspace (product, user). A day that may well
    lie ahead says so by `ahead`.
    """

    name: str
    reading: Reading = Reading.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 200
    least: float | None = None
    most: float | None = None
    earliest: dt.date | None = None
    empty: object = None
    names: str = ""
    ahead: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of rows.

    `keyed` kinds need a key column, their external id. The others are known by their `natural` fields; given a key all
    the same, rows that share the natural fields add up. `owner` lists fields of which one says whose row it is.
    `prefix` begins the names of fields that a mapping makes up; rows of a kind that `merges` may say a thing twice.
    """

    name: str
    singular: str
    fields: tuple[Field, ...]
    keyed: bool = True
    natural: tuple[str, ...] = ()
    owner: tuple[str, ...] = ("account",)
    prefix: str = ""
    merges: bool = False

    @property
    def by_name(self) -> dict[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}


def _text(name: str, longest: int = 200, *, required: bool = False, names: str = "") -> Field:
    return Field(name, Reading.TEXT, required, longest=longest, empty="", names=names)


def _count(name: str, *, least: float = 0, most: float = INTEGER_MAX, required: bool = False) -> Field:
    return Field(name, Reading.INTEGER, required, least=least, most=most)


def _money(name: str, *, least: float = 0, required: bool = False) -> Field:
    return Field(name, Reading.DECIMAL, required, least=least, most=MONEY_MAX)


def _day(name: str, *, required: bool = False, earliest: dt.date | None = None, ahead: bool = False) -> Field:
    return Field(name, Reading.DATE, required, earliest=earliest, ahead=ahead)


def _moment(name: str, *, required: bool = False, earliest: dt.date | None = OBSERVED_SINCE) -> Field:
    return Field(name, Reading.DATETIME, required, earliest=earliest)


def _flag(name: str, *, empty: bool | None = False) -> Field:
    return Field(name, Reading.BOOLEAN, empty=empty)


def _choice(name: str, *choices: str, empty: str = "", required: bool = False) -> Field:
    return Field(name, Reading.CHOICE, required, choices, empty=empty)


ACCOUNT = _text("account", names="account")
CONTRACT = _text("contract", names="contract")
CONTACT = _text("contact", names="contact")
PRODUCT = _text("product", 120, names="product")
CURRENCY = Field("currency", Reading.CURRENCY, empty="")
SENTIMENTS = ("positive", "neutral", "negative")

ACCOUNTS = Kind(
    "accounts",
    "account",
    (
        _text("name", required=True),
        _text("domain"),
        _text("industry", 100),
        _text("country", 60),
        Field("time_zone", Reading.ZONE, empty=""),
        _choice("stage", "onboarding", "adopting", "established", "renewing", "churned", "won_back"),
        _flag("is_trial"),
        _flag("churned"),
        _day("churned_on"),
        _text("parent", names="account"),
        Field("owner", Reading.EMAIL, empty="", names="user"),
        Field("tags", Reading.LIST, longest=40, empty=()),
        CURRENCY,
        _day("customer_since"),
        _flag("seasonal"),
        _flag("strategic"),
        _money("stated_arr"),
    ),
    owner=(),
    prefix=CUSTOM,
)

CONTACTS = Kind(
    "contacts",
    "contact",
    (
        ACCOUNT,
        _text("name", 120, required=True),
        Field("email", Reading.EMAIL, empty=""),
        _text("phone", 40),
        _text("title", 120),
        _text("function", 60),
        _choice("seniority", "executive", "director", "manager", "staff"),
        Field("time_zone", Reading.ZONE, empty=""),
        Field(
            "roles",
            Reading.LIST,
            choices=("champion", "sponsor", "decision_maker", "technical_lead", "user", "detractor"),
            empty=(),
        ),
        _count("influence", most=10),
        _choice("sentiment", *SENTIMENTS),
        _choice("engagement", "engaged", "occasional", "silent"),
        _choice("status", "active", "left", empty="active"),
        _day("left_on"),
        _flag("consent"),
    ),
)

CONTRACTS = Kind(
    "contracts",
    "contract",
    (
        ACCOUNT,
        _text("number", 60),
        _day("start", required=True, ahead=True),
        _day("end", ahead=True),
        _flag("auto_renew"),
        _count("notice_days", most=MOST_NOTICE),
        _count("term_months"),
        _choice("billing", "monthly", "quarterly", "yearly", empty="yearly"),
        CURRENCY,
        _choice("status", "draft", "active", "ended", "cancelled", empty="active"),
        Field("expected_logins_per_week", Reading.DECIMAL, least=0, most=999_999),
        PRODUCT,
        _count("seats"),
        _count("seats_assigned"),
        _money("unit_price"),
        _money("arr"),
        Field("discount", Reading.DECIMAL, least=0, most=1, empty=0),
    ),
)

ARR_CHANGES = Kind(
    "arr_changes",
    "change of ARR",
    (CONTRACT, _day("day", required=True), _money("amount", least=-MONEY_MAX, required=True)),
    owner=("contract",),
)

INVOICES = Kind(
    "invoices",
    "invoice",
    (
        ACCOUNT,
        CONTRACT,
        _text("number", 60, required=True),
        _day("issued_on"),
        _day("due_on", required=True, ahead=True),
        _day("paid_on"),
        _money("amount", least=-MONEY_MAX, required=True),
        CURRENCY,
        _choice("status", "open", "paid", "void"),
    ),
    owner=("account", "contract"),
)

MEASURES: Final = ("logins", "active_users", "core_actions", "minutes", "seats_assigned", "integrations")
USAGE = Kind(
    "usage",
    "day of use",
    (
        ACCOUNT,
        CONTRACT,
        PRODUCT,
        _day("day", required=True, earliest=OBSERVED_SINCE),
        *(_count(name) for name in MEASURES if name != "minutes"),
        Field("minutes", Reading.DECIMAL, least=0, most=INTEGER_MAX),
        Field("data_volume", Reading.DECIMAL, least=0, most=1e15),
    ),
    keyed=False,
    natural=("account", "contract", "product", "day"),
    owner=("account", "contract"),
)

FEATURE_USE = Kind(
    "feature_use",
    "use of a feature",
    (
        ACCOUNT,
        CONTRACT,
        PRODUCT,
        _text("feature", 120, required=True),
        _day("day", required=True, earliest=OBSERVED_SINCE),
        _count("uses"),
        Field("minutes", Reading.DECIMAL, least=0, most=INTEGER_MAX),
    ),
    keyed=False,
    natural=("account", "contract", "product", "feature", "day"),
    owner=("account", "contract"),
)

USER_DAYS = Kind(
    "user_days",
    "day of a user",
    (
        ACCOUNT,
        CONTRACT,
        PRODUCT,
        _text("user", 120, required=True),
        _day("day", required=True, earliest=OBSERVED_SINCE),
    ),
    keyed=False,
    natural=("account", "contract", "product", "user", "day"),
    owner=("account", "contract"),
    merges=True,
)

TICKETS = Kind(
    "tickets",
    "ticket",
    (
        ACCOUNT,
        CONTACT,
        PRODUCT,
        _text("subject"),
        _choice("severity", "low", "normal", "high", "critical", empty="normal"),
        _moment("opened_at", required=True),
        _moment("closed_at"),
        _count("first_response_minutes"),
        _flag("escalated"),
        _count("rating", least=1, most=5),
    ),
)

SURVEYS = Kind(
    "surveys",
    "survey answer",
    (
        ACCOUNT,
        CONTACT,
        _choice("kind", "nps", "csat", "onboarding", "review", "exit", required=True),
        _count("score", most=10, required=True),
        _text("comment", 10_000),
        _moment("at", required=True),
    ),
)

TOUCHES = Kind(
    "touches",
    "touch",
    (
        ACCOUNT,
        _choice("kind", "call", "meeting", "email", "chat", "visit", "qbr", required=True),
        _choice("direction", "out", "in", empty="out"),
        _moment("at", required=True),
        Field("by", Reading.EMAIL, empty="", names="user"),
        _flag("attended", empty=None),
        _moment("answered_at"),
        _choice("sentiment", *SENTIMENTS),
        _text("summary", 10_000),
        _text("next_step"),
    ),
)

TRAINING = Kind(
    "training",
    "course",
    (
        ACCOUNT,
        CONTACT,
        _text("course", 120, required=True),
        _day("assigned_on", required=True, earliest=OBSERVED_SINCE),
        _day("completed_on"),
    ),
)

EVENTS = Kind(
    "events",
    "event",
    (
        ACCOUNT,
        CONTACT,
        _choice("kind", "attended", "invited", "community", "custom", empty="custom"),
        _text("name", 120, required=True),
        _moment("at", required=True),
    ),
)

METRICS = Kind(
    "metrics",
    "day of metrics",
    (ACCOUNT, CONTRACT, _day("day", required=True, earliest=OBSERVED_SINCE)),
    keyed=False,
    natural=("account", "day"),
    owner=("account", "contract"),
    prefix=METRIC,
)

CHURN = Kind(
    "churn",
    "churn",
    (
        ACCOUNT,
        _day("day", required=True, earliest=OBSERVED_SINCE),
        _text("reason", 120),
        _text("comment", 2_000),
        _money("refund"),
        _flag("reactivation"),
    ),
)

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        ACCOUNTS, CONTACTS, CONTRACTS, ARR_CHANGES, INVOICES, USAGE, FEATURE_USE, USER_DAYS, TICKETS, SURVEYS, TOUCHES,
        TRAINING, EVENTS, METRICS, CHURN,
    )
}  # fmt: skip
