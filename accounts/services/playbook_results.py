"""Takes down what runs of playbooks brought, once the days after their start are over."""

import datetime as dt

from django.db import transaction

from accounts.domain.playbook_results import WITHIN_DAYS, Begun, Measured
from accounts.models import PlaybookResult, PlaybookRun
from accounts.registries import score_changes
from cs_workspace.common import clock

AT_ONCE = 1000


def take_results(*, today: dt.date) -> int:
    """Takes the results that can be known by the day before `today`; gives how many. Twice takes nothing twice.

    Each is taken once: what is found out later about those days, or judged anew, does not change it.
    """
    taken = 0
    while number := _take_some(today):
        taken += number
    return taken


@transaction.atomic
def _take_some(today: dt.date) -> int:
    """The oldest of those that wait. Two statements and those of the score."""
    first_unknown = clock.start_of(today - dt.timedelta(days=WITHIN_DAYS))
    runs = PlaybookRun.objects.filter(result=None, started_at__lt=first_unknown).order_by("started_at", "pk")
    found = runs.values_list("pk", "playbook", "account", "account__segment", "started_at", "score_at_start")[:AT_ONCE]
    begun = [
        Begun(run, playbook, account, segment, clock.day_of(at), score)
        for run, playbook, account, segment, at, score in found
    ]
    if begun:
        _write(begun)
    return len(begun)


def _write(begun: list[Begun]) -> None:
    changes = score_changes(begun)
    results = []
    for one in begun:
        measured = changes.get(one.run, Measured())
        results.append(
            PlaybookResult(
                run_id=one.run,
                day=one.day,
                segment_id=one.segment,
                rank=measured.rank,
                change=measured.change,
                peers=measured.peers,
                peers_change=measured.peers_change,
                peers_squares=measured.peers_squares,
            )
        )
    PlaybookResult.objects.bulk_create(results, ignore_conflicts=True)
