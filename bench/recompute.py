"""The nightly recompute against one hand-written statement, its growth, and the memory of its workers."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from accounts.models import Account
from bench import baseline
from bench.data import make_book
from bench.database import environment, statement
from bench.figures import Figure
from cs_workspace.common import clock
from health.metrics.registry import Asked, month_masks
from health.models import Run, SegmentFigures, Snapshot
from health.queries.runs import progress_of
from health.services.runs import start_run, work_off

WORKERS = 2
SMALL = 10
ROUNDS = 3


def run(accounts: int) -> Iterator[Figure]:
    small = max(1, accounts // SMALL)
    make_book(small, clock.today())
    _night()
    small_seconds = min(_night()[0] for _ in range(ROUNDS))
    make_book(accounts, clock.today(), first=small + 1)
    # The first run of all sets every account's tier and opens every alert; nights are like the second.
    _night()
    nights = [_night() for _ in range(ROUNDS)]
    seconds, peaks = min(nights)
    by_hand = min(_by_hand() for _ in range(ROUNDS))
    yield Figure(f"night, {WORKERS} workers", seconds, "s", 15.0 * accounts / 50_000, note=f"best of {ROUNDS}")
    yield Figure("the same by one statement", by_hand, "s", note=f"best of {ROUNDS}; {_compare()}")
    yield Figure("night ÷ statement", seconds / by_hand, "×", 2.0)
    yield from _split(peaks, seconds)
    yield Figure("accounts a second", accounts / seconds, "")
    growth = seconds / small_seconds / (accounts / small)
    yield Figure(f"growth from {small:,} accounts", growth, "× linear", 1.1, note=f"{small_seconds:.2f} s there")
    yield Figure("memory of a worker, peak", max(peak["peak_mb"] for peak in peaks), "MB", 300)
    grown = max(peak["peak_mb"] - peak["first_mb"] for peak in peaks)
    chunks = max(peak["chunks"] for peak in peaks)
    yield Figure("memory grown after the first chunk", grown, "MB", note=f"over {chunks} chunks")
    yield Figure("one account, on demand", _one(), "s")


def _split(told: list[dict], seconds: float) -> Iterator[Figure]:
    """The mean of the workers by step, the longest first; what is left over scores, explains and keeps the run."""
    steps: Counter[str] = sum((Counter(one["steps"]) for one in told), Counter())
    steps["the rest"] = seconds * len(told) - steps.total()
    for step, taken in steps.most_common():
        yield Figure(f"  of it {step}", taken / len(told), "s", note=f"{taken / len(told) / seconds:.0%}")


def _night() -> tuple[float, list[dict]]:
    """A run over all accounts as of today, as if it were the first of the day; seconds of the slower worker, and what
    each worker tells of itself."""
    Snapshot.objects.filter(day=clock.today()).delete()
    SegmentFigures.objects.all().delete()
    Account.objects.update(health_updated=None)
    _settle()
    found = start_run(dispatch=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.worker", str(found.pk)],
            cwd=settings.BASE_DIR,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(WORKERS)
    ]
    for process in processes:
        process.stdout.readline()  # it has started and waits
    began = time.perf_counter()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    peaks = [json.loads(process.communicate()[0]) for process in processes]
    seconds = time.perf_counter() - began
    found.refresh_from_db()
    assert found.state == Run.State.DONE, progress_of(found)
    return seconds, [peak for peak in peaks if peak["chunks"]]


def _by_hand() -> float:
    day = clock.today()
    statement("DROP TABLE IF EXISTS bench_snapshot")
    statement(baseline.TABLE)
    _settle()
    asked = Asked(frozenset(), (), day)
    months, masks = month_masks(day, 30)
    began = time.perf_counter()
    statement(
        baseline.NIGHT,
        day=day,
        months=months,
        masks=masks,
        end=asked.end,
        d90=asked.since(90),
        d180=asked.since(180),
    )
    return time.perf_counter() - began


def _compare() -> str:
    """Both must have found the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE o.rank IS DISTINCT FROM b.rank OR abs(o.score - b.score) > 0.1) "
            "FROM health_snapshot o FULL JOIN bench_snapshot b USING (account_id, day) "
            "WHERE COALESCE(o.day, b.day) = %s",
            [clock.today()],
        )
        scores, different = cursor.fetchone()
    return f"{different} of {scores} scores differ"


def _one() -> float:
    pk = Account.objects.filter(is_trial=False).values_list("pk", flat=True)[0]
    began = time.perf_counter()
    work_off(start_run(scope=f"account:{pk}", dispatch=False))
    return time.perf_counter() - began


def _settle() -> None:
    statement("VACUUM ANALYZE")
    statement("CHECKPOINT")
