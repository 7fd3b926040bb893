"""Surveys of the past quarter: who was asked by e-mail, who answered and who did not, and three who answered lately.

The answers of the history came from a survey tool; from a quarter ago on they are what the workspace itself asked for.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pgtrigger
from django.db.models import F, OuterRef, Subquery

from accounts.models import Account, Contact, Mail, Notification
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.dice import dice
from health.domain.surveys import quarter_key
from health.models import Survey, SurveyAnswer, SurveyAsk
from health.services.answering import Said, complete_answer, take_answer
from health.services.surveying import put_asks

ON_SINCE = dt.timedelta(days=92)
KINDS = ("nps", "csat")
# Chances that somebody is asked and says nothing; that the e-mail to them came back, or was opened.
SILENT, BOUNCED, SEEN = 0.35, 0.04, 0.4
HOUR = dt.time(10)

# Score, why, what they say to one question more, and whether they may be asked for a reference; days ago.
LATELY: tuple[tuple[int, str, str, bool, int], ...] = (
    (3, "The export broke twice this month, and nobody told us why.", "Tell us before we notice.", False, 1),
    (8, "It does what we need. Reports could be quicker to build.", "Templates for our monthly report.", False, 2),
    (10, "Our team lives in it, and whoever we call answers the same day.", "", True, 4),
)  # fmt: skip

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]


def survey_book(as_of: dt.date, seed: int, *, at_moment: AtMoment) -> None:
    """Switches the surveys on, a quarter ago, and lets customers answer them."""
    since = clock.start_of(as_of) - ON_SINCE
    with at_moment(since):
        switch_surveys(since)
        surveys = {survey.kind: survey for survey in Survey.objects.filter(kind__in=KINDS)}
        asks = [*_answered(surveys, since), *_silent(surveys["nps"], since, as_of, seed)]
        SurveyAsk.objects.bulk_create(asks)
        _send(asks, seed)
    _answer_lately(as_of, at_moment)


def switch_surveys(since: dt.datetime | None) -> None:
    """Switches all surveys on since a moment, or off by None; as no admin did it, no history says so."""
    with pgtrigger.ignore("health.Survey:update_update"):
        Survey.objects.update(active_since=since)


def _answered(surveys: dict[str, Survey], since: dt.datetime) -> list[SurveyAsk]:
    """Those who answered, a day after they had been asked."""
    answers = SurveyAnswer.objects.filter(kind__in=surveys, at__gte=since, contact__isnull=False)
    return [
        _ask(surveys[one.kind], one.account_id, one.contact_id, f"history:{one.pk}", one.at - dt.timedelta(days=1), one)
        for one in answers.order_by("pk")
        if one.contact_id is not None
    ]


def _silent(survey: Survey, since: dt.datetime, as_of: dt.date, seed: int) -> list[SurveyAsk]:
    """Those who were asked and said nothing, a few of each day."""
    rng = dice(seed, "silent")
    heard = SurveyAnswer.objects.filter(at__gte=since, contact__isnull=False).values("contact")
    people = Contact.objects.present().filter(account__in=Account.objects.scoreable().values("pk")).exclude(email="")
    asks = []
    for one in people.exclude(pk__in=heard).order_by("account__external_id", "external_id"):
        if rng.random() < SILENT:
            day = as_of - dt.timedelta(days=rng.randint(1, 88))
            moment = dt.datetime.combine(day, HOUR, clock.workspace_zone())
            asks.append(_ask(survey, one.account_id, one.pk, quarter_key(day), moment))
    return asks


def _ask(
    survey: Survey,
    account_id: int,
    contact_id: int,
    key: str,
    at: dt.datetime,
    answer: SurveyAnswer | None = None,
) -> SurveyAsk:
    return SurveyAsk(
        survey=survey,
        account_id=account_id,
        contact_id=contact_id,
        cause_key=key,
        asked_at=at,
        expires_at=at + dt.timedelta(days=survey.open_days),
        answer=answer,
        answered_at=answer.at if answer else None,
    )


def _send(asks: Sequence[SurveyAsk], seed: int) -> None:
    """The e-mails of asks, as they went out; a few came back, and some were opened."""
    rng = dice(seed, "sent surveys")
    made = put_asks([ask.key for ask in asks])
    queued = [ask for ask in made if ask.mail is not None and ask.mail.state == Mail.State.QUEUED]
    back, seen = [], []
    for ask in sorted(queued, key=lambda ask: (ask.asked_at, ask.contact.external_id, ask.survey.kind)):
        throw = rng.random()
        if not ask.answered_at and throw < BOUNCED:
            back.append(ask.mail_id)
        elif ask.answered_at or throw > 1 - SEEN:
            seen.append(ask.mail_id)
    asked = SurveyAsk.objects.filter(mail=OuterRef("pk")).values("asked_at")
    mails = Mail.objects.filter(pk__in=[ask.mail_id for ask in queued])
    mails.update(state=Mail.State.SENT, sent_at=Subquery(asked), due_at=Subquery(asked), attempts=1)
    mails.filter(pk__in=back).update(bounced_at=F("sent_at"))
    mails.filter(pk__in=seen).update(opened_at=F("sent_at") + dt.timedelta(hours=3))


def _answer_lately(as_of: dt.date, at_moment: AtMoment) -> None:
    """An unhappy, a contented and a glad person answer by the page, and what follows follows."""
    today = clock.start_of(as_of)
    waiting = (
        SurveyAsk.objects.waiting(now=today)
        .reached()
        .filter(survey__kind="nps", asked_at__lte=today - dt.timedelta(days=6), account__owner__email=LOGINS[0].email)
        .order_by("account__arr", "account__external_id", "-asked_at", "contact__external_id")
    )
    asks = list({ask.account_id: ask for ask in waiting}.values())[::-1]
    for ask, (score, words, more, agreed, ago) in zip(asks, LATELY, strict=False):
        moment = dt.datetime.combine(as_of - dt.timedelta(days=ago), dt.time(9, 20), clock.workspace_zone())
        with at_moment(moment):
            answer = take_answer(ask=ask, score=score, comment=words)
            complete_answer(ask=ask, replies={0: Said(text=more)}, agreed=agreed)
        # Told on that day, and read by now.
        Notification.objects.filter(key__startswith=f"survey:{ask.pk}:").update(
            created_at=moment, read_at=moment + dt.timedelta(hours=2), email_state="none", email_due_at=None
        )
        # Keys differ from one load to the next, and the demo is the same to the last letter.
        answer.external_id = f"demo-{score}"
        answer.save(update_fields=["external_id"])
