"""What the score did after a review is taken once, when 30 days are over, beside comparable accounts without one."""

import datetime as dt
from decimal import Decimal

import pytest

from cs_workspace.common import clock
from qbr.domain.measures import WITHIN_DAYS
from qbr.domain.reviews import Status
from qbr.models import ReviewResult
from qbr.services.measuring import keep_scores_after
from qbr.tasks import keep_scores_after as task
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make.ScorecardVersionFactory()


@pytest.fixture
def segment():
    return make.SegmentFactory(key="enterprise")


def held(account, ago=40, score=Decimal("40.0"), **fields):
    return make.ReviewFactory(
        account=account, status=Status.HELD.value, starts_at=make.days_ago(ago), score_before=score, **fields
    )


@pytest.fixture
def review(segment):
    return held(make.AccountFactory(segment=segment))


def day_of(review):
    return clock.day_of(review.held_at)


def judged(account, day, start, end, version, rank=4, late=0):
    """Scores of an account at both ends, `late` days before them; None leaves an end out."""
    for at, score, tier in ((day, start, rank), (day + dt.timedelta(days=WITHIN_DAYS), end, 2)):
        if score is not None:
            at -= dt.timedelta(days=late)
            make.SnapshotFactory(account=account, day=at, score=score, rank=tier, version=version)


def peer(review, version, start=40, end=42, rank=4, **fields):
    account = make.AccountFactory(**{"segment": review.account.segment} | fields)
    judged(account, day_of(review), start, end, version, rank)
    return account


def taken(review):
    keep_scores_after(today=clock.today())
    return ReviewResult.objects.get(review=review)


def test_a_result_is_the_change_beside_the_mean_of_comparable_accounts(review, version):
    judged(review.account, day_of(review), 40, 52, version)
    for end in (41, 43):
        peer(review, version, end=end)
    result = taken(review)
    assert (result.day, result.segment, result.rank) == (day_of(review), review.account.segment, 4)
    assert (result.change, result.peers, result.peers_change, result.peers_squares) == (Decimal("12.0"), 2, 2.0, 2.0)
    assert result.beside == 10.0
    review.refresh_from_db()
    assert review.score_after == 52


def test_the_version_of_the_review_stays_for_those_who_have_it_open(review, version):
    judged(review.account, day_of(review), 40, 52, version)
    before = review.version
    taken(review)
    review.refresh_from_db()
    assert review.version == before


@pytest.mark.parametrize(("late", "score"), [(0, 52), (13, 52), (14, None)])
def test_a_score_counts_for_some_days_after_it(review, version, late, score):
    judged(review.account, day_of(review), 40, 52, version, late=late)
    keep_scores_after(today=clock.today())
    review.refresh_from_db()
    assert review.score_after == score


@pytest.mark.parametrize(
    "other",
    [{"rank": 3}, {"segment": None}, {"start": None}, {"end": None}],
    ids=["another tier", "no segment", "no score at the start", "no score at the end"],
)
def test_who_differs_on_the_day_or_has_no_score_is_not_comparable(review, version, other):
    judged(review.account, day_of(review), 40, 52, version)
    peer(review, version, **other)
    result = taken(review)
    assert (result.change, result.peers, result.peers_change, result.beside) == (Decimal("12.0"), 0, None, None)


@pytest.mark.parametrize(
    ("ago", "peers"),
    [(40, 0), (70, 0), (71, 1), (10, 0), (9, 1)],
    ids=["on the day", "at the first edge", "before it", "at the last edge", "after it"],
)
def test_who_had_a_review_around_then_is_not_comparable(review, version, ago, peers):
    judged(review.account, day_of(review), 40, 52, version)
    held(peer(review, version), ago=ago)
    assert taken(review).peers == peers


def test_a_review_that_was_not_held_stands_in_nobodys_way(review, version):
    judged(review.account, day_of(review), 40, 52, version)
    make.ReviewFactory(account=peer(review, version), due_on=day_of(review), status=Status.CANCELLED.value)
    assert taken(review).peers == 1


@pytest.mark.parametrize(("start", "end"), [(40, None), (None, None)])
def test_without_a_score_at_the_end_the_change_is_unknown(review, version, start, end):
    judged(review.account, day_of(review), start, end, version)
    assert taken(review).change is None


def test_without_a_score_on_its_day_the_change_is_unknown_and_the_score_after_it_known(segment, version):
    review = held(make.AccountFactory(segment=segment), score=None)
    judged(review.account, day_of(review), None, 52, version)
    peer(review, version)
    assert (taken(review).change, taken(review).peers) == (None, 0)
    review.refresh_from_db()
    assert review.score_after == 52


@pytest.mark.parametrize(("days", "number"), [(WITHIN_DAYS, 0), (WITHIN_DAYS + 1, 1)])
def test_a_review_waits_until_its_days_are_over(segment, version, days, number):
    held(make.AccountFactory(segment=segment), ago=days)
    assert keep_scores_after(today=clock.today()) == number


def test_what_was_taken_stays_however_often_it_is_asked_for(review, version):
    judged(review.account, day_of(review), 40, 52, version)
    task()
    peer(review, version)
    task()
    assert ReviewResult.objects.get(review=review).peers == 0


@pytest.mark.parametrize("number", [1, 12])
def test_many_reviews_take_as_many_queries(segment, version, number, django_assert_num_queries):
    for _ in range(number):
        account = make.AccountFactory(segment=segment)
        judged(account, day_of(held(account)), 40, 45, version)
    # A transaction of four statements, and one that finds that nothing is left.
    with django_assert_num_queries(9):
        keep_scores_after(today=clock.today())
