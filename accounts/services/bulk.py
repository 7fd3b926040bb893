"""What is done to many accounts at once: a new owner, a tag, a task for each; each of them can be taken back.

The accounts are handed in as a query of what `by` sees. Each form brings a key, so that one sent twice acts once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Case, CharField, F, Func, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Account, BulkChange, Task, User
from accounts.models.account import AccountQuerySet
from accounts.services.bulk_tasks import hand_back, move_back, wake
from accounts.services.notifying import Message, notify
from accounts.services.playbook_handling import cancel_started
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

AT_ONCE = 2000


def assignable_by(user: User) -> list[User]:
    """Who can be made an owner by `user`: people who may change things, below a manager, or anybody for executives."""
    if not user.leads:
        return []
    people = User.objects.filter(is_active=True, read_only=False).exclude(role=User.Role.AE)
    return list(people if user.sees_everything else people.filter(pk__in=user.team_ids))


@transaction.atomic
def assign_owner(*, by: User, accounts: AccountQuerySet, owner: User, key: UUID) -> BulkChange:
    """Gives the accounts to `owner`, from today; those that are theirs already stay as they are.

    Raises `RefusedError` where `by` leads nobody or `owner` is not among their people.
    """
    if owner not in assignable_by(by):
        raise RefusedError(f"You cannot give accounts to {owner}.")
    change, is_new = _begin(by, BulkChange.Kind.ASSIGN, str(owner.pk), key)
    if not is_new:
        return change
    groups: dict[tuple[int | None, dt.date | None], list[int]] = defaultdict(list)
    for pk, old, since in _locked(accounts.exclude(owner=owner)).values_list("pk", "owner", "owner_since"):
        groups[old, since].append(pk)
    change.before = [
        {"owner": old, "since": since.isoformat() if since else None, "accounts": pks}
        for (old, since), pks in groups.items()
    ]
    _write(by, [pk for pks in groups.values() for pk in pks], change, owner=owner, owner_since=clock.today())
    if owner != by and change.account_ids:
        many = count_of(change.account_ids, "account")
        notify([Message(user=owner, key=f"bulk:{change.pk}", title=f"{by} gave you {many}", url="/accounts/?owner=me")])
    return change


@transaction.atomic
def add_tag(*, by: User, accounts: AccountQuerySet, tag: str, key: UUID) -> BulkChange:
    """Puts a tag on the accounts that do not have it."""
    change, is_new = _begin(by, BulkChange.Kind.TAG, tag, key)
    if is_new:
        lacking = _locked(accounts.exclude(tags__contains=[tag])).values_list("pk", flat=True)
        _write(by, list(lacking), change, tags=_tags("array_append", tag))
    return change


@transaction.atomic
def remove_tag(*, by: User, accounts: AccountQuerySet, tag: str, key: UUID) -> BulkChange:
    """Takes a tag off the accounts that have it."""
    change, is_new = _begin(by, BulkChange.Kind.UNTAG, tag, key)
    if is_new:
        having = _locked(accounts.filter(tags__contains=[tag])).values_list("pk", flat=True)
        _write(by, list(having), change, tags=_tags("array_remove", tag))
    return change


@transaction.atomic
def create_tasks(
    *,
    by: User,
    accounts: AccountQuerySet,
    title: str,
    due_at: dt.datetime | None,
    priority: int,
    assignee: User | None,
    key: UUID,
) -> BulkChange:
    """Makes a task for each account, for `assignee` or, where that is None, for its owner; for `by` where it has none
    who can be given a task.

    Raises `RefusedError` where the assignee may not see all of the accounts.
    """
    change, is_new = _begin(by, BulkChange.Kind.TASK, title, key)
    if not is_new:
        return change
    may_work = When(owner__is_active=True, owner__read_only=False, then="owner")
    owners = dict(_locked(accounts).annotate(doer=Case(may_work)).values_list("pk", "doer"))
    if assignee is not None:
        hidden = len(owners) - Account.objects.visible_to(assignee).filter(pk__in=list(owners)).count()
        if hidden:
            raise RefusedError(f"{assignee} may not see {hidden} of the {count_of(owners, 'account')}.")
    tasks = Task.objects.bulk_create(
        (
            Task(
                title=title,
                account_id=account,
                due_at=due_at,
                priority=priority,
                by=by,
                origin_key=f"bulk:{key}:{account}",
            )
            for account in owners
        ),
        batch_size=AT_ONCE,
    )
    people = {
        task.pk: assignee.pk if assignee else owners[task.account_id] or by.pk for task in tasks if task.account_id
    }
    given = Task.assignees.through
    given.objects.bulk_create((given(task_id=task, user_id=user) for task, user in people.items()), batch_size=AT_ONCE)
    change.account_ids, change.before = list(owners), [task.pk for task in tasks]
    change.save()
    _tell(by, people.values(), title, change)
    return change


@transaction.atomic
def undo(*, by: User, change: BulkChange) -> int:
    """Takes a change back wherever nobody has changed the same since; gives how many accounts or tasks that were.

    Raises `RefusedError` for one that was taken back already.
    """
    change = BulkChange.objects.select_for_update().get(pk=change.pk)
    if change.undone_at is not None:
        raise RefusedError("This was taken back already.")
    with pghistory.context(user=by.pk):
        undone = UNDO[BulkChange.Kind(change.kind)](by=by, change=change)
    change.undone_at = clock.now()
    change.save()
    return undone


def _unassign(by: User, change: BulkChange) -> int:
    still = Account.objects.visible_to(by).filter(owner=int(change.value))
    return sum(
        _update(
            still.filter(pk__in=group["accounts"]),
            owner=group["owner"],
            owner_since=dt.date.fromisoformat(group["since"]) if group["since"] else None,
        )
        for group in change.before
    )


def _untag(by: User, change: BulkChange) -> int:
    tagged = _of(by, change).filter(tags__contains=[change.value])
    return _update(tagged, tags=_tags("array_remove", change.value))


def _retag(by: User, change: BulkChange) -> int:
    bare = _of(by, change).exclude(tags__contains=[change.value])
    return _update(bare, tags=_tags("array_append", change.value))


def _cancel(by: User, change: BulkChange) -> int:
    """Those that were made to repeat since are somebody's now."""
    made = Task.objects.unfinished().filter(pk__in=change.before, recurrence=None)
    still = made.filter(account__in=_of(by, change).values("pk"))
    return still.update(
        status=Task.Status.CANCELLED, snoozed_until=None, version=F("version") + 1, updated_at=timezone.now()
    )


