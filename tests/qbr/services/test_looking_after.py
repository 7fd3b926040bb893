"""Reviews follow their accounts."""

import pytest

from accounts.models import Account
from qbr.domain.reviews import AHEAD, DONE, Status
from qbr.models import Review, SegmentReviews
from qbr.services.looking_after import LEFT, follow_accounts, look_after_reviews
from qbr.services.segment_presets import SHIPPED, install_segment_reviews
from qbr.tasks import look_after_reviews as task
from tests.cast import Cast
from tests.factories import AccountFactory, ReviewFactory, SegmentFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(Status))
def test_until_it_is_held_a_review_belongs_to_the_owner_of_its_account(status):
    review = ReviewFactory.create(status=status.value)
    owner = UserFactory.create()
    Account.objects.update(owner=owner)
    assert follow_accounts() == (status in AHEAD)
    before, review.owner = review.owner, Review.objects.get().owner
    assert review.owner == (owner if status in AHEAD else before)
    assert follow_accounts() == 0


@pytest.mark.parametrize("status", list(Status))
def test_reviews_of_customers_who_left_are_cancelled(status):
    ReviewFactory.create(account=AccountFactory(churned=True), status=status.value)
    assert follow_accounts() == (status in AHEAD)
    review = Review.objects.get()
    assert review.status == (status if status in (*DONE, Status.CANCELLED) else "cancelled")
    assert review.cancelled_reason == (LEFT if status in AHEAD else "")
    assert review.version == (2 if status in AHEAD else 1)
    assert follow_accounts() == 0


def test_archived_accounts_count_as_gone():
    ReviewFactory.create(account=AccountFactory(archived_at=days_ago(1)))
    assert follow_accounts() == 1


def test_only_the_accounts_that_are_named_are_looked_at(cast: Cast):
    for account in (cast.account, cast.strangers):
        ReviewFactory.create(account=account, owner=cast.manager)
    assert follow_accounts(account_ids=[cast.account.pk]) == 1
    assert Review.objects.get(account=cast.account).owner == cast.owner


def test_the_history_of_a_review_tells_of_it(cast: Cast):
    review = ReviewFactory.create(account=cast.account, owner=cast.manager)
    follow_accounts()
    assert list(review.history.order_by("pgh_id").values_list("owner", flat=True)) == [cast.manager.pk, cast.owner.pk]


def test_the_task_does_all_of_it_and_twice_does_no_harm():
    segment = SegmentFactory.create(review_pace="yearly")
    AccountFactory.create(segment=segment, customer_since=None)
    task()
    assert Review.objects.count() == 1
    task()
    look_after_reviews(today=Review.objects.get().due_on)
    assert Review.objects.count() == 1


def test_segments_that_ship_get_what_they_have_once():
    assert set(SegmentReviews.objects.values_list("segment__key", flat=True)) == set(SHIPPED)
    SegmentReviews.objects.exclude(segment__key="smb").delete()
    assert install_segment_reviews() == 0
    SegmentReviews.objects.all().delete()
    assert install_segment_reviews() == len(SHIPPED)
