"""Whom surveys are for: by schedule, after a ticket, after an onboarding, after a loss.

Causes that were asked about are left out, so that a job may look as often as it likes.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, IntegerField, OuterRef, Q
from django.db.models.functions import Cast, Mod

from accounts.models import Account, Contact, Onboarding
from accounts.models.account import AccountQuerySet
from accounts.models.contact import ContactQuerySet
from cs_workspace.common import clock
from health.domain.surveys import SPREAD_DAYS, quarter_key, quarter_of
from health.models import Survey, SurveyAnswer, SurveyAsk, Ticket

# What happened longer ago nobody is asked about any more, as after a switch that was off.
FRESH = dt.timedelta(days=7)
AT_ONCE = 500


@dataclass(frozen=True)
class Cause:
    """A person and what they are to be asked about: `key` names it, `about` says it as the person knows it."""

    contact: Contact
    key: str
    about: str = ""


def due_by_schedule(survey: Survey, *, now: dt.datetime) -> Iterator[list[Cause]]:
    """Those whose turn in the quarter has come, in lots. One query a lot.

    Everybody at a served customer who plays a part that the survey is for, and was not asked it for as many days as it
    says. In which order of the quarter somebody is asked is fixed by their key.
    """
    if survey.every_days is None:
        return
    today = clock.day_of(now)
    passed = (today - quarter_of(today)).days
    lately = SurveyAsk.objects.filter(
        Q(asked_at__gt=now - dt.timedelta(days=survey.every_days)) | Q(cause_key=quarter_key(today)),
        contact=OuterRef("pk"),
        survey=survey,
    )
    people = (
        _people(survey, Account.objects.scoreable())
        .annotate(turn=Mod(Cast("pk", IntegerField()), SPREAD_DAYS))
        .filter(~Exists(lately), turn__lte=passed)
        .order_by("pk")
    )
    last = 0
    while lot := list(people.filter(pk__gt=last)[:AT_ONCE]):
        yield [Cause(one, quarter_key(today)) for one in lot]
        last = lot[-1].pk


def after_tickets(survey: Survey, *, now: dt.datetime) -> list[Cause]:
    """Whoever opened a ticket that was closed lately and that the help desk has not had rated; of several the last one
    counts. Two queries."""
    since = _since(survey, now)
    tickets = Ticket.objects.filter(
        closed_at__gte=since, closed_at__lte=now, contact__isnull=False, rating=None
    ).exclude(closed_at=None)
    latest = {ticket.contact_id: ticket for ticket in tickets.order_by("closed_at", "pk")}
    people = _people(survey, Account.objects.scoreable(), any_role=True).filter(pk__in=list(latest))
    return [Cause(one, f"ticket:{latest[one.pk].pk}", latest[one.pk].subject) for one in people]


def after_onboardings(survey: Survey, *, now: dt.datetime) -> list[Cause]:
    """Who led an onboarding that was completed lately, at the customer. Two queries."""
    ended = Onboarding.objects.filter(
        state=Onboarding.State.COMPLETED, ended_at__gte=_since(survey, now), ended_at__lte=now
    ).order_by("ended_at", "pk")
    latest = {one.account_id: one for one in ended}
    people = _people(survey, Account.objects.scoreable()).filter(account__in=list(latest))
    return [Cause(one, f"onboarding:{latest[one.account_id].pk}", latest[one.account_id].about) for one in people]


def after_losses(survey: Survey, *, now: dt.datetime) -> list[Cause]:
    """The people who decided, of accounts that were lost lately. One query."""
    lost = Account.objects.filter(
        status=Account.Status.CHURNED,
        archived_at=None,
        churned_on__gte=clock.day_of(_since(survey, now)),
        churned_on__lte=clock.day_of(now),
    )
    return [Cause(one, f"lost:{one.account.churned_on}") for one in _people(survey, lost)]


# What an event is asked about, by the kind of the survey; reviews are asked about by their own floor.
AFTER: dict[str, Callable[..., list[Cause]]] = {
    SurveyAnswer.Kind.CSAT: after_tickets,
    SurveyAnswer.Kind.ONBOARDING: after_onboardings,
    SurveyAnswer.Kind.EXIT: after_losses,
}


def not_asked(survey: Survey, causes: list[Cause]) -> list[Cause]:
    """Those causes about which the person was not asked yet. One query."""
    known = SurveyAsk.objects.filter(survey=survey, contact__in=[cause.contact.pk for cause in causes])
    asked = set(known.filter(cause_key__in={cause.key for cause in causes}).values_list("contact", "cause_key"))
    return [cause for cause in causes if (cause.contact.pk, cause.key) not in asked]


def _people(survey: Survey, accounts: AccountQuerySet, *, any_role: bool = False) -> ContactQuerySet:
    """Those at the accounts whom an e-mail can reach and the survey is for."""
    people = Contact.objects.present().exclude(email="").filter(unsubscribed_at=None, account__in=accounts.values("pk"))
    if survey.to_roles and not any_role:
        people = people.filter(roles__overlap=survey.to_roles)
    return people.select_related("account__owner")


def _since(survey: Survey, now: dt.datetime) -> dt.datetime:
    """From when on events count: lately, and not before the survey was switched on."""
    return max(survey.active_since or now, now - FRESH)
