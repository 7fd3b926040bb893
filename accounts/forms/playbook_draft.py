"""A playbook while it is being written: what stands in its form, as text, and the steps added, moved and taken out.

The form is sent as a whole with the name of what is to be done, and comes back changed; nothing is kept in between. So
writing works by buttons alone, without a script as with one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import QueryDict

from accounts.domain.playbooks import Condition, Plan, Step, StepKind

Values = dict[str, Any]


@dataclass
class Part:
    """A step or a condition: `uid` names it in the form wherever it moves, `kind` is that of a step."""

    uid: str
    values: Values
    kind: str = ""


@dataclass
class Draft:
    """The whole form. `focus` is the uid of the part that was just added, or moved."""

    head: Values
    conditions: list[Part] = field(default_factory=list)
    steps: list[Part] = field(default_factory=list)
    focus: str = ""

    @classmethod
    def empty(cls) -> Draft:
        """What a new playbook begins with: by hand, one task."""
        return cls({"trigger": "hand", "rest_days": 30}, steps=[_step(Step(StepKind.TASK))])

    @classmethod
    def of(cls, plan: Plan, **head: Any) -> Draft:
        """A plan as it is to be changed."""
        trigger = {"trigger": plan.trigger.kind, "choice": plan.trigger.choice, "number": plan.trigger.number}
        rules = {"stops_when_left": plan.stops_when_left, "rest_days": plan.rest_days}
        return cls(
            head | trigger | rules,
            [Part(_uid(), _condition_values(one)) for one in plan.conditions],
            [_step(step) for step in plan.steps],
        )

    @classmethod
    def sent(cls, data: QueryDict) -> Draft:
        """What a form brought, in the order in which its parts stood on the page."""
        kinds = {kind.value for kind in StepKind}
        steps = [tuple(entry.split(":", 1)) for entry in data.getlist("steps") if entry.count(":") == 1]
        return cls(
            _of_prefix(data, "head"),
            [Part(uid, _of_prefix(data, f"c{uid}")) for uid in data.getlist("conditions") if uid.isalnum()],
            [Part(uid, _of_prefix(data, f"s{uid}"), kind) for uid, kind in steps if uid.isalnum() and kind in kinds],
        )

    def do(self, what: str) -> None:
        """Adds, moves or takes out a part: `add:task`, `up:<uid>`, `down:<uid>`, `remove:<uid>`, `add-condition`.

        Anything else changes nothing; the form only comes back.
        """
        verb, _, target = what.partition(":")
        verbs: dict[str, Callable[[str], None]] = {
            "add": self._add,
            "add-condition": self._add_condition,
            "up": lambda uid: self._move(uid, -1),
            "down": lambda uid: self._move(uid, 1),
            "remove": self._remove,
        }
        if verb in verbs:
            verbs[verb](target)

    def _add(self, kind: str) -> None:
        if kind in {one.value for one in StepKind}:
            part = _step(Step(StepKind(kind), days=1 if kind == StepKind.WAIT else 0))
            self.steps.append(part)
            self.focus = part.uid

    def _add_condition(self, _: str) -> None:
        part = Part(_uid(), {})
        self.conditions.append(part)
        self.focus = part.uid

    def _move(self, uid: str, by: int) -> None:
        place = next((number for number, part in enumerate(self.steps) if part.uid == uid), None)
        if place is not None and 0 <= place + by < len(self.steps):
            self.steps.insert(place + by, self.steps.pop(place))

    def _remove(self, uid: str) -> None:
        self.steps = [part for part in self.steps if part.uid != uid]
        self.conditions = [part for part in self.conditions if part.uid != uid]


def _uid() -> str:
    return uuid4().hex[:8]


def _of_prefix(data: Mapping[str, Any], prefix: str) -> Values:
    start = f"{prefix}-"
    return {name.removeprefix(start): data[name] for name in data if name.startswith(start)}


def _condition_values(condition: Condition | None) -> Values:
    if condition is None:
        return {}
    return {"fact": condition.fact, "operator": condition.operator, "value": condition.value}


def _step(step: Step) -> Part:
    names = ("title", "body", "role", "to", "days", "unit", "priority", "blocks", "otherwise", "skip")
    values = {name: getattr(step, name) for name in names} | _condition_values(step.condition)
    return Part(_uid(), values, step.kind.value)
