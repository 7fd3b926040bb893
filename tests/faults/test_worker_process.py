"""The worker that other fault tests kill: it is real, it is on the servers of the test, and it comes back."""

import psutil
import pytest
from celery import current_app
from django.conf import settings

from tests.worker import WorkerProcess, current_database_url


def test_the_worker_uses_the_database_and_the_broker_of_the_test(celery_worker_process: WorkerProcess) -> None:
    assert celery_worker_process.process is not None
    environment = psutil.Process(celery_worker_process.process.pid).environ()
    assert environment["DATABASE_URL"] == current_database_url()
    assert "/test_" in environment["DATABASE_URL"]
    assert environment["REDIS_URL"] == settings.REDIS_URL


def test_a_killed_worker_is_gone_with_its_children_and_another_takes_its_place(
    celery_worker_process: WorkerProcess,
) -> None:
    worker = celery_worker_process
    assert worker.process is not None
    children = psutil.Process(worker.process.pid).children(recursive=True)
    assert children
    worker.kill()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    worker.start()
    assert [sorted(answer) for answer in current_app.control.ping(timeout=2)] == [[f"celery@{_host()}"]]


def test_waiting_for_what_does_not_come_fails_with_the_workers_log(celery_worker_process: WorkerProcess) -> None:
    with pytest.raises(AssertionError, match=r"(?s)Nothing came of it in 0\.2 s.*ready\."):
        celery_worker_process.wait_until(lambda: False, seconds=0.2)


def _host() -> str:
    from celery.utils.nodenames import gethostname

    return str(gethostname())
