"""What customers answer: taken once, completed later, felt by the score at once, and followed up."""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import transaction

from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.surveys import AnswerClass, class_of
from health.models import SurveyAnswer, SurveyAsk, SurveyQuestion, SurveyReply
from health.queries.survey_asks import is_open
from health.services.survey_follow_up import follow_up, follow_up_agreement

# Names answers to our own surveys among those from outside, so that the database takes each once.
SOURCE = "workspace-survey"
LONGEST = 2000


class Said(NamedTuple):
    """What somebody said to one of the other questions: a score from 1 to 5, or words; neither where they left it."""

    score: int | None = None
    text: str = ""


@transaction.atomic
def take_answer(
    *, ask: SurveyAsk, score: int, comment: str = "", replies: Mapping[int, Said] | None = None
) -> SurveyAnswer:
    """Keeps what somebody answers, and lets score, task and playbooks follow.

    That is done once, however often it comes: where it was answered already the score stays, and what was said beside
    it is completed. `replies` are by place of the question. Raises `RefusedError` where it is over.
    """
    held = _held(ask)
    if held.answer is None:
        if held.answered_at is not None:
            raise RefusedError("This answer was taken out, and nothing can be said to it any more.")
        held.answer = _first(held, score, comment[:LONGEST])
        _keep_replies(held, replies or {})
        follow_up(held)
    else:
        _complete(held, comment, replies or {})
    return held.answer


@transaction.atomic
def complete_answer(
    *, ask: SurveyAsk, comment: str = "", replies: Mapping[int, Said] | None = None, agreed: bool = False
) -> SurveyAnswer:
    """Adds to an answer what somebody says after it; what they leave empty stays as it was.

    `agreed` says that a satisfied person may be asked for more; who is asked to do so is told once. Raises
    `RefusedError` where nothing was answered yet, or it is over.
    """
    held = _held(ask)
    if held.answer is None:
        raise RefusedError("Choose a score first.")
    _complete(held, comment, replies or {})
    if agreed and held.agreed_at is None and question_by_class(held) is None:
        held.agreed_at = clock.now()
        held.save(update_fields=["agreed_at"])
        follow_up_agreement(held)
    return held.answer


def question_by_class(ask: SurveyAsk) -> str | None:
    """What somebody is asked once they have answered, by the class of their score, empty for nothing; None for the
    satisfied, who are asked to agree to something."""
    if ask.answer is None:
        return ""
    match class_of(ask.survey.kind, ask.answer.score):
        case AnswerClass.DETRACTOR:
            return ask.survey.detractor_question
        case AnswerClass.PASSIVE:
            return ask.survey.passive_question
        case _:
            return None


def _held(ask: SurveyAsk) -> SurveyAsk:
    """As it stands now, locked, so that of two forms at once the second one completes what the first one said.

    What hangs on it is read after the lock: beside a row that was waited for, a join gives what was there before.
    """
    SurveyAsk.objects.select_for_update().get(pk=ask.pk)
    held = SurveyAsk.objects.select_related("survey", "account__owner", "contact", "answer").get(pk=ask.pk)
    if not is_open(held):
        raise RefusedError("This survey is over.")
    return held


def _first(ask: SurveyAsk, score: int, comment: str) -> SurveyAnswer:
    now = clock.now()
    answer = SurveyAnswer.objects.create(
        account_id=ask.account_id,
        contact_id=ask.contact_id,
        kind=ask.survey.kind,
        score=score,
        comment=comment,
        at=now,
        source=SOURCE,
        external_id=str(ask.pk),
    )
    ask.answer, ask.answered_at = answer, now
    ask.save(update_fields=["answer", "answered_at"])
    account_observed.send(sender=SurveyAnswer, account_ids=[ask.account_id])
    return answer


def _complete(ask: SurveyAsk, comment: str, replies: Mapping[int, Said]) -> None:
    answer = ask.answer
    if answer is not None and comment and comment != answer.comment:
        answer.comment = comment[:LONGEST]
        answer.save(update_fields=["comment"])
    _keep_replies(ask, replies)


def _keep_replies(ask: SurveyAsk, replies: Mapping[int, Said]) -> None:
    """Replies to the questions that the survey has, in the words of now; a place that it has not is passed over."""
    asked = {question.place: question.text for question in SurveyQuestion.objects.filter(survey=ask.survey_id)}
    asked[SurveyReply.FOLLOW_UP] = question_by_class(ask) or ""
    rows = [
        SurveyReply(ask=ask, place=place, question=asked[place], score=said.score, text=said.text[:LONGEST])
        for place, said in replies.items()
        if asked.get(place) and (said.score is not None or said.text)
    ]
    SurveyReply.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["ask", "place"], update_fields=["question", "score", "text"]
    )
