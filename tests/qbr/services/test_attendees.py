"""Who is to take part in a review, and that they were invited."""

import pytest

from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.domain.reviews import AHEAD, Status
from qbr.models import Attendee, Review
from qbr.services.attendees import Guest, add_attendee, remove_attendee
from qbr.services.invitations import mark_invited, undo_invited
from tests.cast import Cast
from tests.factories import AttendeeFactory, ContactFactory, ReviewFactory

pytestmark = pytest.mark.django_db
GUEST = Guest("Ines of the board", "ines@example.com")


@pytest.fixture
def review(cast: Cast) -> Review:
    return ReviewFactory.create(account=cast.account, status="scheduled")


def test_people_of_both_sides_and_guests_take_part(cast, review):
    contact = ContactFactory.create(account=cast.account)
    for who in (contact, cast.owner, GUEST):
        add_attendee(review=review, who=who)
    assert list(review.attendees.values_list("contact", "user", "guest", "guest_email")) == [
        (contact.pk, None, "", ""),
        (None, cast.owner.pk, "", ""),
        (None, None, "Ines of the board", "ines@example.com"),
    ]


def test_nobody_takes_part_twice(cast, review):
    for who in (ContactFactory.create(account=cast.account), cast.owner, GUEST):
        add_attendee(review=review, who=who)
        with pytest.raises(RefusedError, match="takes part already"):
            add_attendee(review=review, who=who)
    assert Attendee.objects.count() == 3


def test_who_cannot_take_part(cast, review):
    for contact, words in (
        (ContactFactory.create(account=cast.strangers), "another account"),
        (ContactFactory.create(account=cast.account, gone=True), "not there any more"),
        (cast.outsider, "does not see this account"),
    ):
        with pytest.raises(RefusedError, match=words):
            add_attendee(review=review, who=contact)


def test_who_was_taken_off_the_list_can_be_put_back(cast, review):
    for who in (ContactFactory.create(account=cast.account), cast.owner, GUEST):
        attendee = add_attendee(review=review, who=who)
        assert remove_attendee(attendee=attendee) == who
        assert not review.attendees.exists()


@pytest.mark.parametrize("status", [status for status in Status if status not in AHEAD])
def test_the_list_is_closed_once_the_review_is_not_ahead(cast, status):
    review = ReviewFactory.create(account=cast.account, status=status.value)
    attendee = AttendeeFactory.create(review=review)
    with pytest.raises(RefusedError):
        add_attendee(review=review, who=cast.owner)
    with pytest.raises(RefusedError):
        remove_attendee(attendee=attendee)


def test_those_who_can_be_reached_are_invited_once(cast, review):
    with pytest.raises(RefusedError, match="e-mail address"):
        mark_invited(by=cast.owner, review=review)
    AttendeeFactory.create(review=review, contact=ContactFactory.create(account=cast.account, email=""))
    AttendeeFactory.create(review=review, guest="Somebody")
    with pytest.raises(RefusedError, match="e-mail address"):
        mark_invited(by=cast.owner, review=review)
    reached = [AttendeeFactory.create(review=review, user=cast.owner), add_attendee(review=review, who=GUEST)]
    first = mark_invited(by=cast.owner, review=review)
    assert set(review.attendees.filter(invited_at=first.agenda_sent_at)) == set(reached)
    late = AttendeeFactory.create(review=review, user=cast.manager)
    second = mark_invited(by=cast.owner, review=review)
    assert list(review.attendees.filter(invited_at=second.agenda_sent_at)) == [late]
    back = undo_invited(by=cast.owner, review=review, version=second.version)
    assert back.agenda_sent_at == first.agenda_sent_at
    assert set(review.attendees.exclude(invited_at=None)) == set(reached)
    assert undo_invited(by=cast.owner, review=review, version=second.version).version == back.version


def test_without_a_moment_nobody_is_invited_and_the_second_writer_is_told(cast, review):
    due = ReviewFactory.create(account=cast.account, kind="annual")
    AttendeeFactory.create(review=due, user=cast.owner)
    with pytest.raises(RefusedError, match="when it takes place"):
        mark_invited(by=cast.owner, review=due)
    AttendeeFactory.create(review=review, user=cast.owner)
    mark_invited(by=cast.owner, review=review)
    with pytest.raises(StaleError):
        mark_invited(by=cast.owner, review=review, version=1)
