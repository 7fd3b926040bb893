"""One review of the demo from the day on which it is given a moment until everything that was agreed is on its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from random import Random

import pghistory

from accounts.models import Contact, User
from cs_workspace.common import clock
from cs_workspace.web.demo.review_words import (
    COMMENTS,
    COMPETITION,
    DECISIONS,
    IDEAS,
    NOTES,
    PROMISES,
    SPEAKER,
    SUMMARIES,
    WHY_CANCELLED,
    WISHES,
)
from qbr.domain.invitation import zone_of
from qbr.domain.reviews import Kind
from qbr.models import ActionItem, Attendee, Review, ReviewIdea
from qbr.services.actions import add_action, finish_action
from qbr.services.attendees import Guest, add_attendee
from qbr.services.carrying_over import carry_goals, carry_idea
from qbr.services.following import finish_follow_up
from qbr.services.holding import hold_review
from qbr.services.ideas import choose_idea
from qbr.services.invitations import mark_invited
from qbr.services.notes import add_note
from qbr.services.recapping import draft_anew, mark_sent
from qbr.services.review_goals import draft_goal
from qbr.services.satisfaction import answer_ask, ask_satisfaction
from qbr.services.scheduling import cancel_review, schedule_review
from qbr.services.stepping import begin_preparing, mark_ready
from qbr.services.texts import write_text
from renewals.models import ExpansionSignal

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

HOURS = (9, 10, 11, 14, 15)
# In which hours a customer meets anybody, and we do where theirs are not ours.
THEIR_DAY, OUR_DAY = range(8, 18), range(7, 20)
SATURDAY, WEEK = 5, 7
PLACES = ("https://meet.example/northwind", "Their office, room Aalto", "https://meet.example/reviews")
# How those who answer liked it; what is late is done so many days after its day, and some of it never.
STARS = (5, 5, 5, 4, 5, 4, 4, 3)
ANSWERED, IN_TIME, LATE, LATE_BY = 0.7, 0.72, 0.16, 4
SHARE_OF_ARR = Decimal("0.12")


class Fate(Enum):
    """What becomes of a review that is due."""

    HELD = "held"
    LATE = "late"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Host:
    """Who holds the reviews of an account, and by which dice and clock."""

    by: User
    rng: Random
    as_of: dt.date
    at_moment: AtMoment

    @contextmanager
    def on(self, moment: dt.datetime) -> Iterator[None]:
        """Inside, it is that moment; the history keeps it, to be dated by it."""
        with self.at_moment(moment), pghistory.context(user=self.by.pk, at=moment.isoformat()):
            yield

    def is_over(self, moment: dt.datetime) -> bool:
        """Whether it lies before the day of the demo."""
        return moment < clock.start_of(self.as_of)


def meeting_at(day: dt.date, hour: int, *, later: bool = False) -> dt.datetime:
    """That hour of a day; where that is a day off, of the Friday before it, or `later`, the Monday after it."""
    if day.weekday() >= SATURDAY:
        days = WEEK - day.weekday() if later else SATURDAY - 1 - day.weekday()
        day += dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), clock.workspace_zone())


def talk_at(review: Review, day: dt.date, hour: int, *, later: bool = False) -> dt.datetime:
    """The same for a review, at another hour of our day where that one is night or evening for the customer."""
    moment, zone = meeting_at(day, hour, later=later), zone_of(review.time_zone)
    others = (moment.replace(hour=other) for other in OUR_DAY)
    return next((one for one in (moment, *others) if one.astimezone(zone).hour in THEIR_DAY), moment)


def live_review(host: Host, review: Review, fate: Fate) -> None:
    """Lives through a review whose day is over, as far as the day of the demo allows."""
    rng = host.rng
    if fate is Fate.MISSED:
        return
    if fate is Fate.CANCELLED:
        with host.on(meeting_at(review.due_on - dt.timedelta(days=12), 11)):
            cancel_review(by=host.by, review=review, reason=rng.choice(WHY_CANCELLED))
        return
    late = rng.randint(4, 11) if fate is Fate.LATE else -rng.randint(0, 4)
    starts_at = talk_at(review, review.due_on + dt.timedelta(days=late), rng.choice(HOURS))
    if not host.is_over(starts_at):
        return
    with host.on(starts_at - dt.timedelta(days=15)):
        review = schedule(host, review, starts_at)
    prepare(host, review, since=starts_at - dt.timedelta(days=rng.randint(3, 9)))
    with host.on(starts_at - dt.timedelta(days=1)):
        review = mark_ready(by=host.by, review=review)
    _follow_up(host, _hold(host, review, starts_at), starts_at)


def schedule(host: Host, review: Review, starts_at: dt.datetime) -> Review:
    """Gives a review its moment and those who are to take part."""
    executive = review.kind == Kind.EXECUTIVE
    contacts = Contact.objects.present().filter(account=review.account).order_by("external_id", "pk")
    people = sorted(contacts, key=lambda one: -len(one.roles))[: 4 if executive else 3]
    ours = [host.by.manager, host.by] if executive and host.by.manager else [host.by]
    for contact in people:
        add_attendee(review=review, who=contact)
    for user in ours:
        add_attendee(review=review, who=user)
    if not people:
        add_attendee(review=review, who=Guest("Somebody from finance"))
    return schedule_review(
        by=host.by,
        review=review,
        meeting={
            "starts_at": starts_at,
            "minutes": 60,
            "time_zone": review.time_zone,
            "place": host.rng.choice(PLACES),
            "agenda": review.agenda,
        },
    )


def prepare(host: Host, review: Review, *, since: dt.datetime) -> None:
    """Words, goals and an idea, written down from a moment on; those who were asked get the invitation."""
    rng, by = host.rng, host.by
    with host.on(since):
        begin_preparing(by=by, review=review)
        write_text(
            by=by,
            review=review,
            key="summary",
            fields={"text": rng.choice(SUMMARIES), "speaker_notes": rng.choice(SPEAKER)},
        )
        write_text(by=by, review=review, key="competition", fields={"text": rng.choice(COMPETITION)})
        for wish in rng.sample(WISHES, 2):
            draft_goal(
                by=by,
                review=review,
                fields={
                    "title": wish.title,
                    "measure": wish.measure,
                    "unit": wish.unit,
                    "baseline": Decimal(wish.baseline),
                    "target": Decimal(wish.target),
                    "due_on": review.due_on + dt.timedelta(days=90),
                    "owner": by,
                },
            )
        _choose_idea(host, review)
        if review.starts_at is not None and review.attendees.exclude(contact__email="").exclude(contact=None).exists():
            mark_invited(by=by, review=review)


def _choose_idea(host: Host, review: Review) -> None:
    """That of a signal of the customer that was open by then, else one that was thought of."""
    account = review.account
    seen = ExpansionSignal.objects.open().filter(account=account, opened_at__lte=clock.now())
    signal = seen.order_by("strength", "kind").first()
    title, reason = host.rng.choice(IDEAS)
    if signal is not None:
        title, reason = signal.get_kind_display(), signal.evidence[:300]
    value = (account.arr * SHARE_OF_ARR).quantize(Decimal(100))
    fields = {"title": title, "reason": reason, "value": value or None}
    choose_idea(by=host.by, review=review, fields=fields, signal=signal.pk if signal else None)  # type: ignore[arg-type]


def _hold(host: Host, review: Review, starts_at: dt.datetime) -> Review:
    rng, by = host.rng, host.by
    with host.on(starts_at + dt.timedelta(minutes=25)):
        for text in rng.sample(NOTES, 2):
            add_note(by=by, review=review, fields={"kind": "note", "part": "feedback", "text": text})
        add_note(by=by, review=review, fields={"kind": "decision", "part": "goals", "text": rng.choice(DECISIONS)})
    with host.on(starts_at + dt.timedelta(minutes=review.minutes)):
        people = list(Attendee.objects.filter(review=review).order_by("pk"))
        absent = [one for one in people if one.contact_id][1:][-1:] if rng.random() < 0.4 else []
        review = hold_review(by=by, review=review, attended=[one.pk for one in people if one not in absent])
        ask_satisfaction_of(host, review)
        for promise in rng.sample(PROMISES, 3):
            add_action(
                by=by,
                review=review,
                side=promise.side,
                fields={
                    "title": promise.title,
                    "due_on": clock.today() + dt.timedelta(days=promise.days),
                    "contact": _first_contact(people) if promise.side == "customer" else None,
                },
            )
        recap = draft_anew(by=by, review=review)
        mark_sent(by=by, review=review, subject=recap.subject, body=recap.body, version=recap.version)
    return review


def ask_satisfaction_of(host: Host, review: Review) -> None:
    """Asks those of the customer's people who came, if any of them is known."""
    if review.attendees.filter(attended=True, contact__isnull=False).exists():
        ask_satisfaction(by=host.by, review=review)


