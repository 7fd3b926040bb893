import datetime as dt

import pytest

from accounts.domain.cadence import days_between_touches, days_overdue, phrase

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("segment", "rank", "days"),
    [
        ("enterprise", 1, 14),
        ("mid-market", 2, 30),
        ("smb", None, 90),
        ("self-serve", 1, None),
        ("", None, None),
        ("enterprise", 3, 7),
        ("smb", 3, 7),
        ("self-serve", 3, 7),
        ("enterprise", 4, 1),
    ],
)
def test_the_worse_the_health_the_more_often_a_customer_hears_from_us(segment, rank, days):
    assert days_between_touches(segment, rank) == days


@pytest.mark.parametrize(
    ("last_touch", "since", "overdue"),
    [
        (NOW - dt.timedelta(days=13, hours=23), None, None),
        (NOW - dt.timedelta(days=14), None, 0),
        (NOW - dt.timedelta(days=20), None, 6),
        (None, dt.date(2026, 11, 20), None),
        (None, dt.date(2026, 11, 1), 10),
        (None, None, 0),
    ],
)
def test_a_touch_falls_due_when_the_days_have_passed_since_the_last_one_or_since_the_start(last_touch, since, overdue):
    assert days_overdue(last_touch, since, 14, now=NOW) == overdue


def test_the_rule_is_said_in_words():
    assert phrase("Enterprise", "enterprise", 1) == "every 14 days for Enterprise"
    assert phrase("Enterprise", "enterprise", 3) == "weekly while at risk"
    assert phrase("SMB", "smb", 4) == "daily while critical"
    assert phrase("Self-serve", "self-serve", 1) == ""
