"""Optimistic locking: the second writer is told, and overwrites nothing."""

from typing import TypeVar

import pghistory

from accounts.models import User
from cs_workspace.common.models import Versioned
from cs_workspace.common.refusals import StaleError

V = TypeVar("V", bound=Versioned)


def locked(record: V, *, version: int | None = None) -> V:
    """The record as it stands now, locked until the transaction ends.

    Raises `StaleError` where `version`, the one that the writer had read, is not the current one; None does not ask.
    """
    held = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if version is not None and held.version != version:
        raise StaleError(held, by=last_writer(held))
    return held


def save_first(record: V, *, by: User | None) -> V:
    """Saves a new record; its history says by whom, also outside of a request."""
    with pghistory.context(**({"user": by.pk} if by else {})):
        record.save(force_insert=True)
    return record


def save_next(record: V, *, by: User | None) -> V:
    """Saves a locked record as its next version; the history says by whom, also outside of a request."""
    record.version += 1
    with pghistory.context(**({"user": by.pk} if by else {})):
        record.save()
    return record


def last_writer(record: V) -> str:
    """The name of the user who changed the record last, out of its history; empty for the system and the unknown."""
    event = record.history.select_related("pgh_context").order_by("-pgh_id").first()
    context = event.pgh_context if event else None
    user = User.objects.filter(pk=context.metadata.get("user")).first() if context else None
    return user.name if user else ""