def _follow_up(host: Host, review: Review, starts_at: dt.datetime) -> None:
    """What came in the days after it, up to the day of the demo."""
    rng, by = host.rng, host.by
    for ask in review.asks.order_by("pk").select_related("review__account"):
        moment, answers = starts_at + dt.timedelta(days=rng.randint(1, 3), hours=2), rng.random() < ANSWERED
        score = rng.choice(STARS)
        if answers and host.is_over(moment):
            with host.on(moment):
                answer_ask(ask=ask, score=score, comment=COMMENTS[score] if rng.random() < 0.5 else "")
    for action in ActionItem.objects.filter(review=review).order_by("due_on", "pk").select_related("review", "task"):
        _keep_promise(host, action)
    moment = starts_at + dt.timedelta(days=1, hours=3)
    if not host.is_over(moment):
        return
    with host.on(moment):
        carry_goals(by=by, review=review)
        for idea in ReviewIdea.objects.filter(review=review).select_related("review", "signal"):
            if rng.random() < 0.5:
                _take_up(host, idea)
    if host.is_over(moment + dt.timedelta(days=5)):
        with host.on(moment + dt.timedelta(days=2)):
            finish_follow_up(by=by, review=review)


def _keep_promise(host: Host, action: ActionItem) -> None:
    throw = host.rng.random()
    days = -1 if throw < IN_TIME else LATE_BY if throw < IN_TIME + LATE else None
    if days is None:
        return
    moment = meeting_at(action.due_on + dt.timedelta(days=days), 16)
    if host.is_over(moment):
        with host.on(moment):
            finish_action(by=action.user or host.by, action=action)


def _take_up(host: Host, idea: ReviewIdea) -> None:
    signal = idea.signal
    if signal is not None and not signal.is_open:
        return
    carry_idea(
        by=host.by,
        idea=idea,
        fields={
            "name": f"{idea.title} for {idea.review.account.name}"[:120],
            "kind": signal.about.sells.value if signal is not None else "services",
            "value": idea.value or Decimal(0),
            "expected_close": clock.today() + dt.timedelta(days=75),
            "owner": host.by,
        },
    )


def _first_contact(people: list[Attendee]) -> Contact | None:
    return next((one.contact for one in people if one.contact is not None), None)
