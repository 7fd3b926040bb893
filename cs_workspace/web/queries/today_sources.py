"""What the sources of Today share: how each reads its most pressing few, and what it reads of the accounts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import DecimalField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce

from accounts.domain.cadence import CadenceKind
from accounts.models import Account, User
from accounts.models.account import AccountQuerySet
from accounts.queries.cadence import LAST
from cs_workspace.web.domain.today import UNKNOWN_CHURN, Kind, Reason

# Of each source so many are read and ranked. What lies beyond is told, with the way to the whole list.
MOST = 100
MONEY: DecimalField = DecimalField(max_digits=18, decimal_places=5)
ABOUT = [
    *("id", "name", "arr", "expected_churn", "health_rank", "health_tier", "health_score", "health_override"),
    *("renewal_date", "customer_since", "stage", *LAST.values()),
    *("segment__key", *(f"segment__{kind}_pace" for kind in CadenceKind if kind is not CadenceKind.ANY)),
]


@dataclass(frozen=True)
class Source:
    """What one query found, and whether there is more of it than was read."""

    kind: Kind
    pairs: list[tuple[Account | None, Reason]]
    has_more: bool


def watched_by(user: User, *, mine: bool) -> AccountQuerySet:
    """Active accounts of whose alerts and signals the user is told; `mine` as in `day_of`, of one who leads: those at
    risk."""
    accounts = Account.objects.visible_to(user).active()
    return accounts.at_risk() if mine else accounts


def served_by(user: User, *, mine: bool) -> AccountQuerySet:
    """Active accounts that the user looks after; `mine` as in `day_of`, of one who leads: without those of others."""
    accounts = Account.objects.visible_to(user).active()
    return accounts.in_books_of([user.pk]) if mine else accounts


def source_of(kind: Kind, pairs: Iterator[tuple[Account | None, Reason]]) -> Source:
    """The first `MOST` that a query found, the most worth first, and whether there are more."""
    read = list(pairs)
    return Source(kind, read[:MOST], len(read) > MOST)


def dearest(accounts: AccountQuerySet) -> AccountQuerySet:
    """The accounts with the most revenue in danger, one more than is shown, to know whether there are more."""
    return accounts.select_related("segment").only(*ABOUT).order_by(value_of().desc(), "pk")[: MOST + 1]


def value_of(prefix: str = "") -> ExpressionWrapper:
    """What `value_at_risk` reckons, in the database."""
    churn = Coalesce(F(f"{prefix}expected_churn"), Value(UNKNOWN_CHURN))
    return ExpressionWrapper(F(f"{prefix}arr") * churn, output_field=MONEY)
