"""The invitation to a review as calendars read it, by RFC 5545 and RFC 5546."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event, vCalAddress

UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True)
class Person:
    """Somebody who is invited, or invites."""

    name: str
    email: str


@dataclass(frozen=True)
class Invitation:
    """What is told to calendars. `starts_at` is aware; it is written in `zone`, the one of the customer.

    `sequence` grows with each change, by which a calendar knows the one that holds; one that is cancelled takes the
    appointment out again.
    """

    uid: str
    sequence: int
    is_cancelled: bool
    title: str
    details: str
    place: str
    starts_at: dt.datetime
    minutes: int
    zone: ZoneInfo
    organiser: Person
    people: Sequence[Person]
    changed_at: dt.datetime


def zone_of(name: str, default: ZoneInfo = UTC) -> ZoneInfo:
    """The zone of that name, as accounts and imports have it; the default where there is no such zone."""
    try:
        return ZoneInfo(name) if name else default
    except (ZoneInfoNotFoundError, ValueError, OSError):  # of a name that is none, a path, or a folder of zones
        return default


def ics_of(invitation: Invitation) -> bytes:
    """The file, in UTF-8. It brings the rules of its zone along, so that no calendar has to know it, and the hour stays
    the customer's where those rules change until then."""
    calendar = Calendar()
    calendar.add("prodid", "-//Customer success workspace//Reviews//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if invitation.is_cancelled else "REQUEST")
    calendar.add_component(_event(invitation))
    if invitation.zone.key != UTC.key:
        day = invitation.starts_at.date()
        calendar.add_missing_timezones(first_date=dt.date(day.year - 1, 1, 1), last_date=dt.date(day.year + 2, 1, 1))
        # Some programs look for a zone only above what is in it.
        calendar.subcomponents.sort(key=lambda part: part.name == "VEVENT")
    return calendar.to_ical()


def _event(invitation: Invitation) -> Event:
    starts_at = invitation.starts_at.astimezone(invitation.zone)
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.changed_at.astimezone(dt.UTC))
    event.add("dtstart", starts_at)
    # Reckoned in UTC: an hour is an hour, also where clocks change within it.
    end = invitation.starts_at.astimezone(dt.UTC) + dt.timedelta(minutes=invitation.minutes)
    event.add("dtend", end.astimezone(invitation.zone))
    event.add("summary", invitation.title)
    event.add("description", invitation.details)
    if invitation.place:
        event.add("location", invitation.place)
    event.add("status", "CANCELLED" if invitation.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("organizer", _address(invitation.organiser), encode=0)
    for person in invitation.people:
        address = _address(person)
        address.params["ROLE"] = "REQ-PARTICIPANT"
        address.params["PARTSTAT"] = "NEEDS-ACTION"
        address.params["RSVP"] = "TRUE"
        event.add("attendee", address, encode=0)
    return event


def _address(person: Person) -> vCalAddress:
    # No break in what somebody typed may end the line of the file; names have no quotes at all (RFC 5545 §3.2).
    address = vCalAddress(f"mailto:{''.join(person.email.split())}")
    address.params["CN"] = " ".join(person.name.replace('"', "'").split())
    return address
