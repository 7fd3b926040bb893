"""Statements that are put together once: what Django spends on building a query is often more than it takes to run.

A statement is built with stand-ins for the moment, the day and keys, and run with what they stand for in their place.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from cs_workspace.common import clock

# No moment, no day and no key that anything is ever compared with.
SOME_MOMENT: Final = dt.datetime(9999, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
SOME_DAY: Final = dt.date(9999, 1, 2)
SOME_KEY: Final = -9_000_000_000_000_000_000


def some_keys(count: int) -> list[int]:
    """Stand-ins for so many keys."""
    return [SOME_KEY + place for place in range(count)]


@dataclass(frozen=True)
class Compiled:
    """SQL and its parameters, stand-ins among them."""

    sql: str
    params: tuple[Any, ...]

    def row(self, keys: Sequence[int] = ()) -> tuple[Any, ...]:
        """The first row, as of now, with `keys` for those of `some_keys`. One query.

        Raises `LookupError` where there is no row, or a key is missing.
        """
        values: dict[Any, Any] = {SOME_MOMENT: clock.now(), SOME_DAY: clock.today()}
        values |= zip(some_keys(len(keys)), keys, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [values[one] if _stands_in(one) else one for one in self.params])
            found = cursor.fetchone()
        if found is None:
            raise LookupError("The statement found nothing.")
        return tuple(found)


def compile_once(queryset: QuerySet[Any, Any]) -> Compiled:
    """The statement of a queryset of values.

    Raises `ValueError` where it holds a day or a moment that is no stand-in: it would be the same for ever.
    """
    sql, params = queryset.query.sql_with_params()
    for one in params:
        if _stands_in(one) and isinstance(one, dt.date) and one not in (SOME_MOMENT, SOME_DAY):
            raise ValueError(f"{one} would stay what it is in a statement that is kept.")
    return Compiled(sql, tuple(params))


def _stands_in(param: Any) -> bool:
    """Whether a parameter stands for something: every day and moment does, and keys that are none."""
    return isinstance(param, dt.date) or (isinstance(param, int) and param <= SOME_KEY + 10_000)
