"""Rows into tables by COPY: as text where they are of many kinds, and packed by NumPy where they are many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection, models
from psycopg import sql

# Binary COPY (PostgreSQL, "COPY": file formats): a signature, two empty words; each row a count of fields, each field
# its length and its bytes, the high byte first; a count of −1 ends it.
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
POSTGRES_EPOCH = dt.date(2000, 1, 1).toordinal()
INTEGER_OID = 23
NULL = -1
MONTH_DAYS = 31


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """So many keys of the table that nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Writes rows of these columns; the others get what Django would write. Gives how many rows there were."""
    constants = _defaults(model, columns)
    tail = tuple(constants.values())
    count = 0
    with connection.cursor() as cursor, cursor.copy(_statement(model, [*columns, *constants])) as copy:
        for row in rows:
            copy.write_row((*row, *tail))
            count += 1
    return count


def copy_packed(model: type[models.Model], fields: dict[str, np.ndarray]) -> int:
    """Writes columns given as arrays of one length: bigint for int64, integer for int32, double for floats, text for
    bytes of one length, days for `datetime64`, and an array of days for what `month_array` gives."""
    arrays = {name: _big_endian(values) for name, values in fields.items()}
    count = len(next(iter(arrays.values())))
    layout: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, values in arrays.items():
        layout += [(f"{name}_length", ">i4"), (name, values.dtype)]
    packed = np.empty(count, np.dtype(layout))
    packed["fields"] = len(arrays)
    for name, values in arrays.items():
        packed[f"{name}_length"] = values.dtype.itemsize
        packed[name] = values
    statement = _statement(model, list(arrays)) + sql.SQL(" (FORMAT BINARY)")
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEADER + packed.tobytes() + TRAILER)
    return count


def month_array(values: np.ndarray, first: int) -> np.ndarray:
    """Rows of counts as arrays of 31 days: the first count is of day `first` (from 0), days without one are null."""
    count, days = values.shape
    after = MONTH_DAYS - first - days
    # Dimensions, whether there are nulls, type; length and lower bound of the dimension; nulls have a length only.
    packed = np.empty(
        count,
        np.dtype(
            [
                ("head", ">i4", 5),
                ("before", ">i4", first),
                ("days", [("length", ">i4"), ("value", ">i4")], days),
                ("after", ">i4", after),
            ]
        ),
    )
    packed["head"] = (1, int(first + after > 0), INTEGER_OID, MONTH_DAYS, 1)
    packed["before"] = packed["after"] = NULL
    packed["days"]["length"] = 4
    packed["days"]["value"] = values
    return packed


def _big_endian(values: np.ndarray) -> np.ndarray:
    """The array in the bytes that PostgreSQL reads."""
    if values.dtype.kind == "M":
        since = values.astype("datetime64[D]").astype(np.int64) + dt.date(1970, 1, 1).toordinal() - POSTGRES_EPOCH
        return since.astype(">i4")
    if values.dtype.kind in "iuf":
        return values.astype(values.dtype.newbyteorder(">"))
    return values


def _statement(model: type[models.Model], columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)


def _defaults(model: type[models.Model], given: Sequence[str]) -> dict[str, Any]:
    """What Django would write into the columns that are not given; without nulls and what the database fills in."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        by_database = field.primary_key or isinstance(field, models.GeneratedField)
        by_database |= field.db_default is not models.NOT_PROVIDED and not field.has_default()
        if field.column in given or by_database or (field.null and not field.has_default()):
            continue
        value = field.get_default()
        # An empty array and an empty object are written alike.
        found[field.column] = "{}" if isinstance(value, list | dict) else value
    return found
