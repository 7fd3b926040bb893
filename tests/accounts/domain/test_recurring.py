"""When a task that repeats comes again."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.recurring import LAST_DAY_OF_MONTH, Rule, Unit, moment_on, ordinal, rule_from

DAYS = st.dates(min_value=dt.date(1970, 1, 1), max_value=dt.date(2199, 12, 31))
BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    unit = draw(st.sampled_from(Unit))
    return Rule(
        unit,
        draw(st.integers(1, 99)),
        weekday=draw(st.integers(0, 6)) if unit is Unit.WEEK else None,
        day=draw(st.integers(1, 31)) if unit in (Unit.MONTH, Unit.QUARTER) else None,
    )


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("rule", "first", "after", "expected"),
    [
        (Rule(Unit.DAY, 1), "2026-03-01", "2026-03-01", "2026-03-02"),
        (Rule(Unit.DAY, 10), "2026-03-01", "2026-03-01", "2026-03-11"),
        (Rule(Unit.DAY, 10), "2026-03-01", "2026-03-30", "2026-03-31"),
        (Rule(Unit.DAY, 1), "2028-02-28", "2028-02-28", "2028-02-29"),
        (Rule(Unit.WEEK, 1, weekday=0), "2026-03-02", "2026-03-02", "2026-03-09"),
        (Rule(Unit.WEEK, 1, weekday=0), "2026-03-02", "2026-03-17", "2026-03-23"),
        (Rule(Unit.WEEK, 2, weekday=0), "2026-03-02", "2026-03-09", "2026-03-16"),
        (Rule(Unit.WEEK, 1, weekday=4), "2026-03-02", "2026-03-02", "2026-03-06"),
        (Rule(Unit.WEEK, 1, weekday=0), "2026-03-06", "2026-03-06", "2026-03-09"),
        (Rule(Unit.MONTH, 1, day=31), "2026-01-31", "2026-01-31", "2026-02-28"),
        (Rule(Unit.MONTH, 1, day=31), "2026-01-31", "2026-02-28", "2026-03-31"),
        (Rule(Unit.MONTH, 1, day=31), "2028-01-31", "2028-01-31", "2028-02-29"),
        (Rule(Unit.MONTH, 1, day=30), "2026-01-30", "2026-01-30", "2026-02-28"),
        (Rule(Unit.MONTH, 1, day=30), "2026-01-30", "2026-02-28", "2026-03-30"),
        (Rule(Unit.MONTH, 12, day=29), "2028-02-29", "2028-02-29", "2029-02-28"),
        (Rule(Unit.MONTH, 1, day=15), "2026-01-10", "2026-01-10", "2026-01-15"),
        (Rule(Unit.MONTH, 1, day=5), "2026-01-10", "2026-01-10", "2026-02-05"),
        (Rule(Unit.MONTH, 1, day=31), "2026-12-31", "2026-12-31", "2027-01-31"),
        (Rule(Unit.QUARTER, 1, day=31), "2025-11-30", "2025-11-30", "2026-02-28"),
        (Rule(Unit.QUARTER, 2, day=1), "2026-01-01", "2026-01-01", "2026-07-01"),
        (Rule(Unit.QUARTER, 1, day=1), "2026-01-01", "2027-05-20", "2027-07-01"),
    ],
)
def test_the_next_day_of_a_rule(rule: Rule, first: str, after: str, expected: str) -> None:
    assert rule.next_after(day(after), first=day(first)) == day(expected)


@given(rule=rules(), first=DAYS, waited=st.integers(0, 4000))
def test_the_next_day_is_later_and_the_one_before_it_was_not(rule: Rule, first: dt.date, waited: int) -> None:
    after = first + dt.timedelta(days=waited)
    found = rule.next_after(after, first=first)
    assert found > after
    assert rule.next_after(found - dt.timedelta(days=1), first=first) == found
    between = (found - after).days - 1
    assert rule.next_after(after + dt.timedelta(days=between), first=first) == found


@given(rule=rules(), first=DAYS, waited=st.integers(0, 4000))
def test_the_next_day_is_one_that_the_rule_names(rule: Rule, first: dt.date, waited: int) -> None:
    found = rule.next_after(first + dt.timedelta(days=waited), first=first)
    months = (found.year - first.year) * 12 + found.month - first.month
    match rule.unit:
        case Unit.DAY:
            assert (found - first).days % rule.every == 0
        case Unit.WEEK:
            assert found.weekday() == rule.weekday
            monday = first - dt.timedelta(days=first.weekday())
            assert (found - monday).days // 7 % rule.every == 0
        case _:
            assert months % (rule.every * (3 if rule.unit is Unit.QUARTER else 1)) == 0
            assert found.day == min(rule.day or 0, calendar.monthrange(found.year, found.month)[1])


@given(first=DAYS, late=st.integers(0, 40))
def test_a_month_end_stays_the_month_end_however_late_it_was_done(first: dt.date, late: int) -> None:
    found = Rule(Unit.MONTH, 1, day=LAST_DAY_OF_MONTH).next_after(first + dt.timedelta(days=late), first=first)
    assert (found + dt.timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("zone", "on", "at", "utc"),
    [
        (BERLIN, "2026-01-15", "09:00", "2026-01-15T08:00"),
        (BERLIN, "2026-03-29", "09:00", "2026-03-29T07:00"),
        (BERLIN, "2026-03-29", "02:30", "2026-03-29T01:30"),  # that hour is skipped: it is half past three there
        (BERLIN, "2026-10-25", "02:30", "2026-10-25T00:30"),  # it comes twice, and the first is meant
        (BERLIN, "2026-10-25", "09:00", "2026-10-25T08:00"),
        (NEW_YORK, "2026-03-08", "02:30", "2026-03-08T07:30"),
        (LORD_HOWE, "2026-10-04", "02:15", "2026-10-03T15:45"),  # it leaps by half an hour
    ],
)
def test_the_hour_is_that_of_the_zone_whatever_its_clocks_do(zone: ZoneInfo, on: str, at: str, utc: str) -> None:
    found = moment_on(day(on), dt.time.fromisoformat(at), zone)
    assert found == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


@given(on=DAYS, at=st.times(), zone=st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE]))
def test_an_hour_that_is_there_reads_the_same_on_the_wall(on: dt.date, at: dt.time, zone: ZoneInfo) -> None:
    local = moment_on(on, at, zone).astimezone(zone)
    leap = dt.datetime.combine(local.date(), local.time()) - dt.datetime.combine(on, at)
    assert dt.timedelta(0) <= leap <= dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(Unit.DAY, 1), "Every day"),
        (Rule(Unit.DAY, 3), "Every 3 days"),
        (Rule(Unit.WEEK, 1, weekday=0), "Every week on Monday"),
        (Rule(Unit.WEEK, 2, weekday=4), "Every 2 weeks on Friday"),
        (Rule(Unit.MONTH, 1, day=22), "Every month on the 22nd"),
        (Rule(Unit.QUARTER, 1, day=31), "Every quarter on the last day"),
    ],
)
def test_a_rule_in_words(rule: Rule, words: str) -> None:
    assert rule.in_words() == words


@pytest.mark.parametrize(
    ("unit", "chosen", "expected"),
    [
        (Unit.DAY, {}, Rule(Unit.DAY, 2)),
        (Unit.WEEK, {}, Rule(Unit.WEEK, 2, weekday=5)),
        (Unit.WEEK, {"weekday": 0}, Rule(Unit.WEEK, 2, weekday=0)),
        (Unit.MONTH, {}, Rule(Unit.MONTH, 2, day=31)),
        (Unit.QUARTER, {"day": 3}, Rule(Unit.QUARTER, 2, day=3)),
    ],
)
def test_a_rule_takes_from_its_first_day_what_nobody_chose(unit: Unit, chosen: dict[str, int], expected: Rule) -> None:
    assert rule_from(unit, 2, first=dt.date(2026, 1, 31), **chosen) == expected


def test_numbers_of_order() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "30th")
    ]
