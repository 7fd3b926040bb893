"""Runs of playbooks as pages show them: how far they are, what was done, what is under way and what is to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404

from accounts.domain.merging import outlined
from accounts.domain.playbooks import ROLE_LABELS, Fact, Step, StepKind, condition_in_words
from accounts.domain.workdays import Unit
from accounts.models import Account, PlaybookRun, RunStep, Task, User
from accounts.models.playbook import LIVE
from accounts.queries.playbook_facts import vocabulary
from accounts.queries.task_letters import letter_of

# Of the runs that are over so many are shown; the rest is told by number.
OVER = 3
UNITS = {Unit.WORKING: "working day", Unit.CALENDAR: "day"}


@dataclass(frozen=True)
class StepLine:
    """A step of a run. `state` is done, passed, skipped, current or later."""

    place: int
    title: str
    state: str
    task: Task | None = None
    row: RunStep | None = None

    @property
    def state_in_words(self) -> str:
        """The state for those who do not see its sign."""
        if self.state == "current":
            return "under way"
        if self.row is not None and self.task is not None and self.state == "done":
            return self.task.get_status_display().lower()
        return {"done": "done", "passed": "passed over", "skipped": "skipped", "later": "to come"}[self.state]


@dataclass(frozen=True)
class RunLine:
    """A run with its steps."""

    run: PlaybookRun
    steps: Sequence[StepLine]

    @property
    def current(self) -> StepLine | None:
        """The step that is under way; None where all are behind and only tasks are open, or the run is over."""
        return next((step for step in self.steps if step.state == "current"), None)

    @property
    def behind(self) -> int:
        """How many steps are behind: done, passed over or skipped."""
        return sum(step.state in ("done", "passed", "skipped") for step in self.steps)

    @property
    def share(self) -> float:
        """The part of its steps that is behind."""
        return self.behind / len(self.steps) if self.steps else 1.0


@dataclass(frozen=True)
class RunsPanel:
    """The runs of an account: live ones, the last that are over, and how many more are."""

    live: Sequence[RunLine]
    over: Sequence[RunLine]
    more: int


def get_run_for(user: User, pk: int) -> PlaybookRun:
    """A run on an account that the user sees; anything else is a 404."""
    runs = PlaybookRun.objects.visible_to(user).select_related("account", "playbook", "plan_version")
    return get_object_or_404(runs, pk=pk)


def runs_panel(account: Account) -> RunsPanel:
    """What the account page shows of playbooks. Four queries, or one where there is no run."""
    runs = list(
        PlaybookRun.objects.filter(account=account)
        .select_related("playbook", "plan_version", "started_by", "ended_by", "paused_by")
        .prefetch_related(_steps())
    )
    live = [run for run in runs if run.state in LIVE]
    over = [run for run in runs if run.state not in LIVE]
    facts = vocabulary() if runs else {}
    texts = {"account.name": account.name}
    return RunsPanel(
        live=[_line(run, facts, texts) for run in live],
        over=[_line(run, facts, texts) for run in over[:OVER]],
        more=max(0, len(over) - OVER),
    )


def run_line(run: PlaybookRun) -> RunLine:
    """One run, which has playbook, version and account at hand, as pages show it. Two queries."""
    prefetch_related_objects([run], _steps())
    return _line(run, vocabulary(), {"account.name": run.account.name})


def _steps() -> Prefetch:
    """The steps of runs, each with its task and the e-mail that the task is about."""
    return Prefetch("steps", RunStep.objects.select_related("task", "by").annotate(letter_id=letter_of("task")))


def step_in_words(step: Step, facts: Mapping[str, Fact], texts: Mapping[str, str]) -> str:
    """A step in a line, for people."""
    match step.kind:
        case StepKind.WAIT:
            return f"Wait {step.days} {UNITS[step.unit]}{'' if step.days == 1 else 's'}"
        case StepKind.CONDITION:
            condition = condition_in_words(step.condition, facts) if step.condition else "…"
            return f"Go on if: {condition}"
        case StepKind.NOTICE:
            return f"Tell the {ROLE_LABELS[step.role].lower()}: {outlined(step.title, texts)}"
        case StepKind.EMAIL:
            return f"Send: {outlined(step.title, texts)}"
        case _:
            return outlined(step.title, texts)


def _line(run: PlaybookRun, facts: Mapping[str, Fact], texts: Mapping[str, str]) -> RunLine:
    rows = {row.place: row for row in run.steps.all()}
    return RunLine(
        run,
        [
            _step_line(run, place, step, rows.get(place), facts, texts)
            for place, step in enumerate(run.plan_version.plan.steps)
        ],
    )


def _step_line(
    run: PlaybookRun,
    place: int,
    step: Step,
    row: RunStep | None,
    facts: Mapping[str, Fact],
    texts: Mapping[str, str],
) -> StepLine:
    title = row.title if row and row.title and row.outcome != RunStep.Outcome.SKIPPED else ""
    return StepLine(
        place, title or step_in_words(step, facts, texts), _state(run, place, row), row.task if row else None, row
    )


def _state(run: PlaybookRun, place: int, row: RunStep | None) -> str:
    """Where a step stands. A task that did not hold the run up is under way as long as it is open."""
    if row is not None and row.outcome in (RunStep.Outcome.SKIPPED, RunStep.Outcome.PASSED):
        return str(row.outcome)
    is_open = row is not None and row.task is not None and row.task.status == Task.Status.OPEN
    if run.state in LIVE and (place == run.position or is_open):
        return "current"
    return "done" if row is not None else "later"
