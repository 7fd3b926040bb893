"""Accounts as they stand in the at-risk queue, in the fewest words."""

from decimal import Decimal
from typing import Any

from accounts.models import Account
from health.models import Alert, AlertRule
from tests.factories import AccountFactory, AlertFactory, days_ago

CHURN = {3: Decimal("0.400"), 4: Decimal("0.800")}
RULES = {3: "enters-at-risk", 4: "enters-critical"}


def queued(rank: int = 3, *, hours: float | None = None, **fields: Any) -> Account:
    """An account in the tier; `hours` ago it entered it, and the alert says so. Without `hours` nothing does."""
    tier = {"critical" if rank == 4 else "at_risk": True}
    account = AccountFactory(**tier, **({"expected_churn": CHURN[rank]} | fields))
    if hours is not None:
        entered(account, rank, hours=hours)
    return account


def entered(account: Account, rank: int = 3, *, hours: float = 1, **fields: Any) -> Alert:
    """The alert that says when the account entered the tier."""
    rule = AlertRule.objects.get(key=RULES[rank])
    return AlertFactory(account=account, rule=rule, opened_at=days_ago(hours / 24), **fields)
