"""The objectives of an account's success plan as a review scores them: as they stand on the plan's own page."""

import datetime as dt
from functools import cache

from accounts.domain.success_plans import STANDING_LABELS
from accounts.models import Account, Objective
from accounts.queries.success_plans import Goal, goal_of, with_points
from cs_workspace.common.compiled import Compiled, compile_once, some_keys
from qbr.domain.facts import GoalFact


def goals_of_account(account: Account, *, today: dt.date) -> tuple[GoalFact, ...]:
    """The objectives of the plan that is not archived, the first due on top. One query."""
    return tuple(_fact(goal_of(one, today=today)) for one in _objectives().rows([account.pk]))


@cache
def _objectives() -> Compiled:
    (account,) = some_keys(1)
    return compile_once(with_points(Objective.objects.kept().filter(plan__account=account, plan__archived_at=None)))


def _fact(goal: Goal) -> GoalFact:
    one, latest = goal.objective, goal.latest
    return GoalFact(
        title=one.title,
        measure=one.measure,
        unit=one.unit,
        baseline=one.baseline,
        target=one.target,
        current=latest.value if latest else None,
        due_on=one.due_on,
        standing=STANDING_LABELS[goal.standing],
        progress=goal.done if latest else None,
    )
