"""All that is done for renewals can be done again, in whatever order it was interrupted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Notification, Segment, Task
from renewals.models import Renewal, RenewalCheckpoint, RenewalStep, SegmentTimeline, StageMove, Timeline
from renewals.services.looking_after import look_after_renewals
from renewals.services.timeline_presets import install_timelines
from renewals.tasks import look_after_renewals as look_after
from tests.factories import AccountFactory, ContractFactory, PlaybookRunFactory, UserFactory, day
from tests.health.making import contents

pytestmark = pytest.mark.django_db
TABLES = (Renewal, RenewalStep, StageMove, RenewalCheckpoint, Task, Notification)


@pytest.fixture
def book():
    """Three customers, one of whom is likely to leave."""
    owner = UserFactory(manager=UserFactory(as_manager=True))
    for key, churn, rank in (("enterprise", "0.025", 1), ("mid_market", "0.800", 4), ("smb", None, None)):
        account = AccountFactory(
            owner=owner,
            segment=Segment.objects.get(key=key),
            expected_churn=churn,
            health_rank=rank,
            churn_basis="tier",
        )
        ContractFactory(account=account, start=day(-300), end=day(85), with_line=10_000)
    return owner


def test_the_task_of_beat_run_twice_does_everything_once(book):
    look_after()
    first = contents(*TABLES, without=("updated_at",))
    assert {name: len(rows) for name, rows in first.items()} == {
        "Renewal": 3, "RenewalStep": 17, "StageMove": 3, "RenewalCheckpoint": 2, "Task": 7, "Notification": 1,
    }  # fmt: skip
    look_after()
    assert contents(*TABLES, without=("updated_at",)) == first


def test_only_the_named_accounts_are_looked_after(book):
    one = Account.objects.order_by("pk").first()
    look_after_renewals(today=day(0), account_ids=[one.pk])
    assert {renewal.account for renewal in Renewal.objects.all()} == {one}


def test_where_nothing_is_to_be_done_it_takes_few_statements():
    with CaptureQueriesContext(connection) as queries:
        look_after_renewals(today=day(0))
    assert len(queries) <= 40


def test_playbooks_for_renewals_are_switched_off_by_the_timelines_once(cast):
    run = PlaybookRunFactory(account=cast.account)
    type(run.playbook).objects.filter(key="renewal-standard-90").update(key=None, name="Ours")
    run.playbook.key = "renewal-standard-90"
    run.playbook.save()
    assert install_timelines() == 0
    run.refresh_from_db()
    assert run.is_live
    SegmentTimeline.objects.all().delete()
    Timeline.objects.exclude(scales=None).delete()
    Timeline.objects.all().delete()
    assert install_timelines() == 4
    run.refresh_from_db()
    run.playbook.refresh_from_db()
    assert (run.is_live, run.playbook.is_active) == (False, False)
    assert (SegmentTimeline.objects.count(), Timeline.objects.count()) == (4, 4)
