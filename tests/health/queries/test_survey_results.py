"""What surveys have brought: each figure over whom it should be, and nothing of accounts that one does not see."""

import datetime as dt

import pytest
import time_machine

from health.domain.surveys import AnswerClass, class_of, scale_of
from health.models import SurveyAnswer
from health.queries.survey_results import of_class, results_of
from health.queries.survey_words import ResultsFilter, all_answers, counts_by_class, surveys_of, unanswered_page
from tests.factories import (
    AccountFactory,
    ContactFactory,
    SegmentFactory,
    SurveyAnswerFactory,
    SurveyAskFactory,
    SurveyFactory,
    SurveyReplyFactory,
    days_ago,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def answered(account, score, *, ago=10, contact=None, kind="nps", comment=""):
    return SurveyAnswerFactory(
        account=account, contact=contact, score=score, kind=kind, at=days_ago(ago), comment=comment
    )


def test_of_nps_the_latest_answer_of_each_person_within_180_days_counts(cast):
    kim = ContactFactory(account=cast.account)
    answered(cast.account, 2, ago=100, contact=kim)
    answered(cast.account, 9, ago=10, contact=kim)
    answered(cast.account, 7)
    answered(cast.account, 10)
    answered(cast.account, 0, ago=181)
    found = results_of(cast.owner, "nps").now
    assert (found.tally.promoters, found.tally.passives, found.tally.detractors) == (2, 1, 0)
    assert found.tally.nps == pytest.approx(200 / 3)


def test_of_satisfaction_every_answer_within_90_days_counts(cast):
    kim = ContactFactory(account=cast.account)
    for score, ago in ((5, 1), (4, 30), (1, 89), (1, 91)):
        answered(cast.account, score, ago=ago, contact=kim, kind="csat")
    found = results_of(cast.owner, "csat").now
    assert (found.mean, found.tally.count, found.tally.satisfied) == (pytest.approx(10 / 3), 3, pytest.approx(2 / 3))


def test_the_response_rate_is_of_those_who_were_reached(cast):
    survey = SurveyFactory(kind="nps")
    about = {"survey": survey, "account": cast.account}
    for _ in range(2):
        SurveyAskFactory(**about, sent=True)
    SurveyAskFactory(**about, sent=True, answered_at=days_ago(0.5))
    SurveyAskFactory(**about)
    SurveyAskFactory(**about, sent=True, mail__bounced_at=days_ago(0.5))
    SurveyAskFactory(**about, sent=True, mail__state="withheld", mail__sent_at=None)
    found = results_of(cast.owner, "nps").now
    assert (found.asked, found.answered, found.response_rate) == (3, 1, pytest.approx(1 / 3))


def test_nobody_asked_is_no_rate_and_nobody_answered_no_nps(cast):
    found = results_of(cast.owner, "nps")
    assert (found.now.response_rate, found.now.tally.nps, found.now.mean, found.is_empty) == (None, None, None, True)


def test_segments_stand_side_by_side_and_one_can_be_looked_at(cast):
    large = SegmentFactory(key="large", name="Large", lower_arr=1_000_001)
    other = AccountFactory(owner=cast.owner, segment=large)
    answered(cast.account, 9)
    answered(other, 3)
    answered(AccountFactory(owner=cast.owner, segment=None), 8)
    found = results_of(cast.owner, "nps")
    assert {line.key: line.figures.tally.nps for line in found.segments}["large"] == -100
    assert sum(line.figures.tally.count for line in found.segments) == found.now.tally.count == 3
    one = results_of(cast.owner, "nps", "large")
    assert (one.now.tally.count, one.quarters[-1].figures.tally.count) == (1, 1)
    assert results_of(cast.owner, "nps", "none").now.tally.passives == 1


def test_a_quarter_counts_each_person_by_their_last_answer_in_it(cast):
    kim = ContactFactory(account=cast.account)
    for score, day in ((0, dt.date(2025, 11, 1)), (9, dt.date(2025, 12, 31)), (6, dt.date(2026, 1, 1))):
        SurveyAnswerFactory(
            account=cast.account, contact=kim, score=score, at=dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
        )
    lines = results_of(cast.owner, "nps").quarters
    assert [line.label for line in lines][-2:] == ["Q4 2025", "Q1 2026"]
    assert [line.figures.tally.nps for line in lines][-3:] == [None, 100, -100]
    assert len(lines) == 8


def test_nobody_sees_answers_of_accounts_that_are_none_of_theirs(cast):
    answered(cast.account, 9, comment="Secret")
    assert results_of(cast.outsider, "nps").is_empty
    assert counts_by_class(cast.outsider, ResultsFilter())["all"] == 0
    for user in (cast.owner, cast.manager, cast.executive, cast.read_only):
        assert results_of(user, "nps").now.tally.count == 1


@pytest.mark.parametrize("kind", ["nps", "csat"])
def test_the_database_knows_the_same_classes(cast, kind):
    for score in scale_of(kind):
        answered(cast.account, score, kind=kind)
    for found in AnswerClass:
        scores = SurveyAnswer.objects.filter(of_class(kind, found)).values_list("score", flat=True)
        assert sorted(scores) == [score for score in scale_of(kind) if class_of(kind, score) is found]


@pytest.mark.parametrize("text", ["exports", "HALDEN", "Kim", "follow-up words"])
def test_words_are_found_in_comments_names_and_other_answers(cast, text):
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    one = answered(cast.account, 3, contact=kim, comment="Slow exports")
    ask = SurveyAskFactory(account=cast.account, contact=kim, answer=one, answered_at=one.at)
    SurveyReplyFactory(ask=ask, text="Some follow-up words")
    answered(AccountFactory(owner=cast.owner, name="Elsewhere"), 9, comment="Fine")
    found = list(all_answers(cast.owner, ResultsFilter(q=text)))
    assert [(row.answer, [str(reply) for reply in row.replies]) for row in found] == [(one, ["Some follow-up words"])]
    assert counts_by_class(cast.owner, ResultsFilter(q=text)) == {
        "all": 1, "promoter": 0, "passive": 0, "detractor": 1,
    }  # fmt: skip


def test_unanswered_are_those_who_were_reached_and_said_nothing(cast):
    survey = SurveyFactory(kind="nps")
    about = {"survey": survey, "account": cast.account}
    reached = SurveyAskFactory(**about, sent=True)
    SurveyAskFactory(**about)
    SurveyAskFactory(**about, sent=True, answered_at=days_ago(0.1))
    assert list(unanswered_page(cast.owner, "nps", "1")) == [reached]
    assert list(unanswered_page(cast.outsider, "nps", "1")) == []


def test_the_panel_has_the_latest_answers_and_what_waits(cast):
    for ago in range(1, 8):
        answered(cast.account, 9, ago=ago)
    waiting = SurveyAskFactory(account=cast.account, sent=True)
    SurveyAskFactory(account=cast.account, asked_at=days_ago(40))
    found = surveys_of(cast.account)
    assert ([one.answer.at for one in found.answers], found.waiting) == (
        [days_ago(ago) for ago in range(1, 6)],
        [waiting],
    )
