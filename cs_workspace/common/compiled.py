"""Statements that are put together once: what Django spends on building a query is often more than it takes to run.

A statement is built with stand-ins for the moment, days and keys, and run with what they stand for in their place.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import (  # type: ignore[attr-defined]  # the stubs leave the second out
    ModelIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler

from cs_workspace.common import clock

# No moment, no day and no key that anything is ever compared with.
SOME_MOMENT: Final = dt.datetime(9999, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
SOME_DAY: Final = dt.date(9999, 1, 2)
SOME_KEY: Final = -9_000_000_000_000_000_000
# More days beside today's than any statement compares with.
MOST_DAYS: Final = 12


def some_keys(count: int) -> list[int]:
    """Stand-ins for so many keys."""
    return [SOME_KEY + place for place in range(count)]


def some_days(count: int) -> list[dt.date]:
    """Stand-ins for so many days that are not today's; years apart, so that none is reckoned from another."""
    return [SOME_DAY.replace(year=SOME_DAY.year - 1 - place) for place in range(count)]


@dataclass(frozen=True)
class Compiled:
    """SQL and its parameters, stand-ins among them, and what a row of it is made into."""

    sql: str
    params: tuple[Any, ...]
    conversions: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    """By place in a row: what makes of a value of the database one of Python, and the expression it is a value of."""
    make: Callable[[Sequence[Any]], Any]

    def rows(self, keys: Sequence[int] = (), days: Sequence[dt.date] = ()) -> list[Any]:
        """All rows as of now, with `keys` for those of `some_keys` and `days` for those of `some_days`: what the
        queryset would give. One query.

        Raises `LookupError` where a key or a day is missing.
        """
        values: dict[Any, Any] = {SOME_MOMENT: clock.now(), SOME_DAY: clock.today()}
        values |= zip(some_keys(len(keys)), keys, strict=True)
        values |= zip(some_days(len(days)), days, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [values[one] if _stands_in(one) else one for one in self.params])
            found = cursor.fetchall()
        return [self.make(self._converted(row)) for row in found]

    def row(self, keys: Sequence[int] = (), days: Sequence[dt.date] = ()) -> Any:
        """The first of the `rows`. One query.

        Raises `LookupError` where there is no row, or a key or a day is missing.
        """
        return self.rows(keys, days)[0]

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, (converters, expression) in self.conversions.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return values


def compile_once(queryset: QuerySet[Any, Any]) -> Compiled:
    """The statement of a queryset of tuples, or of instances with what is selected and annotated beside them.

    Raises `ValueError` where it holds a day or a moment that is no stand-in: it would be the same for ever. Raises
    `EmptyResultSet` where nothing can ever be found, as by a user who sees nothing.
    """
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    for one in params:
        if isinstance(one, dt.date) and one not in (SOME_MOMENT, SOME_DAY) and not _is_some_other_day(one):
            raise ValueError(f"{one} would stay what it is in a statement that is kept.")
    conversions = compiler.get_converters([expression for expression, *_ in compiler.select])
    make = _instances(compiler) if queryset._iterable_class is ModelIterable else tuple
    return Compiled(sql, tuple(params), conversions, make)


def _instances(compiler: SQLCompiler) -> Callable[[Sequence[Any]], Any]:
    """What makes an instance of a row, as `ModelIterable` of Django does."""
    select, about, annotations = compiler.select, compiler.klass_info, compiler.annotation_col_map
    related = get_related_populators(about, select, DEFAULT_DB_ALIAS)
    first, after = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [expression.target.attname for expression, *_ in select[first:after]]

    def make(row: Sequence[Any]) -> Any:
        one = about["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:after])
        for populator in related:
            populator.populate(row, one)
        for name, place in annotations.items():
            setattr(one, name, row[place])
        return one

    return make


def _stands_in(param: Any) -> bool:
    """Whether a parameter stands for something: every day and moment does, and keys that are none."""
    return isinstance(param, dt.date) or (isinstance(param, int) and param <= SOME_KEY + 10_000)


def _is_some_other_day(one: dt.date) -> bool:
    """Whether a day is one of `some_days`."""
    return not isinstance(one, dt.datetime) and one in some_days(MOST_DAYS)
