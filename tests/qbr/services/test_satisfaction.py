"""Attendees are asked how it was; each answers once, and the score of the account may rest on it."""

import datetime as dt

import pytest

from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import DirtyMark, SurveyAnswer
from qbr.models import SatisfactionAsk
from qbr.services.satisfaction import answer_ask, ask_satisfaction
from tests.factories import ContactFactory
from tests.factories.reviews import AttendeeFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    one = ReviewFactory(account=cast.account, status="held")
    for name, attended in (("Kim Roth", True), ("Lea Braun", True), ("Not There", False)):
        AttendeeFactory(review=one, contact=ContactFactory(account=cast.account, name=name), attended=attended)
    AttendeeFactory(review=one, guest="Gus Guest", attended=True)
    AttendeeFactory(review=one, user=cast.owner, attended=True)
    return one


def test_the_customers_people_who_came_are_asked_once(cast, review):
    made = ask_satisfaction(by=cast.owner, review=review)
    assert [str(one.contact) for one in made] == ["Kim Roth", "Lea Braun"]
    assert ask_satisfaction(by=cast.owner, review=review) == []
    assert SatisfactionAsk.objects.count() == 2


def test_an_answer_is_a_survey_answer_of_the_account(cast, review):
    ask = ask_satisfaction(by=cast.owner, review=review)[0]
    DirtyMark.objects.all().delete()
    answer = answer_ask(ask=ask, score=4, comment="Shorter slides")
    assert (answer.kind, answer.score, answer.comment, answer.contact) == ("review", 4, "Shorter slides", ask.contact)
    assert (answer.account, ask.review.account) == (cast.account, cast.account)
    ask.refresh_from_db()
    assert (ask.answer, ask.answered_at) == (answer, answer.at)
    assert DirtyMark.objects.filter(account=cast.account).exists()


def test_it_is_answered_once(cast, review):
    ask = ask_satisfaction(by=cast.owner, review=review)[0]
    answer_ask(ask=ask, score=4)
    with pytest.raises(RefusedError, match="answered already"):
        answer_ask(ask=ask, score=1)
    assert SurveyAnswer.objects.get().score == 4


@pytest.mark.parametrize("reason", ["old", "archived", "taken back"])
def test_a_question_that_is_over_takes_no_answer(cast, review, reason):
    ask = ask_satisfaction(by=cast.owner, review=review)[0]
    if reason == "old":
        SatisfactionAsk.objects.update(asked_at=clock.now() - dt.timedelta(days=31))
    elif reason == "archived":
        cast.account.archived_at = clock.now()
        cast.account.save()
    else:
        review.status, review.held_at = "due", None
        review.save()
    with pytest.raises(RefusedError, match="is over"):
        answer_ask(ask=ask, score=4)
    assert not SurveyAnswer.objects.exists()


def test_before_it_was_held_and_with_guests_only_nobody_is_asked(cast):
    ahead = ReviewFactory(account=cast.account)
    with pytest.raises(RefusedError, match="Hold the review first"):
        ask_satisfaction(by=cast.owner, review=ahead)
    guests = ReviewFactory(account=cast.account, kind="annual", status="held")
    AttendeeFactory(review=guests, guest="Gus Guest", attended=True)
    with pytest.raises(RefusedError, match="Only guests"):
        ask_satisfaction(by=cast.owner, review=guests)
