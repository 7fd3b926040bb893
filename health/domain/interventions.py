"""Save plans: what an account is saved from, by when the plan is agreed and looked at, and how it may end (risk.md §3).

A plan is to be agreed with the customer by the deadline of the account's tier, and then looked at every week for 30
days. It ends with the account recovered, lost, or kept with less.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from health.domain.alert_handling import Refusal
from health.domain.backtest import Interval, wilson
from health.domain.deadlines import SOON, WITHIN

PLAN_DAYS: Final = 30
CHECKPOINT_DAYS: Final = (7, 14, 21, 28)
CRITICAL_RANK: Final = 4
# The deadline of accounts outside of the two bottom tiers, which are saved for their signals.
OTHERWISE_WITHIN: Final = WITHIN[3]
# So long after the manager was told, the executive is, where nothing has happened.
EXECUTIVE_AFTER: Final = dt.timedelta(hours=24)
# With fewer plans that ended, their rate says nothing.
FEWEST: Final = 5


class SaveReason(StrEnum):
    """What an account is to be saved from."""

    PRODUCT_GAP = "product_gap"
    VALUE = "value"
    CHAMPION_LEFT = "champion_left"
    PRICE = "price"
    COMPETITOR = "competitor"
    SPONSOR = "sponsor"


REASON_LABELS: Final[dict[SaveReason, str]] = {
    SaveReason.PRODUCT_GAP: "Product gap",
    SaveReason.VALUE: "Value not realised",
    SaveReason.CHAMPION_LEFT: "Champion left",
    SaveReason.PRICE: "Price",
    SaveReason.COMPETITOR: "Competitor",
    SaveReason.SPONSOR: "Sponsor gone quiet, budget cut, merger or downturn",
}
# By reason the key of the playbook that ships for it.
PLAYS: Final[dict[SaveReason, str]] = {
    SaveReason.PRODUCT_GAP: "save-product-gap",
    SaveReason.VALUE: "save-value",
    SaveReason.CHAMPION_LEFT: "save-champion-left",
    SaveReason.PRICE: "save-price",
    SaveReason.COMPETITOR: "save-competitor",
    SaveReason.SPONSOR: "save-sponsor",
}
# The kinds of churn signals that speak for a reason; of several the reason of the most severe signal is offered.
REASON_OF_SIGNAL: Final[dict[str, SaveReason]] = {
    "usage_down": SaveReason.VALUE,
    "contact_left": SaveReason.CHAMPION_LEFT,
    "ticket_silence": SaveReason.PRODUCT_GAP,
    "billing_visited": SaveReason.PRICE,
    "competitor": SaveReason.COMPETITOR,
    "data_export": SaveReason.COMPETITOR,
    "non_renewal": SaveReason.PRICE,
    "seats_removed": SaveReason.VALUE,
    "escalation": SaveReason.PRODUCT_GAP,
    "payment": SaveReason.PRICE,
    "silent": SaveReason.SPONSOR,
    "single_threaded": SaveReason.CHAMPION_LEFT,
    "ownership": SaveReason.SPONSOR,
    "detractor": SaveReason.VALUE,
}


class SaveOutcome(StrEnum):
    """How a plan ended; one that was withdrawn was none, and counts nowhere."""

    RECOVERED = "recovered"
    CHURNED = "churned"
    CONTRACTED = "contracted"
    WITHDRAWN = "withdrawn"


class PlanVerb(StrEnum):
    """What a person does with a save plan."""

    AGREE = "agree"
    DISAGREE = "disagree"
    EDIT = "edit"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"


class PlanState(StrEnum):
    """How far a plan has come."""

    OPEN = "open"
    AGREED = "agreed"
    CLOSED = "closed"


class Urgency(StrEnum):
    """How pressing the next thing of a plan is."""

    RUNNING = "running"
    SOON = "soon"
    OVERDUE = "overdue"


class Due(StrEnum):
    """What a plan waits for."""

    AGREEMENT = "agreement"
    CHECKPOINT = "checkpoint"
    PROMISE = "promise"
    OUTCOME = "outcome"


class Level(StrEnum):
    """Whom something is escalated to."""

    MANAGER = "manager"
    EXECUTIVE = "executive"


_CLOSED: Final = Refusal("The save plan is closed. Reopen it first.")
TRANSITIONS: Final[dict[PlanState, dict[PlanVerb, PlanState | Refusal]]] = {
    PlanState.OPEN: {
        PlanVerb.AGREE: PlanState.AGREED,
        PlanVerb.DISAGREE: Refusal("The save plan is not agreed yet."),
        PlanVerb.EDIT: PlanState.OPEN,
        PlanVerb.ESCALATE: PlanState.OPEN,
        PlanVerb.CLOSE: PlanState.CLOSED,
        PlanVerb.REOPEN: Refusal("The save plan is open already."),
    },
    PlanState.AGREED: {
        PlanVerb.AGREE: Refusal("The save plan is agreed already."),
        PlanVerb.DISAGREE: PlanState.OPEN,
        PlanVerb.EDIT: PlanState.AGREED,
        PlanVerb.ESCALATE: PlanState.AGREED,
        PlanVerb.CLOSE: PlanState.CLOSED,
        PlanVerb.REOPEN: Refusal("The save plan is open already."),
    },
    PlanState.CLOSED: {
        PlanVerb.AGREE: _CLOSED,
        PlanVerb.DISAGREE: _CLOSED,
        PlanVerb.EDIT: _CLOSED,
        PlanVerb.ESCALATE: _CLOSED,
        PlanVerb.CLOSE: Refusal("The save plan is closed already."),
        PlanVerb.REOPEN: PlanState.OPEN,
    },
}


@dataclass(frozen=True)
class DueThing:
    """What a plan waits for and by when: a moment for the agreement, the end of a day for the rest."""

    what: Due
    at: dt.datetime
    urgency: Urgency
    text: str

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.urgency is Urgency.OVERDUE


def plan_after(state: PlanState, verb: PlanVerb) -> PlanState | Refusal:
    """The state that a verb leads to, or why it is not possible."""
    return TRANSITIONS[state][verb]


def deadline_of(rank: int | None, *, at: dt.datetime) -> dt.datetime:
    """By when a plan that begins `at` is to be agreed: within 24 hours in the critical tier (rank 4), else 48."""
    return at + WITHIN.get(rank or 0, OTHERWISE_WITHIN)


def checkpoint_days(begun_on: dt.date) -> list[dt.date]:
    """The days on which a plan is looked at: every week for 30 days, on the Monday after where it is a weekend."""
    return [_workday(begun_on + dt.timedelta(days=days)) for days in CHECKPOINT_DAYS]


def is_by_hand(number: int) -> bool:
    """Whether the checkpoint of a number came beside the weekly ones, which every plan begins with."""
    return number > len(CHECKPOINT_DAYS)


def checkpoint_stays(number: int, *, is_held: bool) -> str:
    """Why a checkpoint cannot be taken out of its plan; empty where it can."""
    if not is_by_hand(number):
        return f"Checkpoint {number} is one of the weekly ones, which every save plan has."
    return f"Something is written at checkpoint {number}. Reopen it first." if is_held else ""


def decide_by(begun_on: dt.date) -> dt.date:
    """The last day of a plan: on it is said what came of it."""
    return begun_on + dt.timedelta(days=PLAN_DAYS)


def due_thing(what: Due, at: dt.datetime, text: str, *, now: dt.datetime) -> DueThing:
    """A thing to do with how pressing it is; from twelve hours before it is due it presses."""
    if at < now:
        return DueThing(what, at, Urgency.OVERDUE, text)
    return DueThing(what, at, Urgency.SOON if at - now <= SOON else Urgency.RUNNING, text)


def first_due(things: Collection[DueThing]) -> DueThing | None:
    """Of what a plan waits for, what comes first; None for a plan that waits for nothing."""
    return min(things, key=lambda thing: (thing.at, thing.what), default=None)


def escalates_to(
    *, overdue_since: dt.datetime, told: Collection[Level], manager_told_at: dt.datetime | None, now: dt.datetime
) -> Level | None:
    """Who is to be told next of something that is overdue; None where nobody is, or not yet.

    The manager at once, the executive 24 hours after the manager where it is overdue still; each once.
    """
    if now <= overdue_since:
        return None
    if Level.MANAGER not in told:
        return Level.MANAGER
    if Level.EXECUTIVE in told or manager_told_at is None or now - manager_told_at < EXECUTIVE_AFTER:
        return None
    return Level.EXECUTIVE


def reason_for(kinds: Collection[str]) -> SaveReason | None:
    """The reason to offer for an account with signals of these kinds, the most severe first; None where none speaks."""
    return next((REASON_OF_SIGNAL[kind] for kind in kinds if kind in REASON_OF_SIGNAL), None)


def recovery_rate(recovered: int, ended: int) -> tuple[float, Interval] | None:
    """The share of plans that ended with the account recovered, with Wilson's 95 % interval; unknown below five."""
    if ended < FEWEST:
        return None
    interval = wilson(recovered, ended)
    return (recovered / ended, interval) if interval else None


def _workday(day: dt.date) -> dt.date:
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return day
