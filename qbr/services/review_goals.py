"""What the customer wants to achieve until the next review: drafted, put into better words, dropped and brought back.

Goals are drafted before a review and while it is talked about; once it was followed up, they stand in the success plan.
"""

import datetime as dt
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from django.db import transaction

from accounts.models import Contact, User
from accounts.services.once import claim
from accounts.services.success_plans import check_sees
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.models import Review, ReviewGoal
from qbr.services.checklist import tick_what_is_done
from qbr.services.notes import open_for_words

RELATED = ("owner", "contact")


class GoalFields(TypedDict, total=False):
    """What may be said of a goal; what is not named stays. `contact` is who wants it at the customer."""

    title: str
    measure: str
    unit: str
    baseline: Decimal
    target: Decimal
    due_on: dt.date
    owner: User | None
    contact: Contact | None


@transaction.atomic
def draft_goal(*, by: User, review: Review, fields: GoalFields, key: UUID | None = None) -> ReviewGoal:
    """Adds a goal. `key` is that of the form. Raises `RefusedError` for what a goal cannot say and where the review was
    cancelled or followed up, `RepeatedError`."""
    claim(key, by=by)
    goal = ReviewGoal(review=open_for_words(review), **fields)
    _check(goal)
    save_first(goal, by=by)
    tick_what_is_done([review.pk])
    return goal


@transaction.atomic
def edit_goal(*, by: User, goal: ReviewGoal, fields: GoalFields, version: int | None = None) -> ReviewGoal:
    """Changes what is named in `fields`. Raises as `draft_goal` does, where it stands in the success plan already, and
    `StaleError`."""
    open_for_words(goal.review)
    held = locked(goal, version=version)
    _must_be_draft(held)
    before = as_it_stands(held, [f"{name}_id" if name in RELATED else name for name in fields])
    for name, value in fields.items():
        setattr(held, name, value)
    _check(held)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_goal(*, by: User, goal: ReviewGoal, version: int) -> ReviewGoal:
    """Puts back what the goal said before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    open_for_words(goal.review)
    _must_be_draft(goal)
    return put_back(goal, by=by, version=version)


@transaction.atomic
def drop_goal(*, by: User, goal: ReviewGoal) -> ReviewGoal:
    """Takes a goal out of the review. Raises `RefusedError` as `edit_goal` does."""
    return _set_out(goal, clock.now(), by)


@transaction.atomic
def restore_goal(*, by: User, goal: ReviewGoal) -> ReviewGoal:
    """Brings a goal back. Raises `RefusedError` as `edit_goal` does."""
    return _set_out(goal, None, by)


def _set_out(goal: ReviewGoal, at: dt.datetime | None, by: User) -> ReviewGoal:
    open_for_words(goal.review)
    held = locked(goal)
    _must_be_draft(held)
    if (held.archived_at is None) == (at is None):
        return held
    held.archived_at = at
    save_next(held, by=by)
    tick_what_is_done([held.review_id])
    return held


def _must_be_draft(goal: ReviewGoal) -> None:
    if goal.objective_id is not None:
        raise RefusedError("It stands in the success plan already. Change it there.")


def _check(goal: ReviewGoal) -> None:
    if goal.baseline == goal.target:
        raise RefusedError("The target must differ from the baseline: which of them is larger says what is better.")
    check_sees(goal.owner, goal.review.account)
    if goal.contact is not None and goal.contact.account_id != goal.review.account_id:
        raise RefusedError(f"{goal.contact} belongs to another account.")
