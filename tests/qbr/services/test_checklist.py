"""The checklist of reviews: made, moved, ticked by itself and by hand."""

import datetime as dt

import pytest

from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.domain.checklist import DAYS_BEFORE, Item, Seen, done_by_itself
from qbr.models import ChecklistItem, Review
from qbr.queries.checklist import seen_of
from qbr.services.checklist import (
    hand_over,
    keep_all_checklists,
    keep_checklist,
    leave_to_itself,
    say_done,
    tick_what_is_done,
)
from tests import factories as make
from tests.cast import Cast
from tests.factories import day

pytestmark = pytest.mark.django_db

ALL = {
    "has_use": Item.USAGE,
    "has_value": Item.VALUE,
    "drafts": Item.OBJECTIVES,
    "ideas": Item.EXPANSION,
    "agenda_sent": Item.AGENDA,
    "has_competition": Item.COMPETITION,
}


@pytest.fixture
def review(cast: Cast) -> Review:
    review = make.ReviewFactory(account=cast.account, since=day(-60), until=day(30), due_on=day(30))
    make.TicketFactory(account=cast.account)
    keep_checklist(review)
    return review


def item(review: Review, key: Item) -> ChecklistItem:
    return ChecklistItem.objects.get(review=review, key=key.value)


def done(review: Review) -> set[str]:
    return set(review.checklist.exclude(done_at=None).values_list("key", flat=True))


class TestRules:
    @pytest.mark.parametrize(("name", "point"), ALL.items())
    def test_each_figure_ticks_its_point(self, name, point):
        assert done_by_itself(Seen(**{name: 1})) == {point}

    @pytest.mark.parametrize(
        ("seen", "points"),
        [
            ({}, set()),
            ({"has_open_tickets": False}, {Item.TICKETS}),
            ({"objectives": 2, "scored": 2}, {Item.GOALS}),
            ({"objectives": 2, "scored": 1}, set()),
            ({"ours": True}, set()),
            ({"theirs": True}, set()),
            ({"ours": True, "theirs": True}, {Item.ATTENDEES}),
        ],
    )
    def test_some_need_more_than_one(self, seen, points):
        assert done_by_itself(Seen(**seen)) == points

    def test_that_a_trend_was_looked_at_only_a_person_knows(self):
        everything = Seen(True, True, False, 1, 1, 1, 1, True, True, True, True)
        assert set(Item) - done_by_itself(everything) == {Item.HEALTH}


class TestKeeping:
    def test_a_review_has_ten_points_each_so_many_days_before_it(self, review):
        found = dict(review.checklist.values_list("key", "due_on"))
        assert found == {point.value: day(30 - days) for point, days in DAYS_BEFORE.items()}

    def test_the_days_go_with_the_meeting(self, review):
        Review.objects.update(starts_at=clock.start_of(day(40)) + dt.timedelta(hours=10), status="scheduled")
        keep_checklist(review)
        assert item(review, Item.AGENDA).due_on == day(35)
        assert review.checklist.count() == len(Item)

    def test_keeping_all_again_changes_nothing(self, review):
        other = make.ReviewFactory(kind="annual", account=review.account, due_on=day(10))
        held = make.ReviewFactory(status="held")
        keep_all_checklists(today=clock.today())
        before = list(ChecklistItem.objects.order_by("pk").values())
        keep_all_checklists(today=clock.today())
        assert list(ChecklistItem.objects.order_by("pk").values()) == before
        assert (other.checklist.count(), held.checklist.count()) == (10, 0)

    def test_only_reviews_that_come_soon_are_looked_at(self, cast):
        far = make.ReviewFactory(account=cast.account, due_on=day(80), since=day(-10), until=day(80))
        make.UsageDayFactory(account=cast.account)
        keep_all_checklists(today=clock.today(), account_ids=[cast.account.pk])
        assert (far.checklist.count(), done(far)) == (10, set())


class TestTicking:
    def test_what_is_there_ticks_itself(self, cast, review):
        assert done(review) == set()
        plan = make.SuccessPlanFactory(account=cast.account)
        make.RoiRecordFactory(plan=plan, on=day(-3))
        make.ObjectiveFactory(plan=plan, current=3, measured_on=day(-1))
        make.ObjectiveFactory(plan=plan, archived_at=clock.now())
        make.UsageDayFactory(account=cast.account)
        cast.account.tickets.update(closed_at=clock.now())
        make.ReviewGoalFactory(review=review)
        make.ReviewIdeaFactory(review=review)
        make.SectionTextFactory(review=review, key="competition")
        make.AttendeeFactory(review=review)
        make.AttendeeFactory(review=review, user=cast.owner)
        Review.objects.update(agenda_sent_at=clock.now())
        tick_what_is_done([review.pk])
        assert done(review) == set(Item) - {Item.HEALTH}
        assert seen_of([review.pk])[review.pk] == Seen(True, True, False, 1, 1, 1, 1, True, True, True, True)

    def test_what_is_not_there_any_more_is_open_again(self, review):
        goal = make.ReviewGoalFactory(review=review)
        tick_what_is_done([review.pk])
        goal.archived_at = clock.now()
        goal.save()
        tick_what_is_done([review.pk])
        assert done(review) == set()

    def test_what_somebody_said_stays(self, cast, review):
        make.ReviewGoalFactory(review=review)
        say_done(by=cast.owner, item=item(review, Item.HEALTH), done=True)
        say_done(by=cast.owner, item=item(review, Item.OBJECTIVES), done=False)
        tick_what_is_done([review.pk])
        assert done(review) == {Item.HEALTH}
        leave_to_itself(item=item(review, Item.OBJECTIVES))
        leave_to_itself(item=item(review, Item.HEALTH))
        assert done(review) == {Item.OBJECTIVES}

    def test_a_point_can_be_handed_over(self, cast, review):
        assert hand_over(item=item(review, Item.USAGE), owner=cast.team_mate).owner == cast.team_mate

    def test_of_a_held_review_it_stays_as_it_was(self, cast, review):
        one = item(review, Item.HEALTH)
        Review.objects.update(status="held", held_at=clock.now(), facts={})
        for act in (lambda: say_done(by=cast.owner, item=one, done=True), lambda: leave_to_itself(item=one)):
            with pytest.raises(RefusedError, match="not ahead"):
                act()
        make.ReviewGoalFactory(review=review)
        tick_what_is_done([review.pk])
        assert done(review) == set()
