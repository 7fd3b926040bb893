"""Churn signals (risk.md §1): their kinds, when their evidence counts, and what becomes of one from night to night.

`health.domain.signal_findings` says what is found in the facts of an account; here stands what a finding does: it opens
a signal, keeps it current, or its absence resolves it. Decisions only; services write them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

from health.domain.alerting import Severity

# What was gone for less is the same evidence when it comes back.
RETURN: Final = dt.timedelta(days=7)
MANY: Final = 3


class SignalState(StrEnum):
    """Where a signal stands: live as long as it is open or confirmed."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"


class Level(IntEnum):
    """How much the signals of an account say together."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class SignalKind:
    """A kind of signal: what it is called, its usual lead time in days, and what to do about it, best first."""

    key: str
    label: str
    lead_days: int
    severity: Severity = Severity.NORMAL
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignalRule:
    """When evidence counts. What the figures and `words` mean hangs on the kind: `NEEDS`."""

    kind: str
    severity: Severity
    lead_days: int
    threshold: float = math.nan
    window_days: int = 0
    quiet_days: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Evidence that was found: in words, in figures, and what it rests on (such as `ticket:12`).

    A finding without `refs` is a state of the account and not an event: it is new only after it was gone for a while.
    """

    evidence: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Existing:
    """The newest detected signal of a kind. `gone_on` is since when its evidence is gone."""

    state: SignalState
    evidence: str
    refs: tuple[str, ...]
    gone_on: dt.date | None
    by_hand: bool = False


class Action(StrEnum):
    """What is to be done with a signal."""

    NOTHING = "nothing"
    OPEN = "open"
    UPDATE = "update"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    GONE = "gone"
    BACK = "back"


KINDS: dict[str, SignalKind] = {
    kind.key: kind
    for kind in (
        SignalKind(
            "usage_down", "Usage down", 90, Severity.HIGH,
            ("Ask the champion what changed in their work, and who stopped using what.",
             "Run an adoption session on the features that were dropped."),
        ),
        SignalKind(
            "contact_left", "Key contact left", 60, Severity.HIGH,
            ("Find a new primary contact within 48 hours.",
             "Introduce our executive to theirs, and onboard the new stakeholder."),
        ),
        SignalKind(
            "ticket_silence", "Tickets, then silence", 60, Severity.HIGH,
            ("Call those who wrote the last tickets and ask whether they have given up.",
             "Go through the tickets with support and say what was fixed."),
        ),
        SignalKind(
            "billing_visited", "Billing pages visited", 45, Severity.NORMAL,
            ("Ask what they looked for on the billing pages, and offer to right-size.",),
        ),
        SignalKind(
            "competitor", "Competitor mentioned", 30, Severity.HIGH,
            ("Bring the battlecard and a switching-cost analysis to the sponsor.",
             "Ask product to commit on the features that are compared."),
        ),
        SignalKind(
            "data_export", "Data export requested", 30, Severity.CRITICAL,
            ("Ask today what the export is for.",),
        ),
        SignalKind(
            "non_renewal", "Asks about non-renewal", 30, Severity.CRITICAL,
            ("Hold a save call with manager and executive within 24 hours.",
             "Lay out the return so far and the terms of a renewal."),
        ),
        SignalKind(
            "seats_removed", "Seats removed", 30, Severity.NORMAL,
            ("Find out which team gave up its seats, and why.",),
        ),
        SignalKind(
            "escalation", "Support escalation", 60, Severity.HIGH,
            ("Take the escalated tickets to the head of support and give the customer a date.",),
        ),
        SignalKind(
            "payment", "Payment trouble", 60, Severity.HIGH,
            ("Talk to their finance team: is it a mistake, a dispute or a matter of money?",),
        ),
        SignalKind(
            "silent", "Silent account", 60, Severity.NORMAL,
            ("Reach out by another channel and to another person than last time.",
             "Offer a short review with one result that they can use."),
        ),
        SignalKind(
            "single_threaded", "Single-threaded", 90, Severity.NORMAL,
            ("Ask the one contact for introductions to two more functions.",),
        ),
        SignalKind(
            "ownership", "Acquired, merged or downsizing", 90, Severity.HIGH,
            ("Map the new organisation: who decides and who pays now?",
             "Prove the value anew to those who decide, and secure the term."),
        ),
        SignalKind(
            "detractor", "Detractor answer", 60, Severity.NORMAL,
            ("Call those who answered low within two days, and report back what follows.",),
        ),
    )
}  # fmt: skip
# What is recommended whatever the kinds, until four are together.
ALWAYS: Final = (
    "Agree an intervention plan with owner and deadline.",
    "Re-prove the value: goals reached and return so far, to the sponsor.",
    "Bring in an executive sponsor from our side.",
    "Check in weekly until the account is below three signals.",
)
RECOMMENDED: Final = 4

