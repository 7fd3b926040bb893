"""qbr.models.review: which reviews ask for something at once, and that the database finds them without the others."""

import datetime as dt

import pytest
from django.db import connection

from accounts.models import Account
from cs_workspace.common import clock
from qbr.models import Review
from tests.factories import AccountFactory, ReviewFactory

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def waiting():
    return Review.objects.waiting(today=clock.today(), now=clock.now())


@pytest.mark.parametrize(
    ("status", "starts_in", "due_in", "waits"),
    [
        ("due", None, -DAY, True),
        ("due", None, 0 * DAY, False),
        ("preparing", None, -DAY, True),
        ("scheduled", -HOUR, DAY, True),
        ("ready", HOUR, -DAY, False),
        ("held", HOUR, DAY, True),
        ("followed_up", -HOUR, -DAY, False),
        ("cancelled", None, -DAY, False),
    ],
)
def test_one_waits_that_was_held_or_whose_moment_is_over_and_without_one_its_day(status, starts_in, due_in, waits):
    starts_at = clock.now() + starts_in if starts_in else None
    ReviewFactory(status=status, starts_at=starts_at, due_on=clock.today() + due_in)
    assert sum(part.count() for part in waiting()) == waits


def test_those_that_wait_are_found_by_indexes_of_their_own():
    accounts = Account.objects.bulk_create(AccountFactory.build_batch(300))
    Review.objects.bulk_create(ReviewFactory.build(account=account) for account in accounts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE qbr_review")
        cursor.execute("SET LOCAL enable_seqscan = off")
    for part, name in zip(waiting(), ("review_held_of", "review_begins_of", "review_without_moment"), strict=True):
        plan = part.order_by().explain()
        assert f"{name} on" in plan or f"Scan on {name}" in plan, plan
