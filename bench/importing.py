"""Import of CSV files: rows a second, beside a loader written for the one file, and memory that does not grow."""

import csv
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction

from accounts.models import Account
from bench.database import environment, statement
from bench.figures import Figure
from cs_workspace.common import clock

ROWS = 1_000_000
SMALL = 100_000
DAYS = 200
MAPPING = """
source = "bench"
[[tables]]
kind = "accounts"
files = ["accounts.csv"]
key = "id"
[tables.fields]
name = "name"
industry = "industry"
country = "country"
customer_since = "since"
custom.plan = "plan"
[[tables]]
kind = "usage"
files = ["usage.csv"]
[tables.fields]
account = "account"
day = "day"
logins = "logins"
active_users = "users"
core_actions = "actions"
minutes = "minutes"
[[tables]]
kind = "metrics"
files = ["metrics.csv"]
[tables.fields]
account = "account"
day = "day"
metric.temperature = "temperature"
"""

# What a programmer in a hurry writes for this one file: no checks, no report, no second try.
BY_HAND = """
    INSERT INTO health_usageday (account_id, day, logins, active_users, core_actions, minutes)
    SELECT * FROM bench_usage
    ON CONFLICT (account_id, day, product_id) DO UPDATE SET logins = excluded.logins,
        active_users = excluded.active_users, core_actions = excluded.core_actions, minutes = excluded.minutes
"""


def run(accounts: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bench.toml").write_text(MAPPING)
        _write_accounts(folder, accounts)
        found, _ = _import(folder)
        yield Figure("accounts", accounts / found["seconds"], "rows/s", 3_000, at_least=True, note=f"{accounts:,} new")
        found, _ = _import(folder)
        yield Figure("accounts again", accounts / found["seconds"], "rows/s", note="unchanged")
        _write_usage(folder, ROWS, accounts)
        by_hand = _by_hand(folder / "usage.csv")
        yield Figure("usage, written by hand", ROWS / by_hand, "rows/s", note=f"{ROWS:,} rows, unchecked")
        statement("TRUNCATE health_usageday")
        peaks = []
        for kind, write in (("usage", _write_usage), ("metrics", _write_metrics)):
            (folder / "accounts.csv").unlink(missing_ok=True)
            write(folder, SMALL, accounts)
            _, small = _import(folder)
            write(folder, ROWS, accounts)
            found, peak = _import(folder)
            note = f"{ROWS:,} rows" + (f"; {found['seconds'] / by_hand:.1f} × by hand" if kind == "usage" else "")
            yield Figure(kind, ROWS / found["seconds"], "rows/s", 20_000, at_least=True, note=note)
            found, _ = _import(folder)
            yield Figure(f"{kind} again", ROWS / found["seconds"], "rows/s", note="unchanged")
            yield Figure(f"{kind}: memory, {ROWS:,} ÷ {SMALL:,} rows", peak / small, "×", 1.25)
            peaks.append(peak)
            (folder / f"{kind}.csv").unlink()
        yield Figure("memory, peak", max(peaks), "MB", 300)


def _import(folder: Path) -> tuple[dict, float]:
    """One import in a process of its own: its figures, and its peak of memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_worker", str(folder), str(folder / "bench.toml")],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    figures = json.loads(done.stdout.splitlines()[-1])
    return figures["summary"], figures["peak_mb"]


def _by_hand(file: Path) -> float:
    """Seconds of a loader for this file alone."""
    began = time.perf_counter()
    ids = dict(Account.objects.values_list("external_id", "pk"))
    with transaction.atomic(), connection.cursor() as cursor, file.open(newline="") as lines:
        cursor.execute(
            "CREATE TEMP TABLE bench_usage (account_id bigint, day date, logins int, users int, actions int,"
            " minutes int) ON COMMIT DROP"
        )
        rows = csv.reader(lines)
        next(rows)
        with cursor.copy("COPY bench_usage FROM STDIN") as copy:
            for account, *values in rows:
                copy.write_row([ids[account], *values])
        cursor.execute(BY_HAND)
    return time.perf_counter() - began


def _write_accounts(folder: Path, accounts: int) -> None:
    with (folder / "accounts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "industry", "country", "since", "plan"])
        for n in range(accounts):
            since = dt.date(2020, 1, 1) + dt.timedelta(days=n % 1_500)
            writer.writerow([f"A-{n:06}", f"Account {n}", f"Industry {n % 17}", f"C{n % 40}", since, f"Plan {n % 5}"])


def _write_usage(folder: Path, rows: int, accounts: int) -> None:
    """Most of 200 days of some thousand accounts, account after account as exports have them."""
    with (folder / "usage.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["account", "day", "logins", "users", "actions", "minutes"])
        for n in range(rows):
            account, day = _place(n, accounts)
            writer.writerow([account, day, n % 50, n % 23, n % 997, n % 600])


def _write_metrics(folder: Path, rows: int, accounts: int) -> None:
    with (folder / "metrics.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["account", "day", "temperature"])
        for n in range(rows):
            account, day = _place(n, accounts)
            writer.writerow([account, day, f"{n % 1_013}.{n % 10}"])


def _place(n: int, accounts: int) -> tuple[str, dt.date]:
    """Account and day of the n-th row, no two alike while there are days."""
    return f"A-{n // DAYS % accounts:06}", clock.today() - dt.timedelta(days=n % DAYS + DAYS * (n // (DAYS * accounts)))
