import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.quiet import QuietHours
from accounts.domain.sending_mail import Limit, put_off

NOW = dt.datetime(2026, 3, 11, 12, tzinfo=dt.UTC)  # a Wednesday
WEEK = dt.timedelta(days=7)
TWO_A_WEEK = Limit(2, WEEK)
NEVER_QUIET = QuietHours(ZoneInfo("UTC"))
OFFICE = QuietHours(ZoneInfo("UTC"), dt.time(19), dt.time(8), weekends=True)


def ago(**span):
    return NOW - dt.timedelta(**span)


@pytest.mark.parametrize(
    ("gone", "fits"),
    [
        ([], None),
        ([ago(days=1)], None),
        ([ago(days=1), ago(days=3)], NOW + dt.timedelta(days=4)),
        ([ago(days=3), ago(days=1)], NOW + dt.timedelta(days=4)),
        ([ago(days=1), ago(days=7)], None),
        ([ago(days=1), ago(days=7) + dt.timedelta(seconds=1)], NOW + dt.timedelta(seconds=1)),
        ([ago(days=1), ago(days=2), ago(days=3)], NOW + dt.timedelta(days=5)),
    ],
)
def test_the_next_one_fits_when_so_many_are_a_window_ago(gone, fits):
    assert TWO_A_WEEK.full_until(gone, NOW) == fits


def test_where_none_is_allowed_it_is_asked_again_a_window_later():
    assert Limit(0, WEEK).full_until([], NOW) == NOW + WEEK


@given(
    gone=st.lists(st.integers(0, 40 * 24).map(lambda hours: NOW - dt.timedelta(hours=hours)), max_size=12),
    most=st.integers(1, 5),
    days=st.integers(1, 14),
)
def test_no_window_ever_holds_more_than_the_limit(gone, most, days):
    limit = Limit(most, dt.timedelta(days=days))
    fits = limit.full_until(gone, NOW) or NOW
    within = [moment for moment in gone if fits - limit.window < moment <= fits]
    assert len(within) < most
    assert fits >= NOW


@pytest.mark.parametrize(
    ("hour", "until"),
    [(7, NOW.replace(hour=8)), (8, None), (18, None), (19, NOW.replace(day=12, hour=8))],
)
def test_what_falls_into_quiet_waits_for_its_end(hour, until):
    delay = put_off(NOW.replace(hour=hour), limit=None, gone=(), quiet=OFFICE)
    assert (delay.until if delay else None) == until
    assert delay is None or delay.because == "It is quiet time where the receiver is."


def test_what_the_limit_puts_off_does_not_come_into_quiet_hours():
    gone = [ago(days=1), ago(days=4, hours=-9)]  # the limit is free on Saturday evening
    delay = put_off(NOW, limit=TWO_A_WEEK, gone=gone, quiet=OFFICE)
    assert delay is not None
    assert delay.until == dt.datetime(2026, 3, 16, 8, tzinfo=dt.UTC)
    assert delay.because == "At most 2 automated e-mails go to one person within 7 days."


@pytest.mark.parametrize(
    ("limit", "because"),
    [
        (Limit(1, dt.timedelta(days=1)), "At most 1 automated e-mail goes to one person within 1 day."),
        (Limit(0, WEEK), "No e-mail goes out by itself at present."),
    ],
)
def test_the_limit_is_said_in_words(limit, because):
    delay = put_off(NOW, limit=limit, gone=[ago(hours=1)], quiet=NEVER_QUIET)
    assert delay is not None
    assert delay.because == because


def test_what_somebody_approved_knows_no_limit():
    assert put_off(NOW, limit=None, gone=[ago(days=1)] * 9, quiet=NEVER_QUIET) is None
