"""A review is held: kept whole in one go, and taken back within a day."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Touch
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from health.models import DirtyMark
from qbr.models import Review
from qbr.queries.compiling import facts_of
from qbr.services.carrying_over import carry_goals
from qbr.services.holding import hold_review, undo_holding
from qbr.services.recapping import mark_sent
from qbr.services.satisfaction import ask_satisfaction
from tests.factories import ContactFactory, SnapshotFactory
from tests.factories.reviews import AttendeeFactory, ReviewFactory, ReviewGoalFactory, ReviewNoteFactory

pytestmark = pytest.mark.django_db


def ago(**span):
    return clock.now() - dt.timedelta(**span)


@pytest.fixture
def review(cast):
    """One that began an hour ago, with two of the customer's people, a guest and one of ours."""
    one = ReviewFactory(account=cast.account, status="ready", starts_at=ago(hours=1))
    for name in ("Kim Roth", "Lea Braun"):
        AttendeeFactory(review=one, contact=ContactFactory(account=cast.account, name=name))
    AttendeeFactory(review=one, guest="Gus Guest")
    AttendeeFactory(review=one, user=cast.owner)
    return one


def keys(review, *names):
    return [one.pk for one in review.attendees.all() if str(one) in names]


def anew(record):
    return type(record).objects.get(pk=record.pk)


def test_it_is_kept_whole(cast, review):
    SnapshotFactory(account=cast.account, day=clock.today() - dt.timedelta(days=1), score="71.5")
    SnapshotFactory(account=cast.account, day=clock.today() + dt.timedelta(days=1), score="20.0")
    ReviewNoteFactory(review=review, text="They open a second site.")
    ReviewNoteFactory(review=review, text="We roll out to Finance.", kind="decision")
    ReviewNoteFactory(review=review, text="Taken out", archived_at=clock.now())
    DirtyMark.objects.all().delete()
    held = hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth", "Gus Guest", "Olga Owner"))
    held.refresh_from_db()
    assert (held.status, held.held_at, str(held.score_before)) == ("held", review.starts_at, "71.5")
    assert facts_of(held, today=clock.today()).account.name == "Halden Logistics"
    came = {str(one): one.attended for one in held.attendees.all()}
    assert came == {"Kim Roth": True, "Lea Braun": False, "Gus Guest": True, "Olga Owner": True}
    touch = held.touch
    assert (touch.kind, touch.at, touch.attended, touch.by) == ("qbr", held.held_at, True, cast.owner)
    assert [person.name for person in touch.attendees.all()] == ["Kim Roth"]
    assert touch.summary == "- **Decided:** We roll out to Finance.\n- They open a second site."
    cast.account.refresh_from_db()
    assert cast.account.last_review == held.held_at
    assert DirtyMark.objects.filter(account=cast.account).exists()


def test_without_a_moment_it_is_held_now_and_without_a_score_that_is_unknown(cast, review):
    review.status, review.starts_at = "due", None
    review.save()
    held = hold_review(by=cast.owner, review=review, attended=keys(review, "Gus Guest"))
    assert (held.held_at - clock.now()).total_seconds() == pytest.approx(0, abs=5)
    assert (held.score_before, held.touch.summary) == (None, "Business review")


@pytest.mark.parametrize("names", [[], ["Olga Owner"]])
def test_without_anybody_of_the_customer_it_was_not_held(cast, review, names):
    with pytest.raises(RefusedError, match="who of the customer took part"):
        hold_review(by=cast.owner, review=review, attended=keys(review, *names))
    assert (anew(review).status, Touch.objects.count()) == ("ready", 0)


def test_attendees_of_another_review_are_none_of_this_one(cast, review):
    other = AttendeeFactory(review=ReviewFactory(account=cast.strangers))
    with pytest.raises(RefusedError):
        hold_review(by=cast.owner, review=review, attended=[other.pk])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"starts_at": clock.now() + dt.timedelta(days=1)}, "not begun"),
        ({"status": "cancelled"}, "cancelled"),
    ],
)
def test_what_has_not_begun_or_was_cancelled_is_not_held(cast, review, fields, words):
    Review.objects.filter(pk=review.pk).update(**fields)
    with pytest.raises(RefusedError, match=words):
        hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"))


def test_a_second_writer_is_told(cast, review):
    hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"), version=review.version)
    with pytest.raises(StaleError):
        hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"), version=review.version)
    with pytest.raises(RefusedError, match="already"):
        hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"))


def test_it_is_taken_back_within_a_day(cast, review):
    held = hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"))
    back = undo_holding(by=cast.owner, review=held, version=held.version)
    back.refresh_from_db()
    assert (back.status, back.status_since, back.held_at, back.facts, back.score_before, back.touch) == (
        "ready", review.status_since, None, None, None, None,
    )  # fmt: skip
    assert {one.attended for one in back.attendees.all()} == {None}
    assert held.touch.pk in Touch.objects.filter(archived_at__isnull=False).values_list("pk", flat=True)
    cast.account.refresh_from_db()
    assert cast.account.last_review is None
    again = hold_review(by=cast.owner, review=back, attended=keys(review, "Kim Roth"))
    assert again.status == "held"


def test_after_a_day_it_stays_held(cast, review):
    held = hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"))
    with (
        time_machine.travel(clock.now() + dt.timedelta(hours=25)),
        pytest.raises(RefusedError, match="more than a day"),
    ):
        undo_holding(by=cast.owner, review=held, version=held.version)


def built_asks(by, held):
    ask_satisfaction(by=by, review=held)


def built_recap(by, held):
    mark_sent(by=by, review=held, subject="What we agreed", body="Hello")


def built_goals(by, held):
    ReviewGoalFactory(review=held)
    carry_goals(by=by, review=held)


@pytest.mark.parametrize("build", [built_asks, built_recap, built_goals])
def test_what_was_built_on_it_goes_first(cast, review, build):
    held = hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"))
    build(cast.owner, held)
    with pytest.raises(RefusedError, match="Take that back first"):
        undo_holding(by=cast.owner, review=held, version=held.version)


def test_a_change_since_keeps_it_held(cast, review):
    held = hold_review(by=cast.owner, review=review, attended=keys(review, "Kim Roth"))
    Review.objects.filter(pk=held.pk).update(version=held.version + 1)
    with pytest.raises(StaleError):
        undo_holding(by=cast.owner, review=held, version=held.version)
