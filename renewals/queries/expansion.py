"""Signals of expansion as people see them: the list, hot ones first, and what stands on the page of an account."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from renewals.domain.readiness import Readiness
from renewals.models import BudgetAnswer, ExpansionSignal, Opportunity
from renewals.models.expansion import ExpansionSignalQuerySet
from renewals.queries.readiness import readiness_for

# Signals that are over, and opportunities that are closed, stay on the page of the account so far back.
SHOWN_CLOSED = 5


@dataclass(frozen=True)
class SignalFilter:
    """What the list shows. `mine`: only accounts that the user owns or is on the team of."""

    text: str = ""
    strength: str = ""
    kind: str = ""
    mine: bool = False


@dataclass(frozen=True)
class SignalLine:
    """A signal with how ready its account is for more."""

    signal: ExpansionSignal
    readiness: Readiness


@dataclass(frozen=True)
class AccountExpansion:
    """What is known of an account's growth."""

    readiness: Readiness
    signals: list[ExpansionSignal] = field(default_factory=list)
    past_signals: list[ExpansionSignal] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)


def get_signal_for(user: User, pk: int) -> ExpansionSignal:
    """A signal of an account that the user sees; anything else is a 404."""
    return get_object_or_404(ExpansionSignal.objects.visible_to(user).select_related("account__owner"), pk=pk)


def get_budget_answer_for(user: User, pk: int) -> BudgetAnswer:
    """What was said of the budget of an account that the user sees; anything else is a 404."""
    return get_object_or_404(BudgetAnswer.objects.visible_to(user).select_related("account"), pk=pk)


def signal_counts(user: User, wanted: SignalFilter) -> dict[str, int]:
    """How many open signals there are by strength, under the other filters, and in all (`""`). One query."""
    found = _matching(user, wanted, with_strength=False).aggregate(
        all=Count("pk"), **{key: Count("pk", filter=Q(strength=key)) for key in ExpansionSignal.Strength.values}
    )
    return {"": found.pop("all")} | found


def listed_signals(user: User, wanted: SignalFilter) -> QuerySet[ExpansionSignal]:
    """Open signals, hot ones first, then the latest."""
    found = _matching(user, wanted).select_related("account__owner", "account__segment")
    return found.order_by("strength", "-seen_on", "-pk")


def with_readiness(signals: Sequence[ExpansionSignal]) -> list[SignalLine]:
    """The signals of a page with the six checks of their accounts. Four queries, or none."""
    ready = readiness_for([one.account_id for one in signals], today=clock.today())
    return [SignalLine(one, ready[one.account_id]) for one in signals]


def expansion_of(account: Account) -> AccountExpansion:
    """Signals, checks and opportunities of one account. Six queries."""
    signals = list(account.expansion_signals.select_related("by", "changed_by").order_by("strength", "-seen_on", "-pk"))
    opportunities = account.opportunities.with_probability().select_related("owner").order_by("expected_close", "pk")
    rows = list(opportunities)
    closed = sorted((one for one in rows if not one.is_open), key=lambda one: (one.closed_at, one.pk), reverse=True)
    return AccountExpansion(
        readiness=readiness_for([account.pk], today=clock.today())[account.pk],
        signals=[one for one in signals if one.is_open],
        past_signals=[one for one in signals if not one.is_open][:SHOWN_CLOSED],
        opportunities=[one for one in rows if one.is_open] + closed[:SHOWN_CLOSED],
    )


def _matching(user: User, wanted: SignalFilter, *, with_strength: bool = True) -> ExpansionSignalQuerySet:
    accounts = Account.objects.visible_to(user).matching(wanted.text)
    if wanted.mine:
        accounts = accounts.in_books_of([user.pk])
    found = ExpansionSignal.objects.open()
    if wanted.mine or wanted.text or not user.sees_everything:
        found = found.filter(account__in=accounts.values("pk"))
    else:
        # For the others it would list every account there is to say what the row itself says.
        found = found.filter(account__archived_at=None)
    conditions: dict[str, Any] = {}
    if wanted.kind:
        conditions["kind"] = wanted.kind
    if with_strength and wanted.strength:
        conditions["strength"] = wanted.strength
    return found.filter(**conditions)
