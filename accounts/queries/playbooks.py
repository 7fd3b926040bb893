"""Playbooks as their pages show them: how often they run, whether they come to their end and how long that takes."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.domain.playbook_results import Comparison
from accounts.domain.playbooks import Fact, Plan, Trigger, condition_in_words
from accounts.models import Playbook, PlaybookRun, User
from accounts.models.playbook import LIVE
from accounts.queries.playbook_facts import vocabulary
from accounts.queries.playbook_results import Results, comparisons_of, results_of
from accounts.queries.playbook_runs import step_in_words
from accounts.registries import PLAYBOOK_TRIGGERS

RUNS = 20
# What stands for the fields of a text that is about no account in particular.
ANY_ACCOUNT = {"account.name": "the account"}


class Median(Aggregate):
    """The middle of the values; of an even number of them the middle between the two in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Record:
    """What came of the runs of a playbook, on the accounts that the reader sees.

    `median` is the time from start to end of those that were finished; None where none was.
    """

    live: int = 0
    over: int = 0
    finished: int = 0
    median: dt.timedelta | None = None

    @property
    def completion(self) -> float | None:
        """Those that were finished, as a share of those that are over; None where none is over."""
        return self.finished / self.over if self.over else None

    @property
    def days(self) -> float | None:
        """The median time in days."""
        return None if self.median is None else self.median / dt.timedelta(days=1)


@dataclass(frozen=True)
class PlaybookRow:
    """A playbook in the list."""

    playbook: Playbook
    trigger: str
    steps: int
    record: Record
    comparison: Comparison


@dataclass(frozen=True)
class PlaybookPage:
    """A playbook in full, in words."""

    playbook: Playbook
    plan: Plan
    trigger: str
    conditions: Sequence[str]
    steps: Sequence[tuple[str, str]]
    """Kind and words of each."""
    record: Record
    results: Results
    runs: Sequence[PlaybookRun]


def get_playbook(pk: int) -> Playbook:
    """A playbook by its key; playbooks are everybody's, their runs are not. 404 where there is none."""
    return get_object_or_404(Playbook.objects.select_related("current__published_by"), pk=pk)


def playbook_rows(user: User, *, state: str = "", text: str = "") -> list[PlaybookRow]:
    """All playbooks that match, those by hand last in each group, with what came of them. Five queries."""
    playbooks: QuerySet[Playbook] = Playbook.objects.exclude(current=None).select_related("current")
    if state == "on":
        playbooks = playbooks.exclude(active_since=None)
    elif state == "off":
        playbooks = playbooks.filter(active_since=None)
    if text:
        playbooks = playbooks.filter(Q(name__icontains=text) | Q(aim__icontains=text))
    records, labels, comparisons = records_of(user), trigger_choices(), comparisons_of(user)
    return [
        PlaybookRow(one, trigger_in_words(one.current.plan.trigger, labels), len(one.current.plan.steps),
                    records.get(one.pk, Record()), comparisons.get(one.pk, Comparison(0, 0)))
        for one in playbooks
        if one.current is not None
    ]  # fmt: skip


def records_of(user: User, *, playbook: Playbook | None = None) -> dict[int, Record]:
    """What came of the runs, by playbook, on accounts that the user sees. One query."""
    runs = PlaybookRun.objects.visible_to(user)
    if playbook is not None:
        runs = runs.filter(playbook=playbook)
    is_finished = Q(state=PlaybookRun.State.FINISHED)
    rows = (
        runs.order_by()
        .values("playbook")
        .annotate(
            live_runs=Count("pk", filter=Q(state__in=LIVE)),
            over_runs=Count("pk", filter=~Q(state__in=LIVE)),
            finished_runs=Count("pk", filter=is_finished),
            median=Median(F("ended_at") - F("started_at"), filter=is_finished, output_field=DurationField()),
        )
        .values_list("playbook", "live_runs", "over_runs", "finished_runs", "median")
    )
    return {pk: Record(live, over, finished, median) for pk, live, over, finished, median in rows}


def playbook_page(user: User, playbook: Playbook) -> PlaybookPage:
    """A playbook in words, and its last runs on accounts that the user sees. Six queries."""
    assert playbook.current is not None  # a playbook is made with its first version
    plan, facts = playbook.current.plan, vocabulary()
    runs = PlaybookRun.objects.visible_to(user).filter(playbook=playbook).select_related("account", "plan_version")
    return PlaybookPage(
        playbook=playbook,
        plan=plan,
        trigger=trigger_in_words(plan.trigger, trigger_choices()),
        conditions=[condition_in_words(one, facts) for one in plan.conditions],
        steps=steps_in_words(plan, facts),
        record=records_of(user, playbook=playbook).get(playbook.pk, Record()),
        results=results_of(user, playbook),
        runs=list(runs.order_by("-started_at", "-pk")[:RUNS]),
    )


def choices_with_tasks(trigger: str, choices: Collection[str]) -> set[str]:
    """Of the choices of a trigger, those that a playbook that is switched on answers with a task: whoever else would
    give one for the same gives none then. One query."""
    waiting = (
        Playbook.objects.exclude(active_since=None)
        .filter(current__trigger=trigger, current__trigger_choice__in=["", *choices])
        .select_related("current")
    )
    versions = [playbook.current for playbook in waiting if playbook.current is not None]
    chosen = {one.trigger_choice for one in versions if any(step.makes_task for step in one.plan.steps)}
    return set(choices) if "" in chosen else chosen


def steps_in_words(plan: Plan, facts: Mapping[str, Fact]) -> list[tuple[str, str]]:
    """Kind and words of each step, for people."""
    return [(step.kind.value, step_in_words(step, facts, ANY_ACCOUNT)) for step in plan.steps]


def trigger_choices() -> dict[str, dict[str, str]]:
    """By trigger what can be chosen of it, with its words. A query or so."""
    return {key: dict(trigger.choices()) for key, trigger in PLAYBOOK_TRIGGERS.items()}


def trigger_in_words(trigger: Trigger, choices: Mapping[str, Mapping[str, str]]) -> str:
    """What sets a playbook off, in a line: “A tier is entered: Critical”."""
    known = PLAYBOOK_TRIGGERS.get(trigger.kind)
    if known is None:
        return trigger.kind
    parts = [known.label]
    if trigger.choice:
        parts.append(choices.get(trigger.kind, {}).get(trigger.choice, trigger.choice))
    if trigger.number is not None:
        parts.append(f"{trigger.number} {'points' if 'points' in known.number_label.lower() else 'days'}")
    return ": ".join(parts[:2]) + (f", {parts[2]}" if len(parts) > 2 else "")
