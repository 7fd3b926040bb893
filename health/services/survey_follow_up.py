"""What follows an answer: who is unhappy is called within a day, who agreed is asked for more, playbooks hear of it."""

import datetime as dt

from django.urls import reverse

from accounts.models import Account, Task, User
from accounts.services.notifying import CRITICAL, NORMAL, Message, notify
from accounts.services.playbook_cues import Cue, note_cues
from accounts.services.tasks import create_task
from cs_workspace.common import clock
from health.domain.surveys import AnswerClass, class_of, scale_of
from health.models import SurveyAnswer, SurveyAsk

CALL_WITHIN = dt.timedelta(hours=24)
ASK_WITHIN = dt.timedelta(days=7)


def follow_up(ask: SurveyAsk) -> None:
    """Of a first answer: a task for whoever looks after a dissatisfied person, a word to the owner, a cue.

    To be called in the transaction that keeps the answer; each is made once by its key.
    """
    answer = ask.answer
    if answer is None:
        return
    found = class_of(answer.kind, answer.score)
    if is_called(ask):
        create_task(
            by=None,
            title=f"Call {ask.contact}: {in_words(answer)}",
            body=_calling(ask, answer),
            account=ask.account,
            assignees=_owner(ask.account),
            due_at=clock.now() + CALL_WITHIN,
            priority=Task.Priority.URGENT,
            origin=Task.Origin.ALERT,
            origin_key=f"survey:{ask.pk}",
        )
    _tell(ask, answer, found)
    note_cues(
        [
            Cue(
                "survey_answered",
                ask.account_id,
                f"survey:{ask.pk}",
                f"{ask.contact} answered “{ask.survey}”: {in_words(answer)}",
                choice=f"{answer.kind}:{found}",
            )
        ]
    )


def is_called(ask: SurveyAsk) -> bool:
    """Whether somebody calls the person within a day: dissatisfied, and of an account that is not lost."""
    answer, is_lost = ask.answer, ask.account.status == Account.Status.CHURNED
    return answer is not None and class_of(answer.kind, answer.score) is AnswerClass.DETRACTOR and not is_lost


def follow_up_agreement(ask: SurveyAsk) -> None:
    """Of a satisfied person who agreed: a task to ask them while they still mean it."""
    if ask.answer is None or ask.account.status == Account.Status.CHURNED:
        return
    create_task(
        by=None,
        title=f"Ask {ask.contact} to speak for us: {in_words(ask.answer)}",
        body=f"They agreed to be asked for a reference, a review or a case study.\n\n{_quoted(ask.answer.comment)}",
        account=ask.account,
        assignees=_owner(ask.account),
        due_at=clock.now() + ASK_WITHIN,
        origin=Task.Origin.ALERT,
        origin_key=f"survey:{ask.pk}:agreed",
    )


def in_words(answer: SurveyAnswer) -> str:
    """`3 of 10 (NPS)`."""
    return f"{answer.score} of {scale_of(answer.kind)[-1]} ({answer.get_kind_display()})"


def _calling(ask: SurveyAsk, answer: SurveyAnswer) -> str:
    """What to find out and what to do about it, under what they wrote."""
    return "\n\n".join(
        part
        for part in (
            _quoted(answer.comment),
            f"It was about: {ask.about}" if ask.about else "",
            (
                "- Listen first: what happened, and since when?\n"
                "- Find the root cause: the product, people or a process.\n"
                "- Agree on what is done by when, and write down what you promise.\n"
                "- Tell them in a week what has come of it."
            ),
        )
        if part
    )


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}" for line in words.splitlines())


def _owner(account: Account) -> list[User]:
    owner = account.owner
    return [owner] if owner is not None and owner.is_active else []


def _tell(ask: SurveyAsk, answer: SurveyAnswer, found: AnswerClass) -> None:
    notify(
        [
            Message(
                user=user,
                key=f"survey:{ask.pk}:{user.pk}",
                title=f"{ask.account.name}: {ask.contact} gave {in_words(answer)}",
                body=answer.comment,
                url=reverse("health:survey-ask", args=[ask.pk]),
                severity=CRITICAL if found is AnswerClass.DETRACTOR else NORMAL,
                account_id=ask.account_id,
            )
            for user in _owner(ask.account)
        ]
    )
