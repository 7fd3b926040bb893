import pytest
from django.http import Http404

from qbr.domain.reviews import Status
from qbr.queries.reviews import get_review_for
from qbr.queries.written import with_written
from tests.cast import Cast
from tests.factories import AttendeeFactory, ContactFactory, ReviewFactory, SectionTextFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(Status))
def test_a_review_of_any_status_can_be_made(status: Status) -> None:
    assert ReviewFactory.create(status=status.value).status == status


def test_everybody_who_sees_the_account_gets_the_review_with_what_pages_say_around_it(
    cast: Cast, django_assert_num_queries
) -> None:
    review = ReviewFactory.create(account=cast.account)
    for user in cast.insiders:
        assert get_review_for(user, review.pk) == review
    found = get_review_for(cast.owner, review.pk)
    with django_assert_num_queries(0):
        assert found.account.owner == found.owner == cast.owner
        assert found.account.segment is None


def test_a_review_is_not_there_for_those_who_do_not_see_the_account(cast: Cast) -> None:
    review = ReviewFactory.create(account=cast.account)
    for user in (cast.outsider, cast.other_manager):
        with pytest.raises(Http404):
            get_review_for(user, review.pk)


def test_who_left_sees_no_review(cast: Cast) -> None:
    review = ReviewFactory.create(account=cast.account)
    cast.owner.is_active = False
    with pytest.raises(Http404):
        get_review_for(cast.owner, review.pk)


def test_people_of_a_kind_share_a_statement_and_see_each_their_own(cast: Cast) -> None:
    own, foreign = ReviewFactory.create(account=cast.account), ReviewFactory.create(account=cast.strangers)
    for user, seen, hidden in ((cast.owner, own, foreign), (cast.outsider, foreign, own), (cast.owner, own, foreign)):
        assert get_review_for(user, seen.pk) == seen
        with pytest.raises(Http404):
            get_review_for(user, hidden.pk)


def test_more_is_read_beside_a_review_where_that_is_asked_for(cast: Cast, django_assert_num_queries) -> None:
    review = ReviewFactory.create(account=cast.account)
    SectionTextFactory(review=review, text="A quarter of growth")
    with django_assert_num_queries(1):
        assert get_review_for(cast.owner, review.pk, among=with_written).text_rows[0]["text"] == "A quarter of growth"
    assert not hasattr(get_review_for(cast.owner, review.pk), "text_rows")


def test_an_attendee_is_one_of_three_kinds_of_people(cast: Cast) -> None:
    review = ReviewFactory.create(account=cast.account)
    assert AttendeeFactory.create(review=review).contact.account == cast.account
    assert AttendeeFactory.create(review=review, user=cast.owner).contact is None
    assert AttendeeFactory.create(review=review, guest="Ines of the board").contact is None
    contact = ContactFactory.create(account=cast.account)
    assert AttendeeFactory.create(review=review, contact=contact).contact == contact
