"""How a playbook runs on an account: given its plan, how far it is and what is known, what is to be done now.

`advance` decides, and changes nothing: what it gives is written by a service, in one transaction, and asked again at
the same moment with what was written it gives nothing more. A run is a position in the steps; tasks that it made are
known by the place of their step. Positions only grow, so a run whose tasks get closed comes to an end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from accounts.domain.merging import merge, missing_in_words
from accounts.domain.playbooks import Condition, Otherwise, Plan, Role, Step, StepKind
from accounts.domain.workdays import Calendar

# Whom an e-mail goes to that names no role: the first of these who is known with an address.
RECIPIENTS: Final = ("champion", "decision_maker", "sponsor")
NO_CUSTOMER: Final = "The account is no customer any more."


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class RunVerb(StrEnum):
    """What a person does with a run."""

    PAUSE = "pause"
    RESUME = "resume"
    SKIP = "skip"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Refusal:
    """Why a verb is not possible, in words for the person who tried."""

    reason: str


_OVER = Refusal("This run is over.")
TRANSITIONS: Final[dict[RunState, dict[RunVerb, RunState | Refusal]]] = {
    RunState.RUNNING: {
        RunVerb.PAUSE: RunState.PAUSED,
        RunVerb.RESUME: Refusal("This run is not paused."),
        RunVerb.SKIP: RunState.RUNNING,
        RunVerb.CANCEL: RunState.CANCELLED,
    },
    RunState.PAUSED: {
        RunVerb.PAUSE: Refusal("This run is paused already."),
        RunVerb.RESUME: RunState.RUNNING,
        RunVerb.SKIP: Refusal("This run is paused. Resume it first."),
        RunVerb.CANCEL: RunState.CANCELLED,
    },
    **{state: dict.fromkeys(RunVerb, _OVER) for state in (RunState.FINISHED, RunState.STOPPED, RunState.CANCELLED)},
}


def state_after(state: str, verb: RunVerb) -> RunState | Refusal:
    """The state that a verb leads to, or why it is not possible."""
    return TRANSITIONS[RunState(state)][verb]


class Outcome(StrEnum):
    """What became of a step."""

    MADE = "made"
    DONE = "done"
    PASSED = "passed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Person:
    """Somebody of ours, with their calendar. `key` names them to the caller."""

    key: int
    name: str
    calendar: Calendar


@dataclass(frozen=True)
class Situation:
    """What is known of an account at a moment.

    `facts` are compared by conditions (what is not known is left out), `texts` fill merge fields, `people` and
    `recipients` (the contacts, as "name <address>", and by their keys in `contacts`) stand for roles. `calendar` counts
    where there is nobody.
    """

    facts: Mapping[str, Any]
    texts: Mapping[str, str]
    calendar: Calendar
    people: Mapping[Role, Person] = field(default_factory=dict)
    recipients: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, int] = field(default_factory=dict)
    is_customer: bool = True

    def person_for(self, role: Role) -> Person | None:
        """Who plays a role; where nobody does, the owner. None where there is no owner either."""
        return self.people.get(role) or self.people.get(Role.OWNER)

    def contact_for(self, role: str) -> int | None:
        """Who at the customer gets an e-mail for a role: whoever plays it; without a role the first who is known of
        champion, decision maker and sponsor. None where nobody has an address."""
        wanted = [role] if role else RECIPIENTS
        return next((self.contacts[one] for one in wanted if one in self.contacts), None)

    def calendar_of(self, role: Role) -> Calendar:
        """By which the days of a role are counted."""
        person = self.person_for(role)
        return person.calendar if person else self.calendar


@dataclass(frozen=True)
class Progress:
    """How far a run is: the place of the step that is next or under way, since when, and the tasks that it made.

    `tasks` says, by the place of its step, whether a task is closed.
    """

    position: int
    reached_at: dt.datetime
    tasks: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What is to be done for one step, or what became of it; texts are filled in. Tasks and messages have a `person`,
    None where nobody plays the role."""

    place: int
    step: Step
    outcome: Outcome
    title: str = ""
    body: str = ""
    person: Person | None = None
    due_at: dt.datetime | None = None


@dataclass(frozen=True)
class Ending:
    """How a run ends by itself, and why where that is not plain."""

    state: RunState
    reason: str = ""


@dataclass(frozen=True)
class Advance:
    """What is to be written. A run that does not end waits: until `over_at`, or where that is None for a task to be
    closed, or for what `problem` says to be known."""

    progress: Progress
    entries: tuple[Entry, ...] = ()
    ending: Ending | None = None
    over_at: dt.datetime | None = None
    problem: str = ""


def advance(plan: Plan, progress: Progress, situation: Situation, *, now: dt.datetime) -> Advance:
    """Everything that can be done at this moment, step after step, until one has to be waited for or the run ends."""
    left = _left(plan, situation)
    if left:
        return Advance(progress, ending=Ending(RunState.STOPPED, left))
    entries: list[Entry] = []
    while progress.position < len(plan.steps):
        taken = _take(plan.steps, progress, situation, now)
        entries += taken.entries
        if taken.ending or taken.progress.position == progress.position:
            return replace(taken, entries=tuple(entries))
        progress = taken.progress
    return Advance(progress, tuple(entries), Ending(RunState.FINISHED) if all(progress.tasks.values()) else None)