UNDO: dict[BulkChange.Kind, Callable[..., int]] = {
    BulkChange.Kind.ASSIGN: _unassign,
    BulkChange.Kind.TAG: _untag,
    BulkChange.Kind.UNTAG: _retag,
    BulkChange.Kind.TASK: _cancel,
    BulkChange.Kind.PLAYBOOK: cancel_started,
    BulkChange.Kind.HAND_OVER: hand_back,
    BulkChange.Kind.MOVE: move_back,
    BulkChange.Kind.SNOOZE: wake,
}


def _begin(by: User, kind: BulkChange.Kind, value: str, key: UUID) -> tuple[BulkChange, bool]:
    """The change of this key. A second form waits here for the first, and then finds it done."""
    return BulkChange.objects.get_or_create(
        key=key, defaults={"by": by, "kind": kind, "value": value, "account_ids": [], "before": []}
    )


def _locked(accounts: AccountQuerySet) -> AccountQuerySet:
    """In the order of their keys, so that two bulk changes cannot wait for each other in a ring."""
    return accounts.order_by("pk").select_for_update(of=("self",))


def _write(by: User, account_ids: list[int], change: BulkChange, **values: object) -> None:
    with pghistory.context(user=by.pk):
        _update(Account.objects.filter(pk__in=account_ids), **values)
    change.account_ids = account_ids
    change.save()


def _update(accounts: AccountQuerySet, **values: object) -> int:
    return accounts.order_by().update(**values, version=F("version") + 1, updated_at=timezone.now())


def _of(by: User, change: BulkChange) -> AccountQuerySet:
    return Account.objects.visible_to(by).filter(pk__in=change.account_ids)


def _tags(function: str, tag: str) -> Func:
    return Func(F("tags"), Cast(Value(tag), CharField()), function=function)


def _tell(by: User, people: Iterable[int], title: str, change: BulkChange) -> None:
    """One message to each, however many tasks it is."""
    tasks: dict[int, int] = defaultdict(int)
    for user in people:
        tasks[user] += 1
    notify(
        [
            Message(
                user=user,
                key=f"bulk:{change.pk}:{user.pk}",
                title=f"{by} gave you {count_of(tasks[user.pk], 'task')}",
                body=title,
                url="/tasks/",
            )
            for user in User.objects.filter(pk__in=tasks).exclude(pk=by.pk)
        ]
    )


def count_of(things: Iterable[object] | int, word: str) -> str:
    """A number with its noun: 1 account, 1,200 accounts."""
    number = things if isinstance(things, int) else len(list(things))
    return f"{number:,} {word}{'' if number == 1 else 's'}"
