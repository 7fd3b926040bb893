"""Looking after the renewals of a full book: all at once on the first day, every hour, and when contracts moved.

Every account has a contract with an end within a year, and nobody knows of its use; all that is due begins at once, so
a third of the book opens on the first day.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from accounts.models import Task
from bench import data
from bench.database import statement
from bench.figures import Figure
from bench.forecast import SPREAD
from cs_workspace.common import clock
from renewals.models import Renewal
from renewals.services.assessing import reach_checkpoints
from renewals.services.following import follow_contracts
from renewals.services.looking_after import look_after_renewals
from renewals.services.opening import open_due_renewals
from renewals.services.probabilities import refresh_probabilities
from renewals.services.timelines import make_due_tasks

T = TypeVar("T")

# A worker that takes longer is ended by Celery; the next hour begins where it stopped.
BUDGET = 300.0
HOURLY_BUDGET = 120.0
RATED = "UPDATE accounts_account SET churn_basis = 'tier', health_tier = 'Good', health_rank = 1 + id %% 4"
MOVED = """UPDATE accounts_contract SET "end" = "end" + 7 WHERE id %% 100 = 0"""


def run(accounts: int) -> Iterator[Figure]:
    """The seconds of each part on the first day, of an hour without news, and of one with a hundredth moved."""
    today = clock.today()
    data.make_book(accounts, today, observed=False)
    for sql in (*SPREAD, RATED):
        statement(sql, seed=7)
    statement("VACUUM ANALYZE")
    parts: dict[str, Callable[..., int]] = {
        "opening": open_due_renewals,
        "probabilities": refresh_probabilities,
        "checkpoints": reach_checkpoints,
        "tasks": make_due_tasks,
    }
    for name, do in parts.items():
        seconds, number = _timed(partial(do, today=today))
        yield Figure(f"first day, {name}", seconds, "s", BUDGET, note=f"{number:,}")
    statement("VACUUM ANALYZE")
    seconds, _ = _timed(partial(look_after_renewals, today=today))
    opened = f"{Renewal.objects.count():,} renewals, {Task.objects.count():,} tasks"
    yield Figure("an hour without news", seconds, "s", HOURLY_BUDGET, note=opened)
    moved = statement(MOVED)
    seconds, number = _timed(partial(follow_contracts, today=today))
    yield Figure("following moved contracts", seconds, "s", HOURLY_BUDGET, note=f"{moved:,} moved, {number:,} followed")


def _timed(do: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = do()
    return time.perf_counter() - began, result