DEFAULT_RULES: Final = (
    SignalRule("usage_down", Severity.HIGH, 90, threshold=30),
    SignalRule("contact_left", Severity.HIGH, 60, window_days=90),
    SignalRule("ticket_silence", Severity.HIGH, 60, threshold=2, window_days=30, quiet_days=21),
    SignalRule("billing_visited", Severity.NORMAL, 45, window_days=45, words=("billing page", "viewed billing")),
    SignalRule(
        "competitor", Severity.HIGH, 30, window_days=60,
        words=("competitor", "competing offer", "alternative vendor", "evaluating alternatives", "switching to"),
    ),
    SignalRule("data_export", Severity.CRITICAL, 30, window_days=30, words=("data export", "exported all data")),
    SignalRule("seats_removed", Severity.NORMAL, 30, threshold=5, window_days=30),
    SignalRule("escalation", Severity.HIGH, 60, window_days=30),
    SignalRule("payment", Severity.HIGH, 60, threshold=15),
    SignalRule("silent", Severity.NORMAL, 60, window_days=14, quiet_days=45),
    SignalRule("single_threaded", Severity.NORMAL, 90),
    SignalRule("detractor", Severity.NORMAL, 60, threshold=6, window_days=180),
)  # fmt: skip
# What the figures of a rule stand for; what is not named here counts for nothing.
NEEDS: Final[Mapping[str, Mapping[str, str]]] = {
    "usage_down": {"threshold": "Percent that usage fell by against the 30 days before; more than that counts."},
    "contact_left": {"window_days": "For so many days after somebody of a key role left."},
    "ticket_silence": {
        "threshold": "Times the usual number of tickets.",
        "window_days": "Days of the spike.",
        "quiet_days": "Days without a ticket since then.",
    },
    "billing_visited": {"window_days": "For so many days after the event.", "words": "Names of the events."},
    "competitor": {"window_days": "For so many days after the note or touch.", "words": "Words to look for."},
    "data_export": {"window_days": "For so many days after the event.", "words": "Names of the events."},
    "seats_removed": {
        "threshold": "Percent of the seats that are gone, at least; one seat or more in any case.",
        "window_days": "Than so many days ago.",
    },
    "escalation": {"window_days": "As long as it is open, and so many days after it was opened."},
    "payment": {"threshold": "Days that an invoice is overdue; more than that counts."},
    "silent": {"window_days": "Days without a login.", "quiet_days": "Or days without a two-way touch."},
    "detractor": {"threshold": "Score of an NPS answer, at most.", "window_days": "Days that an answer counts."},
}


def add_kind(kind: SignalKind) -> None:
    """Lets higher floors log signals of a kind of their own; raises `ValueError` for a key that is taken."""
    if kind.key in KINDS:
        raise ValueError(f"“{kind.key}” is taken already.")
    KINDS[kind.key] = kind


def label_of(kind: str) -> str:
    """What a kind is called; one that nobody knows any more is shown by its key."""
    return KINDS[kind].label if kind in KINDS else kind.replace("_", " ").capitalize()


def level_of(severities: Collection[int]) -> Level:
    """The level of an account out of the severities of its live signals: one is low, two medium, three or more high;
    a critical one is high by itself."""
    if len(severities) >= MANY or Severity.CRITICAL in severities:
        return Level.HIGH
    return Level(len(severities))


def recommended(kinds: Iterable[str]) -> list[str]:
    """Four things to do about signals of these kinds, given the most severe first.

    The first action of every kind, then the second ones, and what always helps where the kinds have too few.
    """
    actions = [KINDS[kind].actions for kind in dict.fromkeys(kinds) if kind in KINDS]
    rounds = range(max(map(len, actions), default=0))
    chosen = [of_kind[number] for number in rounds for of_kind in actions if number < len(of_kind)]
    return list(dict.fromkeys([*chosen, *ALWAYS]))[:RECOMMENDED]


def decide(finding: Finding | None, existing: Existing | None, *, day: dt.date) -> Action:
    """What becomes of the signals of one kind of an account, given what is found today and the newest signal.

    Doing what it says and asking again gives `NOTHING`. One logged by hand is left to people as long as it lives.
    """
    if existing is None:
        return Action.NOTHING if finding is None else Action.OPEN
    if existing.by_hand:
        return Action.NOTHING
    if finding is None:
        return _vanished(existing)
    if existing.state in (SignalState.OPEN, SignalState.CONFIRMED):
        same = (existing.evidence, existing.refs) == (finding.evidence, finding.refs)
        return Action.NOTHING if same else Action.UPDATE
    return _found_again(finding, existing, day)


def _vanished(existing: Existing) -> Action:
    if existing.state in (SignalState.OPEN, SignalState.CONFIRMED):
        return Action.RESOLVE
    return Action.GONE if existing.gone_on is None else Action.NOTHING


def _found_again(finding: Finding, existing: Existing, day: dt.date) -> Action:
    """Evidence for a signal that is over: people's word holds against what they have seen, and not against more."""
    if set(finding.refs) - set(existing.refs):
        return Action.OPEN
    if existing.gone_on is None:
        return Action.NOTHING
    is_soon = day - existing.gone_on < RETURN
    if existing.state is SignalState.RESOLVED:
        return Action.REOPEN if is_soon else Action.OPEN
    if is_soon:
        return Action.BACK
    return Action.NOTHING if finding.refs else Action.OPEN
