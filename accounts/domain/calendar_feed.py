"""Tasks as a calendar, by RFC 5545, for programs that read it from an address."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from icalendar import Calendar, Event, vDuration

from accounts.domain.workdays import END_OF_WORK

# As long as a task with an hour is drawn, from the moment at which it is due.
SHOWN_FOR: Final = dt.timedelta(minutes=30)
# How often programs are asked to look again.
REFRESHED: Final = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One task: `due_at` is aware, `priority` 1 (urgent) to 4 (low), `version` counts its changes."""

    uid: str
    title: str
    details: str
    url: str
    due_at: dt.datetime
    changed_at: dt.datetime
    version: int
    priority: int


def calendar_of(entries: Iterable[Entry], *, name: str, zone: dt.tzinfo) -> bytes:
    """The calendar, in UTF-8. A task due at the end of a working day of the zone stands on the whole day: it was given
    a day and no hour. Others are moments in UTC, so that no calendar needs to know a zone. None of them blocks time.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Customer success workspace//Tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(REFRESHED), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESHED))
    for entry in entries:
        calendar.add_component(_event(entry, zone))
    return calendar.to_ical()


def hash_of(token: str) -> str:
    """What is kept of a token. It is random, so that a plain SHA-256 cannot be tried back to it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _event(entry: Entry, zone: dt.tzinfo) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(dt.UTC))
    event.add("last-modified", entry.changed_at.astimezone(dt.UTC))
    event.add("sequence", entry.version)
    event.add("summary", entry.title)
    if entry.details:
        event.add("description", entry.details)
    event.add("url", entry.url)
    # RFC 5545 §3.8.1.9 counts from 1 (highest) to 9, with 5 in the middle
    event.add("priority", 2 * entry.priority - 1)
    event.add("transp", "TRANSPARENT")
    local = entry.due_at.astimezone(zone)
    if local == dt.datetime.combine(local.date(), END_OF_WORK, tzinfo=zone):
        event.add("dtstart", local.date())
        event.add("dtend", local.date() + dt.timedelta(days=1))
    else:
        event.add("dtstart", entry.due_at.astimezone(dt.UTC))
        event.add("dtend", (entry.due_at + SHOWN_FOR).astimezone(dt.UTC))
    return event
