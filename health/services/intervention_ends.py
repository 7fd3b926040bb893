"""How save plans end: with what is kept of that moment, and with the play and the steps that were under way.

Some end by themselves: with an account that is lost, and with one that stays for less (which the ledger tells, so
that the floor above asks for it).
"""

from collections.abc import Collection, Sequence
from decimal import Decimal

import pghistory
from django.db import transaction

from accounts.models import Account, PlaybookRun, User
from accounts.services.playbook_advancing import cancel_tasks
from accounts.services.playbook_handling import cancel_runs
from cs_workspace.common import clock
from health.domain.interventions import SaveOutcome
from health.models import Intervention
from health.models.intervention import InterventionQuerySet
from health.queries.interventions import steps_of

# Plans of one transaction.
BATCH = 200
AT_END = ["outcome", "outcome_note", "ended_at", "ended_by", "rank_at_end", "tier_at_end", "score_at_end", "arr_at_end"]


def end_plans(plans: Sequence[Intervention], outcome: SaveOutcome, *, by: User | None, note: str) -> None:
    """Ends locked plans that have their accounts at hand, inside the transaction of the caller.

    Their save plays and open steps are given up. `by` is None for the system. A fixed number of statements, or none.
    """
    if not plans:
        return
    now = clock.now()
    for plan in plans:
        account = plan.account
        plan.outcome, plan.outcome_note, plan.ended_at, plan.ended_by = outcome.value, note[:500], now, by
        plan.rank_at_end, plan.tier_at_end = account.health_rank, account.health_tier
        plan.score_at_end = account.health_score
        plan.arr_at_end = Decimal(0) if outcome is SaveOutcome.CHURNED else account.arr
        plan.version += 1
    with pghistory.context(**({"user": by.pk} if by else {})):
        Intervention.objects.bulk_update(plans, [*AT_END, "root_cause", "version"])
    words = closing_words(outcome)
    runs = PlaybookRun.objects.filter(pk__in=[plan.run_id for plan in plans if plan.run_id])
    cancel_runs(runs, by=by, reason=words)
    cancel_tasks(steps_of([plan.pk for plan in plans]).unfinished(), reason=words)


def closing_words(outcome: SaveOutcome) -> str:
    """What stands as the outcome of steps that end with a plan; by it they are known when the plan is reopened."""
    return f"The save plan was closed: {outcome.value}."


def end_plans_of_lost() -> int:
    """Ends the live plans of accounts that are lost; gives how many. Safe to run twice and at once."""
    lost = Intervention.objects.live().filter(account__status=Account.Status.CHURNED)
    return _end_all(lost, SaveOutcome.CHURNED, note="The account was lost.")


def end_plans_of_contracted(account_ids: Collection[int]) -> int:
    """Ends the live plans of accounts that stay for less; gives how many. Safe to run twice and at once."""
    staying = Intervention.objects.live().filter(account__in=account_ids, account__status=Account.Status.ACTIVE)
    return _end_all(staying, SaveOutcome.CONTRACTED, note="The account stays for less.")


def _end_all(plans: InterventionQuerySet, outcome: SaveOutcome, *, note: str) -> int:
    ended = 0
    while True:
        with transaction.atomic():
            held = plans.select_related("account").order_by("pk").select_for_update(of=("self",), skip_locked=True)
            batch = list(held[:BATCH])
            end_plans(batch, outcome, by=None, note=note)
        ended += len(batch)
        if len(batch) < BATCH:
            return ended
