"""Asking customers: by schedule, after what happened, and by hand. Each person once for one cause, and never too often.

Who may be asked is decided by `health.domain.surveys`; what is asked goes into the outbox in the same transaction.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from accounts.models import Contact, User
from accounts.services.outbox import Letter, put_letters
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.surveys import not_yet, too_new
from health.models import Survey, SurveyAsk
from health.queries.survey_asks import address_of_survey
from health.queries.survey_causes import AFTER, Cause, due_by_schedule, not_asked
from health.queries.survey_history import asked_before, kept_back_of, known_of
from health.services.survey_letters import survey_letter


def ask_by_schedule(*, now: dt.datetime) -> int:
    """Asks those whose turn it is; gives how many. Each lot is a transaction, and twice does no harm."""
    active = Survey.objects.active().exclude(every_days=None)
    return sum(
        ask_causes(survey=survey, causes=lot, now=now) for survey in active for lot in due_by_schedule(survey, now=now)
    )


def ask_after_events(*, now: dt.datetime) -> int:
    """Asks about what happened lately: tickets closed, onboardings done, accounts lost; gives how many."""
    surveys = Survey.objects.active().filter(kind__in=AFTER)
    return sum(
        ask_causes(survey=survey, causes=not_asked(survey, AFTER[survey.kind](survey, now=now)), now=now)
        for survey in surveys
    )


@transaction.atomic
def ask_causes(*, survey: Survey, causes: Sequence[Cause], now: dt.datetime, by: User | None = None) -> int:
    """Asks those of the people who may be asked now; gives how many. The others are left for another day."""
    refused = refusals(survey, [cause.contact for cause in causes], now=now)
    allowed = [cause for cause in causes if cause.contact.pk not in refused]
    return len(_ask(survey, allowed, now=now, by=by)) if allowed else 0


@transaction.atomic
def ask_by_hand(*, by: User, survey: Survey, contact: Contact) -> SurveyAsk:
    """Asks one person now. Raises `RefusedError` where they may not be asked, with the reason."""
    now = clock.now()
    for reason in refusals(survey, [contact], now=now).values():
        raise RefusedError(reason)
    return _ask(survey, [Cause(contact, f"hand:{clock.day_of(now)}")], now=now, by=by)[0]


def refusals(survey: Survey, contacts: Sequence[Contact], *, now: dt.datetime) -> dict[int, str]:
    """Those of the people who may not be asked now, by key, with the reason in words. Six queries, or none.

    To be called in a transaction, until whose end they stay locked: two surveys at once do not both ask somebody.
    """
    if not contacts:
        return {}
    keys = [one.pk for one in contacts]
    held = list(Contact.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk"))
    back = kept_back_of(held)
    before, known = asked_before(keys, now=now), known_of(held, today=clock.day_of(now))
    reasons = {
        one.pk: back.get(one.pk)
        or not_yet(survey.kind, before[one.pk], most_a_year=survey.most_a_year, now=now)
        or too_new(known[one.pk], needs_days=survey.needs_days, needs_active_days=survey.needs_active_days)
        for one in held
    }
    return {pk: reason for pk, reason in reasons.items() if reason}


def _ask(survey: Survey, causes: Sequence[Cause], *, now: dt.datetime, by: User | None) -> list[SurveyAsk]:
    """Writes down who is asked, once each, and puts the e-mails into the outbox."""
    rows = [
        SurveyAsk(
            survey=survey,
            account_id=cause.contact.account_id,
            contact=cause.contact,
            cause_key=cause.key,
            about=cause.about[:200],
            asked_at=now,
            asked_by=by,
            expires_at=now + dt.timedelta(days=survey.open_days),
        )
        # Of two causes of one person the first counts: nobody is asked twice in a row.
        for cause in {cause.contact.pk: cause for cause in reversed(causes)}.values()
    ]
    SurveyAsk.objects.bulk_create(rows, ignore_conflicts=True)
    # What was asked meanwhile by somebody else is not there under the keys that were made here.
    return put_asks([row.key for row in rows], by=by)


@transaction.atomic
def put_asks(keys: Sequence[UUID], *, by: User | None = None) -> list[SurveyAsk]:
    """Puts the e-mails of what is asked into the outbox, by the keys of the asks, and gives those. Four statements."""
    around = ("survey", "contact", "account__owner")
    asks = list(SurveyAsk.objects.filter(key__in=keys).select_related(*around).order_by("pk"))
    mails = {mail.key: mail for mail in put_letters([_letter(ask, by=by) for ask in asks], by=by)}
    for ask in asks:
        ask.mail = mails.get(_mail_key(ask), ask.mail)
    SurveyAsk.objects.bulk_update(asks, ["mail"])
    return asks


def _letter(ask: SurveyAsk, *, by: User | None) -> Letter:
    return survey_letter(
        survey=ask.survey,
        account=ask.account,
        contact=ask.contact,
        address=address_of_survey(ask),
        key=_mail_key(ask),
        origin=f"survey:{ask.pk}",
        at=ask.asked_at,
        about=ask.about,
        by=by,
    )


def _mail_key(ask: SurveyAsk) -> str:
    return f"survey:{ask.pk}"
