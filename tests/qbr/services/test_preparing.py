"""What people write while a review is prepared: the words of its parts, goals, ideas, and its period."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from qbr.domain.checklist import Item
from qbr.models import Review, ReviewGoal, ReviewIdea, SectionText
from qbr.services.checklist import keep_checklist
from qbr.services.ideas import choose_idea, drop_idea, edit_idea, restore_idea, take_back_idea
from qbr.services.periods import choose_period, take_back_period
from qbr.services.review_goals import draft_goal, drop_goal, edit_goal, restore_goal, take_back_goal
from qbr.services.texts import write_text
from tests import factories as make
from tests.cast import Cast
from tests.factories import day

pytestmark = pytest.mark.django_db

GOAL = {
    "title": "Shorter closing",
    "measure": "Hours",
    "unit": "h",
    "baseline": Decimal(40),
    "target": Decimal(20),
    "due_on": dt.date(2027, 1, 1),
}
IDEA = {"title": "More seats", "reason": "They are full", "value": Decimal(9000)}


@pytest.fixture
def review(cast: Cast) -> Review:
    review = make.ReviewFactory(account=cast.account)
    keep_checklist(review)
    return review


def close(review: Review, status: str) -> None:
    Review.objects.filter(pk=review.pk).update(status=status, held_at=clock.now(), followed_up_at=clock.now(), facts={})


def is_ticked(review: Review, point: Item) -> bool:
    return review.checklist.get(key=point.value).done_at is not None


class TestTexts:
    def write(self, cast, review, words, version=None, key="summary"):
        return write_text(by=cast.owner, review=review, key=key, fields={"text": words}, version=version)

    def test_words_are_kept_with_their_version_and_history(self, cast, review):
        first = self.write(cast, review, "A good quarter", 0)
        second = self.write(cast, review, "A very good quarter", first.version)
        assert (second.pk, second.version, second.text) == (first.pk, 2, "A very good quarter")
        assert second.history.count() == 2

    def test_the_same_words_are_not_written_twice(self, cast, review):
        first = self.write(cast, review, "Good", 0)
        assert self.write(cast, review, "Good", 0).version == first.version == 1

    def test_a_second_writer_is_told(self, cast, review):
        self.write(cast, review, "Mine", 0)
        with pytest.raises(StaleError, match="Olga Owner"):
            write_text(by=cast.manager, review=review, key="summary", fields={"text": "Theirs"}, version=0)
        assert SectionText.objects.get().text == "Mine"

    def test_what_is_not_named_stays(self, cast, review):
        self.write(cast, review, "Words")
        write_text(by=cast.owner, review=review, key="summary", fields={"is_left_out": True})
        kept = SectionText.objects.get()
        assert (kept.text, kept.is_left_out) == ("Words", True)

    def test_notes_of_competitors_tick_their_point(self, cast, review):
        self.write(cast, review, "They look at Taskmere", key="competition")
        assert is_ticked(review, Item.COMPETITION)

    @pytest.mark.parametrize("status", ["held", "cancelled", "followed_up"])
    def test_what_was_shown_stays(self, cast, review, status):
        close(review, status)
        with pytest.raises(RefusedError):
            self.write(cast, review, "Later")


class TestGoals:
    def test_a_goal_is_drafted_once_and_ticks_its_point(self, cast, review):
        key = uuid4()
        made = draft_goal(by=cast.owner, review=review, fields=GOAL | {"owner": cast.owner}, key=key)
        with pytest.raises(RepeatedError):
            draft_goal(by=cast.owner, review=review, fields=GOAL, key=key)
        assert (made.title, made.target, made.owner) == ("Shorter closing", Decimal(20), cast.owner)
        assert is_ticked(review, Item.OBJECTIVES)

    def test_an_edit_can_be_taken_back(self, cast, review):
        goal = draft_goal(by=cast.owner, review=review, fields=GOAL)
        edited = edit_goal(
            by=cast.owner, goal=goal, fields={"target": Decimal("12.5"), "owner": cast.team_mate}, version=1
        )
        back = take_back_goal(by=cast.owner, goal=edited, version=edited.version)
        back.refresh_from_db()
        assert (edited.version, back.target, back.owner) == (2, Decimal(20), None)

    def test_a_second_writer_is_told(self, cast, review):
        goal = draft_goal(by=cast.owner, review=review, fields=GOAL)
        edit_goal(by=cast.owner, goal=goal, fields={"title": "One"}, version=1)
        with pytest.raises(StaleError):
            edit_goal(by=cast.manager, goal=goal, fields={"title": "Two"}, version=1)

    def test_a_goal_can_be_taken_out_and_brought_back(self, cast, review):
        goal = draft_goal(by=cast.owner, review=review, fields=GOAL)
        drop_goal(by=cast.owner, goal=goal)
        assert not is_ticked(review, Item.OBJECTIVES)
        drop_goal(by=cast.owner, goal=goal)
        restore_goal(by=cast.owner, goal=goal)
        assert ReviewGoal.objects.get().archived_at is None
        assert is_ticked(review, Item.OBJECTIVES)

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            (lambda cast: {"target": Decimal(40)}, "differ from the baseline"),
            (lambda cast: {"owner": cast.outsider}, "may not see"),
            (lambda cast: {"contact": make.ContactFactory(account=cast.strangers)}, "another account"),
        ],
    )
    def test_what_a_goal_cannot_say_is_refused(self, cast, review, fields, words):
        with pytest.raises(RefusedError, match=words):
            draft_goal(by=cast.owner, review=review, fields=GOAL | fields(cast))

    def test_what_stands_in_the_plan_is_changed_there(self, cast, review):
        goal = make.ReviewGoalFactory(review=review, objective=make.ObjectiveFactory(account=cast.account))
        for act in (
            lambda: edit_goal(by=cast.owner, goal=goal, fields={"title": "New"}),
            lambda: drop_goal(by=cast.owner, goal=goal),
            lambda: take_back_goal(by=cast.owner, goal=goal, version=1),
        ):
            with pytest.raises(RefusedError, match="success plan"):
                act()

    def test_goals_may_be_drafted_while_it_is_talked_about_and_not_after(self, cast, review):
        close(review, "held")
        draft_goal(by=cast.owner, review=review, fields=GOAL)
        close(review, "followed_up")
        with pytest.raises(RefusedError, match="followed up"):
            draft_goal(by=cast.owner, review=review, fields=GOAL)


class TestIdeas:
    def test_an_idea_of_a_signal_is_chosen_once(self, cast, review):
        signal = make.ExpansionSignalFactory(account=cast.account)
        made = choose_idea(by=cast.owner, review=review, fields=IDEA, signal=signal.pk)
        assert (made.signal, made.value) == (signal, Decimal(9000))
        assert is_ticked(review, Item.EXPANSION)
        with pytest.raises(RefusedError, match="chosen already"):
            choose_idea(by=cast.owner, review=review, fields=IDEA, signal=signal.pk)

    def test_a_signal_of_another_account_is_none(self, cast, review):
        signal = make.ExpansionSignalFactory(account=cast.strangers)
        with pytest.raises(RefusedError, match="not one of this account"):
            choose_idea(by=cast.owner, review=review, fields=IDEA, signal=signal.pk)

    def test_an_idea_can_be_changed_taken_out_and_brought_back(self, cast, review):
        idea = choose_idea(by=cast.owner, review=review, fields=IDEA)
        edited = edit_idea(by=cast.owner, idea=idea, fields={"value": None}, version=1)
        take_back_idea(by=cast.owner, idea=edited, version=2)
        assert ReviewIdea.objects.get().value == Decimal(9000)
        drop_idea(by=cast.owner, idea=idea)
        assert not is_ticked(review, Item.EXPANSION)
        assert restore_idea(by=cast.owner, idea=idea).archived_at is None

    def test_one_whose_signal_was_chosen_meanwhile_stays_out(self, cast, review):
        signal = make.ExpansionSignalFactory(account=cast.account)
        idea = choose_idea(by=cast.owner, review=review, fields=IDEA, signal=signal.pk)
        drop_idea(by=cast.owner, idea=idea)
        choose_idea(by=cast.owner, review=review, fields=IDEA, signal=signal.pk)
        with pytest.raises(RefusedError, match="chosen already"):
            restore_idea(by=cast.owner, idea=idea)

    def test_what_became_an_opportunity_is_changed_there(self, cast, review):
        idea = make.ReviewIdeaFactory(review=review, opportunity=make.OpportunityFactory(account=cast.account))
        with pytest.raises(RefusedError, match="opportunity already"):
            edit_idea(by=cast.owner, idea=idea, fields={"title": "New"})


class TestPeriods:
    def test_another_period_is_looked_at_and_the_old_one_comes_back(self, cast, review):
        was = (review.since, review.until)
        changed = choose_period(by=cast.owner, review=review, since=day(-30), until=day(1), version=review.version)
        assert (changed.since, changed.until) == (day(-30), day(1))
        back = take_back_period(by=cast.owner, review=changed, version=changed.version)
        assert (back.since, back.until) == was

    @pytest.mark.parametrize(
        ("since", "until", "words"),
        [(0, 0, "before the first"), (0, -5, "before the first"), (-900, 0, "two years")],
    )
    def test_a_period_that_cannot_be_is_refused(self, cast, review, since, until, words):
        with pytest.raises(RefusedError, match=words):
            choose_period(by=cast.owner, review=review, since=day(since), until=day(until))

    def test_a_second_writer_is_told_and_a_held_review_stays(self, cast, review):
        choose_period(by=cast.owner, review=review, since=day(-30), until=day(1))
        with pytest.raises(StaleError):
            choose_period(by=cast.manager, review=review, since=day(-20), until=day(1), version=review.version)
        close(review, "held")
        with pytest.raises(RefusedError, match="was held"):
            choose_period(by=cast.owner, review=review, since=day(-20), until=day(1))
