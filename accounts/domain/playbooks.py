"""Playbooks as data: what sets one off, on which conditions, and the steps that follow.

A plan is the content of one version of a playbook. It is kept as JSON (`Plan.to_dict`) and never changed. What of it
makes no sense is told by `problems_of`, by the place where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from accounts.domain.merging import problem_with
from accounts.domain.workdays import Unit

MOST_STEPS: Final = 40
MOST_DAYS: Final = 365
# The trigger of those that nothing sets off.
BY_HAND: Final = "hand"


class StepKind(StrEnum):
    """What a step does."""

    TASK = "task"
    EMAIL = "email"
    NOTICE = "notice"
    WAIT = "wait"
    CONDITION = "condition"
    STOP = "stop"


class Role(StrEnum):
    """Whom of us a step means: by what they are to the account."""

    OWNER = "owner"
    MANAGER = "manager"
    AE = "ae"
    IMPLEMENTATION = "implementation"
    SPONSOR = "sponsor"
    SUPPORT = "support"


class Otherwise(StrEnum):
    """What follows where the condition of a step does not hold."""

    STOP = "stop"
    SKIP = "skip"


class FactKind(StrEnum):
    """What a fact about an account is, and so how it can be compared."""

    NUMBER = "number"
    CHOICE = "choice"
    RANK = "rank"
    SET = "set"


STEP_LABELS: Final = {
    StepKind.TASK: "Task",
    StepKind.EMAIL: "E-mail draft",
    StepKind.NOTICE: "Message",
    StepKind.WAIT: "Wait",
    StepKind.CONDITION: "Condition",
    StepKind.STOP: "Stop",
}
ROLE_LABELS: Final = {
    Role.OWNER: "Owner of the account",
    Role.MANAGER: "Manager of the owner",
    Role.AE: "Account executive",
    Role.IMPLEMENTATION: "Implementation",
    Role.SPONSOR: "Executive sponsor on our side",
    Role.SUPPORT: "Support",
}
# Operators by kind of fact. Ranks run from 1, the best, to 4.
OPERATORS: Final[dict[FactKind, dict[str, str]]] = {
    FactKind.NUMBER: {"at_least": "is at least", "at_most": "is at most"},
    FactKind.CHOICE: {"is": "is", "is_not": "is not"},
    FactKind.RANK: {
        "is": "is",
        "at_least": "is or is worse than",
        "at_most": "is or is better than",
        "is_not": "is not",
    },
    FactKind.SET: {"includes": "include", "lacks": "do not include"},
}


@dataclass(frozen=True)
class Condition:
    """A fact about the account compared with a value, which is written as text."""

    fact: str
    operator: str
    value: str

    def holds(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether it holds for these facts; None where the fact is not known."""
        known = facts.get(self.fact)
        if known is None:
            return None
        match self.operator:
            case "at_least":
                return Decimal(str(known)) >= Decimal(self.value)
            case "at_most":
                return Decimal(str(known)) <= Decimal(self.value)
            case "includes":
                return self.value in known
            case "lacks":
                return self.value not in known
            case "is_not":
                return str(known) != self.value
            case _:
                return str(known) == self.value


@dataclass(frozen=True)
class Trigger:
    """What sets a playbook off. What `choice` and `number` mean hangs on the kind, which a registry explains.

    An empty choice means any; the number is a lower bound, or an offset in days.
    """

    kind: str
    choice: str = ""
    number: int | None = None

    def is_met_by(self, kind: str, choice: str, number: int | None) -> bool:
        """Whether something that happened is what this waits for."""
        if kind != self.kind or self.choice not in ("", choice):
            return False
        return self.number is None or (number is not None and number >= self.number)


@dataclass(frozen=True)
class Step:
    """One step. Which of the fields count hangs on its kind:

    task       title, body, role (who does it), days and unit (until it is due), priority (1 urgent … 4 low), blocks
    email      title (the subject), body, to (role of the contact), role (who sends it), days, unit, blocks
    notice     title, body, role (who is told), priority (how loud: urgent comes through at once)
    wait       days, unit
    condition  condition, otherwise, skip (how many steps)
    stop       title (why)

    `blocks` says that the steps after it wait until its task is closed.
    """

    kind: StepKind
    title: str = ""
    body: str = ""
    role: Role = Role.OWNER
    to: str = ""
    days: int = 0
    unit: Unit = Unit.WORKING
    priority: int = 3
    blocks: bool = True
    condition: Condition | None = None
    otherwise: Otherwise = Otherwise.STOP
    skip: int = 1

    @property
    def makes_task(self) -> bool:
        """Whether somebody gets something to do."""
        return self.kind in (StepKind.TASK, StepKind.EMAIL)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Step:
        """A step out of JSON or TOML; what is not named is as by default."""
        given = dict(data)
        given["kind"] = StepKind(given["kind"])
        for name, kind in (("role", Role), ("unit", Unit), ("otherwise", Otherwise)):
            if name in given:
                given[name] = kind(given[name])
        if given.get("condition"):
            given["condition"] = Condition(**given["condition"])
        return cls(**given)


