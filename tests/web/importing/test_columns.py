import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cs_workspace.web.importing.columns import REMEMBERED, Survey, Wrong, reader_of
from cs_workspace.web.importing.kinds import KINDS
from cs_workspace.web.importing.mapping import Column

UTC = ZoneInfo("UTC")


def column(kind: str, field: str, **more: object) -> Column:
    return Column(KINDS[kind].by_name[field], column="c", **more)


def read(found: Column, cell: str, *, zone: ZoneInfo = UTC, shift: int = 0) -> object:
    return reader_of(found, found.order, found.mark, zone, dt.timedelta(days=shift))[cell]


@pytest.mark.parametrize(
    ("kind", "field", "cell", "value"),
    [
        ("accounts", "name", "  Acme  ", "Acme"),
        ("accounts", "domain", "", ""),
        ("accounts", "churned", "Yes", True),
        ("accounts", "churned", "0", False),
        ("accounts", "churned", "", False),
        ("accounts", "tags", "key; north ,key|", ("key", "north")),
        ("accounts", "currency", "eur", "EUR"),
        ("accounts", "time_zone", "Europe/Rome", "Europe/Rome"),
        ("contacts", "roles", "Decision Maker, user", ("decision_maker", "user")),
        ("contracts", "end", "2026-01-31", dt.date(2026, 1, 31)),
        ("contracts", "end", "", None),
        ("contracts", "arr", "1,200.50", Decimal("1200.50")),
        ("usage", "logins", "27.0", 27),
        ("usage", "logins", "", None),
        ("touches", "attended", "", None),
        ("touches", "direction", "", "out"),
    ],
)
def test_cells_become_values(kind, field, cell, value):
    assert read(column(kind, field), cell) == value


@pytest.mark.parametrize(
    ("kind", "field", "cell", "summary"),
    [
        ("accounts", "name", " ", "is empty"),
        ("accounts", "name", "x" * 201, "is longer than 200 characters"),
        ("accounts", "name", "a\x00b", "holds a NUL character"),
        ("accounts", "tags", "a\x00b", "holds a NUL character"),
        ("accounts", "tags", "x" * 41, "holds a word of more than 40 characters"),
        ("accounts", "churned", "perhaps", "is none of true, false"),
        ("accounts", "currency", "euro", "is not a currency code"),
        ("accounts", "time_zone", "Mars/Base", "is no time zone"),
        ("accounts", "stage", "asleep", "is none of onboarding, adopting, established, renewing, churned, won_back"),
        ("contacts", "email", "ada at acme", "is not an e-mail address"),
        ("contacts", "roles", "chef", "holds what is none of champion"),
        ("contacts", "influence", "11", "is above 10"),
        ("contracts", "discount", "1.5", "is above 1"),
        ("contracts", "arr", "-5", "is negative"),
        ("contracts", "arr", "NaN", "is not a number"),
        ("contracts", "arr", "inf", "is not a number"),
        ("contracts", "arr", "1e15", "is above 999,999,999,999"),
        ("tickets", "rating", "0", "is below 1"),
        ("usage", "logins", "2.5", "is not a whole number"),
        ("usage", "logins", "2147483648", "is above 2,147,483,647"),
        ("usage", "day", "1999-12-31", "is before 2000"),
        ("usage", "day", "2024-02-30", "is a day that the calendar does not have"),
        ("tickets", "opened_at", "yesterday", "is not a date"),
    ],
)
def test_what_cannot_be_read_says_why(kind, field, cell, summary):
    found = read(column(kind, field), cell)
    assert isinstance(found, Wrong)
    assert found.summary.startswith(summary)


def test_a_field_of_ones_own_is_bounded_too():
    own = KINDS["metrics"].by_name["day"].__class__("metric.x", KINDS["contracts"].by_name["arr"].reading)
    assert read(Column(own, column="c"), "9e99") == Wrong("is too large")


def test_factors_choices_and_constants_change_what_a_cell_says():
    assert read(column("contracts", "arr", times=Decimal(12)), "121.07") == Decimal("1452.84")
    assert read(column("usage", "minutes", divided_by=Decimal(60)), "90") == Decimal("1.5")
    assert read(column("usage", "logins", divided_by=Decimal(60)), "90") == 2
    chosen = column("contracts", "status", choices={"true": "ended", "false": "active"})
    assert read(chosen, "TRUE") == "ended"
    assert read(chosen, "maybe") == Wrong("is none of true, false")


def test_days_move_by_the_shift_and_clocks_keep_their_hour_over_summer_time():
    berlin = ZoneInfo("Europe/Berlin")
    assert read(column("contracts", "end"), "2026-01-31", shift=10) == dt.date(2026, 2, 10)
    moved = read(column("tickets", "opened_at"), "2026-03-01 09:00", zone=berlin, shift=60)
    assert moved.astimezone(berlin).hour == 9
    assert read(column("contracts", "end"), "2099-12-31", shift=1) == Wrong("lies after 2099 once it is moved")


def test_a_reader_remembers_a_bounded_number_of_cells():
    reader = reader_of(column("usage", "logins"), None, None, UTC, dt.timedelta())
    for number in range(REMEMBERED + 5):
        assert reader[str(number)] == number
    assert len(reader) <= REMEMBERED
    assert not reader.erred


def test_a_survey_finds_the_newest_day_of_the_columns_that_tell_what_happened():
    survey = Survey(column("usage", "day", anchor=True))
    survey.see(("05/06/2026", "06/05/2026", "no day"), [2, 3, 4], newest=True)
    survey.see(("16/02/2026", "05/06/2026"), [5, 6], newest=True)
    assert survey.newest() == dt.date(2026, 6, 5)
    ahead = Survey(column("contracts", "end", anchor=False))
    ahead.see(("2030-01-01",), [2], newest=True)
    assert ahead.newest() is None
