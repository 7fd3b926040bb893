"""A worker dies in the middle of a recompute: the end is the same as if it had not."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import F

from accounts.models import Account, Notification, Task, User
from accounts.services.arr import refresh_arr
from cs_workspace.common import clock
from health.models import Alert, Chunk, DirtyMark, Run, SegmentFigures, Snapshot
from health.queries.runs import progress_of
from health.services import runs
from health.tasks import refresh_dirty
from tests.factories import UserFactory
from tests.health import making
from tests.worker import WorkerProcess

# What differs between two runs of the same: keys from sequences, moments, and what names the run.
MOMENTS = (
    "id", "created_at", "updated_at", "health_updated", "opened_at", "run_id", "key", "task_id", "email_due_at",
    "due_at", "origin_key", "linked_id", "url", "at",
)  # fmt: skip


@pytest.fixture
def book(transactional_db, monkeypatch) -> User:
    """Eight accounts of one CSM, good and bad, in chunks of two."""
    monkeypatch.setattr(making, "TODAY", clock.today())
    monkeypatch.setattr(runs, "CHUNK_ACCOUNTS", 2)
    owner = UserFactory(manager=UserFactory(as_manager=True))
    for number in range(8):
        making.observed_account((number % 4) / 3, name=f"Account {number}", owner=owner)
    # Before the first account is scored a run brings ARR up to date, of all; here there is nothing left to change.
    refresh_arr(today=clock.today())
    DirtyMark.objects.all().delete()
    return owner


def everything() -> dict[str, list[dict]]:
    """All that a recompute writes, without moments and sequences."""
    tables = making.contents(Account, Snapshot, Alert, Task, Notification, SegmentFigures, without=MOMENTS)
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


def start_over() -> None:
    Notification.objects.all().delete()
    Alert.objects.all().delete()
    Task.objects.all().delete()
    Snapshot.objects.all().delete()
    SegmentFigures.objects.all().delete()
    Run.objects.all().delete()
    Account.objects.update(
        health_score=None, health_tier="", health_rank=None, health_trend="", health_confidence=None, health_reason="",
        health_updated=None, expected_churn=None, open_alerts=0,
    )  # fmt: skip


@contextmanager
def held(account_id: int) -> Iterator[None]:
    """Another connection changes the account's row, so that whoever computes it stands still.

    The lock is that of an UPDATE: observations of the account may be written all the while.
    """
    with locked_by_another("SELECT 1 FROM accounts_account WHERE id = %s FOR NO KEY UPDATE", [account_id]):
        yield


@contextmanager
def locked_by_another(sql: str, params: list[object] | None = None) -> Iterator[None]:
    """Another connection runs the statement and keeps what it locked."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(sql, params)
        yield
    finally:
        other.rollback()
        other.close()


def five_minutes_pass() -> None:
    """For the sweep: what was claimed and done last lies back as far."""
    ago = dt.timedelta(minutes=5)
    Run.objects.update(started_at=F("started_at") - ago)
    Chunk.objects.update(claimed_at=F("claimed_at") - ago, done_at=F("done_at") - ago)
    DirtyMark.objects.update(claimed_at=F("claimed_at") - ago)


def test_a_worker_killed_in_the_middle_of_a_run_leaves_the_same_state_as_none_killed(
    book: User, celery_worker_process: WorkerProcess
) -> None:
    worker = celery_worker_process
    third = Account.objects.order_by("pk")[4].pk
    with held(third):
        run = runs.start_run()
        worker.wait_until(lambda: run.chunks.filter(claimed_at__isnull=False, done_at=None, number=3).exists())
        worker.wait_until(lambda: run.chunks.exclude(done_at=None).count() >= 2)
        worker.kill()
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    assert not Snapshot.objects.filter(account=third).exists()
    five_minutes_pass()
    worker.start()
    runs.resume_runs()
    worker.wait_until(lambda: Run.objects.get(pk=run.pk).state == Run.State.DONE)
    disturbed, counted = everything(), progress_of(Run.objects.get(pk=run.pk))

    start_over()
    undisturbed_run = runs.start_run(dispatch=False)
    while runs.work_off(undisturbed_run):
        pass
    undisturbed_run.refresh_from_db()
    assert disturbed["Alert"]
    assert disturbed["Notification"]
    assert everything() == disturbed
    calm = progress_of(undisturbed_run)
    assert (counted.scored, counted.tiers, counted.alerts) == (calm.scored, calm.tiers, calm.alerts)


def test_an_account_that_is_being_computed_waits_for_the_next_sweep_and_keeps_nobody(book: User) -> None:
    busy, free = Account.objects.order_by("pk")[:2]
    for account in (busy, free):
        making.usage(account, [0], logins=3)
    with held(busy.pk):
        assert runs.refresh_dirty() == 1
        assert list(DirtyMark.objects.values_list("account", "claimed_at")) == [(busy.pk, None)]
    assert runs.refresh_dirty() == 1
    assert not DirtyMark.objects.exists()


def test_a_worker_killed_while_it_refreshes_loses_no_mark(book: User, celery_worker_process: WorkerProcess) -> None:
    worker = celery_worker_process
    account = Account.objects.order_by("pk")[0]
    # Whoever has claimed the mark reads the answers next; a locked account would not be claimed at all.
    with locked_by_another("LOCK TABLE health_surveyanswer IN ACCESS EXCLUSIVE MODE"):
        runs_before = Snapshot.objects.count()
        making.usage(account, [0], logins=3)
        refresh_dirty.delay()
        worker.wait_until(lambda: DirtyMark.objects.exclude(claimed_at=None).exists())
        worker.kill()
    assert Snapshot.objects.count() == runs_before
    assert DirtyMark.objects.filter(account=account).exists()
    five_minutes_pass()
    worker.start()
    refresh_dirty.delay()
    worker.wait_until(lambda: not DirtyMark.objects.exists())
    assert Snapshot.objects.get().account_id == account.pk
