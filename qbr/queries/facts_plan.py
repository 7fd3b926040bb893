"""The objectives of an account's success plan as a review scores them: as they stand on the plan's own page."""

import datetime as dt

from accounts.domain.success_plans import STANDING_LABELS
from accounts.models import Account, Objective
from accounts.queries.success_plans import Goal, goals_of
from qbr.domain.facts import GoalFact


def goals_of_account(account: Account, *, today: dt.date) -> tuple[GoalFact, ...]:
    """The objectives of the plan that is not archived, the first due on top. One query."""
    objectives = Objective.objects.kept().filter(plan__account=account, plan__archived_at=None)
    return tuple(_fact(goal) for goal in goals_of(objectives, today=today))


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
