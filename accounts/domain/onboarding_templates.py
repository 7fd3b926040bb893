"""The onboarding templates that ship, as a data file, and what makes sense in a template."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from accounts.domain.onboarding import STAGE_LABELS, Owner, Stage

FILE: Final = Path(__file__).resolve().parent.parent / "presets" / "onboarding.toml"


@dataclass(frozen=True)
class StepPlan:
    """A step as a template has it; days count from the start of the contract. `longest` makes it a milestone."""

    key: str
    stage: Stage
    title: str
    due: int
    owner: Owner = Owner.CSM
    longest: int | None = None
    detail: str = ""
    proof: str = ""
    number: int | None = None
    first_value: bool = False


@dataclass(frozen=True)
class TemplatePlan:
    """A template that ships, for the segment of that key. `stages` gives the first and last day of each stage."""

    key: str
    name: str
    segment: str
    guided: bool
    first_value: str
    first_value_within: dt.timedelta
    stages: Mapping[Stage, tuple[int, int]]
    steps: Sequence[StepPlan]


@cache
def templates_that_ship() -> tuple[TemplatePlan, ...]:
    """All that ship, in the order of the file. Raises `ValueError` where one of them makes no sense."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    tables = {table["name"]: table for table in data["tables"]}
    plans = tuple(_template(one, tables[one["table"]]) for one in data["templates"])
    problems = [f"{plan.key}: {problem}" for plan in plans for problem in problems_of(plan)]
    if problems:
        raise ValueError("; ".join(problems))
    return plans


def problems_of(plan: TemplatePlan) -> list[str]:
    """What makes no sense in a template, in words."""
    found = [
        f"“{step.title}” is due on day {step.due}, outside of {STAGE_LABELS[step.stage]}."
        for step in plan.steps
        if step.stage not in plan.stages or not _within(step.due, plan.stages[step.stage])
    ]
    found += [
        f"“{step.title}” takes at the longest less than until it is due."
        for step in plan.steps
        if step.longest is not None and step.longest < step.due
    ]
    if len({step.key for step in plan.steps}) < len(plan.steps):
        found.append("Two steps have the same key.")
    if sum(step.first_value for step in plan.steps) != 1:
        found.append("One step must be the first value.")
    if not any(step.longest is not None for step in plan.steps):
        found.append("One step must be a milestone.")
    return found


def _template(data: Mapping[str, Any], table: Mapping[str, Any]) -> TemplatePlan:
    instead = {step["key"]: step for step in data.get("instead", ())}
    return TemplatePlan(
        key=data["key"],
        name=data["name"],
        segment=data["segment"],
        guided=data["guided"],
        first_value=data["first_value"],
        first_value_within=dt.timedelta(minutes=data["first_value_minutes"]),
        stages={Stage(stage): (first, last) for stage, (first, last) in table["stages"].items()},
        steps=[_step(instead.get(step["key"], step)) for step in table["steps"]],
    )


def _step(data: Mapping[str, Any]) -> StepPlan:
    given = dict(data)
    return StepPlan(stage=Stage(given.pop("stage")), owner=Owner(given.pop("owner", Owner.CSM)), **given)


def _within(day: int, stage: tuple[int, int]) -> bool:
    first, last = stage
    return first <= day <= last
