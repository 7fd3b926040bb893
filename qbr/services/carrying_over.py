"""What was agreed in a review goes where it is followed: goals to the success plan, ideas to opportunities."""

from uuid import UUID

from django.db import transaction

from accounts.models import Objective, SuccessPlan, User
from accounts.services.once import claim
from accounts.services.plan_parts import add_part, archive_part
from accounts.services.success_plans import start_plan
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.models import Review, ReviewGoal, ReviewIdea
from renewals.models import Opportunity
from renewals.services.opportunities import OpportunityFields, create_opportunity, take_up


@transaction.atomic
def carry_goals(*, by: User, review: Review) -> list[ReviewGoal]:
    """Makes objectives of the goals that are none yet; gives them. A customer without a plan gets one.

    Raises `RefusedError` before the review was held, and where the account has left.
    """
    held = _held(review)
    goals = list(ReviewGoal.objects.kept().filter(review=held, objective=None).select_for_update(of=("self",)))
    if not goals:
        return []
    plan = SuccessPlan.objects.kept().filter(account=held.account_id).first()
    plan = plan or start_plan(by=by, account=held.account, owner=held.owner)
    began_on = clock.day_of(held.held_at or clock.now())
    for goal in goals:
        fields = {name: getattr(goal, name) for name in ("title", "measure", "unit", "baseline", "target", "due_on")}
        goal.objective = add_part(by=by, plan=plan, part=Objective, fields=fields | {"began_on": began_on})
        save_next(goal, by=by)
    return goals


@transaction.atomic
def take_back_goals(*, by: User, review: Review, goals: list[int]) -> None:
    """Takes the objectives of these goals out of the plan again. Raises `RefusedError` where they were measured."""
    held = _held(review)
    carried = ReviewGoal.objects.filter(review=held, pk__in=goals, objective__isnull=False)
    for goal in carried.select_related("objective").select_for_update(of=("self",)):
        objective = goal.objective
        if objective is not None:
            if objective.measured_on is not None:
                raise RefusedError(f"“{goal}” was measured since. Change it in the plan.")
            archive_part(by=by, part=objective)
        goal.objective = None
        save_next(goal, by=by)


@transaction.atomic
def carry_idea(*, by: User, idea: ReviewIdea, fields: OpportunityFields, key: UUID | None = None) -> Opportunity:
    """Makes an opportunity of an idea; a signal behind it is taken up by that, with its play.

    `key` is that of the form. Raises `RefusedError` before the review was held, where the idea is an opportunity
    already, and as opportunities do; `RepeatedError`.
    """
    claim(key, by=by)
    review = _held(idea.review)
    held = locked(idea)
    if held.opportunity_id is not None:
        raise RefusedError("This idea is an opportunity already.")
    if held.signal is not None and held.signal.is_open:
        begun = take_up(by=by, signal=held.signal, fields=fields)
    else:
        begun = create_opportunity(by=by, account=review.account, fields=fields)
    held.opportunity = begun
    save_next(held, by=by)
    return begun


def _held(review: Review) -> Review:
    held = locked(review)
    if not held.is_held:
        raise RefusedError("Hold the review first: only what was agreed is carried over.")
    return held
