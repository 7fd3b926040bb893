import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.cadence import (
    BY_SEGMENT,
    INTERVALS,
    CadenceKind,
    Interval,
    Pace,
    most_pressing,
    paces_of,
    standing,
    usual_touch,
)

TODAY = dt.date(2026, 11, 25)
ANY, SYNC, ASYNC, REVIEW, EXECUTIVE = CadenceKind
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2150, 1, 1))


@pytest.mark.parametrize(
    ("segment", "sync", "by_message", "review", "executive"),
    [
        ("enterprise", "every 2 weeks", "weekly", "quarterly", "quarterly"),
        ("mid_market", "monthly", "every 2 weeks", "half-yearly", "half-yearly"),
        ("smb", "quarterly", "monthly", "yearly", "none"),
        ("self_serve", "on request", "automated", "none", "none"),
        ("one of our own", "none", "none", "none", "none"),
        ("", "none", "none", "none", "none"),
    ],
)
def test_each_segment_has_its_cadence(segment, sync, by_message, review, executive):
    paces = paces_of(segment, 1)
    every = [standing(kind, pace, TODAY, None, today=TODAY).every for kind, pace in paces.items()]
    assert every == [sync, by_message, review, executive]


@pytest.mark.parametrize(("rank", "pace"), [(None, None), (1, None), (2, None), (3, Pace.WEEKLY), (4, Pace.DAILY)])
@pytest.mark.parametrize("segment", [*BY_SEGMENT, ""])
def test_bad_health_asks_for_a_touch_of_any_kind_beside_the_rest(segment, rank, pace):
    paces = paces_of(segment, rank)
    assert paces.pop(ANY, None) is pace
    assert paces == paces_of(segment, 1)


def test_what_an_admin_chose_goes_before_what_is_recommended_and_an_empty_choice_leaves_it():
    paces = paces_of("enterprise", None, {SYNC: "weekly", ASYNC: "", REVIEW: "none"})
    assert paces == {SYNC: Pace.WEEKLY, ASYNC: Pace.WEEKLY, REVIEW: Pace.NONE, EXECUTIVE: Pace.QUARTERLY}


@pytest.mark.parametrize(
    ("pace", "last", "due"),
    [
        (Pace.DAILY, dt.date(2026, 2, 28), dt.date(2026, 3, 1)),
        (Pace.TWO_WEEKS, dt.date(2026, 12, 24), dt.date(2027, 1, 7)),
        (Pace.MONTHLY, dt.date(2026, 1, 31), dt.date(2026, 2, 28)),
        (Pace.MONTHLY, dt.date(2028, 1, 31), dt.date(2028, 2, 29)),
        (Pace.MONTHLY, dt.date(2026, 4, 30), dt.date(2026, 5, 30)),
        (Pace.QUARTERLY, dt.date(2026, 11, 30), dt.date(2027, 2, 28)),
        (Pace.HALF_YEARLY, dt.date(2026, 8, 31), dt.date(2027, 2, 28)),
        (Pace.YEARLY, dt.date(2028, 2, 29), dt.date(2029, 2, 28)),
        (Pace.YEARLY, dt.date(2027, 2, 28), dt.date(2028, 2, 28)),
    ],
)
def test_an_interval_of_months_ends_on_the_same_day_or_on_the_last_one_there_is(pace, last, due):
    assert INTERVALS[pace].after(last) == due


@given(DAYS, st.sampled_from(list(INTERVALS.values())))
def test_the_latest_day_that_is_due_is_due_and_the_next_one_is_not(day: dt.date, interval: Interval):
    latest = interval.latest_before(day)
    assert interval.after(latest) <= day < interval.after(latest + dt.timedelta(days=1))


@given(DAYS, DAYS, st.sampled_from(list(INTERVALS.values())))
def test_the_later_touch_is_never_due_before_the_earlier_one(one: dt.date, other: dt.date, interval: Interval):
    assert interval.after(min(one, other)) <= interval.after(max(one, other))


@given(DAYS, DAYS, st.sampled_from(list(INTERVALS)))
def test_a_touch_is_due_just_when_it_lies_on_or_before_the_latest_day_that_is(
    last: dt.date, today: dt.date, pace: Pace
):
    one = standing(SYNC, pace, last, None, today=today)
    assert one.is_due == (last <= INTERVALS[pace].latest_before(today))
    assert one.is_due == (one.days_overdue >= 0)


@pytest.mark.parametrize(
    ("last", "since", "overdue"),
    [
        (TODAY - dt.timedelta(days=13), None, -1),
        (TODAY - dt.timedelta(days=14), None, 0),
        (TODAY - dt.timedelta(days=20), dt.date(2020, 1, 1), 6),
        (None, TODAY - dt.timedelta(days=5), -9),
        (None, TODAY - dt.timedelta(days=24), 10),
        (None, None, 0),
    ],
)
def test_without_a_touch_the_time_runs_from_the_start_and_without_a_start_one_is_due(last, since, overdue):
    assert standing(SYNC, Pace.TWO_WEEKS, last, since, today=TODAY).days_overdue == overdue


@pytest.mark.parametrize("pace", [Pace.ON_REQUEST, Pace.AUTOMATED, Pace.NONE])
def test_where_no_interval_is_asked_for_nothing_is_ever_due(pace):
    one = standing(SYNC, pace, None, None, today=TODAY)
    assert (one.is_due, one.due_on, one.days_overdue, one.lateness) == (False, None, 0, 0.0)


@pytest.mark.parametrize(
    ("kind", "pace", "days", "phrase"),
    [
        (EXECUTIVE, Pace.QUARTERLY, 92 + 12, "Quarterly executive touch, 12 days overdue"),
        (SYNC, Pace.TWO_WEEKS, 15, "Fortnightly call or meeting, 1 day overdue"),
        (ASYNC, Pace.WEEKLY, 7, "Weekly e-mail or chat, due today"),
        (ANY, Pace.DAILY, 3, "Daily touch, 2 days overdue"),
        (REVIEW, Pace.HALF_YEARLY, None, "Half-yearly business review, none yet"),
    ],
)
def test_what_is_due_is_said_in_words(kind, pace, days, phrase):
    last = None if days is None else TODAY - dt.timedelta(days=days)
    assert standing(kind, pace, last, dt.date(2020, 1, 1), today=TODAY).phrase == phrase


@pytest.mark.parametrize(
    ("days", "short"),
    [(92 + 12, "Executive touch · 12 d"), (92, "Executive touch · today"), (None, "Executive touch · none yet")],
)
def test_a_narrow_column_says_it_in_few_words(days, short):
    last = None if days is None else TODAY - dt.timedelta(days=days)
    assert standing(EXECUTIVE, Pace.QUARTERLY, last, dt.date(2020, 1, 1), today=TODAY).short == short


def test_what_is_latest_for_its_interval_presses_most_and_what_has_time_does_not():
    def ago(kind, pace, days):
        return standing(kind, pace, TODAY - dt.timedelta(days=days), None, today=TODAY)

    daily, yearly, early = ago(ANY, Pace.DAILY, 3), ago(REVIEW, Pace.YEARLY, 395), ago(SYNC, Pace.MONTHLY, 2)
    assert most_pressing([early, yearly, daily]) == [daily, yearly]


@pytest.mark.parametrize(
    ("kind", "touch"),
    [("executive", "meeting"), ("review", "qbr"), ("async", "email"), ("nonsense", "call"), ("", "call")],
)
def test_a_form_begins_with_the_kind_that_is_due(kind, touch):
    assert usual_touch(kind) == touch
