"""How the customer may grow with us: one or two ideas that are chosen to be shown in a review."""

import datetime as dt
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.models import Review, ReviewIdea
from qbr.services.checklist import tick_what_is_done
from qbr.services.notes import open_for_words
from renewals.models import ExpansionSignal


class IdeaFields(TypedDict, total=False):
    """What may be said of an idea; what is not named stays. `value` is a year's, in workspace currency."""

    title: str
    reason: str
    value: Decimal | None


@transaction.atomic
def choose_idea(
    *, by: User, review: Review, fields: IdeaFields, signal: int | None = None, key: UUID | None = None
) -> ReviewIdea:
    """Lets an idea into a review; `signal` is the key of the one that it comes from, of the same account.

    Raises `RefusedError` for a signal that is none of the account's or was chosen already, and where the review was
    cancelled or followed up; `RepeatedError`.
    """
    claim(key, by=by)
    held = open_for_words(review)
    if signal is not None and not ExpansionSignal.objects.filter(pk=signal, account=held.account_id).exists():
        raise RefusedError("That signal is not one of this account.")
    return _only_one_a_signal(ReviewIdea(review=held, signal_id=signal, **fields), by=by, is_new=True)


@transaction.atomic
def edit_idea(*, by: User, idea: ReviewIdea, fields: IdeaFields, version: int | None = None) -> ReviewIdea:
    """Changes what is named in `fields`. Raises `RefusedError` where the review was cancelled or followed up and where
    the idea is an opportunity already, `StaleError`."""
    open_for_words(idea.review)
    held = locked(idea, version=version)
    _must_be_idea(held)
    before = as_it_stands(held, fields)
    for name, value in fields.items():
        setattr(held, name, value)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_idea(*, by: User, idea: ReviewIdea, version: int) -> ReviewIdea:
    """Puts back what the idea said before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    open_for_words(idea.review)
    _must_be_idea(idea)
    return put_back(idea, by=by, version=version)


@transaction.atomic
def drop_idea(*, by: User, idea: ReviewIdea) -> ReviewIdea:
    """Takes an idea out of the review. Raises `RefusedError` as `edit_idea` does."""
    return _set_out(idea, clock.now(), by)


@transaction.atomic
def restore_idea(*, by: User, idea: ReviewIdea) -> ReviewIdea:
    """Brings an idea back. Raises `RefusedError` as `edit_idea` does, and where its signal was chosen meanwhile."""
    return _set_out(idea, None, by)


def _set_out(idea: ReviewIdea, at: dt.datetime | None, by: User) -> ReviewIdea:
    open_for_words(idea.review)
    held = locked(idea)
    _must_be_idea(held)
    if (held.archived_at is None) == (at is None):
        return held
    held.archived_at = at
    return _only_one_a_signal(held, by=by)


def _only_one_a_signal(idea: ReviewIdea, *, by: User, is_new: bool = False) -> ReviewIdea:
    """Saves an idea; of two that come from one signal the database refuses the second."""
    try:
        with transaction.atomic():
            saved = save_first(idea, by=by) if is_new else save_next(idea, by=by)
    except IntegrityError as violated:
        if "review_idea_once_a_signal" not in str(violated):
            raise
        raise RefusedError("That idea was chosen already.") from None
    tick_what_is_done([idea.review_id])
    return saved


def _must_be_idea(idea: ReviewIdea) -> None:
    if idea.opportunity_id is not None:
        raise RefusedError("It is an opportunity already. Change it there.")
