"""The checkpoints of a renewal: what the data say, what the CSM says, and which of the two counts.

They are never averaged: where they agree that is the word, where they differ a manager decides. A quarter before the
renewal nobody "watches" any more, and whoever calls it at risk says what is done about it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from health.domain.judgement import Standing
from renewals.domain.zones import Zone


class Risk(StrEnum):
    """How a renewal stands at a checkpoint."""

    ON_TRACK = "on_track"
    WATCHING = "watching"
    AT_RISK = "at_risk"


RISK_LABELS: Final = {Risk.ON_TRACK: "On track", Risk.WATCHING: "Watching", Risk.AT_RISK: "At risk"}
# Days before the renewal, in the order in which they come.
CHECKPOINTS: Final = (180, 90)
# From this one on a renewal is on track or at risk.
DECISIVE: Final = 90


@dataclass(frozen=True)
class Refusal:
    """Why it is not possible: the field that it is about, empty for the whole, and words for the person who tried."""

    field: str
    reason: str


_READ_ONLY: Final = Refusal("", "Your access is read-only. Ask an admin if you need to change things.")


@dataclass(frozen=True)
class Judgements:
    """What was said at a checkpoint; None where nobody has, or nothing is known."""

    days: int
    automated: Risk | None = None
    assessed: Risk | None = None
    final: Risk | None = None
    plan: str = ""

    @property
    def differ(self) -> bool:
        """Whether the data say otherwise than the CSM; what is not known says nothing."""
        return None not in (self.automated, self.assessed) and self.automated is not self.assessed

    @property
    def waits_for_manager(self) -> bool:
        """Whether a manager has to decide."""
        return self.differ and self.final is None


def may_assess(who: Standing) -> Refusal | None:
    """Why a person may not assess a renewal; None for its owner, the CSMs of the account and those who lead them."""
    if who.read_only:
        return _READ_ONLY
    return (
        None if who.owns or who.serves or who.leads_owner else Refusal("", "Only its CSM, or a manager, assesses it.")
    )


def may_decide(who: Standing) -> Refusal | None:
    """Why a person may not decide where the data and the CSM differ; None for those who lead the owner."""
    if who.read_only:
        return _READ_ONLY
    return None if who.leads_owner else Refusal("", "A manager above its owner decides this.")


def choices_at(days: int) -> tuple[Risk, ...]:
    """What may be said at a checkpoint."""
    return tuple(Risk) if days > DECISIVE else (Risk.ON_TRACK, Risk.AT_RISK)


def automated_risk(zone: Zone | None, days: int) -> Risk | None:
    """What the data say by the zone of the renewal's probability; None where that is not known.

    At the last checkpoint what is not on track is at risk.
    """
    match zone:
        case None:
            return None
        case Zone.GREEN:
            return Risk.ON_TRACK
        case Zone.YELLOW:
            return Risk.WATCHING if days > DECISIVE else Risk.AT_RISK
        case _:
            return Risk.AT_RISK


def reached(due_on: dt.date, *, today: dt.date, there: Collection[int] = ()) -> int | None:
    """The checkpoint at which a renewal stands on a day; None before the first, past its date, and where it is `there`.

    A renewal that was opened late has only the checkpoint that it came to last.
    """
    left = (due_on - today).days
    come = [days for days in CHECKPOINTS if 0 <= left <= days]
    return None if not come or come[-1] in there else come[-1]


def assessment_refused(now: Judgements, said: Risk, plan: str) -> Refusal | None:
    """Why a CSM cannot say this; None where it is possible. What a manager decided is not judged anew."""
    if now.final is not None and now.differ:
        return Refusal("", "A manager has decided this checkpoint.")
    return _refused(now.days, said, plan, field="assessed")


def decision_refused(now: Judgements, said: Risk, plan: str) -> Refusal | None:
    """Why a manager cannot decide this; None where it is possible."""
    if now.assessed is None:
        return Refusal("", "The CSM has not assessed it yet.")
    if not now.differ:
        return Refusal("", "The data and the CSM say the same: there is nothing to decide.")
    return _refused(now.days, said, plan or now.plan, field="final")


def final_word(now: Judgements) -> Risk | None:
    """What counts once the CSM has spoken; None where a manager has to decide, and before."""
    return None if now.differ else now.assessed


def _refused(days: int, said: Risk, plan: str, *, field: str) -> Refusal | None:
    if said not in choices_at(days):
        return Refusal(field, f"{days} days before the renewal it is on track or at risk.")
    if said is Risk.AT_RISK and not plan.strip():
        return Refusal("action_plan", "Say what is done about it: at risk needs an action plan.")
    return None
