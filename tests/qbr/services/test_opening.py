"""Reviews open by themselves, a quarter before their day."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.cadence import INTERVALS, Pace
from accounts.models import Account, Segment
from qbr.domain.opening import NOTICE
from qbr.domain.reviews import Status
from qbr.models import Review, SegmentReviews
from qbr.services.opening import open_due_reviews
from tests.factories import AccountFactory, OnboardingFactory, ReviewFactory, UserFactory, day, days_ago

pytestmark = pytest.mark.django_db


def customer(key: str | None = "smb", **fields) -> Account:
    segment = Segment.objects.get(key=key) if key else None
    return AccountFactory.create(**{"segment": segment, "owner": UserFactory(), "customer_since": day(-330)} | fields)


def opened(days: int = 0) -> int:
    return open_due_reviews(today=day(days))


def test_a_review_opens_for_its_day_with_the_account_s_owner_zone_and_agenda():
    account = customer(time_zone="Asia/Tokyo")
    assert opened() == 1
    review = Review.objects.get()
    due_on = INTERVALS[Pace.YEARLY].after(account.customer_since)
    assert (review.account, review.kind, review.origin, review.status) == (account, "qbr", "pace", "due")
    assert (review.owner, review.time_zone, review.agenda, review.minutes) == (
        account.owner, "Asia/Tokyo", "classic", 60,
    )  # fmt: skip
    assert (review.due_on, review.since, review.until) == (due_on, due_on - dt.timedelta(days=90), due_on)
    assert (review.version, review.facts, review.starts_at, review.invitation) == (1, None, None, 0)


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("enterprise", ["executive", "qbr"]),
        ("mid_market", ["qbr"]),
        ("smb", ["qbr"]),
        ("self_serve", []),
        (None, []),
    ],
)
def test_the_segment_decides_which_reviews_there_are(key, kinds):
    customer(key)
    opened()
    assert sorted(Review.objects.values_list("kind", flat=True)) == kinds


def test_an_admin_decides_beside_that():
    segment = Segment.objects.get(key="smb")
    segment.review_pace = "none"
    segment.save()
    SegmentReviews.objects.filter(segment=segment).update(annual_pace="yearly", agenda="executive")
    customer()
    opened()
    review = Review.objects.get()
    assert (review.kind, review.agenda) == ("annual", "executive")
    assert review.until - review.since >= dt.timedelta(days=365)


def test_it_opens_once_however_often_it_is_looked():
    customer("enterprise")
    assert (opened(), opened(), opened(1)) == (2, 0, 0)


def test_the_next_one_opens_when_one_was_held_even_if_it_was_only_logged_as_a_touch():
    account = customer("enterprise", customer_since=day(-30), last_review=days_ago(3))
    assert opened() == 1
    assert Review.objects.get().due_on == INTERVALS[Pace.QUARTERLY].after(day(-3))
    Review.objects.all().delete()
    ReviewFactory.create(account=account, status=Status.FOLLOWED_UP.value, due_on=day(-20))  # held yesterday
    assert opened() == 1
    assert Review.objects.ahead().get().due_on == INTERVALS[Pace.QUARTERLY].after(day(-1))


def test_what_was_cancelled_is_not_due_again_before_its_next_turn():
    customer("mid_market", customer_since=day(-150))
    opened()
    cancelled = Review.objects.get()
    Review.objects.update(status="cancelled")
    assert (opened(), opened(20)) == (0, 0)
    turn = INTERVALS[Pace.HALF_YEARLY].after(cancelled.due_on)
    assert opened((turn - day(0)).days - 80) == 1
    assert Review.objects.ahead().get().due_on == turn


def test_a_review_that_was_asked_for_and_cancelled_moves_nothing():
    account = customer()
    ReviewFactory.create(account=account, status="cancelled", due_on=day(10))
    assert opened() == 1


def test_a_declining_score_adds_a_review_and_not_a_second_one():
    account = customer(customer_since=day(-100), health_trend="declining")
    assert opened() == 1
    review = Review.objects.get()
    assert (review.origin, review.due_on) == ("decline", day(0) + NOTICE)
    assert opened() == 0
    review.status = "cancelled"
    review.save()
    assert (opened(), opened(60)) == (0, 0)
    Account.objects.filter(pk=account.pk).update(health_trend="stable")
    assert opened(160) == 0


def test_an_onboarding_ends_with_a_checkpoint_where_the_segment_has_one():
    for key in ("mid_market", "smb"):
        OnboardingFactory.create(account=customer(key, customer_since=day(-5)), started_on=day(-5))
    assert opened() == 1
    review = Review.objects.get()
    assert (review.kind, review.origin, review.account.segment.key) == ("checkpoint", "onboarding", "mid_market")
    assert (review.since, review.due_on) == (day(-5), day(85))
    assert opened() == 0


def test_seasonal_customers_are_planned_before_their_season():
    due_on = INTERVALS[Pace.YEARLY].after(day(-330))
    before = due_on.replace(day=1) - dt.timedelta(days=1)
    customer(seasonal=True, low_season_months=[before.month])
    assert opened() == 1
    assert Review.objects.get().due_on == (before if before >= day(0) + NOTICE else due_on)


@pytest.mark.parametrize("trait", [{"churned": True}, {"is_trial": True}, {"archived_at": days_ago(1)}])
def test_accounts_that_are_no_customers_have_no_reviews(trait):
    customer(**trait)
    assert opened() == 0


def test_only_the_accounts_that_are_named_are_looked_at():
    one, _ = customer(), customer()
    assert open_due_reviews(today=day(0), account_ids=[one.pk]) == 1
    assert Review.objects.get().account == one


@pytest.mark.parametrize("count", [1, 5])
def test_it_costs_the_same_for_any_number_of_accounts(count):
    for _ in range(count):
        customer()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert opened() == count
    # Segments and what they have, the accounts, the transaction around what is known of them and what is written.
    assert len(queries) == 7


@pytest.mark.django_db(transaction=True)
def test_two_at_once_open_each_review_once():
    customer("enterprise")
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda _: _in_a_thread(), range(2)))
    assert sum(counts) == 2
    assert Review.objects.count() == 2


def _in_a_thread() -> int:
    try:
        return opened()
    finally:
        connection.close()
