"""A worker dies while it looks after renewals: looked after again, the end is the same as if it had not."""

import pytest
from django.db import connection

from accounts.models import Notification, Segment, Task
from accounts.services.arr import refresh_arr
from cs_workspace.common import clock
from renewals.models import Renewal, RenewalCheckpoint, RenewalStep, StageMove
from renewals.tasks import look_after_renewals
from tests.factories import AccountFactory, ContractFactory, UserFactory, day
from tests.faults.test_recompute import locked_by_another
from tests.health.making import contents
from tests.worker import WorkerProcess

TABLES = (Renewal, RenewalStep, StageMove, RenewalCheckpoint, Task, Notification)
# What differs between two runs of the same: keys from sequences, and moments.
MOMENTS = (
    "id", "created_at", "updated_at", "stage_since", "at", "renewal_id", "task_id", "key", "origin_key", "url",
    "email_due_at", "red_since", "due_at",
)  # fmt: skip


@pytest.fixture
def book(transactional_db: None) -> None:
    """Six customers whose timelines have begun; two are likely to leave, which makes their renewals red."""
    owner = UserFactory(manager=UserFactory(as_manager=True))
    for number in range(6):
        account = AccountFactory(
            owner=owner,
            segment=Segment.objects.get(key=("enterprise", "mid_market", "smb")[number % 3]),
            segment_pinned=True,
            expected_churn="0.700" if number < 2 else "0.050",
            churn_basis="tier",
            health_rank=4 if number < 2 else 1,
        )
        ContractFactory(account=account, start=day(-300), end=day(85), with_line=10_000 + number)
    refresh_arr(today=clock.today())


def everything() -> dict[str, list[dict]]:
    tables = contents(*TABLES, without=MOMENTS)
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


def start_over() -> None:
    Notification.objects.all().delete()
    Task.objects.all().delete()
    Renewal.objects.all().delete()


def somebody_waits() -> bool:
    """Whether a statement of another connection waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("table", "opened", "judged"),
    [
        ("renewals_stagemove", 0, 0),
        ("health_churnsignal", 6, 0),
        ("renewals_renewalcheckpoint", 6, 6),
        ("accounts_contact", 6, 6),
    ],
    ids=["while it opens", "while it judges", "while it reaches checkpoints", "while it makes tasks"],
)
def test_killed_in_the_middle_it_ends_as_if_it_had_not_been(
    book: None, celery_worker_process: WorkerProcess, table: str, opened: int, judged: int
) -> None:
    worker = celery_worker_process
    with locked_by_another(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"):
        look_after_renewals.delay()
        worker.wait_until(somebody_waits)
        worker.kill()
    known = Renewal.objects.exclude(computed_probability=None).count()
    assert (Renewal.objects.count(), known) == (opened, judged)
    worker.start()
    look_after_renewals.delay()
    worker.wait_until(lambda: RenewalStep.objects.made().count() >= 6)
    look_after_renewals()
    disturbed = everything()

    start_over()
    look_after_renewals()
    assert {name: bool(rows) for name, rows in disturbed.items()} == dict.fromkeys(disturbed, True)
    assert everything() == disturbed
