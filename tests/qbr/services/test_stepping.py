"""How far a review has come."""

import pytest

from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.domain.reviews import AHEAD, Status
from qbr.models import Review
from qbr.services.scheduling import take_back
from qbr.services.stepping import begin_preparing, mark_ready, step_review
from tests.cast import Cast
from tests.factories import ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast: Cast) -> Review:
    return ReviewFactory.create(account=cast.account, status="scheduled")


def test_it_is_prepared_and_ready_and_both_moments_are_known(cast, review):
    preparing = begin_preparing(by=cast.owner, review=review)
    assert (preparing.status, preparing.ready_at) == ("preparing", None)
    ready = mark_ready(by=cast.owner, review=review)
    assert (ready.status, ready.preparing_since) == ("ready", preparing.preparing_since)
    assert ready.ready_at == ready.status_since >= preparing.preparing_since


def test_it_may_be_ready_at_once(cast, review):
    ready = mark_ready(by=cast.owner, review=review)
    assert ready.preparing_since == ready.ready_at


def test_a_step_back_forgets_what_came_after_it(cast, review):
    began = begin_preparing(by=cast.owner, review=review).preparing_since
    mark_ready(by=cast.owner, review=review)
    back = step_review(by=cast.owner, review=review, to=Status.PREPARING)
    assert (back.preparing_since, back.ready_at) == (began, None)
    back = step_review(by=cast.owner, review=review, to=Status.SCHEDULED)
    assert (back.preparing_since, back.ready_at) == (None, None)


def test_a_step_can_be_taken_back(cast, review):
    begin_preparing(by=cast.owner, review=review)
    ready = mark_ready(by=cast.owner, review=review)
    back = take_back(by=cast.owner, review=review, version=ready.version)
    assert (back.status, back.ready_at) == ("preparing", None)
    assert back.preparing_since == ready.preparing_since


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (Status.SCHEDULED, "already"),
        (Status.DUE, "has a moment already"),
        (Status.HELD, "not begun yet"),
        (Status.FOLLOWED_UP, "cannot be followed up"),
        (Status.CANCELLED, "no step of preparing"),
    ],
)
def test_steps_that_are_none(cast, review, to, words):
    with pytest.raises(RefusedError, match=words):
        step_review(by=cast.owner, review=review, to=to)


def test_without_a_moment_it_is_not_scheduled(cast):
    review = ReviewFactory.create(account=cast.account)
    begin_preparing(by=cast.owner, review=review)
    with pytest.raises(RefusedError, match="Say when"):
        step_review(by=cast.owner, review=review, to=Status.SCHEDULED)
    assert step_review(by=cast.owner, review=review, to=Status.DUE).preparing_since is None


@pytest.mark.parametrize("status", [status for status in Status if status not in AHEAD])
def test_what_is_not_ahead_takes_no_step(cast, status):
    review = ReviewFactory.create(account=cast.account, status=status.value)
    with pytest.raises(RefusedError):
        begin_preparing(by=cast.owner, review=review)


def test_the_second_writer_is_told(cast, review):
    begin_preparing(by=cast.owner, review=review)
    with pytest.raises(StaleError):
        mark_ready(by=cast.owner, review=review, version=1)
