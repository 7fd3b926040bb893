"""What customers see of a review by their link: what was agreed in it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.domain.success_plans import in_words
from cs_workspace.common import clock
from qbr.models import Review, ReviewGoal, ReviewNote
from qbr.queries.actions import ActionRow, actions_of


@dataclass(frozen=True)
class SharedAction:
    """What the customer learns of an action item: no more than this leaves the house."""

    pk: int
    title: str
    who: str
    due_on: dt.date
    done_on: dt.date | None
    is_late: bool


@dataclass(frozen=True)
class SharedGoal:
    """A goal until the next review."""

    title: str
    aim: str
    who: str
    due_on: dt.date


@dataclass(frozen=True)
class SharedPage:
    """What was agreed in a review: decisions, goals, and what each side does."""

    kind: str
    account: str
    owner: str
    held_on: dt.date
    decisions: Sequence[str]
    goals: Sequence[SharedGoal]
    theirs: Sequence[SharedAction]
    ours: Sequence[SharedAction]


def shared_page(review: Review) -> SharedPage:
    """What was agreed in a review that was held. Three queries; what we gave up is left out."""
    notes = ReviewNote.objects.kept().filter(review=review, kind=ReviewNote.Kind.DECISION)
    goals = ReviewGoal.objects.kept().filter(review=review).select_related("owner", "contact")
    actions = actions_of(review)
    owner = review.account.owner
    return SharedPage(
        kind=review.get_kind_display(),
        account=review.account.name,
        owner=owner.name if owner else "",
        held_on=clock.day_of(review.held_at or review.status_since),
        decisions=[note.text for note in notes],
        goals=[_goal(one) for one in goals],
        theirs=[_action(row) for row in actions.theirs],
        ours=[_action(row) for row in actions.ours if not row.is_dropped],
    )


def _goal(one: ReviewGoal) -> SharedGoal:
    aim = f"{one.measure} from {in_words(one.baseline)} to {in_words(one.target, one.unit)}"
    return SharedGoal(one.title, aim, str(one.contact or one.owner or ""), one.due_on)


def _action(row: ActionRow) -> SharedAction:
    item = row.action
    done_on = clock.day_of(row.done_at) if row.done_at else None
    return SharedAction(item.pk, item.title, row.who, item.due_on, done_on, row.is_late)
