"""Action items of a review: which are done and late, and who can be given one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.shortcuts import get_object_or_404

from accounts.models import Contact, Task, User
from cs_workspace.common import clock
from qbr.models import ActionItem, Review


@dataclass(frozen=True)
class People:
    """Who can be given an action item: of us those around the account, the likeliest first; the customer's people."""

    users: Sequence[User]
    contacts: Sequence[Contact]

    def with_whoever_has(self, item: ActionItem) -> "People":
        """With the person who has an action item already, though they may have left since."""
        users = [item.user] if item.user and item.user not in self.users else []
        contacts = [item.contact] if item.contact and item.contact not in self.contacts else []
        return People([*self.users, *users], [*self.contacts, *contacts])


@dataclass(frozen=True)
class ActionRow:
    """An action item as pages show it; of ours its task says when it is done, and whether it was given up."""

    action: ActionItem
    done_at: dt.datetime | None
    done_by: str
    is_dropped: bool
    is_late: bool

    @property
    def is_open(self) -> bool:
        """Neither done nor given up."""
        return self.done_at is None and not self.is_dropped

    @property
    def who(self) -> str:
        """Who promised it; empty where nobody is named."""
        return str(self.action.user or self.action.contact or "")


@dataclass(frozen=True)
class Actions:
    """The action items of a review, those that are due first before the others."""

    ours: Sequence[ActionRow]
    theirs: Sequence[ActionRow]

    @property
    def count(self) -> int:
        """Of both sides."""
        return len(self.ours) + len(self.theirs)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(row.done_at is not None for row in (*self.ours, *self.theirs))


def actions_of(review: Review) -> Actions:
    """The action items of both sides. One query."""
    kept = ActionItem.objects.kept().filter(review=review).order_by("due_on", "pk")
    rows = [_row(item, clock.today()) for item in kept.select_related("user", "contact", "task__done_by")]
    return Actions(
        [row for row in rows if row.action.side == ActionItem.Side.US],
        [row for row in rows if row.action.side == ActionItem.Side.CUSTOMER],
    )


def people_of(review: Review, user: User) -> People:
    """Who can be given an action item of a review; `user` is the one who writes it down. Two queries."""
    account = review.account
    around = Q(pk__in=[pk for pk in (review.owner_id, account.owner_id, user.pk) if pk])
    around |= Q(pk__in=account.team_members.values("user"))
    users = User.objects.filter(around, is_active=True, read_only=False)
    first = (review.owner_id, user.pk, account.owner_id)
    ordered = sorted(users, key=lambda one: (first.index(one.pk) if one.pk in first else len(first), one.name))
    return People(ordered, list(Contact.objects.present().filter(account=account).order_by("name", "pk")))


def get_action_for(user: User, pk: int) -> ActionItem:
    """An action item of a review that the user sees, also one that was taken out; anything else is a 404."""
    around = ("review__account", "review__owner", "user", "contact", "task")
    return get_object_or_404(ActionItem.objects.visible_to(user).select_related(*around), pk=pk)


def _row(item: ActionItem, today: dt.date) -> ActionRow:
    task = item.task
    done_at = task.done_at if task else item.done_at
    done_by = str(task.done_by or "") if task else item.done_by
    is_dropped = task is not None and task.status == Task.Status.CANCELLED
    return ActionRow(
        action=item,
        done_at=done_at,
        done_by=done_by,
        is_dropped=is_dropped,
        is_late=done_at is None and not is_dropped and item.due_on < today,
    )
