"""Statements that are put together once: what Django spends on building a query is often more than it takes to run.

A statement is built with stand-ins for the moment and the day, and run with those of the clock in their place.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from cs_workspace.common import clock

# No moment and no day that anything is ever compared with.
SOME_MOMENT: Final = dt.datetime(9999, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
SOME_DAY: Final = dt.date(9999, 1, 2)


@dataclass(frozen=True)
class Compiled:
    """SQL and its parameters, among them `SOME_MOMENT` and `SOME_DAY` where the statement asks for now and today."""

    sql: str
    params: tuple[Any, ...]

    def row(self) -> tuple[Any, ...]:
        """The first row, as of now. One query; raises `LookupError` where there is none."""
        moments = {SOME_MOMENT: clock.now(), SOME_DAY: clock.today()}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [moments[one] if isinstance(one, dt.date) else one for one in self.params])
            found = cursor.fetchone()
        if found is None:
            raise LookupError("The statement found nothing.")
        return tuple(found)


def compile_once(queryset: QuerySet[Any, Any]) -> Compiled:
    """The statement of a queryset of values.

    Raises `ValueError` where it holds a day or a moment that is no stand-in: it would be the same for ever.
    """
    sql, params = queryset.query.sql_with_params()
    fixed = [one for one in _dates(params) if one not in (SOME_MOMENT, SOME_DAY)]
    if fixed:
        raise ValueError(f"{fixed[0]} would stay what it is in a statement that is kept.")
    return Compiled(sql, tuple(params))


def _dates(params: Iterable[Any]) -> Iterable[dt.date]:
    return (one for one in params if isinstance(one, dt.date))
