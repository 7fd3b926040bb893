import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.web.importing import dates
from cs_workspace.web.importing.dates import DateError, Order, OrderEvidence

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
DMY, MDY = Order.DAY_FIRST, Order.MONTH_FIRST


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2024-10-16", None, (2024, 10, 16)),
        ("2024/1/6", None, (2024, 1, 6)),
        ("2024.10.16", None, (2024, 10, 16)),
        ("20241016", None, (2024, 10, 16)),
        ("16-10-2024", DMY, (2024, 10, 16)),
        ("5/6/2024", DMY, (2024, 6, 5)),
        ("5/6/2024", MDY, (2024, 5, 6)),
        ("10/16/2024", None, (2024, 10, 16)),
        ("16 Oct 2024", None, (2024, 10, 16)),
        ("16-OCT-2024", None, (2024, 10, 16)),
        ("October 16th, 2024", None, (2024, 10, 16)),
        ("2024-10-16T23:59:59Z", None, (2024, 10, 16)),
        ("2024-02-29", None, (2024, 2, 29)),
    ],
)
def test_days_are_read_as_files_write_them(text, order, day):
    assert dates.date(text, order) == dt.date(*day)


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2024-10-16", UTC, "2024-10-16T00:00:00+00:00"),
        ("2024-10-16 14:05", UTC, "2024-10-16T14:05:00+00:00"),
        ("2024-10-16T14:05:06.789Z", BERLIN, "2024-10-16T14:05:06.789000+00:00"),
        ("2024-10-16 14:05:06+02:00", UTC, "2024-10-16T12:05:06+00:00"),
        ("2024-10-16 14:05:06-0530", UTC, "2024-10-16T19:35:06+00:00"),
        ("2024-07-01 09:00", BERLIN, "2024-07-01T07:00:00+00:00"),
        ("16/10/2024, 2:05 PM", UTC, "2024-10-16T14:05:00+00:00"),
        ("16/10/2024 12:00 am", UTC, "2024-10-16T00:00:00+00:00"),
    ],
)
def test_moments_are_read_in_the_zone_they_name_or_that_of_the_mapping(text, zone, moment):
    assert dates.moment(text, DMY, zone) == dt.datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a date"),
        ("soon", "is not a date"),
        ("16/10/24", "is not a date"),
        ("2024-10-16\n2", "is not a date"),
        ("٢٠٢٤-10-16", "is not a date"),
        ("45581", "spreadsheet's day number"),
        ("45581.0", "spreadsheet's day number"),
        ("2024-02-30", "the calendar does not have"),
        ("2023-02-29", "the calendar does not have"),
        ("0000-01-01", "the calendar does not have"),
        ("31/04/2024", "the calendar does not have"),
        ("1969-12-31", "out of range"),
        ("2100-01-01", "out of range"),
        ("9999-12-31", "out of range"),
        ("2024-10-16 25:00", "is not a time of day"),
        ("2024-10-16 13:00 PM", "is not a time of day"),
        ("2024-10-16 10:00+99:00", "is not a time of day"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(text, reason):
    with pytest.raises(DateError, match=reason):
        dates.moment(text, DMY, UTC)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (["2024-10-16", "2024-01-02"], None),
        (["05/05/2024", ""], None),
        (["05/06/2024", "16/10/2024"], DMY),
        (["05/06/2024", "10/16/2024"], MDY),
    ],
)
def test_a_column_shows_the_order_of_day_and_month(texts, verdict):
    evidence = OrderEvidence()
    for line, text in enumerate(texts, 2):
        evidence.see(text, line)
    assert evidence.verdict() == verdict


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["05/06/2024", "01/02/2024"], "day first or month first throughout, as “05/06/2024” in line 2"),
        (["16/10/2024", "10/16/2024"], "the day first in line 2 and the month first in line 3"),
    ],
)
def test_a_column_that_leaves_both_orders_is_asked_about_and_never_guessed(texts, reason):
    evidence = OrderEvidence()
    for line, text in enumerate(texts, 2):
        evidence.see(text, line)
    with pytest.raises(DateError, match=reason):
        evidence.verdict()


@given(st.dates(dt.date(1970, 1, 1), dt.date(2099, 12, 31)))
def test_every_way_of_writing_a_day_means_the_same_day(day):
    shapes = [f"{day}", f"{day:%Y%m%d}", f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d %b %Y}"]
    assert {dates.date(shape, DMY) for shape in shapes} == {day}


@given(st.text(), st.sampled_from([None, DMY, MDY]))
def test_no_text_whatever_breaks_the_reading(text, order):
    OrderEvidence().see(text, 1)
    try:
        found = dates.moment(text, order, BERLIN)
    except DateError:
        return
    assert found.tzinfo is not None
