"""Proposals of the demo, made by the real services in the last days: drafts, discounts that wait for an approval, were
approved or refused, offers that are out, accepted and declined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.db.models import Case, IntegerField, When

from accounts.models import Contact, User
from accounts.services.share_links import count_view
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.renewing import dated
from renewals.domain.proposals import YEAR_MONTHS, Option, Return
from renewals.domain.stages import OPEN_STAGES, Stage
from renewals.models import Proposal, Renewal
from renewals.queries.approvals import waiting_for
from renewals.queries.proposals import terms_of
from renewals.services.answering import accept_option, decline_proposal, share_proposal
from renewals.services.approving import approve, ask_approval, refuse
from renewals.services.authority import install_authority
from renewals.services.proposing import edit_proposal, revise_proposal, send_proposal, start_proposal
from renewals.services.stages import move_stage

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

MORNING, NOON, EVENING = dt.time(9, 20), dt.time(13, 5), dt.time(16, 40)
DUE_WITHIN: Final = 150
ANSWERED_AFTER: Final = 2
# What grows is what a discount is given on: the first option stays at today's price.
GROWING = slice(1, None)


@dataclass(frozen=True)
class Way:
    """What became of a proposal that was begun so many days ago; empty words for what did not happen.

    `asks` are the author's words for an approval, `approved` and `refused` the reasons of who decided, `sent` says that
    the customer has it, `accepted` and `declined` are the customer's words.
    """

    ago: int
    discount: str = "0"
    in_return: str = ""
    asks: str = ""
    approved: str = ""
    refused: str = ""
    sent: bool = False
    accepted: str = ""
    declined: str = ""


WAYS: Final = (
    Way(
        1,
        "0.18",
        Return.CASE_STUDY,
        asks="They would be the first reference of their industry, and two of their competitors are in our pipeline.",
    ),
    Way(2, "0.08", asks="Their buyer wants to show something for the negotiation."),
    Way(9, "0.05", Return.PREPAYMENT, sent=True, accepted="We go with the larger one, the order follows in December."),
    Way(0),
    Way(
        6,
        "0.12",
        Return.REFERRAL,
        asks="They bring two sister companies to the table in January.",
        approved="Fine, with the two meetings in the calendar before we sign.",
        sent=True,
    ),
    Way(
        5,
        "0.18",
        asks="The competitor is cheaper.",
        refused="Not without anything in return. Offer a second year, that gives you five points.",
    ),
    Way(
        3,
        "0.30",
        Return.TERM,
        asks="Three years and all of their plants; the alternative is that they split the business.",
    ),
    Way(8, "0.04", Return.CASE_STUDY, sent=True, declined="Too many seats for next year. Come back with fewer."),
    Way(4, sent=True),
)


def offer_renewals(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Makes a proposal in each of the ways for the renewals that come next, those of the CSM whose login is told first.
    Where there are fewer renewals, the last ways are left out."""
    install_authority()
    with at_moment(clock.now()):  # so that the history of the user names nobody who acted on the way
        User.objects.filter(email=LOGINS[3].email).update(approves_discounts=True)
    for way, renewal in zip(WAYS, _next(as_of), strict=False):
        _go(way, renewal, as_of, at_moment)


def _next(as_of: dt.date) -> Sequence[Renewal]:
    """Open renewals that are due soon, without a proposal so far, of CSMs who are there."""
    due = Renewal.objects.open().due_between(as_of + dt.timedelta(days=1), as_of + dt.timedelta(days=DUE_WITHIN))
    told = Case(When(owner__email=LOGINS[0].email, then=0), default=1, output_field=IntegerField())
    able = due.filter(owner__is_active=True, owner__read_only=False, owner__role=User.Role.CSM, proposals=None)
    able = able.filter(contract__lines__isnull=False).distinct().annotate(told=told)
    return list(able.select_related("account", "owner").order_by("told", "due_on", "pk")[: len(WAYS)])


def _go(way: Way, renewal: Renewal, as_of: dt.date, at_moment: AtMoment) -> None:
    """The first morning it is written, at noon decided on, in the evening sent, and answered two days later."""
    owner = renewal.owner
    assert owner is not None  # `_next` gives none without
    with _on(way.ago, MORNING, as_of, at_moment):
        made = start_proposal(by=owner, renewal=renewal)
        if way.discount != "0":
            made = edit_proposal(by=owner, proposal=made, options=_lower(terms_of(made), way))
        _come_to(renewal, Stage.PROPOSAL, by=owner)
        if way.asks:
            ask_approval(by=owner, proposal=made, note=way.asks)
    with _on(way.ago, NOON, as_of, at_moment):
        _decide(way, made)
    if way.sent:
        with _on(way.ago, EVENING, as_of, at_moment):
            send_proposal(by=owner, proposal=made)
            link = share_proposal(by=owner, proposal=made, days=90)
            _come_to(renewal, Stage.NEGOTIATION, by=owner)
        with _on(way.ago - ANSWERED_AFTER, NOON, as_of, at_moment):
            count_view(link=link)
            _answer(way, made, by=owner)


@contextmanager
def _on(ago: int, time: dt.time, as_of: dt.date, at_moment: AtMoment) -> Iterator[None]:
    """Inside it is that time so many days ago, or now where that is still to come; what is told bears that moment."""
    moment = dt.datetime.combine(as_of - dt.timedelta(days=ago), time, clock.workspace_zone())
    with at_moment(min(clock.now(), moment)), dated(ago):
        yield


def _lower(options: Sequence[Option], way: Way) -> list[Option]:
    """The options with the discount on those that grow. The second one is for a year, so that its term makes no room
    for it; or for two, where a longer term is what the discount is for."""
    second, *others = (
        replace(one, discount=Decimal(way.discount), in_return=way.in_return) for one in options[GROWING]
    )
    years = 2 if way.in_return == Return.TERM else 1
    return [options[0], replace(second, term_months=years * YEAR_MONTHS), *others]


def _decide(way: Way, made: Proposal) -> None:
    """Whoever may decide does so, in the words of the way."""
    if not (way.approved or way.refused):
        return
    for approval in made.approvals.select_related("proposal__renewal", "author"):
        leads = User.objects.filter(role__in=[User.Role.MANAGER, User.Role.EXECUTIVE], is_active=True).order_by("pk")
        who = next(one for one in leads if waiting_for(one).filter(pk=approval.pk).exists())
        verb = approve if way.approved else refuse
        verb(by=who, approval=approval, reason=way.approved or way.refused)


def _answer(way: Way, made: Proposal, *, by: User) -> None:
    """The customer answers; a proposal that was declined has a new version in the making."""
    contact = Contact.objects.filter(account=made.account_id).order_by("pk").first()
    name = contact.name if contact else made.account.name
    if way.accepted:
        accept_option(by=None, proposal=made, option=made.options.all()[1], name=name, note=way.accepted)
    if way.declined:
        decline_proposal(by=None, proposal=made, name=name, note=way.declined)
        revise_proposal(by=by, proposal=made)


def _come_to(renewal: Renewal, stage: Stage, *, by: User) -> None:
    now = Renewal.objects.get(pk=renewal.pk)
    if OPEN_STAGES.index(Stage(now.stage)) < OPEN_STAGES.index(stage):
        move_stage(by=by, renewal=now, to=stage)
