"""An import dies in the middle: nothing of it is left, and the next one ends as if nothing had been."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Account, Contact, Contract, Invoice, Product, Touch
from health.models import DirtyMark, MetricPoint, SurveyAnswer, Ticket, UsageDay
from tests.factories import UserFactory
from tests.health.making import contents
from tests.web.importing.making import CRM, write
from tests.worker import WorkerProcess

# Each test starts the command up to three times, on machines that have other things to do.
PATIENCE = 100
pytestmark = pytest.mark.timeout(4 * PATIENCE)
WRITTEN = (
    Account, Contract, Contact, Invoice, Touch, Product, UsageDay, Ticket, SurveyAnswer, MetricPoint, DirtyMark,
)  # fmt: skip
# Keys come from sequences, which a rollback does not turn back; moments are those of writing.
OWN = (
    "id", "account_id", "contract_id", "product_id", "parent_id", "created_at", "updated_at", "marked_at",
    "email_token",
)  # fmt: skip


@pytest.fixture
def folder(transactional_db, tmp_path) -> Path:
    """Files of every kind, and the last table that they are written to is that of the metrics."""
    UserFactory(email="mara@example.com")
    (tmp_path / "crm.toml").write_text(CRM)
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 6) for day in range(1, 29)]
    usage = "".join(f"{account},{day},7,30\n" for account in ("A-1", "A-2") for day in days)
    return write(tmp_path, usage=f"account,day,logins,minutes\n{usage}")


def start(folder: Path) -> subprocess.Popen[str]:
    """The command as an operator types it, on the test database."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_data", str(folder), "--mapping", str(folder / "crm.toml"), "--json"],
        cwd=settings.BASE_DIR,
        env=os.environ | WorkerProcess.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> None:
    try:
        out, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()  # it would go on writing into the next test
        raise
    assert process.returncode == 0, errors
    assert '"source": "crm"' in out


def everything() -> dict[str, list[str]]:
    tables = contents(*WRITTEN, without=OWN)
    return {name: sorted(map(repr, rows)) for name, rows in tables.items()}


def waiting_for_a_lock() -> int:
    """Connections to the test database that stand still for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def other_sessions() -> set[int]:
    """The server's processes for other connections to the test database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor.fetchall()}


def wait_until(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"nothing came of it in {seconds} s"
        time.sleep(0.05)


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Another connection keeps the table to itself, so that whoever wants to write there stands still."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield
    finally:
        other.rollback()
        other.close()


@pytest.mark.parametrize("table", ["accounts_account", "health_metricpoint"])
def test_a_killed_import_leaves_nothing_half_and_the_next_one_ends_as_if_undisturbed(folder, table):
    finish(start(folder))
    undisturbed = everything()
    Account.objects.update(parent=None)
    Account.objects.all().delete()
    Product.objects.all().delete()
    assert not any(everything().values())

    before = other_sessions()
    with locked(table):
        process = start(folder)
        wait_until(lambda: waiting_for_a_lock() > 0)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    wait_until(lambda: other_sessions() <= before)
    assert not any(everything().values())

    finish(start(folder))
    assert everything() == undisturbed


def test_an_import_whose_database_goes_away_says_so_and_leaves_nothing(folder):
    with locked("health_metricpoint"):
        process = start(folder)
        wait_until(lambda: waiting_for_a_lock() > 0)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "The database broke off, and nothing was written" in errors
    assert "Traceback" not in errors
    assert not any(everything().values())
