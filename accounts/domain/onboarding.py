"""How an onboarding goes: when its steps are due, how far it is, whether it is on track, and which step holds it.

Days are days of the workspace, counted from the day on which the onboarding starts (day 0, the first day of the
contract). A step is due by the end of its day. A milestone is a step that also has a longest day: the time that it
takes at the longest before the whole onboarding counts as stuck (lifecycle.md §1).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ONE_DAY: Final = dt.timedelta(days=1)


class Stage(StrEnum):
    """The parts of an onboarding, in their order; not every template has all."""

    BEFORE = "before"
    FOUNDATION = "foundation"
    CORE = "core"
    WIDER = "wider"
    OPTIMISATION = "optimisation"

    @property
    def place(self) -> int:
        """Its place among the stages, from 0."""
        return list(Stage).index(self)

    @property
    def next(self) -> "Stage | None":
        """The stage after it; None after the last."""
        return next((stage for stage in Stage if stage.place > self.place), None)


class Owner(StrEnum):
    """Who does a step."""

    CSM = "csm"
    IMPLEMENTATION = "implementation"
    CUSTOMER = "customer"


class StepState(StrEnum):
    """What became of a step; a skipped one counts neither as done nor as something to do."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class Standing(StrEnum):
    """How an onboarding that runs goes; never written down, always derived from the day."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    STUCK = "stuck"


STAGE_LABELS: Final[dict[Stage, str]] = {
    Stage.BEFORE: "Before",
    Stage.FOUNDATION: "Foundation",
    Stage.CORE: "Core adoption",
    Stage.WIDER: "Wider adoption",
    Stage.OPTIMISATION: "Optimisation",
}
OWNER_LABELS: Final[dict[Owner, str]] = {
    Owner.CSM: "CSM",
    Owner.IMPLEMENTATION: "Implementation",
    Owner.CUSTOMER: "Customer",
}
STANDING_LABELS: Final[dict[Standing, str]] = {
    Standing.STUCK: "Stuck",
    Standing.BEHIND: "Behind",
    Standing.ON_TRACK: "On track",
}


@dataclass(frozen=True)
class Step:
    """What is looked at of a step: `longest_on` is the last day of a milestone, None for other steps.

    `closed_on` is the day on which it was done or skipped.
    """

    stage: Stage
    due_on: dt.date
    longest_on: dt.date | None = None
    state: StepState = StepState.OPEN
    closed_on: dt.date | None = None
    is_first_value: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is StepState.OPEN

    @property
    def is_milestone(self) -> bool:
        """Whether the whole onboarding waits for it."""
        return self.longest_on is not None


@dataclass(frozen=True)
class Course:
    """How far an onboarding is, by its steps. All of it is kept on its row, so that lists need not look at steps.

    From `behind_from` on it is behind, from `stuck_from` on stuck, unless a step is closed before; None is never.
    """

    stage: Stage
    done: int
    counted: int
    """Steps that are done or to be done; skipped ones are not counted."""
    behind_from: dt.date | None
    stuck_from: dt.date | None
    first_value_on: dt.date | None
    is_complete: bool


def due_on(started_on: dt.date, day: int) -> dt.date:
    """The day by the end of which a step of that day is due; days before the start are negative."""
    return started_on + dt.timedelta(days=day)


def course_of(steps: Sequence[Step], *, from_stage: Stage) -> Course:
    """How far an onboarding is whose people have led it to `from_stage`.

    Its stage is the first from there on in which something is open; the last that it has when nothing is open from
    there on. It is complete when nothing is open at all.
    """
    open_steps = [step for step in steps if step.is_open]
    milestones = [step for step in open_steps if step.longest_on is not None]
    ahead = [step.stage for step in open_steps if step.stage.place >= from_stage.place]
    last = max((step.stage for step in steps), key=lambda stage: stage.place, default=from_stage)
    reached = [step.closed_on for step in steps if step.is_first_value and step.state is StepState.DONE]
    return Course(
        stage=min(ahead, key=lambda stage: stage.place, default=last),
        done=sum(step.state is StepState.DONE for step in steps),
        counted=sum(step.state is not StepState.SKIPPED for step in steps),
        behind_from=_day_after(step.due_on for step in milestones),
        stuck_from=_day_after(step.longest_on for step in milestones),
        first_value_on=min((day for day in reached if day is not None), default=None),
        is_complete=bool(steps) and not open_steps,
    )


def standing_of(*, behind_from: dt.date | None, stuck_from: dt.date | None, today: dt.date) -> Standing:
    """How an onboarding with these days goes today."""
    if stuck_from is not None and today >= stuck_from:
        return Standing.STUCK
    if behind_from is not None and today >= behind_from:
        return Standing.BEHIND
    return Standing.ON_TRACK


def holds(step: Step, *, today: dt.date) -> Standing | None:
    """What an open milestone makes of the onboarding today; None where it holds nothing up."""
    if not step.is_open or step.longest_on is None or today <= step.due_on:
        return None
    return Standing.STUCK if today > step.longest_on else Standing.BEHIND


def holding_place(steps: Sequence[Step], *, today: dt.date) -> int | None:
    """The place of the step that holds an onboarding: of those that make it stuck, else behind, the longest due."""
    late = [(place, holds(step, today=today)) for place, step in enumerate(steps)]
    held = [(what is not Standing.STUCK, steps[place].due_on, place) for place, what in late if what]
    return min(held)[2] if held else None


def share_done(done: int, counted: int) -> float | None:
    """Progress: done ÷ counted steps; None where none is counted."""
    return done / counted if counted else None


def days_since(started_on: dt.date, today: dt.date) -> int:
    """Days since the start; negative before it."""
    return (today - started_on).days


@dataclass(frozen=True)
class FirstValue:
    """Time to first value against its target, in days. What is seen of use is a day and no moment, so that targets are
    judged by the day: one of less than a day is met on the day of the start."""

    days: int
    """Until it was reached, or until today where it is not."""
    target: int
    is_reached: bool

    @property
    def is_met(self) -> bool | None:
        """Whether it was reached in time; None while that is open."""
        if self.days > self.target:
            return False
        return True if self.is_reached else None

    @property
    def left(self) -> int:
        """Days until it is due; 0 on the last of them."""
        return max(0, self.target - self.days)


def first_value_of(
    *, started_on: dt.date, reached_on: dt.date | None, within: dt.timedelta, until: dt.date
) -> FirstValue:
    """Time to first value of an onboarding as of `until`; one that came before the start took no time."""
    days = max(0, ((reached_on or until) - started_on).days)
    return FirstValue(days, within.days, reached_on is not None)


def _day_after(days: Iterable[dt.date | None]) -> dt.date | None:
    first = min((day for day in days if day is not None), default=None)
    return first + ONE_DAY if first else None
