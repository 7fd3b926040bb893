"""What the score did after playbooks began, beside comparable accounts, for those who read about the playbook."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from accounts.domain.playbook_results import WITHIN_DAYS, Comparison, Group, compare
from accounts.models import Playbook, PlaybookResult, PlaybookRun, User
from cs_workspace.common import clock


@dataclass(frozen=True)
class Results:
    """The runs of a playbook that are old enough, on accounts that the reader sees.

    `unknown` have no score at one of the ends, or no comparable account; `younger` are not old enough, and the first of
    them is known on `known_on`.
    """

    comparison: Comparison
    unknown: int
    younger: int
    known_on: dt.date | None

    @property
    def old_enough(self) -> int:
        """The runs whose days are over."""
        return self.comparison.runs + self.unknown


def comparisons_of(user: User, *, playbook: Playbook | None = None) -> dict[int, Comparison]:
    """The runs on accounts that the user sees beside comparable accounts of the whole workspace, by playbook.

    One query; it gives a row for each day, segment and tier in which something began.
    """
    results = PlaybookResult.objects.visible_to(user).known()
    if playbook is not None:
        results = results.filter(run__playbook=playbook)
    rows = (
        results.order_by()
        .values("run__playbook", "day", "segment", "rank")
        .annotate(
            runs=Count("pk"),
            total=Sum("change"),
            squares=Sum(F("change") * F("change")),
            # The same for all runs of a group.
            of_peers=Max("peers"),
            mean_of_peers=Max("peers_change"),
            squares_of_peers=Max("peers_squares"),
        )
        .values_list(
            "run__playbook", "runs", "total", "squares", "of_peers", "mean_of_peers", "squares_of_peers"
        )
    )  # fmt: skip
    groups: dict[int, list[Group]] = defaultdict(list)
    for pk, runs, total, squares, peers, mean, deviations in rows:
        groups[pk].append(Group(runs, float(total), float(squares), peers, mean, deviations))
    return {pk: compare(of_one) for pk, of_one in groups.items()}


def results_of(user: User, playbook: Playbook) -> Results:
    """What came of the scores after a playbook began. Two queries."""
    comparison = comparisons_of(user, playbook=playbook).get(playbook.pk, Comparison(0, 0))
    waits = Q(result=None)
    counted = PlaybookRun.objects.visible_to(user).filter(playbook=playbook).aggregate(
        taken=Count("result"), younger=Count("pk", filter=waits), first=Min("started_at", filter=waits)
    )  # fmt: skip
    first = counted["first"]
    return Results(
        comparison=comparison,
        unknown=counted["taken"] - comparison.runs,
        younger=counted["younger"],
        known_on=clock.day_of(first) + dt.timedelta(days=WITHIN_DAYS + 1) if first else None,
    )


def result_rows(user: User, playbook: Playbook) -> QuerySet[PlaybookResult]:
    """The runs behind the figures with their accounts, the latest first, for a page of them. One query and a count."""
    results = PlaybookResult.objects.visible_to(user).filter(run__playbook=playbook)
    return results.select_related("run__account").order_by("-day", "-pk")
