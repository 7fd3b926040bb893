"""Working days: over weekends and days off, month ends and changes of the clocks, in every zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.domain.workdays import END_OF_WORK, START_OF_WORK, Calendar, Unit

BERLIN = ZoneInfo("Europe/Berlin")
EASTER = frozenset({dt.date(2026, 4, 3), dt.date(2026, 4, 6)})  # Good Friday and Easter Monday

zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Australia/Lord_Howe", "UTC"]
).map(ZoneInfo)
days = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))
moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2028, 12, 31), timezones=st.just(dt.UTC))
calendars = st.builds(Calendar, zones, st.frozensets(days, max_size=30))
offsets = st.integers(0, 60)
units = st.sampled_from(Unit)


def on(day: str) -> dt.date:
    return dt.date.fromisoformat(day)


def berlin(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-03-10", 0, "2026-03-10"),  # a Tuesday
        ("2026-03-10", 1, "2026-03-11"),
        ("2026-03-13", 1, "2026-03-16"),  # Friday to Monday
        ("2026-03-14", 0, "2026-03-16"),  # a Saturday is moved on
        ("2026-03-14", 1, "2026-03-16"),
        ("2026-03-15", 5, "2026-03-20"),
        ("2026-03-31", 1, "2026-04-01"),  # over the end of a month
        ("2026-04-02", 1, "2026-04-07"),  # over Easter
        ("2026-04-03", 0, "2026-04-07"),  # a day off is moved on, over the weekend and the other one
        ("2026-12-31", 1, "2027-01-01"),  # nobody said that it is a day off
        ("2028-02-28", 2, "2028-03-01"),  # a leap year
        ("2026-03-16", -1, "2026-03-13"),
        ("2026-04-07", -2, "2026-04-01"),
        ("2026-03-15", -1, "2026-03-13"),
    ],
)
def test_working_days_are_added(start, number, end):
    assert Calendar(BERLIN, EASTER).add_working_days(on(start), number) == on(end)


@pytest.mark.parametrize(
    ("given_at", "number", "unit", "due_at"),
    [
        ("2026-03-10 09:00", 0, Unit.WORKING, "2026-03-10 17:00"),
        ("2026-03-10 16:59", 0, Unit.WORKING, "2026-03-10 17:00"),
        ("2026-03-10 17:00", 0, Unit.WORKING, "2026-03-11 17:00"),  # the day is over
        ("2026-03-13 18:00", 0, Unit.WORKING, "2026-03-16 17:00"),
        ("2026-03-13 18:00", 0, Unit.CALENDAR, "2026-03-14 17:00"),
        ("2026-03-13 09:00", 2, Unit.WORKING, "2026-03-17 17:00"),
        ("2026-03-13 09:00", 2, Unit.CALENDAR, "2026-03-15 17:00"),
        ("2026-03-27 09:00", 1, Unit.WORKING, "2026-03-30 17:00"),  # the clocks went forward
        ("2026-10-23 09:00", 1, Unit.WORKING, "2026-10-26 17:00"),  # and back
    ],
)
def test_a_task_is_due_at_the_end_of_work(given_at, number, unit, due_at):
    assert Calendar(BERLIN).due_at(berlin(given_at), number, unit) == berlin(due_at).astimezone(dt.UTC)


def test_a_day_is_that_of_the_persons_zone():
    late = dt.datetime(2026, 3, 10, 23, tzinfo=dt.UTC)  # already Wednesday in Tokyo, still Tuesday in New York
    tokyo, new_york = Calendar(ZoneInfo("Asia/Tokyo")), Calendar(ZoneInfo("America/New_York"))
    assert tokyo.due_at(late, 0, Unit.WORKING) == dt.datetime(2026, 3, 11, 8, tzinfo=dt.UTC)
    assert new_york.due_at(late, 0, Unit.WORKING) == dt.datetime(2026, 3, 11, 21, tzinfo=dt.UTC)


def test_a_wait_is_over_when_work_begins():
    friday = berlin("2026-03-13 18:30")
    assert Calendar(BERLIN).resumes_at(friday, 1, Unit.WORKING) == berlin("2026-03-16 08:00").astimezone(dt.UTC)
    assert Calendar(BERLIN).resumes_at(friday, 3, Unit.CALENDAR) == berlin("2026-03-16 08:00").astimezone(dt.UTC)


@given(calendars, days, offsets.filter(bool))
def test_what_is_added_is_what_lies_between(calendar, day, number):
    end = calendar.add_working_days(day, number)
    assert calendar.is_working(end)
    between = (day + dt.timedelta(days=one) for one in range(1, (end - day).days + 1))
    assert sum(calendar.is_working(one) for one in between) == number


@given(calendars, days, offsets, offsets)
def test_days_can_be_added_in_parts(calendar, day, first, second):
    start = calendar.working_day_from(day)
    at_once = calendar.add_working_days(start, first + second)
    assert calendar.add_working_days(calendar.add_working_days(start, first), second) == at_once


@given(calendars, days, offsets)
def test_the_way_back_leads_to_where_it_began(calendar, day, number):
    start = calendar.working_day_from(day)
    assert calendar.add_working_days(calendar.add_working_days(start, number), -number) == start


@given(calendars, moments, offsets, units)
@example(Calendar(ZoneInfo("Pacific/Kiritimati")), dt.datetime(2024, 8, 16, 3, tzinfo=dt.UTC), 0, Unit.WORKING)
def test_nothing_is_due_before_it_was_given_and_more_days_are_later(calendar, moment, number, unit):
    due = calendar.due_at(moment, number, unit)
    assert due > moment
    later = calendar.due_at(moment, number + 1, unit)
    # Where the count begins with a day off, the first day of work is both the day itself and the one after it.
    local = moment.astimezone(calendar.zone)
    begins = local.date() + dt.timedelta(days=local.time() >= END_OF_WORK)
    first = unit is Unit.WORKING and number == 0 and not calendar.is_working(begins)
    assert later >= due if first else later > due
    assert due.astimezone(calendar.zone).time() == END_OF_WORK
    assert unit is Unit.CALENDAR or calendar.is_working(due.astimezone(calendar.zone).date())


@given(calendars, moments, st.integers(1, 60), units)
def test_a_wait_ends_on_a_later_day(calendar, moment, number, unit):
    over = calendar.resumes_at(moment, number, unit).astimezone(calendar.zone)
    assert over.date() > moment.astimezone(calendar.zone).date()
    assert over.time() == START_OF_WORK
