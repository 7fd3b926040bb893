"""The timeline of a renewal: which steps there are, on which day each comes, and what is made of those that are late.

Days are counted back from the renewal date; the step of contracts that renew by themselves is counted back from the
decision date, after which nobody is asked any more.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).resolve().parent.parent / "presets" / "timelines.toml"
# A task is made so many days before its day: near enough to be done, and early enough to be planned.
LEAD_DAYS: Final = 7
# What was missed is due so many days after it was noticed, so that an old contract brings nothing that is overdue.
GRACE_DAYS: Final = 5
MOST_DAYS: Final = 365


class StepKind(StrEnum):
    """What a step makes on its day."""

    TASK = "task"
    EMAIL = "email"
    PLAYBOOK = "playbook"


class Applies(StrEnum):
    """For which renewals a step is; all but the first keep their days in a timeline that is scaled."""

    ALWAYS = "always"
    AUTO_RENEWING = "auto_renewing"
    AT_RISK = "at_risk"
    GOOD = "good"


class StepState(StrEnum):
    """What became of a step of a renewal."""

    WAITING = "waiting"
    MADE = "made"
    PASSED = "passed"
    DROPPED = "dropped"


KIND_LABELS: Final = {StepKind.TASK: "Task", StepKind.EMAIL: "E-mail draft", StepKind.PLAYBOOK: "Playbook"}
APPLIES_LABELS: Final = {
    Applies.ALWAYS: "Every renewal",
    Applies.AUTO_RENEWING: "Contracts that renew by themselves, counted from the decision date",
    Applies.AT_RISK: "Accounts in the third tier or below",
    Applies.GOOD: "Accounts in the second tier",
}
STATE_LABELS: Final = {
    StepState.WAITING: "Still to come",
    StepState.MADE: "Made",
    StepState.PASSED: "Passed over",
    StepState.DROPPED: "Dropped",
}


@dataclass(frozen=True)
class StepPlan:
    """A step as a timeline has it, `offset` days before the day from which it counts.

    The e-mail is what is written to the customer where the step is a draft, or the segment is served by e-mail only;
    a step without one is nothing for such a segment. One that `escalates` tells the manager on its day.
    """

    key: str
    offset: int
    title: str
    body: str = ""
    kind: StepKind = StepKind.TASK
    applies: Applies = Applies.ALWAYS
    mail_title: str = ""
    mail_body: str = ""
    priority: int = 3
    escalates: bool = False


@dataclass(frozen=True)
class TimelinePlan:
    """A timeline that ships. One that `scales` another has its steps, stretched to a start of its own.

    `starts` says, by the key of the segment, how many days before the renewal it begins there.
    """

    key: str
    name: str
    steps: tuple[StepPlan, ...] = ()
    scales: str = ""
    starts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SegmentPlan:
    """Which timeline a segment has when a workspace is new."""

    segment: str
    timeline: str
    by_email: bool = False
    checkpoints: bool = False


@dataclass(frozen=True)
class Shipped:
    """All that ships: the timelines, and which segment has which."""

    timelines: tuple[TimelinePlan, ...]
    segments: tuple[SegmentPlan, ...]

    def timeline(self, key: str) -> TimelinePlan:
        """The one of that key."""
        return next(one for one in self.timelines if one.key == key)


@dataclass(frozen=True)
class Due:
    """A step of a renewal: the day on which it comes, and whether it still waits. `key` names it to the caller."""

    key: int
    day: dt.date
    applies: Applies = Applies.ALWAYS
    waits: bool = True


@dataclass(frozen=True)
class Sorted:
    """What is to be made now, by the key of the step with the day on which it is due, and what is passed over."""

    make: Mapping[int, dt.date]
    passed: tuple[int, ...]


@cache
def shipped() -> Shipped:
    """What the file holds. Raises `ValueError` where a timeline scales one that is not there."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    common = {one["key"]: _step(one) for one in data["common"]}
    timelines = tuple(
        TimelinePlan(
            key=one["key"],
            name=one["name"],
            steps=(*map(_step, one.get("steps", ())), *(common[key] for key in one.get("common", ()))),
            scales=one.get("scales", ""),
            starts=one.get("starts", {}),
        )
        for one in data["timelines"]
    )
    keys = {one.key for one in timelines}
    if not {one.scales for one in timelines if one.scales} <= keys:
        raise ValueError("A timeline scales one that does not ship.")
    return Shipped(timelines, tuple(SegmentPlan(**one) for one in data["segments"]))


def _step(data: Mapping[str, Any]) -> StepPlan:
    kinds = {"kind": StepKind(data.get("kind", "task")), "applies": Applies(data.get("applies", "always"))}
    return StepPlan(**{**data, **kinds})


def scaled(offset: int, *, start: int, base: int) -> int:
    """The offset of a step in days where the whole, `base` days long, is stretched to begin at `start`; half a day
    counts as one more, so that nothing comes too late."""
    return (2 * offset * start + base) // (2 * base) if base else offset


def step_day(offset: int, applies: Applies, *, due_on: dt.date, decision_on: dt.date) -> dt.date:
    """The day of a step, counted back from the renewal date or, of contracts that renew by themselves, the decision."""
    return (decision_on if applies is Applies.AUTO_RENEWING else due_on) - dt.timedelta(days=offset)


def sort_out(steps: Sequence[Due], *, decision_on: dt.date, today: dt.date) -> Sorted:
    """What of the steps of one renewal is made now: those whose day is near or, where none is, the latest that is past.

    Whoever comes late begins where the timeline stands: what should have come before is passed over. The intervention
    for an account at risk is made however late it is; a step before the notice only while notice can be given, and a
    planning only while no other step has come.
    """
    near = today + dt.timedelta(days=LEAD_DAYS)
    make: dict[int, dt.date] = {}
    passed: list[int] = []
    regular = sorted((one for one in steps if one.applies is Applies.ALWAYS), key=lambda one: (one.day, one.key))
    late = [one for one in regular if one.day < today]
    latest = late[-1].key if late and not any(today <= one.day <= near for one in regular) else None
    grace = today + dt.timedelta(days=GRACE_DAYS)
    for one in steps:
        if not one.waits or one.day > near:
            continue
        if _is_passed(one, late, latest, decision_on=decision_on, today=today):
            passed.append(one.key)
        elif one.day >= today:
            make[one.key] = one.day
        else:
            make[one.key] = min(grace, decision_on) if one.applies is Applies.AUTO_RENEWING else grace
    return Sorted(make, tuple(passed))


def _is_passed(one: Due, late: Sequence[Due], latest: int | None, *, decision_on: dt.date, today: dt.date) -> bool:
    """Whether a step that waits makes no sense any more; `late` are the regular ones of past days, and `latest` that of
    them at which the timeline stands."""
    match one.applies:
        case Applies.AUTO_RENEWING:
            return decision_on < today
        case Applies.GOOD:
            return one.day < today and bool(late)
        case Applies.AT_RISK:
            return False
        case _:
            return one.day < today and one.key != latest


def moved_due(day: dt.date, *, today: dt.date) -> dt.date:
    """When an open task is due whose step came to another day; what would be past is due today."""
    return max(day, today)
