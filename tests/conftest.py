"""What every test may ask for."""

import gc
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests import pristine, servers, template
from tests.cast import Cast, make_cast
from tests.worker import WorkerProcess, empty_broker

SLOW_FOLDERS = {"browser": pytest.mark.browser, "faults": pytest.mark.faults}


def pytest_itemcollected(item: pytest.Item) -> None:
    """The folder says what kind of test it is: `-m "not browser"` leaves the slow ones out."""
    for part in SLOW_FOLDERS.keys() & set(item.path.parts):
        item.add_marker(SLOW_FOLDERS[part])
    if "faults" in item.path.parts:
        # They start programs, which take their time where the machine is busy.
        item.add_marker(pytest.mark.timeout(300))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones come first, whatever the order is otherwise: no process is left alone with them at the end.

    Slowest is what asks for the most time, then the folders of slow tests.
    """
    items.sort(key=lambda item: (-_time_asked_for(item), not SLOW_FOLDERS.keys() & set(item.path.parts)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end, over ten thousand tests with their parameters: the collector of garbage,
    which would walk all of it again and again meanwhile, waits, and is never shown it afterwards."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _time_asked_for(item: pytest.Item) -> float:
    """Seconds; 0 for the usual limit."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0]) if marker else 0


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Asked for by pytest-django before it makes the test database: the moment to have a server, and on it the
    migrated database to copy (`tests/template.py`); one that is kept from run to run (`--reuse-db`) is no copy."""
    if servers.are_ours():
        servers.ensure()
    copied = ExitStack()
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = copied.enter_context(template.migrated())
    yield
    with django_db_blocker.unblock():
        copied.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that commits, the database is put back as it was made (`tests/pristine.py`).

    Content types are known from the start: which test asks for one first would otherwise decide about its queries.

    At the end it is dropped, which the session of a program that was killed on purpose would forbid: the server ends it
    only when its statement does.
    """
    with django_db_blocker.unblock():
        ContentType.objects.get_for_models(*apps.get_models())
        pristine.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: pristine.restore())
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def cast(db: None) -> Cast:
    """The people around one account."""
    return make_cast()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """What one test cached, another must not find."""
    yield
    if {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture
def celery_worker_process(transactional_db: None, tmp_path: Path) -> Iterator[WorkerProcess]:
    """A real worker on the test database and broker, already taking tasks; `.kill()`, `.start()` as the test likes."""
    empty_broker()
    worker = WorkerProcess(tmp_path)
    try:
        worker.start()
        yield worker
    finally:
        worker.stop()
        empty_broker()
