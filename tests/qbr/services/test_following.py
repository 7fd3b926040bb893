"""A review is followed up: its touch tells what came of it, and the success plan was reviewed by it."""

import pytest

from accounts.models import PlanReview
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.models import Review
from qbr.services.following import finish_follow_up, take_up_again
from tests.factories import SuccessPlanFactory, TouchFactory
from tests.factories.common import days_ago
from tests.factories.reviews import ReviewFactory, ReviewNoteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    touch = TouchFactory(account=cast.account, kind="qbr", at=days_ago(1), summary="Business review")
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held", touch=touch)


def test_it_is_followed_up_and_its_touch_tells_what_came_of_it(cast, review):
    ReviewNoteFactory(review=review, text="Finance joins", kind="decision")
    done = finish_follow_up(by=cast.owner, review=review)
    assert (done.status, done.followed_up_at is None) == ("followed_up", False)
    review.touch.refresh_from_db()
    assert review.touch.summary == "- **Decided:** Finance joins"


def test_the_plan_was_reviewed_by_it_once_and_is_due_when_the_customer_is_met_next(cast, review):
    plan = SuccessPlanFactory(account=cast.account, began_on=clock.day_of(days_ago(100)))
    following = ReviewFactory(account=cast.account)
    done = finish_follow_up(by=cast.owner, review=review)
    again = take_up_again(by=cast.owner, review=done)
    assert again.status == "held"
    finish_follow_up(by=cast.owner, review=again)
    [reviewed] = PlanReview.objects.all()
    plan.refresh_from_db()
    assert (reviewed.on, reviewed.by) == (clock.day_of(review.held_at), cast.owner)
    assert plan.next_review_on == following.due_on


def test_a_touch_that_was_taken_out_stays_as_it_is(cast, review):
    review.touch.archived_at = clock.now()
    review.touch.save()
    ReviewNoteFactory(review=review, text="Finance joins")
    finish_follow_up(by=cast.owner, review=review)
    review.touch.refresh_from_db()
    assert review.touch.summary == "Business review"


def test_what_was_not_held_or_is_followed_up_is_refused(cast, review):
    with pytest.raises(RefusedError, match="not held"):
        finish_follow_up(by=cast.owner, review=ReviewFactory(account=cast.account))
    done = finish_follow_up(by=cast.owner, review=review)
    with pytest.raises(RefusedError, match="already"):
        finish_follow_up(by=cast.owner, review=done)
    with pytest.raises(RefusedError, match="not followed up"):
        take_up_again(by=cast.owner, review=ReviewFactory(account=cast.account, kind="annual", status="held"))


def test_a_second_writer_is_told(cast, review):
    with pytest.raises(StaleError):
        finish_follow_up(by=cast.owner, review=review, version=review.version + 1)
    assert Review.objects.get(pk=review.pk).status == "held"
