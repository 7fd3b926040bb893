"""What reviews add to the pages of the ground."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.queries.timeline import timeline_of
from accounts.registries import PALETTE, TASK_CAUSES
from cs_workspace.common import clock
from qbr.models import Review
from tests.cast import logged_in
from tests.factories import ReviewFactory, TaskFactory, day

pytestmark = pytest.mark.django_db


def test_the_timeline_tells_that_a_review_came_in_sight_and_how_it_ended(cast):
    with clock.set_to(clock.now() - dt.timedelta(days=2)):
        ReviewFactory.create(account=cast.account, origin="decline")
        ReviewFactory.create(account=cast.account, kind="annual", reason="New board", status="cancelled",
                             cancelled_reason="They merge")  # fmt: skip
        ReviewFactory.create(account=cast.account, kind="executive", status="followed_up", origin="pace")
    told = {(entry.title, entry.detail) for entry in timeline_of(cast.account, group="Reviews").entries}
    assert told == {
        ("Business review came in sight", "The score has been declining for 30 days"),
        ("Annual review asked for", "New board"),
        ("Annual review cancelled", "They merge"),
        ("Executive review came in sight", "Due by the segment's pace"),
        ("Executive review followed up", ""),
    }


def test_entries_lead_to_the_review(cast):
    review = ReviewFactory.create(account=cast.account)
    (entry,) = timeline_of(cast.account, group="Reviews").entries
    assert entry.url == reverse("qbr:review", args=[review.pk])


def test_a_task_leads_to_the_review_that_it_comes_from(cast):
    review = ReviewFactory.create(account=cast.account)
    task = TaskFactory(account=cast.account, origin_key=f"review:{review.pk}:1")
    assert TASK_CAUSES["review"].url(task, str(review.pk)) == reverse("qbr:review", args=[review.pk])


def test_the_palette_knows_both_pages():
    assert {"qbr:reviews", "qbr:calendar"} <= set(PALETTE)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due_on": day(-3)}, "Business review is 3 d overdue, without a moment"),
        ({"due_on": day(0)}, "Business review due today, without a moment"),
        ({"due_on": day(1)}, "Business review due in 1 day, without a moment"),
        ({"due_on": day(21)}, "Business review due in 21 days, without a moment"),
        ({"due_on": day(22)}, None),
        ({"status": "held"}, "Follow up the business review"),
        ({"status": "scheduled", "starts_at": clock.start_of(day(-1))}, "Business review took place?"),
        ({"status": "scheduled", "starts_at": clock.start_of(day(1))}, None),
        ({"status": "ready", "starts_at": clock.start_of(day(0))}, "Business review today"),
        ({"status": "followed_up"}, None),
        ({"status": "cancelled", "due_on": day(-3)}, None),
    ],
)
def test_today_asks_for_what_a_review_needs(cast, fields, words):
    review = ReviewFactory.create(account=cast.account, **fields)
    shown = logged_in(cast.owner).get(reverse("today")).content.decode()
    assert (words is not None and words in shown) == (words is not None)
    assert (reverse("qbr:review", args=[review.pk]) in shown) == (words is not None)


def test_today_asks_nobody_else(cast):
    ReviewFactory.create(account=cast.account, due_on=day(-3))
    assert "overdue, without a moment" not in logged_in(cast.outsider).get(reverse("today")).content.decode()
    assert Review.objects.count() == 1
