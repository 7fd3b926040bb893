"""Tasks as a calendar that other programs read."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from accounts.domain.calendar_feed import Entry, calendar_of, hash_of

BERLIN = ZoneInfo("Europe/Berlin")
CHANGED = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


def entry(**fields):
    values = {
        "uid": "task-1@cs.example.com",
        "title": "Call the champion",
        "details": "",
        "url": "https://cs.example.com/tasks/1/",
        "due_at": dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC),
        "changed_at": CHANGED,
        "version": 3,
        "priority": 2,
    }
    return Entry(**(values | fields))


def read(*entries, zone=BERLIN):
    text = calendar_of(entries, name="Tasks of Olga", zone=zone)
    return text, list(Calendar.from_ical(text).walk("VEVENT"))


def test_a_task_with_an_hour_is_a_moment_in_utc():
    text, (event,) = read(entry())
    assert b"DTSTART:20260302T093000Z\r\n" in text
    assert event.decoded("dtend") - event.decoded("dtstart") == dt.timedelta(minutes=30)
    assert (event["uid"], event["summary"], event["sequence"], event["priority"], event["transp"]) == (
        *("task-1@cs.example.com", "Call the champion", 3, 3),
        "TRANSPARENT",
    )
    assert event.decoded("dtstamp") == CHANGED


@pytest.mark.parametrize(
    ("due_at", "day"),
    [
        ("2026-01-15T16:00", "2026-01-15"),  # winter: an hour before UTC
        ("2026-07-15T15:00", "2026-07-15"),  # summer: two
        ("2026-03-28T16:00", "2026-03-28"),  # the day before the clocks go forward
        ("2026-03-29T15:00", "2026-03-29"),  # the day on which they do
        ("2026-10-25T16:00", "2026-10-25"),  # and the one on which they go back
    ],
)
def test_a_task_with_a_day_and_no_hour_stands_on_the_whole_day(due_at, day):
    _, (event,) = read(entry(due_at=dt.datetime.fromisoformat(due_at).replace(tzinfo=dt.UTC)))
    assert event.decoded("dtstart") == dt.date.fromisoformat(day)
    assert event.decoded("dtend") == dt.date.fromisoformat(day) + dt.timedelta(days=1)


def test_the_day_is_that_of_the_reader():
    due_at = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    _, (event,) = read(entry(due_at=due_at), zone=ZoneInfo("Asia/Tokyo"))
    assert event.decoded("dtstart") == dt.date(2026, 3, 2)
    _, (event,) = read(entry(due_at=due_at))
    assert event.decoded("dtstart") == due_at


@given(
    title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200),
    details=st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=500),
)
def test_whatever_people_write_comes_back_as_it_was_and_begins_nothing_new(title, details):
    text, events = read(entry(title=title, details=details), entry(uid="task-2@cs.example.com"))
    assert len(events) == 2
    assert str(events[0]["summary"]) == title
    assert str(events[0].get("description", "")) == details
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))


def test_a_title_that_looks_like_an_entry_stays_a_title():
    text, events = read(entry(title="a, b; c\\d\nEND:VEVENT\nBEGIN:VEVENT"))
    assert len(events) == 1
    assert b"SUMMARY:a\\, b\\; c\\\\d\\nEND:VEVENT\\nBEGIN:VEVENT" in text.replace(b"\r\n ", b"")


def test_an_empty_calendar_is_one_too():
    text, events = read()
    assert events == []
    assert text.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text


def test_what_is_kept_of_a_token_is_no_token():
    assert hash_of("a") != hash_of("b")
    assert len(hash_of("a")) == 64
    assert "a-token" not in hash_of("a-token")
