"""Columns of tens of thousands of rows as a few values: a row, or an object for each value, would take seconds."""

from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from renewals.domain.movements import IntArray

# Binary COPY (PostgreSQL, "COPY": file formats): a head of 19 bytes, a count of fields of two, each field its length of
# four, −1 for null, and its bytes. An array (`array_send`) has a head of 20, each element its length of four and its
# bytes.
HEAD, COUNT, LENGTH, ARRAY_HEAD = 19, 2, 4, 20


def copied(statement: str, rows: "QuerySet[Any, Any]") -> list[memoryview]:
    """The fields of the one row that a statement over `{rows}` gives; empty where they are null. One query.

    Nothing is taken apart or copied on the way.
    """
    sql, params = rows.order_by().query.sql_with_params()
    # Only the operations of PostgreSQL compose a statement, which COPY needs: it takes no parameters.
    command = connection.ops.compose_sql(  # type: ignore[attr-defined]
        f"COPY ({statement.format(rows=sql)}) TO STDOUT (FORMAT BINARY)", params
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        answer = memoryview(b"".join(copy))
    fields, at = [], HEAD + COUNT
    for _ in range(int.from_bytes(answer[HEAD:at], "big")):
        length = max(int.from_bytes(answer[at : at + LENGTH], "big", signed=True), 0)
        at += LENGTH
        fields.append(answer[at : at + length])
        at += length
    return fields


def whole_numbers(field: memoryview, width: int = 8) -> IntArray:
    """The elements of an array of whole numbers without nulls, of so many bytes each."""
    element = np.dtype([("length", ">i4"), ("value", f">i{width}")])
    found: IntArray = np.frombuffer(field[ARRAY_HEAD:], element)["value"].astype(np.int64)
    return found
