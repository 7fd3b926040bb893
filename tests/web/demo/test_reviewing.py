"""The business reviews of the demo: half a year of them, by the real services, and what is ahead."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from pghistory.models import Context

from accounts.models import Account, Task, Touch
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS, living
from cs_workspace.web.demo.review_days import HOURS, OUR_DAY, THEIR_DAY, talk_at
from cs_workspace.web.demo.reviewing import FIRST, review_book
from health.models import SurveyAnswer
from qbr.models import ActionItem, Recap, Review, ReviewGoal, ReviewIdea, ReviewResult, SatisfactionAsk
from tests.factories import (
    AccountFactory,
    ContactFactory,
    ExpansionSignalFactory,
    ScorecardVersionFactory,
    SegmentFactory,
    SnapshotFactory,
    TouchFactory,
    UserFactory,
    day,
    days_ago,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    """Customers of the login's and of another CSM with a review each quarter, known by their people, and scored."""
    segment, version = SegmentFactory(key="enterprise"), ScorecardVersionFactory()
    login, other = UserFactory(email=LOGINS[0].email), UserFactory()
    for number in range(8):
        account = AccountFactory(
            owner=login if number < 6 else other,
            segment=segment,
            external_id=f"a{number}",
            arr=50_000 - number,
            customer_since=day(-400),
        )
        for name in ("champion", "executive_sponsor"):
            ContactFactory(account=account, roles=[name], external_id=f"a{number}-{name}")
        for ago in range(FIRST, 0, -14):
            SnapshotFactory(account=account, day=day(-ago), score=60 + number, rank=2, version=version)
    return segment


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Tokyo"])
@pytest.mark.parametrize("hour", HOURS)
def test_no_customer_is_asked_to_come_at_night(zone, hour):
    moment = talk_at(Review(time_zone=zone), dt.date(2026, 3, 16), hour)
    assert moment.astimezone(ZoneInfo(zone)).hour in THEIR_DAY
    assert moment.hour in OUR_DAY


def test_half_a_year_of_reviews_was_held_and_what_is_ahead_stands_at_every_step(company):
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=True)
    statuses = set(Review.objects.values_list("status", flat=True))
    assert {"scheduled", "preparing", "ready", "followed_up", "cancelled"} <= statuses
    held = Review.objects.done()
    assert held.count() >= 6
    assert min(held.values_list("held_at", flat=True)) < days_ago(90)
    assert all(review.facts["account"]["name"] and review.touch_id for review in held)
    ready = Review.objects.get(status="ready", owner__email=LOGINS[0].email)
    assert ready.account.external_id == "a0"
    assert ready.starts_at > clock.now()
    assert ready.attendees.count() >= 3
    assert all(part.exists() for part in (ready.texts, ready.ideas, ready.goals))


def test_what_followed_is_there_and_some_of_it_is_late(company):
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=True)
    assert SatisfactionAsk.objects.filter(answer=None).exists()
    assert SurveyAnswer.objects.filter(kind="review").exists()
    assert ActionItem.objects.filter(side="us", task__status=Task.Status.DONE).exists()
    assert ActionItem.objects.filter(side="customer", done_at__isnull=False).exists()
    assert ReviewGoal.objects.filter(objective__isnull=False).exists()
    assert ReviewIdea.objects.filter(opportunity__isnull=False).exists()
    assert Recap.objects.filter(sent_at__isnull=False).exists()
    assert ReviewResult.objects.exists()


def test_rows_and_history_stand_on_the_days_on_which_things_were_done(company):
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=True)
    for review in Review.objects.done():
        assert review.created_at < review.held_at
        events = review.history.order_by("pgh_id").values_list("pgh_created_at", flat=True)
        assert min(events) == review.created_at
        assert any(review.held_at < moment < review.held_at + dt.timedelta(days=1) for moment in events)
    assert not Context.objects.filter(metadata__has_key="at").exists()
    assert all(item.task.created_at <= item.task.due_at for item in ActionItem.objects.exclude(task=None))


def test_reviews_of_the_invented_history_give_way_to_those_that_are_held(company):
    account = company.accounts.get(external_id="a0")
    invented = TouchFactory(account=account, kind="qbr", at=days_ago(30), attended=True)
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=True)
    assert not Touch.objects.filter(pk=invented.pk).exists()
    assert Touch.objects.filter(account=account, kind="qbr", review__isnull=False).exists()


def test_no_idea_comes_of_a_signal_that_was_seen_later(company):
    for place, account in enumerate(Account.objects.order_by("external_id")):
        ExpansionSignalFactory(account=account, kind="champion", opened_at=days_ago(0 if place % 2 else FIRST + 1))
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=True)
    of_signals = ReviewIdea.objects.exclude(signal=None)
    assert of_signals.exists()
    assert not of_signals.filter(created_at__lt=F("signal__opened_at")).exists()
    assert not ReviewIdea.objects.filter(review__status="followed_up", signal__opened_at__gte=days_ago(1)).exists()


def test_of_a_large_company_only_what_is_ahead_appears(company):
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=False)
    assert not Review.objects.done().exists()
    assert Review.objects.filter(status="ready").exists()


def test_a_company_without_accounts_has_no_reviews():
    review_book(day(0), 7, at_moment=living._at_moment, lived_whole=True)
    assert not Review.objects.exists()
