"""What both sides promised in a review: ours are tasks as well, theirs are ticked by them through a link."""

import datetime as dt
from typing import TypedDict
from uuid import UUID

import pghistory
from django.db import transaction

from accounts.models import Contact, Task, User
from accounts.services.once import claim
from accounts.services.share_links import make_link
from accounts.services.success_plans import check_sees
from accounts.services.tasks import TaskFields, cancel_task, complete_task, create_task, edit_task, reopen_task
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.models import ActionItem, Review, ReviewShare
from qbr.services.notes import open_for_words
from renewals.services.timelines import due_moment

US, CUSTOMER = ActionItem.Side.US.value, ActionItem.Side.CUSTOMER.value


class ActionFields(TypedDict, total=False):
    """What may be said of an action item; what is not named stays. `user` is for ours, `contact` for theirs."""

    title: str
    user: User | None
    contact: Contact | None
    due_on: dt.date


@transaction.atomic
def add_action(*, by: User, review: Review, side: str, fields: ActionFields, key: UUID | None = None) -> ActionItem:
    """Writes down what one side promised. Ours becomes a task of whoever promised it, else of the review's owner.

    `key` is that of the form. Raises `RefusedError` for a review that was cancelled or followed up and for people who
    have nothing to do with the account; `RepeatedError`.
    """
    claim(key, by=by)
    held = open_for_words(review)
    item = ActionItem(review=held, side=side, **fields)
    if side == US and item.user is None:
        item.user = held.owner or by
    _check(item)
    save_first(item, by=by)
    if side == US:
        item.task = _make_task(item, by=by)
        save_next(item, by=by)
    return item


@transaction.atomic
def edit_action(*, by: User, action: ActionItem, fields: ActionFields, version: int | None = None) -> ActionItem:
    """Changes what is named in `fields`, and its open task with it. Raises `RefusedError` as above, `StaleError`."""
    open_for_words(action.review)
    held = locked(action, version=version)
    before = as_it_stands(held, ("title", "user_id", "contact_id", "due_on"))
    for name, value in fields.items():
        setattr(held, name, value)
    if held.side == US and held.user is None:
        held.user = held.review.owner or by
    _check(held)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    _lead_task(held, by=by)
    return held


@transaction.atomic
def take_back_action(*, by: User, action: ActionItem, version: int) -> ActionItem:
    """Puts back what was said before the change that made `version`, in its task too. Raises `RefusedError`,
    `StaleError`."""
    open_for_words(action.review)
    back = put_back(action, by=by, version=version)
    # What it was related to is read anew.
    held = locked(back)
    _lead_task(held, by=by)
    return held


@transaction.atomic
def archive_action(*, by: User, action: ActionItem) -> ActionItem:
    """Takes an action item out; its open task is cancelled. It can be restored. Raises `RefusedError`."""
    open_for_words(action.review)
    held = locked(action)
    held.archived_at = clock.now()
    save_next(held, by=by)
    if held.task is not None and held.task.status == Task.Status.OPEN:
        cancel_task(by=by, task=held.task)
    return held


@transaction.atomic
def restore_action(*, by: User, action: ActionItem) -> ActionItem:
    """Brings an action item back, and the task that was cancelled with it. Raises `RefusedError`."""
    open_for_words(action.review)
    held = locked(action)
    held.archived_at = None
    save_next(held, by=by)
    if held.task is not None and held.task.status == Task.Status.CANCELLED:
        reopen_task(by=by, task=held.task)
    return held


@transaction.atomic
def finish_action(*, by: User, action: ActionItem) -> ActionItem:
    """Done: ours by its task, theirs by the word of `by`, also after the review was followed up. Raises
    `RefusedError` where it is done."""
    held = locked(action)
    if held.task is not None:
        complete_task(by=by, task=held.task)
        return held
    return _tick(held, by.name, by=by)


@transaction.atomic
def reopen_action(*, by: User, action: ActionItem) -> ActionItem:
    """Not done after all. Raises `RefusedError` where it is open."""
    held = locked(action)
    if held.task is not None:
        reopen_task(by=by, task=held.task)
        return held
    return _untick(held, by=by)


@transaction.atomic
def share_actions(*, by: User, review: Review, days: int) -> ReviewShare:
    """Makes the link by which the customer sees what was agreed, and ticks what is theirs.

    Raises `RefusedError` before the review was held, and where there is a link that still opens it.
    """
    held = locked(review)
    if not held.is_held:
        raise RefusedError("Hold the review first: the customer sees what was agreed in it.")
    return make_link(ReviewShare, held, days, by=by)


@transaction.atomic
def tick_for_customer(*, share: ReviewShare, action: ActionItem) -> ActionItem:
    """The customer says by their link that something of theirs is done; the history names the link.

    Raises `RefusedError` where it is done, ours, or of another review.
    """
    held = _theirs(share, action)
    with pghistory.context(customer_link=share.pk):
        return _tick(held, _name_of(held), by=None)


@transaction.atomic
def untick_for_customer(*, share: ReviewShare, action: ActionItem) -> ActionItem:
    """The customer takes back what was ticked. Raises `RefusedError` where it is open, ours, or of another review."""
    held = _theirs(share, action)
    with pghistory.context(customer_link=share.pk):
        return _untick(held, by=None)


def _make_task(item: ActionItem, *, by: User) -> Task:
    review = item.review
    return create_task(
        by=by,
        title=item.title,
        account=review.account,
        assignees=[item.user] if item.user else [],
        due_at=due_moment(item.due_on, item.user),
        origin=Task.Origin.REVIEW,
        origin_key=f"review:{review.pk}:action:{item.pk}",
        body=f"Promised in the {review.get_kind_display().lower()}.",
    )


def _lead_task(held: ActionItem, *, by: User) -> None:
    """Lets the open task say what the action item says."""
    if held.task is None or held.task.status != Task.Status.OPEN:
        return
    fields = TaskFields(
        title=held.title, due_at=due_moment(held.due_on, held.user), assignees=[held.user] if held.user else []
    )
    edit_task(by=by, task=held.task, fields=fields)


def _check(item: ActionItem) -> None:
    account = item.review.account
    check_sees(item.user, account)
    if item.contact is not None and item.contact.account_id != account.pk:
        raise RefusedError(f"{item.contact} belongs to another account.")


def _theirs(share: ReviewShare, action: ActionItem) -> ActionItem:
    held = locked(action)
    if held.review_id != share.review_id or held.side != CUSTOMER or held.archived_at is not None:
        raise RefusedError("This is not among what you agreed to do.")
    return held


def _name_of(item: ActionItem) -> str:
    return str(item.contact) if item.contact else "The customer"


def _tick(held: ActionItem, name: str, *, by: User | None) -> ActionItem:
    if held.done_at is not None:
        raise RefusedError(f"{held.done_by or 'Somebody'} said already that it is done.")
    held.done_at, held.done_by = clock.now(), name[:120]
    return save_next(held, by=by)


def _untick(held: ActionItem, *, by: User | None) -> ActionItem:
    if held.done_at is None:
        raise RefusedError("It is not done yet.")
    held.done_at, held.done_by = None, ""
    return save_next(held, by=by)
