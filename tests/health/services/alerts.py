"""Changes as a recompute hands them to alerting, in the fewest words."""

import datetime as dt
import math
from typing import Any

from accounts.models import Account
from cs_workspace.common import clock
from health.domain.alerting import HYSTERESIS, AccountState
from health.domain.changes import AccountChange, Cause
from health.queries.alert_rules import active_rules
from health.services.alerting import raise_alerts

BOUNDS = ((80, 1), (60, 2), (40, 3), (0, 4))
REASONS = (
    Cause("Usage trend", "usage −38 %", -9.4),
    Cause("Tickets", "11 tickets in 90 days", -4.1),
)


def state(score: float | None = None, *, declining: bool | None = None, highest: float | None = None, silent: int = 0):
    """What rules look at, for a score judged by the tiers of Ops."""
    number = math.nan if score is None else float(score)
    return AccountState(
        score=number,
        rank=_rank(number),
        rank_held=_rank(number - HYSTERESIS),
        highest=math.nan if highest is None else float(highest),
        declining=math.nan if declining is None else float(declining),
        sustained=bool(declining),
        silent=silent,
    )


def change(account: Account, before: AccountState | float | None, now: AccountState | float | None) -> AccountChange:
    states = tuple(one if isinstance(one, AccountState) else state(one) for one in (now, before))
    return AccountChange(
        account_id=account.pk,
        day=clock.today(),
        version_id=0,
        states={rule.key: states for rule in active_rules().values()},  # type: ignore[misc]
        reasons=REASONS,
        raises=(),
        confidence=1.0,
    )


def moved(account: Account, before: Any, now: Any, *, at: dt.datetime | None = None) -> int:
    """Raises what a move from one state to another raises."""
    at = at or clock.now()
    return raise_alerts([change(account, before, now)], as_of=clock.day_of(at), at=at)


def _rank(score: float) -> int:
    if math.isnan(score):
        return 0
    return next((rank for lower, rank in BOUNDS if score >= lower), 4)