@dataclass(frozen=True)
class Plan:
    """The content of a playbook.

    All `conditions` must hold at the start; with `stops_when_left` the run stops as soon as one does not hold any more.
    `rest_days` is for how many days after a run the same is not set off again on the account; by hand it can be.
    """

    trigger: Trigger
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...] = ()
    stops_when_left: bool = False
    rest_days: int = 30

    @property
    def is_for_lost(self) -> bool:
        """Whether it is about accounts that are no customers any more."""
        return self.trigger == Trigger("stage_change", "churned")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """A plan out of JSON or TOML."""
        return cls(
            trigger=Trigger(**data["trigger"]),
            steps=tuple(Step.from_dict(step) for step in data["steps"]),
            conditions=tuple(Condition(**condition) for condition in data.get("conditions", ())),
            stops_when_left=data.get("stops_when_left", False),
            rest_days=data.get("rest_days", 30),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `from_dict` reads it back."""
        return asdict(self)


@dataclass(frozen=True)
class Fact:
    """Something that is known of accounts: what it is called, and the values where they are given."""

    key: str
    label: str
    kind: FactKind
    choices: Sequence[tuple[str, str]] = ()

    def value_in_words(self, value: str) -> str:
        """A value as people read it."""
        return dict(self.choices).get(value, value)


@dataclass(frozen=True)
class Problem:
    """What makes no sense: in the step or condition of that place (None: in the plan itself), in which field."""

    part: str
    place: int | None
    field: str
    text: str


def condition_in_words(condition: Condition, facts: Mapping[str, Fact]) -> str:
    """“Tier is or is worse than At-Risk”, for people; a fact that is gone is named by its key."""
    fact = facts.get(condition.fact)
    if fact is None:
        return f"{condition.fact} {condition.operator} {condition.value}"
    operator = OPERATORS[fact.kind].get(condition.operator, condition.operator)
    return f"{fact.label} {operator} {fact.value_in_words(condition.value)}"


def problems_of(plan: Plan, facts: Mapping[str, Fact]) -> list[Problem]:
    """Everything that makes no sense, in the order of the page; nothing may be published while there is any."""
    found = [
        Problem("condition", place, field, text)
        for place, condition in enumerate(plan.conditions)
        for field, text in _of_condition(condition, facts)
    ]
    if plan.stops_when_left and not plan.conditions:
        found.append(Problem("plan", None, "stops_when_left", "Without a condition there is none to be left."))
    if not plan.steps:
        found.append(Problem("plan", None, "steps", "Add a step: a playbook without steps does nothing."))
    if len(plan.steps) > MOST_STEPS:
        found.append(Problem("plan", None, "steps", f"A playbook has {MOST_STEPS} steps at most."))
    for place, step in enumerate(plan.steps):
        later = len(plan.steps) - place - 1
        found += [Problem("step", place, field, text) for field, text in _of_step(step, facts, later)]
    return found


def _of_condition(condition: Condition, facts: Mapping[str, Fact]) -> Iterator[tuple[str, str]]:
    fact = facts.get(condition.fact)
    if fact is None:
        yield "fact", "Choose what is compared."
        return
    if condition.operator not in OPERATORS[fact.kind]:
        yield "operator", "Choose how it is compared."
    if fact.kind is FactKind.NUMBER and not _is_number(condition.value):
        yield "value", "Give a number."
    if not condition.value or (fact.choices and condition.value not in dict(fact.choices)):
        yield "value", "Choose a value."


def _of_step(step: Step, facts: Mapping[str, Fact], later: int) -> Iterator[tuple[str, str]]:
    if step.kind in (StepKind.TASK, StepKind.EMAIL, StepKind.NOTICE, StepKind.STOP) and not step.title.strip():
        yield "title", "Say it in a line."
    if step.kind is StepKind.EMAIL and not step.body.strip():
        yield "body", "Write the text of the e-mail."
    for field in ("title", "body"):
        problem = problem_with(getattr(step, field))
        if problem:
            yield field, problem
    least = 1 if step.kind is StepKind.WAIT else 0
    if not least <= step.days <= MOST_DAYS:
        yield "days", f"Give {least} to {MOST_DAYS} days."
    if step.kind is not StepKind.CONDITION:
        return
    yield from _of_condition(step.condition or Condition("", "", ""), facts)
    if step.otherwise is Otherwise.SKIP and not 1 <= step.skip <= later:
        yield "skip", f"Skip 1 to {later} steps: so many follow." if later else "No step follows that could be skipped."


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
