"""What was changed on a record, field by field, out of the versions that its audit keeps."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils import timezone

from accounts.models import User
from cs_workspace.common.models import Versioned

# So many versions are told; hardly a record has more.
MOST = 100


@dataclass(frozen=True)
class Change:
    """One field before and after, in words; empty where nothing was said."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class HistoryEntry:
    """Something that was done with a record, when and by whom (empty for the system)."""

    at: dt.datetime
    by: str
    title: str
    note: str = ""
    changes: Sequence[Change] = ()


def _general(_name: str, _value: Any) -> str | None:
    return None


def changes_of(
    record: Versioned,
    told: Sequence[str],
    *,
    own_words: Callable[[str, Any], str | None] = _general,
    opened: Callable[[Any], str] | None = None,
) -> list[HistoryEntry]:
    """The versions of a record with an owner, each against the one before, the latest first. At most two queries.

    `told` are the columns whose changes are told, in their order; `own_words` says what a value of one is called, None
    for the general words. `opened` names the first version, which is told only with it.
    """
    events = list(record.history.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1])
    people = _people(events)

    def words(name: str, event: Any) -> str:
        value = getattr(event, name)
        own = own_words(name, value)
        return _words(record, name, value, people) if own is None else own

    entries = []
    for event, before in pairwise(events):
        changes = [
            Change(_label(record, name), was, now)
            for name in told
            if (was := words(name, before)) != (now := words(name, event))
        ]
        if changes:
            entries.append(HistoryEntry(event.pgh_created_at, people.get(_writer(event), ""), "Changed", "", changes))
    if opened and events and len(events) <= MOST:
        first = events[-1]
        entries.append(HistoryEntry(first.pgh_created_at, people.get(_writer(first), ""), opened(first)))
    return entries


def _people(events: Sequence[Any]) -> Mapping[int | None, str]:
    """The names of all who wrote or own in some version. One query."""
    keys = {_writer(event) for event in events} | {event.owner_id for event in events}
    return dict(User.objects.filter(pk__in=keys - {None}).values_list("pk", "name"))


def _writer(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _label(record: Versioned, name: str) -> str:
    field: Any = record._meta.get_field(name)
    text = str(field.verbose_name)
    return text[:1].upper() + text[1:]


def _words(record: Versioned, name: str, value: Any, people: Mapping[int | None, str]) -> str:
    """What a field says, for people; empty where it says nothing."""
    if value is None or value == "":
        return ""
    if name == "owner_id":
        return people.get(value, "somebody who is gone")
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%a %d %b %Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value.day} {value:%b %Y}"
    field: Any = record._meta.get_field(name)
    return str(dict(field.choices).get(value, value)) if field.choices else str(value)
