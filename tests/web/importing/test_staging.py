"""Rows wait in a temporary table, and come out as they went in."""

import datetime as dt
import json

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_workspace.web.importing import staging
from cs_workspace.web.importing.staging import Stage

pytestmark = pytest.mark.django_db
COLUMNS = {
    "name": "text", "tags": "text[]", "custom": "jsonb", "logins": "bigint", "minutes": "numeric", "share": "float8",
    "day": "date", "at": "timestamptz", "flag": "boolean",
}  # fmt: skip
NO_NUL = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TEXTS = st.text(NO_NUL) | st.sampled_from(["\\N", "\\.", "\\", "\t", "\n", "\r\n", "NULL", '{"', "'", "=1+1", " x "])
ROWS = st.tuples(
    TEXTS,
    st.lists(TEXTS, max_size=3),
    st.dictionaries(TEXTS, TEXTS | st.none() | st.booleans() | st.integers(-(10**9), 10**9), max_size=3),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.decimals(-(10**15), 10**15, allow_nan=False),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.dates(dt.date(1970, 1, 1), dt.date(2099, 12, 31)),
    st.none() | st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)),
    st.none() | st.booleans(),
)


def staged(rows: list[tuple], columns: dict[str, str] = COLUMNS) -> Stage:
    stage = Stage("people", columns)
    values = dict(zip(columns, zip(*rows, strict=True), strict=True))
    stage.add(0, [2 + number for number in range(len(rows))], [str(row[0]) for row in rows], values)
    return stage


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(ROWS, min_size=1, max_size=4))
def test_whatever_a_file_may_say_comes_out_as_it_went_in(rows):
    with transaction.atomic():
        stage = staged(rows)
        found = [row for chunk in stage.chunks(["key", *COLUMNS]) for row in chunk]
        transaction.set_rollback(True)
    assert [(*row[:3], json.loads(row[3]), *row[4:]) for row in found] == [(row[0], *row) for row in rows]


def test_a_file_is_selected_in_portions_that_hold_each_row_once(monkeypatch):
    monkeypatch.setattr(staging, "PORTION", 2)
    stage = staged(
        [(name, day) for name, day in zip("dbcae", range(5), strict=True)], {"name": "text", "day": "bigint"}
    )

    assert [rows(portion.sql) for portion in stage.portions(["name"])] == [["d", "b"], ["c", "a"], ["e"]]
    assert [rows(portion.sql) for portion in stage.portions(["name"], "day > 0")] == [["b"], ["c", "a"], ["e"]]
    alone = stage.gather(["name"], {"day": "day"}, group=False)
    assert (alone.rows, [rows(portion.sql) for portion in alone.portions(["name"])]) == (
        5, [["a", "b"], ["c", "d"], ["e"]],
    )  # fmt: skip


def rows(sql: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [value for (value,) in cursor.fetchall()]
