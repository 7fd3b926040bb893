"""Asking by e-mail how a review was, where the survey of reviews is switched on: those who took part, once each.

The question, its page and its answers are those that are asked by hand as well; who may be asked is decided as for all
surveys.
"""

import datetime as dt
from collections import defaultdict

from django.db import transaction

from accounts.services.outbox import Letter, put_letters
from health.models import Survey, SurveyAnswer
from health.queries.survey_causes import FRESH
from health.services.survey_letters import survey_letter
from health.services.surveying import refusals
from qbr.models import Attendee, SatisfactionAsk
from qbr.models.review import DONE
from qbr.queries.satisfaction import address_of_ask


@transaction.atomic
def ask_after_reviews(*, now: dt.datetime) -> int:
    """Asks about reviews that were held lately; gives how many people. Eight statements, or one where it is off.

    Whoever may not be asked now is looked at again until the review is too long ago.
    """
    survey = Survey.objects.active().filter(kind=SurveyAnswer.Kind.REVIEW).first()
    if survey is None or survey.active_since is None:
        return 0
    since = max(survey.active_since, now - FRESH)
    wanted = _unasked(since, now)
    refused = refusals(survey, [one.contact for one in wanted if one.contact], now=now)
    asks = [
        SatisfactionAsk(review_id=one.review_id, contact=one.contact, asked_at=now)
        for one in wanted
        if one.contact_id not in refused
    ]
    SatisfactionAsk.objects.bulk_create(asks, ignore_conflicts=True)
    around = ("review__account__owner", "contact")
    made = SatisfactionAsk.objects.filter(key__in=[ask.key for ask in asks]).select_related(*around).order_by("pk")
    letters = [_letter(ask, survey) for ask in made]
    put_letters(letters)
    return len(letters)


def _unasked(since: dt.datetime, now: dt.datetime) -> list[Attendee]:
    """Of the customers' people who took part those who were not asked how it was; of two reviews of one person the
    later counts. Two queries."""
    came = (
        Attendee.objects.filter(
            attended=True,
            contact__isnull=False,
            review__status__in=DONE,
            review__held_at__gte=since,
            review__held_at__lte=now,
            review__account__archived_at=None,
        )
        .select_related("contact")
        .order_by("review__held_at", "pk")
    )
    latest = {one.contact_id: one for one in came}
    asked: dict[int, set[int]] = defaultdict(set)
    known = SatisfactionAsk.objects.filter(contact__in=list(latest)).values_list("contact", "review")
    for contact, review in known:
        asked[contact].add(review)
    return [one for contact, one in latest.items() if contact and one.review_id not in asked[contact]]


def _letter(ask: SatisfactionAsk, survey: Survey) -> Letter:
    held_at = ask.review.held_at
    return survey_letter(
        survey=survey,
        account=ask.review.account,
        contact=ask.contact,
        address=address_of_ask(ask),
        key=f"review-survey:{ask.pk}",
        origin=f"review:{ask.review_id}",
        at=ask.asked_at,
        about=f"{ask.review.get_kind_display()} of {held_at.day} {held_at:%B %Y}" if held_at else "",
    )
