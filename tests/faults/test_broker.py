"""The broker is away: what is saved stays saved, and what there is to do is done when it is back."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import kombu.pools
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Touch, User
from cs_workspace.celery import app
from cs_workspace.common import clock
from health.models import DirtyMark, Run, Snapshot
from health.services import runs
from tests.factories import UserFactory
from tests.health import making
from tests.worker import WorkerProcess, empty_broker

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def owner(transactional_db: None) -> User:
    return UserFactory()


@pytest.fixture
def account(owner: User, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Observed enough to be scored, but not scored yet."""
    monkeypatch.setattr(making, "TODAY", clock.today())
    account = making.observed_account(owner=owner)
    DirtyMark.objects.all().delete()
    empty_broker()
    return account


@contextmanager
def no_broker() -> Iterator[None]:
    """Whatever this process sends finds nobody."""
    with pytest.MonkeyPatch.context() as patch, app.connection_for_write(NOBODY_LISTENS) as connection:
        patch.setattr(app.amqp, "_producer_pool", kombu.pools.producers[connection])
        yield


def log_touch(owner: User, account: Account) -> int:
    """By the page; gives the status."""
    client = Client()
    client.force_login(owner)
    answer = client.post(
        reverse("accounts:touch-new", args=[account.pk]),
        {"key": str(uuid4()), "kind": "email", "direction": "in", "at": f"{clock.now():%Y-%m-%dT%H:%M}"},
    )
    return answer.status_code


def test_a_touch_is_in_the_score_at_once_though_beat_does_not_run(
    owner: User, account: Account, celery_worker_process: WorkerProcess
) -> None:
    assert log_touch(owner, account) < 400
    celery_worker_process.wait_until(lambda: not DirtyMark.objects.exists())
    assert Snapshot.objects.get().account_id == account.pk


def test_a_touch_is_saved_without_a_broker_and_the_next_sweep_scores_it(
    owner: User, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with no_broker():
        assert log_touch(owner, account) < 400
    assert "refresh_dirty waits for the sweep" in caplog.text
    assert Touch.objects.filter(account=account, kind="email").exists()
    assert [mark.account_id for mark in DirtyMark.objects.all()] == [account.pk]
    assert runs.refresh_dirty() == 1
    assert not DirtyMark.objects.exists()
    assert Snapshot.objects.get().account_id == account.pk


def test_a_run_asked_for_without_a_broker_is_worked_off_when_it_is_back(
    account: Account, celery_worker_process: WorkerProcess
) -> None:
    with no_broker():
        run = runs.start_run()
    Run.objects.update(started_at=clock.now() - dt.timedelta(minutes=5))
    assert runs.resume_runs() == 1
    celery_worker_process.wait_until(lambda: Run.objects.get(pk=run.pk).state == Run.State.DONE)
    assert Snapshot.objects.get().account_id == account.pk


def test_a_run_whose_tasks_the_broker_forgot_is_resumed(account: Account, celery_worker_process: WorkerProcess) -> None:
    celery_worker_process.kill()
    run = runs.start_run()
    empty_broker()
    celery_worker_process.start()
    Run.objects.update(started_at=clock.now() - dt.timedelta(minutes=5))
    assert runs.resume_runs() == 1
    celery_worker_process.wait_until(lambda: Run.objects.get(pk=run.pk).state == Run.State.DONE)
    assert Snapshot.objects.get().account_id == account.pk
