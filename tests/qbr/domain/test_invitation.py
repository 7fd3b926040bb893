"""The invitation to a review as calendars read it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from qbr.domain.invitation import UTC, Invitation, Person, ics_of, zone_of

STARTS = dt.datetime(2026, 12, 1, 14, tzinfo=dt.UTC)
NEW_YORK = ZoneInfo("America/New_York")


def invitation(**fields) -> Invitation:
    values = {
        "uid": "review-7@cs.example.com",
        "sequence": 2,
        "is_cancelled": False,
        "title": "Business review: Halden",
        "details": "Agenda\n10 min  Value; and more",
        "place": "Room 1",
        "starts_at": STARTS,
        "minutes": 60,
        "zone": NEW_YORK,
        "organiser": Person("Olga Owner", "olga@cs.example.com"),
        "people": [Person("Ana Costa", "ana@halden.example.com")],
        "changed_at": dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC),
    }
    return Invitation(**values | fields)


def read(**fields):
    text = ics_of(invitation(**fields))
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return text, calendar, event


def test_it_is_a_request_in_the_customer_s_time_with_the_rules_of_their_zone():
    text, calendar, event = read()
    assert calendar["method"] == "REQUEST"
    assert b"DTSTART;TZID=America/New_York:20261201T090000\r\n" in text
    assert b"DTEND;TZID=America/New_York:20261201T100000\r\n" in text
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    assert text.index(b"BEGIN:VTIMEZONE") < text.index(b"BEGIN:VEVENT")
    assert (event["uid"], event["sequence"], event["status"]) == ("review-7@cs.example.com", 2, "CONFIRMED")
    assert event["description"] == "Agenda\n10 min  Value; and more"


def test_everybody_with_an_address_is_asked_to_answer():
    _, _, event = read(people=[Person("Ana Costa", "ana@x.example"), Person('Bo "B" Lee', "bo@x.example")])
    assert event["organizer"] == "mailto:olga@cs.example.com"
    assert [(str(one), one.params["CN"], one.params["RSVP"]) for one in event["attendee"]] == [
        ("mailto:ana@x.example", "Ana Costa", "TRUE"),
        ("mailto:bo@x.example", "Bo 'B' Lee", "TRUE"),
    ]


def test_a_cancelled_one_takes_the_appointment_out():
    _, calendar, event = read(is_cancelled=True)
    assert (calendar["method"], event["status"]) == ("CANCEL", "CANCELLED")


def test_in_utc_no_zone_is_brought_along():
    text, calendar, _ = read(zone=UTC)
    assert b"DTSTART:20261201T140000Z\r\n" in text
    assert calendar.walk("VTIMEZONE") == []


def test_an_hour_is_an_hour_when_the_clocks_change_in_it():
    # In New York 01:30 comes twice that night; the meeting ends at the second one plus half an hour.
    _, _, event = read(starts_at=dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC), minutes=90)
    assert event.decoded("dtstart").replace(tzinfo=None) == dt.datetime(2026, 11, 1, 1, 30)
    assert event.decoded("dtend").replace(tzinfo=None) == dt.datetime(2026, 11, 1, 2, 0)


@pytest.mark.parametrize(
    ("name", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("", "UTC"), ("Europe", "UTC"), ("../etc/passwd", "UTC"), ("Nope", "UTC")],
)
def test_a_zone_that_is_none_is_utc(name, zone):
    assert zone_of(name).key == zone


@given(
    name=st.text(max_size=40),
    details=st.text(max_size=200),
    starts_at=st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2060, 1, 1), timezones=st.just(dt.UTC)),
    zone=st.sampled_from(["UTC", "Asia/Kathmandu", "Europe/Berlin", "Africa/Casablanca", "America/St_Johns"]),
)
def test_nothing_that_somebody_typed_breaks_the_file(name, details, starts_at, zone):
    starts_at = starts_at.replace(microsecond=0)
    text, _, event = read(
        title=f"Review {name}",
        details=details,
        starts_at=starts_at,
        zone=ZoneInfo(zone),
        people=[Person(name, "a@b.c")],
    )
    assert text.count(b"BEGIN:VEVENT") == text.count(b"ATTENDEE") == 1
    there = starts_at.astimezone(ZoneInfo(zone))
    assert event.decoded("dtstart").replace(tzinfo=None) == there.replace(tzinfo=None)
