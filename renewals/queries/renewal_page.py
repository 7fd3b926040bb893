"""One renewal as its page shows it: the steps on its way, what endangers it, what it is about, what was done to it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings

from accounts.domain.merging import outlined
from accounts.models import ContractLine, Task
from accounts.queries.record_history import MOST, HistoryEntry, changes_of
from accounts.queries.task_letters import letter_of
from cs_workspace.common import clock
from cs_workspace.common.money import exact
from health.domain.signals import label_of
from health.models import ChurnSignal
from renewals.domain.countdown import Countdown, countdown_of
from renewals.domain.stages import STAGE_LABELS, Stage, decision_day
from renewals.domain.timelines import StepState
from renewals.models import Renewal, RenewalStep

# Fields whose changes are told, in the order in which they are.
TOLD = (
    "due_on", "owner_id", "category", "expected_arr", "chosen_probability", "chosen_reason", "next_step",
    "next_step_on", "competitor", "outcome", "closed_arr", "closed_term_months", "signed_on", "close_reason",
)  # fmt: skip


class Standing(StrEnum):
    """How it stands with a step."""

    DONE = "done"
    LATE = "late"
    OPEN = "open"
    COMING = "coming"
    PASSED = "passed"
    DROPPED = "dropped"


STANDING_LABELS = {
    Standing.DONE: "Done",
    Standing.LATE: "Late",
    Standing.OPEN: "Open",
    Standing.COMING: "Coming",
    Standing.PASSED: "Passed over",
    Standing.DROPPED: "Dropped",
}


@dataclass(frozen=True)
class Head:
    """What the head of the page says besides the renewal itself. `probability` is the one that counts.

    `expected` is what the owner expects, the current ARR where nothing was said, in workspace currency.
    """

    countdown: Countdown
    decision_on: dt.date | None
    probability: Decimal | None
    expected: Decimal
    path: Sequence["PathStage"]


@dataclass(frozen=True)
class PathStage:
    """A stage on the way, and whether the renewal has passed it, stands at it, or has it ahead."""

    stage: Stage
    label: str
    is_passed: bool
    is_current: bool


@dataclass(frozen=True)
class StepLine:
    """A step on the way: on which day it is, how it stands, and its task once there is one."""

    title: str
    day: dt.date | None
    standing: Standing
    task: Task | None

    @property
    def label(self) -> str:
        """How it stands, in words."""
        return STANDING_LABELS[self.standing]


@dataclass(frozen=True)
class Sign:
    """A live churn signal: what it is, its severity (1 critical to 3 normal), what was seen, and when."""

    label: str
    severity: int
    severity_label: str
    evidence: str
    seen_on: dt.date


def head_of(renewal: Renewal) -> Head:
    """The head of a renewal that was read with its contract. No query."""
    today, notice = clock.today(), renewal.contract.notice_days
    chosen = renewal.chosen_probability
    probability = renewal.computed_probability if chosen is None else chosen
    return Head(
        countdown=countdown_of(renewal.due_on, notice, today=today),
        decision_on=decision_day(renewal.due_on, notice),
        probability=probability,
        expected=renewal.current_arr if renewal.expected_arr is None else renewal.expected_arr,
        path=_path(Stage(renewal.stage)),
    )


def steps_of(renewal: Renewal) -> list[StepLine]:
    """The steps on the way by their day: those of the timeline, and other tasks that were made for the renewal.
    Three queries."""
    now, known = clock.now(), _known_of(renewal)
    made = Task.objects.filter(origin_key__startswith=f"renewal:{renewal.pk}:").annotate(letter_id=letter_of())
    made = made.prefetch_related("assignees")
    tasks = {task.pk: task for task in made}
    lines = [
        _line(
            outlined(step.title, known),
            step.day,
            step.state,
            tasks.pop(step.task_id, None) if step.task_id else None,
            now,
        )
        for step in RenewalStep.objects.filter(renewal=renewal)
    ]
    lines += [_line(task.title, None, StepState.MADE, task, now) for task in tasks.values()]
    return sorted(lines, key=lambda line: line.day or dt.date.max)


def signs_of(account_id: int) -> list[Sign]:
    """The live churn signals of an account, the most severe first. One query."""
    live = ChurnSignal.objects.live().filter(account=account_id).order_by("severity", "-seen_on", "-pk")
    return [
        Sign(label_of(one.kind), one.severity, one.get_severity_display(), one.evidence, one.seen_on) for one in live
    ]


def lines_of(renewal: Renewal) -> list[ContractLine]:
    """What the contract is about. One query."""
    return list(ContractLine.objects.filter(contract=renewal.contract_id).select_related("product").order_by("pk"))


def history_of(renewal: Renewal) -> list[HistoryEntry]:
    """Moves from stage to stage and what was changed, the latest first. At most three queries."""
    moves = renewal.moves.select_related("by").order_by("-at", "-pk")[:MOST]
    entries = [
        HistoryEntry(move.at, move.by.name if move.by else "", _move_words(move), note=move.note) for move in moves
    ]
    # Versions that only moved it are told by the moves.
    entries += changes_of(renewal, TOLD, own_words=_spoken)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _path(now: Stage) -> list[PathStage]:
    order = list(Stage)
    return [
        PathStage(stage, STAGE_LABELS[stage], order.index(stage) < order.index(now), stage is now) for stage in order
    ]


def _known_of(renewal: Renewal) -> dict[str, str]:
    """What stands for the fields in the titles of steps that are still to come, as far as the page knows it."""
    return {
        "account.name": renewal.account.name,
        "account.arr": exact(renewal.current_arr, settings.WORKSPACE_CURRENCY),
        "account.renewal_date": f"{renewal.due_on.day} {renewal.due_on:%B %Y}",
        "owner.name": renewal.owner.name if renewal.owner else "",
    }


def _line(title: str, day: dt.date | None, state: str, task: Task | None, now: dt.datetime) -> StepLine:
    if task is not None and task.due_at is not None:
        day = clock.day_of(task.due_at)
    return StepLine(task.title if task else title, day, _standing(state, task, now), task)


def _standing(state: str, task: Task | None, now: dt.datetime) -> Standing:
    if task is None:
        return {
            StepState.WAITING: Standing.COMING,
            StepState.PASSED: Standing.PASSED,
            StepState.DROPPED: Standing.DROPPED,
        }.get(StepState(state), Standing.DONE)
    if task.status != Task.Status.OPEN:
        return Standing.DONE if task.status == Task.Status.DONE else Standing.DROPPED
    return Standing.LATE if task.due_at is not None and task.due_at < now else Standing.OPEN


def _move_words(move: Any) -> str:
    if not move.before:
        return f"Opened at {move.get_after_display()}"
    return f"{move.get_before_display()} → {move.get_after_display()}"


def _spoken(name: str, value: Any) -> str | None:
    """Shares and money of a renewal in words; None for all else."""
    if not isinstance(value, Decimal):
        return None
    return f"{value * 100:.0f} %" if name == "chosen_probability" else exact(value, settings.WORKSPACE_CURRENCY)
