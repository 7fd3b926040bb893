"""When it is quiet: over midnight, over weekends, and where the clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.domain.quiet import QuietHours

BERLIN = ZoneInfo("Europe/Berlin")


def quiet(start="22:00", end="07:00", *, weekends=False, zone=BERLIN):
    times = (dt.time.fromisoformat(one) if one else None for one in (start, end))
    return QuietHours(zone, *times, weekends=weekends)


def berlin(text, *, fold=0):
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("hours", "moment", "end"),
    [
        (quiet(), "2026-03-10 21:59", None),
        (quiet(), "2026-03-10 22:00", "2026-03-11 07:00"),
        (quiet(), "2026-03-11 06:59", "2026-03-11 07:00"),
        (quiet(), "2026-03-11 07:00", None),
        (quiet("12:00", "13:30"), "2026-03-11 12:15", "2026-03-11 13:30"),
        (quiet("12:00", "13:30"), "2026-03-11 13:30", None),
        (quiet(None, None), "2026-03-11 03:00", None),
        (quiet(None, None, weekends=True), "2026-03-14 12:00", "2026-03-16 00:00"),
        (quiet(None, None, weekends=True), "2026-03-13 23:59", None),
        (quiet(weekends=True), "2026-03-13 23:00", "2026-03-16 07:00"),  # Friday night to Monday morning
        (quiet(weekends=True), "2026-03-15 12:00", "2026-03-16 07:00"),
        # The clocks go forward: 02:30 is not there, and the hours end as they would have without the change.
        (quiet("22:00", "02:30"), "2026-03-29 01:00", "2026-03-29 03:30"),
    ],
)
def test_quiet_ends_when_it_should(hours, moment, end):
    assert hours.until(berlin(moment)) == (berlin(end) if end else None)


def test_an_hour_that_comes_twice_is_quiet_once():
    hours = quiet("22:00", "02:30")
    first = berlin("2026-10-25 02:30").astimezone(dt.UTC)
    assert hours.until(berlin("2026-10-25 02:15")) == first
    assert hours.until(berlin("2026-10-25 02:15", fold=1)) is None


def test_hours_are_those_of_the_persons_zone():
    tokyo = quiet(zone=ZoneInfo("Asia/Tokyo"))
    assert tokyo.until(dt.datetime(2026, 3, 10, 14, tzinfo=dt.UTC)) == dt.datetime(2026, 3, 10, 22, tzinfo=dt.UTC)
    assert tokyo.until(dt.datetime(2026, 3, 10, 23, tzinfo=dt.UTC)) is None


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC)),
    st.times(),
    st.times(),
    st.booleans(),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
def test_the_end_is_later_is_not_quiet_itself_and_ends_all_before_it(moment, start, end, weekends, zone):
    assume(start != end)  # settings refuse these
    hours = QuietHours(ZoneInfo(zone), start, end, weekends=weekends)
    until = hours.until(moment)
    if until is None:
        return
    assert until > moment
    assert hours.until(moment + (until - moment) / 2) == until
    assert hours.until(until) is None


@pytest.mark.parametrize(
    ("start", "end", "hour", "held"),
    [
        ("22:00", "07:00", 6, True),
        ("22:00", "07:00", 7, False),
        ("22:00", "07:00", 22, True),
        ("12:00", "14:00", 13, True),
        ("12:00", "14:00", 14, False),
        (None, None, 3, False),
    ],
)
def test_an_hour_of_every_day_is_quiet_or_not(start, end, hour, held):
    assert quiet(start, end).hold_hour(hour) is held
