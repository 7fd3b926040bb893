"""The days that a review looks at, as far as they have come."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr.domain.spans import span_of

TODAY = dt.date(2026, 3, 15)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@pytest.mark.parametrize(
    ("since", "until", "days", "weeks", "months"),
    [
        # the period ends today: thirteen weeks, as the usage panel has them
        ((2025, 12, 16), (2026, 3, 16), 90, 13, 4),
        # half of it has come
        ((2026, 3, 1), (2026, 5, 30), 15, 3, 1),
        # it is over
        ((2025, 10, 1), (2026, 1, 1), 92, 14, 3),
        # it begins today
        ((2026, 3, 15), (2026, 6, 13), 1, 1, 1),
        # it has not begun
        ((2026, 3, 16), (2026, 6, 14), 0, 0, 0),
        ((2026, 8, 1), (2026, 11, 1), 0, 0, 0),
        # a year
        ((2025, 3, 16), (2026, 3, 16), 365, 53, 13),
    ],
)
def test_only_what_has_come_is_looked_at(since, until, days, weeks, months):
    span = span_of(dt.date(*since), dt.date(*until), today=TODAY)
    assert (span.days, len(span.weeks), len(span.months)) == (days, weeks, months)


@given(DAYS, st.integers(1, 400), DAYS)
def test_weeks_cover_the_days_and_end_with_them(since, days, today):
    span = span_of(since, since + dt.timedelta(days=days), today=today)
    if not span.days:
        assert span.weeks == span.months == ()
        return
    assert span.weeks[0] <= since < span.weeks[0] + dt.timedelta(days=7)
    assert span.weeks[-1] + dt.timedelta(days=7) == span.until
    assert span.months[0] <= since
    assert span.months[-1] <= span.last < (span.months[-1] + dt.timedelta(days=31)).replace(day=1)
