"""Columns of tens of thousands of rows as a few values: a row, or an object for each value, would take seconds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from renewals.domain.movements import IntArray

# Binary COPY (PostgreSQL, "COPY": file formats): a head of 19 bytes, a count of fields of two, each field its length of
# four, −1 for null, and its bytes. An array (`array_send`) has a head of 20, each element its length of four and its
# bytes.
HEAD, COUNT, LENGTH, ARRAY_HEAD = 19, 2, 4, 20


def copied(statement: str, rows: "QuerySet[Any, Any]", fields: int) -> list[list[memoryview]]:
    """So many fields of what a statement over `{rows}` gives, each in parts, one of each row; a null is empty. One
    query.

    Nothing is taken apart or copied on the way.
    """
    sql, params = rows.order_by().query.sql_with_params()
    # Only the operations of PostgreSQL compose a statement, which COPY needs: it takes no parameters.
    command = connection.ops.compose_sql(  # type: ignore[attr-defined]
        f"COPY ({statement.format(rows=sql)}) TO STDOUT (FORMAT BINARY)", params
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        answer = memoryview(b"".join(copy))
    found: list[list[memoryview]] = [[] for _ in range(fields)]
    at = HEAD
    # The count of fields is negative after the last row.
    while int.from_bytes(answer[at : at + COUNT], "big", signed=True) > 0:
        at += COUNT
        for parts in found:
            length = max(int.from_bytes(answer[at : at + LENGTH], "big", signed=True), 0)
            at += LENGTH
            parts.append(answer[at : at + length])
            at += length
    return found


def whole_numbers(parts: Sequence[memoryview], width: int = 8) -> IntArray:
    """The elements of arrays of whole numbers without nulls, of so many bytes each, one array after the other."""
    element = np.dtype([("length", ">i4"), ("value", f">i{width}")])
    arrays = [np.frombuffer(part[ARRAY_HEAD:], element)["value"] for part in parts]
    found: IntArray = np.concatenate([np.empty(0, np.int64), *arrays], dtype=np.int64)
    return found