def conditions_missed(plan: Plan, situation: Situation) -> list[Condition]:
    """The conditions that do not hold, or are not known to: with any of them no run begins."""
    return [one for one in plan.conditions if not one.holds(situation.facts)]


def _left(plan: Plan, situation: Situation) -> str:
    """Why the run makes no sense any more; empty where it does. What is not known has not been left."""
    if not situation.is_customer and not plan.is_for_lost:
        return NO_CUSTOMER
    if plan.stops_when_left and any(one.holds(situation.facts) is False for one in plan.conditions):
        return "What it was started for holds no longer."
    return ""


def _take(steps: Sequence[Step], progress: Progress, situation: Situation, now: dt.datetime) -> Advance:
    """One step: done and left behind, waited for (then the position stays), or the end."""
    step, place = steps[progress.position], progress.position
    match step.kind:
        case StepKind.WAIT:
            over = situation.calendar_of(step.role).resumes_at(progress.reached_at, step.days, step.unit)
            if now < over:
                return Advance(progress, over_at=over)
            return _go_on(progress, now, Entry(place, step, Outcome.DONE))
        case StepKind.CONDITION:
            return _choose(steps, progress, situation, now)
    if place in progress.tasks:
        if step.blocks and not progress.tasks[place]:
            return Advance(progress)
        return _go_on(progress, now)
    entry, problem = entry_of(step, place, situation, now)
    if problem:
        return Advance(progress, problem=problem)
    if step.kind is StepKind.STOP:
        return Advance(progress, (entry,), Ending(RunState.FINISHED, entry.title))
    if not step.makes_task:
        return _go_on(progress, now, entry)
    made = replace(progress, tasks={**progress.tasks, place: False})
    return Advance(made, (entry,)) if step.blocks else _go_on(made, now, entry)


def entry_of(step: Step, place: int, situation: Situation, now: dt.datetime) -> tuple[Entry, str]:
    """What a step makes, with its texts filled in; and what of it is not known, empty where all is."""
    recipient = situation.recipients.get(step.to, "")
    title, body = merge(step.title, situation.texts), merge(step.body, situation.texts)
    problem = missing_in_words((*title.missing, *body.missing))
    if step.kind is StepKind.EMAIL and step.to:
        if not recipient:
            problem = problem or "Nobody at the customer is known whom this e-mail could go to."
        body = replace(body, text=f"To: {recipient}\nSubject: {title.text}\n\n{body.text}")
    entry = Entry(
        place,
        step,
        Outcome.MADE if step.makes_task else Outcome.DONE,
        title=f"Send: {title.text}" if step.kind is StepKind.EMAIL else title.text,
        body=body.text,
        person=situation.person_for(step.role) if step.kind is not StepKind.STOP else None,
        due_at=situation.calendar_of(step.role).due_at(now, step.days, step.unit) if step.makes_task else None,
    )
    return entry, problem


def _choose(steps: Sequence[Step], progress: Progress, situation: Situation, now: dt.datetime) -> Advance:
    """A condition: goes on, passes over steps, or ends the run. What is not known does not hold."""
    step, place = steps[progress.position], progress.position
    if step.condition is not None and step.condition.holds(situation.facts):
        return _go_on(progress, now, Entry(place, step, Outcome.DONE))
    missed = Entry(place, step, Outcome.PASSED)
    if step.otherwise is Otherwise.STOP:
        return Advance(progress, (missed,), Ending(RunState.STOPPED, "A condition on the way did not hold."))
    last = min(place + step.skip, len(steps) - 1)
    passed = [Entry(number, steps[number], Outcome.PASSED) for number in range(place + 1, last + 1)]
    return Advance(Progress(last + 1, now, progress.tasks), (missed, *passed))


def _go_on(progress: Progress, now: dt.datetime, *entries: Entry) -> Advance:
    return Advance(Progress(progress.position + 1, now, progress.tasks), entries)


@dataclass(frozen=True)
class Rehearsed:
    """A step as it would come, at which moment, if every task were done when it is due."""

    at: dt.datetime
    entry: Entry
    problem: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """What a run would do: step by step, and how it would end."""

    steps: tuple[Rehearsed, ...]
    ends_at: dt.datetime
    ending: Ending

    @property
    def problems(self) -> int:
        """How many steps lack something that is not known."""
        return sum(bool(one.problem) for one in self.steps)


def rehearse(plan: Plan, situation: Situation, *, now: dt.datetime) -> Rehearsal:
    """Runs a plan through on what is known today: tasks are done when they are due, and what a condition asks for does
    not change. A step that lacks something is shown with its problem and passed over."""
    progress, found = Progress(0, now), list[Rehearsed]()
    while True:
        taken = advance(plan, progress, situation, now=now)
        found += [Rehearsed(now, entry) for entry in taken.entries]
        if taken.ending:
            return Rehearsal(tuple(found), now, taken.ending)
        progress = taken.progress
        if taken.problem:
            entry, problem = entry_of(plan.steps[progress.position], progress.position, situation, now)
            found.append(Rehearsed(now, entry, problem))
            progress = Progress(progress.position + 1, now, progress.tasks)
            continue
        if taken.over_at:
            now = taken.over_at
            continue
        waited = {progress.position} if progress.position < len(plan.steps) else set(progress.tasks)
        now = max([now, *(one.entry.due_at for one in found if one.entry.due_at and one.entry.place in waited)])
        closed = {place: is_closed or place in waited for place, is_closed in progress.tasks.items()}
        progress = replace(progress, tasks=closed)
