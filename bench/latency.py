"""How long a ticket takes from its commit until the score holds it, with real workers and a real beat.

A score keeps the readings that it was made of, and one of them is the number of tickets: the n-th new ticket of an
account is in its score as soon as that reading has risen by n. So every single event is timed, not only the last one,
and what is lost would be missing in the end.
"""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection

from bench.data import make_book
from bench.database import environment
from bench.figures import Figure
from cs_workspace.common import clock
from health.models import DirtyMark, Indicator
from health.services.runs import start_run, work_off

RATE = 500
SECONDS = 30
WORKERS = 2
PATIENCE = 60.0  # seconds after the last event in which the last score must come
LOOK_EVERY = 0.3  # seconds: a latency is measured too long by as much, and the looking costs little
READINGS = "SELECT account_id, readings[%s] FROM health_snapshot WHERE day = %s AND readings[%s] IS NOT NULL"
WRONG = """
    SELECT count(*) FROM health_snapshot s WHERE s.day = %s AND s.readings[%s] <> (
        SELECT count(*) FROM health_ticket t WHERE t.account_id = s.account_id AND t.opened_at >= %s
    )
"""


def run(accounts: int) -> Iterator[Figure]:
    make_book(accounts, clock.today())
    night = start_run(dispatch=False)
    while work_off(night):
        pass
    DirtyMark.objects.all().delete()
    place = _place_of("tickets_90d")
    before = _readings(place)
    with _workspace() as broken, _source() as source:
        began, risen = time.time(), defaultdict[int, list[tuple[float, float]]](list)
        source.stdin.write("go\n")
        source.stdin.flush()
        known = dict(before)
        while source.poll() is None or DirtyMark.objects.exists():
            _look(place, known, risen)
            if time.time() > began + SECONDS + PATIENCE or broken():
                break
            time.sleep(LOOK_EVERY)
        _look(place, known, risen)
        written = json.loads(source.communicate()[0])
    latencies, unseen = _latencies(written["written"], before, risen)
    rate = len(written["written"]) / written["seconds"]
    note = f"{len(written['written']):,} tickets over {written['seconds']:.0f} s, {WORKERS} workers"
    yield Figure("events a second", rate, "", RATE * 0.95, at_least=True, note=note)
    for share, budget in ((50, None), (95, 5.0), (99, None)):
        yield Figure(f"from event to score, p{share}", float(np.percentile(latencies, share)), "s", budget)
    yield Figure("the slowest", float(latencies.max()), "s")
    yield Figure("events that no score holds", unseen, "", 0)
    yield Figure("scores that hold another number than there is", _wrong(place), "", 0)


def _place_of(metric: str) -> int:
    """Where the metric stands among a snapshot's readings, counted from one as SQL does."""
    judging = Indicator.objects.filter(
        dimension__version__state="published", dimension__version__scorecard__is_default=True
    )
    order = judging.order_by("dimension__position", "dimension", "position", "pk")
    return list(order.values_list("metric", flat=True)).index(metric) + 1


def _readings(place: int) -> dict[int, float]:
    with connection.cursor() as cursor:
        cursor.execute(READINGS, [place, clock.today(), place])
        return dict(cursor.fetchall())


def _look(place: int, known: dict[int, float], risen: dict[int, list[tuple[float, float]]]) -> None:
    """Writes down what the scores hold that they did not hold before: the reading, and when it was seen."""
    at = time.time()
    for account, reading in _readings(place).items():
        if known.get(account) != reading:
            known[account] = reading
            risen[account].append((reading, at))


def _latencies(
    written: Sequence[tuple[int, float]], before: dict[int, float], risen: dict[int, list[tuple[float, float]]]
) -> tuple[np.ndarray, int]:
    """Seconds from each event's commit to the first look that saw it; and the number that none saw."""
    counts: dict[int, int] = defaultdict(int)
    found, unseen = [], 0
    for account, committed in written:
        counts[account] += 1
        needed = before.get(account, 0) + counts[account]
        seen = next((at for reading, at in risen[account] if reading >= needed), None)
        if seen is None:
            unseen += 1
        else:
            found.append(max(0.0, seen - committed))
    return np.array(found or [np.nan]), unseen


def _wrong(place: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRONG, [clock.today(), place, clock.start_of(clock.today() - dt.timedelta(days=89))])
        return cursor.fetchone()[0]


@contextmanager
def _workspace() -> Iterator:
    """Workers and beat on the bench's database; inside, the function says whether one of them has died."""
    celery = [sys.executable, "-m", "celery", "-A", "cs_workspace"]
    commands = (
        [*celery, "worker", f"--concurrency={WORKERS}", "--loglevel=INFO", "--without-mingle", "--without-gossip"],
        [*celery, "beat", "--loglevel=WARNING", "--pidfile="],
    )
    with tempfile.TemporaryDirectory() as name:
        logs = [Path(name) / f"{number}.log" for number in range(len(commands))]
        running = [_start(command, log) for command, log in zip(commands, logs, strict=True)]
        try:
            while " ready." not in logs[0].read_text(errors="replace"):
                if any(process.poll() is not None for process in running):
                    raise RuntimeError("\n".join(log.read_text(errors="replace")[-2000:] for log in logs))
                time.sleep(LOOK_EVERY)
            yield lambda: any(process.poll() is not None for process in running)
        finally:
            for process in running:
                os.killpg(process.pid, signal.SIGTERM)
            for process in running:
                process.wait(30)
            subprocess.run([*celery, "purge", "-f"], env=_environment(), capture_output=True, check=False)


def _start(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=_environment(), stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


@contextmanager
def _source() -> Iterator[subprocess.Popen[str]]:
    """A source that has started and waits."""
    source = subprocess.Popen(
        [sys.executable, "-m", "bench.observer", str(SECONDS), str(RATE)],
        cwd=settings.BASE_DIR, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        source.stdout.readline()
        yield source
    finally:
        source.kill()


def _environment() -> dict[str, str]:
    return environment() | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
