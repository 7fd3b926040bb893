"""Churn signals as pages and services read them."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common.expressions import among
from health.domain.alerting import Severity
from health.domain.signals import Level, level_of
from health.domain.signals import SignalRule as DomainRule
from health.models import ChurnSignal, SignalRule

# Of the signals that are over so many are shown; the rest is told by number.
CLOSED = 5


@dataclass(frozen=True)
class SignalsPanel:
    """The signals of an account: live ones, the most severe first, the last that are over, and how many more."""

    level: Level
    live: list[ChurnSignal]
    closed: list[ChurnSignal]
    more: int

    @property
    def level_words(self) -> str:
        """The level in a word: none, low, medium, high."""
        return self.level.name.lower()


def active_signal_rules() -> dict[str, DomainRule]:
    """The rules that are switched on, by kind. One query."""
    return {
        row.kind: DomainRule(
            kind=row.kind,
            severity=Severity(row.severity),
            lead_days=row.lead_days,
            threshold=math.nan if row.threshold is None else float(row.threshold),
            window_days=row.window_days or 0,
            quiet_days=row.quiet_days or 0,
            words=tuple(row.words),
        )
        for row in SignalRule.objects.filter(active=True)
    }


def open_signals(account_ids: Collection[int]) -> dict[int, Counter[str]]:
    """How many live signals of each kind the accounts have; accounts without any are left out. One query."""
    found: dict[int, Counter[str]] = {}
    rows = ChurnSignal.objects.live().filter(among("account_id", account_ids)).order_by()
    for account_id, kind in rows.values_list("account_id", "kind"):
        found.setdefault(account_id, Counter())[kind] += 1
    return found


def signals_by_account(account_ids: Collection[int]) -> dict[int, list[ChurnSignal]]:
    """The live signals of accounts, the most severe first. One query."""
    found: dict[int, list[ChurnSignal]] = {}
    for signal in ChurnSignal.objects.live().filter(among("account_id", account_ids)).order_by("severity", "pk"):
        found.setdefault(signal.account_id, []).append(signal)
    return found


def level_of_signals(signals: Sequence[ChurnSignal]) -> Level:
    """The level of an account with these live signals."""
    return level_of([signal.severity for signal in signals])


def signals_panel(account: Account) -> SignalsPanel:
    """What the account page shows. One query."""
    everyone = ChurnSignal.objects.filter(account=account).select_related("owner", "opened_by", "changed_by")
    rows = list(everyone.order_by("severity", "-seen_on", "-pk"))
    live = [signal for signal in rows if signal.is_live]
    closed = sorted(
        (signal for signal in rows if not signal.is_live),
        key=lambda signal: (signal.changed_at or signal.opened_at, signal.pk),
        reverse=True,
    )
    return SignalsPanel(level_of_signals(live), live, closed[:CLOSED], max(0, len(closed) - CLOSED))


def get_signal_for(user: User, pk: int) -> ChurnSignal:
    """A signal on an account that the user sees; anything else is a 404."""
    return get_object_or_404(ChurnSignal.objects.visible_to(user).select_related("account"), pk=pk)
