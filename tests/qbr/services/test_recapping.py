"""The recap: drafted from what was agreed, saved as one types, and sent."""

import datetime as dt

import pytest

from accounts.models import Mail
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.models import Recap
from qbr.services import recapping as service
from tests.factories import ContactFactory
from tests.factories.reviews import (
    ActionItemFactory,
    AttendeeFactory,
    ReviewFactory,
    ReviewGoalFactory,
    ReviewNoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held")


def write(review, by, version=0, **words):
    return service.write_recap(
        by=by, review=review, version=version, **{"subject": "What we agreed", "body": "Hello"} | words
    )


def anew(record):
    return type(record).objects.get(pk=record.pk)


def test_the_draft_tells_what_was_agreed(cast, review):
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    AttendeeFactory(review=review, contact=kim, attended=True)
    AttendeeFactory(review=review, contact=ContactFactory(account=cast.account, name="Not There"), attended=False)
    ReviewNoteFactory(review=review, text="Finance joins", kind="decision")
    ReviewNoteFactory(review=review, text="Stays with us")
    ReviewGoalFactory(review=review, contact=kim)
    ActionItemFactory(review=review, title="Send the guide", user=cast.owner)
    ActionItemFactory(review=review, title="Name the people", side="customer", contact=kim)
    ReviewFactory(account=cast.account, due_on=dt.date(2030, 5, 4))
    body = service.draft_anew(by=cast.owner, review=review, link="https://cs.example/x").body
    for words in (
        "Hello Kim Roth,",
        "- Finance joins",
        "- Shorter quarterly closing: Hours of a closing from 40 to 20 h (Kim Roth, by",
        "What we do\n- Send the guide (Olga Owner, by",
        "What you do\n- Name the people (Kim Roth, by",
        "https://cs.example/x",
        "We meet again around 4 May 2030.",
        "Kind regards\nOlga Owner",
    ):
        assert words in body, words
    assert "Stays with us" not in body
    assert "Not There" not in body


def test_it_is_kept_as_one_types_and_a_second_writer_is_told(cast, review):
    first = write(review, cast.owner)
    second = write(review, cast.owner, version=first.version, body="Hello Kim")
    assert (second.version, Recap.objects.count()) == (first.version + 1, 1)
    for version in (0, first.version):
        with pytest.raises(StaleError):
            write(review, cast.manager, version=version, body="Mine")
    assert anew(first).body == "Hello Kim"


def test_the_same_words_again_change_nothing(cast, review):
    first = write(review, cast.owner)
    assert write(review, cast.owner, version=first.version).version == first.version


@pytest.mark.parametrize("words", [{"subject": " "}, {"body": " "}])
def test_an_empty_one_is_none(cast, review, words):
    with pytest.raises(RefusedError, match="a subject and words"):
        write(review, cast.owner, **words)


def test_a_new_draft_takes_the_place_of_the_words_and_gives_them_back(cast, review):
    kept = write(review, cast.owner, body="My words")
    drafted = service.draft_anew(by=cast.owner, review=review)
    assert drafted.body.startswith("Hello,")
    service.take_back_draft(by=cast.owner, recap=drafted, version=drafted.version)
    assert anew(kept).body == "My words"


def send(review, by, version=0):
    return service.mark_sent(by=by, review=review, subject="What we agreed", body="Hello Kim", version=version)


def test_what_was_sent_stays_until_that_is_taken_back(cast, review):
    kept = send(review, cast.owner)
    assert (kept.sent_by, kept.body) == (cast.owner, "Hello Kim")
    for change in (
        lambda: send(review, cast.owner, kept.version),
        lambda: write(review, cast.owner, version=kept.version, body="Later"),
        lambda: service.draft_anew(by=cast.owner, review=review),
    ):
        with pytest.raises(RefusedError, match="It was sent"):
            change()
    service.take_back_sent(by=cast.owner, recap=kept)
    assert anew(kept).sent_at is None
    with pytest.raises(RefusedError, match="not sent"):
        service.take_back_sent(by=cast.owner, recap=kept)


def test_words_of_another_are_not_sent_unseen(cast, review):
    write(review, cast.owner, body="Mine")
    with pytest.raises(StaleError):
        send(review, cast.manager)
    assert Recap.objects.get().sent_at is None


def test_before_the_review_was_held_there_is_nothing_to_tell(cast):
    review = ReviewFactory(account=cast.account)
    for do in (lambda: write(review, cast.owner), lambda: service.draft_anew(by=cast.owner, review=review)):
        with pytest.raises(RefusedError, match="Hold the review first"):
            do()


def reached(review, **fields):
    """Somebody of the customer who took part, as a contact with an address."""
    contact = ContactFactory(account=review.account, **fields)
    AttendeeFactory(review=review, contact=contact, attended=True)
    return contact


def put_out(review, by, body="We agreed.\nSee https://cs.example.com/r/1.\n\nKind regards\nOlga Owner"):
    return service.send_recap(by=by, review=review, subject="What we agreed", body=body, version=0)


def test_it_goes_into_the_outbox_approved_for_each_contact_who_took_part(cast, review):
    ana, bo = reached(review, name="Ana"), reached(review, name="Bo")
    sent = put_out(review, cast.owner)
    mails = list(Mail.objects.filter(cause="recap").order_by("pk"))
    assert [mail.contact for mail in mails] == [ana, bo]
    assert {(mail.state, mail.approved_by, mail.origin) for mail in mails} == {
        ("queued", cast.owner, f"review:{review.pk}")
    }
    assert mails[0].text == "We agreed.\nSee <https://cs.example.com/r/1>.\n\nKind regards"
    assert (sent.sent_at is not None, sent.sent_by) == (True, cast.owner)


def test_taking_it_back_cancels_what_waits_and_it_can_be_sent_again_until_somebody_has_it(cast, review):
    reached(review)
    recap = service.take_back_sent(by=cast.owner, recap=put_out(review, cast.owner))
    assert recap.sent_at is None
    assert Mail.objects.get(cause="recap").state == "cancelled"
    again = service.send_recap(by=cast.owner, review=review, subject="Anew", body="Words", version=recap.version)
    Mail.objects.filter(subject="Anew").update(state="sent", sent_at=clock.now())
    with pytest.raises(RefusedError, match="has gone out"):
        service.take_back_sent(by=cast.owner, recap=again)


def test_it_is_not_sent_where_nobody_can_be_written_to(cast, review):
    with pytest.raises(RefusedError, match="Nobody who took part is a contact"):
        put_out(review, cast.owner)
    reached(review, unsubscribed_at=clock.now())
    with pytest.raises(RefusedError, match="has unsubscribed"):
        put_out(review, cast.owner)
    assert not Mail.objects.filter(cause="recap").exists()
