"""What customers answer: taken once, completed later, followed up, and felt by the score within seconds."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from accounts.domain.playbooks import Trigger
from accounts.models import Notification, PlaybookCue, Task
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import ChurnSignal, DirtyMark, SurveyAnswer, SurveyReply
from health.services.answering import Said, complete_answer, take_answer
from health.services.runs import refresh_dirty
from tests.factories import (
    ContactFactory,
    PlaybookFactory,
    SurveyAskFactory,
    SurveyFactory,
    SurveyQuestionFactory,
    days_ago,
)
from tests.health import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def nps():
    return SurveyFactory(
        kind="nps",
        detractor_question="What first?",
        passive_question="What one thing?",
        promoter_question="May we ask you?",
    )


@pytest.fixture
def kim(cast):
    return ContactFactory(account=cast.account, name="Kim Roth", email="kim@halden.example")


@pytest.fixture
def ask(cast, nps, kim):
    return SurveyAskFactory(survey=nps, account=cast.account, contact=kim)


def test_an_answer_is_an_observation_of_the_account_and_its_score_is_asked_for_anew(cast, ask):
    DirtyMark.objects.all().delete()
    answer = take_answer(ask=ask, score=8, comment="Fine so far")
    assert (answer.account, answer.contact, answer.kind, answer.score) == (cast.account, ask.contact, "nps", 8)
    assert answer.comment == "Fine so far"
    ask.refresh_from_db()
    assert (ask.answer, ask.answered_at) == (answer, answer.at)
    assert DirtyMark.objects.filter(account=cast.account, claimed_at=None).exists()


@time_machine.travel(dt.datetime.combine(making.TODAY, dt.time(12), tzinfo=dt.UTC), tick=False)
def test_a_detractor_makes_task_signal_and_score_change_once_however_often_the_form_is_posted(cast):
    account = making.observed_account(owner=cast.owner)
    refresh_dirty()
    account.refresh_from_db()
    before = account.health_score
    kim = ContactFactory(account=account, name="Kim Roth")
    ask = SurveyAskFactory(survey=SurveyFactory(kind="nps"), account=account, contact=kim)
    for score in (2, 2, 9):
        take_answer(ask=ask, score=score, comment="It fails")
        refresh_dirty()
    task = Task.objects.get(origin_key=f"survey:{ask.pk}")
    assert (task.title, list(task.assignees.all())) == ("Call Kim Roth: 2 of 10 (NPS)", [cast.owner])
    assert task.due_at - clock.now() == dt.timedelta(hours=24)
    assert ("> It fails" in task.body, task.priority) == (True, Task.Priority.URGENT)
    assert Task.objects.filter(title__startswith="Call Kim Roth").count() == 1
    signal = ChurnSignal.objects.get(account=account, kind="detractor")
    assert "Kim Roth gave 2 of 10" in signal.evidence
    account.refresh_from_db()
    assert account.health_score < before
    assert SurveyAnswer.objects.filter(contact=kim).count() == 1
    assert Notification.objects.filter(user=cast.owner, key__startswith="survey:").count() == 1
    take_answer(ask=ask, score=2, comment="It fails")
    after = account.health_score
    refresh_dirty()
    account.refresh_from_db()
    assert (account.health_score, ChurnSignal.objects.filter(account=account, kind="detractor").count()) == (after, 1)


@pytest.mark.parametrize(("score", "tasks"), [(6, 1), (7, 0), (9, 0)])
def test_only_the_dissatisfied_are_called(ask, score, tasks):
    take_answer(ask=ask, score=score)
    assert Task.objects.count() == tasks


def test_nobody_is_called_whose_account_is_lost(cast, kim):
    ask = SurveyAskFactory(survey=SurveyFactory(kind="exit"), account=cast.account, contact=kim)
    cast.account.status, cast.account.churned_on = "churned", clock.today()
    cast.account.save()
    take_answer(ask=ask, score=1, comment="Too dear")
    assert (Task.objects.count(), SurveyAnswer.objects.get().kind) == (0, "exit")


def test_a_second_form_keeps_the_score_and_adds_what_was_said(ask):
    take_answer(ask=ask, score=3, comment="First")
    take_answer(ask=ask, score=10, comment="")
    assert SurveyAnswer.objects.values_list("score", "comment").get() == (3, "First")
    take_answer(ask=ask, score=10, comment="First, and more")
    assert SurveyAnswer.objects.values_list("score", "comment").get() == (3, "First, and more")


def test_other_questions_are_kept_in_the_words_in_which_they_were_asked(ask, nps):
    SurveyQuestionFactory(survey=nps, place=1, text="How ready are you?")
    SurveyQuestionFactory(survey=nps, place=2, text="What else?", kind="text")
    take_answer(ask=ask, score=7, replies={1: Said(score=4), 2: Said(), 9: Said(text="No such question")})
    complete_answer(ask=ask, replies={0: Said(text="Faster exports"), 2: Said(text="Docs")})
    complete_answer(ask=ask, replies={0: Said(text="Much faster exports"), 1: Said()})
    rows = SurveyReply.objects.values_list("place", "question", "score", "text")
    assert list(rows) == [
        (0, "What one thing?", None, "Much faster exports"),
        (1, "How ready are you?", 4, ""),
        (2, "What else?", None, "Docs"),
    ]


def test_a_promoter_who_agrees_is_asked_to_speak_for_us_once(cast, ask):
    take_answer(ask=ask, score=9, comment="Great")
    for _ in range(2):
        complete_answer(ask=ask, agreed=True)
    task = Task.objects.get()
    assert (task.title, task.origin_key) == ("Ask Kim Roth to speak for us: 9 of 10 (NPS)", f"survey:{ask.pk}:agreed")
    ask.refresh_from_db()
    assert ask.agreed_at is not None


def test_only_a_promoter_can_agree(ask):
    take_answer(ask=ask, score=8)
    complete_answer(ask=ask, agreed=True)
    ask.refresh_from_db()
    assert (ask.agreed_at, Task.objects.count()) == (None, 0)


@pytest.mark.parametrize("reason", ["old", "archived"])
def test_what_is_over_takes_nothing(cast, ask, reason):
    if reason == "old":
        type(ask).objects.update(asked_at=days_ago(31), expires_at=days_ago(1))
    else:
        cast.account.archived_at = clock.now()
        cast.account.save()
    with pytest.raises(RefusedError, match="is over"):
        take_answer(ask=ask, score=5)
    assert not SurveyAnswer.objects.exists()


def test_nothing_is_completed_before_a_score_is_given(ask):
    with pytest.raises(RefusedError, match="Choose a score"):
        complete_answer(ask=ask, comment="Hm")


def test_an_answer_that_was_taken_out_comes_back_by_no_form(ask):
    take_answer(ask=ask, score=5).delete()
    with pytest.raises(RefusedError, match="taken out"):
        take_answer(ask=ask, score=5)


def test_a_playbook_that_waits_for_such_answers_hears_of_it_once(ask, nps):
    PlaybookFactory(plan__trigger=Trigger("survey_answered", choice="nps:detractor"))
    take_answer(ask=ask, score=1)
    take_answer(ask=ask, score=1)
    assert PlaybookCue.objects.values_list("kind", "choice").get() == ("survey_answered", "nps:detractor")


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_the_same_moment_make_one_answer_and_one_task(ask):
    def post(score):
        try:
            return take_answer(ask=ask, score=score).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        keys = set(pool.map(post, (2, 3)))
    assert (len(keys), SurveyAnswer.objects.count(), Task.objects.count()) == (1, 1, 1)
