"""When a review takes place: asked for, given a moment, cancelled and brought back."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Segment
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from qbr.domain.reviews import AHEAD, Kind, Status
from qbr.models import Review
from qbr.services.scheduling import bring_back, cancel_review, request_review, schedule_review, take_back
from qbr.services.stepping import begin_preparing, mark_ready
from tests.cast import Cast
from tests.factories import AccountFactory, ReviewFactory, day

pytestmark = pytest.mark.django_db


def meeting(**fields) -> dict:
    return {
        "starts_at": clock.now() + dt.timedelta(days=10),
        "minutes": 60,
        "time_zone": "Asia/Tokyo",
        "place": "https://call.example.com/1",
        "agenda": "classic",
    } | fields


@pytest.fixture
def review(cast: Cast) -> Review:
    return ReviewFactory.create(account=cast.account)


def scheduled(cast: Cast, review: Review, **fields) -> Review:
    return schedule_review(by=cast.owner, review=review, meeting=meeting(**fields))


def test_a_review_can_be_asked_for(cast):
    made = request_review(by=cast.owner, account=cast.account, kind=Kind.ANNUAL, due_on=day(20), reason="New board")
    assert (made.origin, made.status, made.reason, made.owner, made.due_on) == (
        "request", "due", "New board", cast.owner, day(20),
    )  # fmt: skip
    assert (made.until, made.time_zone, made.agenda) == (day(20), cast.account.time_zone, "conversation")
    assert made.since <= day(20 - 365)


def test_it_begins_with_the_agenda_of_its_segment_and_executives_with_theirs(cast):
    account = AccountFactory.create(segment=Segment.objects.get(key="smb"))
    kinds = {kind: request_review(by=cast.owner, account=account, kind=kind, due_on=day(1)).agenda for kind in Kind}
    assert kinds == {kind: "executive" if kind is Kind.EXECUTIVE else "classic" for kind in Kind}


def test_the_same_form_twice_asks_once(cast):
    key = uuid4()
    request_review(by=cast.owner, account=cast.account, kind=Kind.QBR, due_on=day(20), key=key)
    with pytest.raises(RepeatedError):
        request_review(by=cast.owner, account=cast.account, kind=Kind.QBR, due_on=day(20), key=key)


def test_what_cannot_be_asked_for(cast, review):
    with pytest.raises(RefusedError, match="Another business review with Halden Logistics is ahead already"):
        request_review(by=cast.owner, account=cast.account, kind=Kind.QBR, due_on=day(90))
    with pytest.raises(RefusedError, match="That day is over"):
        request_review(by=cast.owner, account=cast.account, kind=Kind.ANNUAL, due_on=day(-1))
    with pytest.raises(RefusedError, match="no customer any more"):
        request_review(by=cast.owner, account=AccountFactory(churned=True), kind=Kind.QBR, due_on=day(1))
    assert Review.objects.count() == 1


def test_a_moment_schedules_it_and_its_period_goes_with_it(cast, review):
    saved = scheduled(cast, review)
    assert (saved.status, saved.invitation, saved.version) == ("scheduled", 1, 2)
    assert (saved.since, saved.until) == (day(-80), day(10))
    assert (saved.due_on, saved.time_zone, saved.place, saved.agenda) == (
        review.due_on, "Asia/Tokyo", "https://call.example.com/1", "classic",
    )  # fmt: skip


def test_a_period_that_somebody_chose_stays(cast, review):
    Review.objects.update(since=day(-100), until=day(0))
    assert scheduled(cast, review).until == day(0)


def test_another_moment_leaves_what_is_prepared_and_counts_the_invitation_on(cast, review):
    scheduled(cast, review)
    begin_preparing(by=cast.owner, review=review)
    again = scheduled(cast, review, starts_at=clock.now() + dt.timedelta(days=12))
    assert (again.status, again.invitation, again.until) == ("preparing", 2, day(12))
    assert scheduled(cast, review, starts_at=again.starts_at, agenda="executive").invitation == 2


def test_a_change_of_the_moment_can_be_taken_back_and_calendars_learn_of_that(cast, review):
    saved = scheduled(cast, review)
    back = take_back(by=cast.owner, review=review, version=saved.version)
    assert (back.status, back.starts_at, back.place, back.until) == ("due", None, "", review.until)
    assert back.invitation == 2
    assert take_back(by=cast.owner, review=review, version=saved.version).invitation == 2


@pytest.mark.parametrize("ago", [dt.timedelta(), dt.timedelta(minutes=1), dt.timedelta(days=400)])
def test_a_moment_that_is_over_is_refused(cast, review, ago):
    with pytest.raises(RefusedError, match="still to come"):
        scheduled(cast, review, starts_at=clock.now() - ago)


@pytest.mark.parametrize("status", [status for status in Status if status not in AHEAD])
def test_what_is_not_ahead_gets_no_moment_and_is_not_cancelled(cast, status):
    review = ReviewFactory.create(account=cast.account, status=status.value)
    words = "cancelled" if status is Status.CANCELLED else "was held"
    with pytest.raises(RefusedError, match=words):
        scheduled(cast, review)
    with pytest.raises(RefusedError, match=words):
        cancel_review(by=cast.owner, review=review, reason="Why not")


def test_the_second_writer_is_told(cast, review):
    scheduled(cast, review)
    for act in (
        lambda: schedule_review(by=cast.owner, review=review, meeting=meeting(), version=1),
        lambda: cancel_review(by=cast.owner, review=review, reason="No", version=1),
        lambda: bring_back(by=cast.owner, review=review, version=1),
    ):
        with pytest.raises(StaleError):
            act()


def test_a_cancelled_review_says_why_and_comes_back_to_where_it_stood(cast, review):
    with pytest.raises(RefusedError, match="Say why"):
        cancel_review(by=cast.owner, review=review, reason="  ")
    gone = cancel_review(by=cast.owner, review=review, reason="They merge")
    assert (gone.status, gone.cancelled_reason, gone.invitation) == ("cancelled", "They merge", 0)
    back = take_back(by=cast.owner, review=review, version=gone.version)
    assert (back.status, back.cancelled_reason) == ("due", "")


@pytest.mark.parametrize(
    ("steps", "status"),
    [([], "due"), ([scheduled], "scheduled"), (["preparing"], "preparing"), ([scheduled, "ready"], "ready")],
)
def test_bringing_back_finds_how_far_it_had_come(cast, review, steps, status):
    for step in steps:
        if step == "preparing":
            begin_preparing(by=cast.owner, review=review)
        elif step == "ready":
            mark_ready(by=cast.owner, review=review)
        else:
            step(cast, review)
    before = cancel_review(by=cast.owner, review=review, reason="No time").invitation
    back = bring_back(by=cast.owner, review=review)
    assert (back.status, back.cancelled_reason) == (status, "")
    assert back.invitation == before + (back.starts_at is not None)
    with pytest.raises(RefusedError, match="not cancelled"):
        bring_back(by=cast.owner, review=review)


def test_it_does_not_come_back_beside_another_of_its_kind(cast, review):
    gone = cancel_review(by=cast.owner, review=review, reason="No time")
    request_review(by=cast.owner, account=cast.account, kind=Kind.QBR, due_on=day(60))
    with pytest.raises(RefusedError, match="is ahead already"):
        bring_back(by=cast.owner, review=review)
    with pytest.raises(RefusedError, match="is ahead already"):
        take_back(by=cast.owner, review=review, version=gone.version)
    review.refresh_from_db()
    assert review.status == "cancelled"


def test_nothing_is_taken_back_of_what_was_held(cast, review):
    saved = scheduled(cast, review)
    now = clock.now()
    Review.objects.update(status="held", held_at=now, facts={})
    with pytest.raises(RefusedError, match="was held"):
        take_back(by=cast.owner, review=review, version=saved.version)


def test_the_database_holds_that_one_of_a_kind_is_ahead(cast, review):
    with pytest.raises(IntegrityError, match="review_one_ahead"), transaction.atomic():
        ReviewFactory.create(account=cast.account)


def test_the_history_says_who_did_it(cast, review):
    scheduled(cast, review)
    event = review.history.select_related("pgh_context").order_by("-pgh_id").first()
    assert event.pgh_context.metadata["user"] == cast.owner.pk
