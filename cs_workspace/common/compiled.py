"""Statements that are put together once: what Django spends on building a query is often more than it takes to run.

A statement is built with stand-ins for the moment, days and keys, and run with what they stand for in their place. One
whose conditions reckon with days, as by months of the calendar, is kept for the day on which it was built.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Final, ParamSpec, Self

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import (  # type: ignore[attr-defined]  # the stubs leave the second out
    ModelIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler

from cs_workspace.common import clock

P = ParamSpec("P")

# The microsecond of all stand-ins for moments, by which what was made of one is told.
_MARK: Final = 678_901
# No moment, no day and no key that anything is ever compared with.
SOME_MOMENT: Final = dt.datetime(9999, 1, 2, 3, 4, 5, _MARK, tzinfo=dt.UTC)
SOME_DAY: Final = dt.date(9999, 1, 2)
SOME_KEY: Final = -9_000_000_000_000_000_000
# More days beside today's, and moments beside the present, than any statement compares with.
MOST_DAYS: Final = 12


def some_keys(count: int) -> list[int]:
    """Stand-ins for so many keys."""
    return [SOME_KEY + place for place in range(count)]


def some_days(count: int) -> list[dt.date]:
    """Stand-ins for so many days that are not today's; years apart, so that none is reckoned from another."""
    return [SOME_DAY.replace(year=SOME_DAY.year - 1 - place) for place in range(count)]


def some_moments(count: int) -> list[dt.datetime]:
    """Stand-ins for so many moments that are not the present one; years apart, like those of `some_days`."""
    return [SOME_MOMENT.replace(year=SOME_MOMENT.year - 1 - place) for place in range(count)]


class Present(dt.datetime):
    """The moment of each run while a statement is built that is kept for a day, or one that lies `away` from it.

    Its day is that day. Only with spans of time does it stay one: whatever else is made of it is refused by its mark
    when the statement is put together, and so cannot stay the same all day.
    """

    away: dt.timedelta | None = None

    @classmethod
    def on(cls, day: dt.date) -> Self:
        """The stand-in for every moment of a workspace day."""
        noon = dt.datetime.combine(day, dt.time(12, 0, 0, _MARK), tzinfo=clock.workspace_zone()).astimezone(dt.UTC)
        return cls._at(noon, dt.timedelta())

    @classmethod
    def _at(cls, moment: dt.datetime, away: dt.timedelta) -> Self:
        one = cls.combine(moment.date(), moment.timetz())
        one.away = away
        return one

    def __add__(self, span: dt.timedelta) -> Any:
        moment = dt.datetime.combine(self.date(), self.timetz()) + span
        return moment if self.away is None else self._at(moment, self.away + span)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, dt.timedelta):
            return self + -other
        return dt.datetime.combine(self.date(), self.timetz()) - other


@dataclass(frozen=True)
class Compiled:
    """SQL and its parameters, stand-ins among them, and what a row of it is made into."""

    sql: str
    params: tuple[Any, ...]
    conversions: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    """By place in a row: what makes of a value of the database one of Python, and the expression it is a value of."""
    make: Callable[[Sequence[Any]], Any]

    def rows(
        self, keys: Sequence[int] = (), days: Sequence[dt.date] = (), moments: Sequence[dt.datetime] = ()
    ) -> list[Any]:
        """All rows as of now, with `keys` for those of `some_keys`, `days` for those of `some_days` and `moments` for
        those of `some_moments`: what the queryset would give. One query.

        Raises `LookupError` where a key, a day or a moment is missing.
        """
        now = clock.now()
        values: dict[Any, Any] = {SOME_MOMENT: now, SOME_DAY: clock.today()}
        values |= zip(some_keys(len(keys)), keys, strict=True)
        values |= zip(some_days(len(days)), days, strict=True)
        values |= zip(some_moments(len(moments)), moments, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [_value(one, values, now) for one in self.params])
            found = cursor.fetchall()
        return [self.make(self._converted(row)) for row in found]

    def row(self, keys: Sequence[int] = (), days: Sequence[dt.date] = (), moments: Sequence[dt.datetime] = ()) -> Any:
        """The first of the `rows`. One query.

        Raises `LookupError` where there is no row, or a key, a day or a moment is missing.
        """
        return self.rows(keys, days, moments)[0]

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
    return _compiled(queryset, stays=_stays)


def kept_for_today(build: Callable[P, QuerySet[Any, Any]]) -> Callable[P, Compiled]:
    """Makes of a function that builds a queryset one that gives its statement, put together once for each day and for
    each choice of arguments.

    While it is built the clock stands at a stand-in for the moment of each run. Days may be reckoned from today's in
    any way, moments from the present one by spans only, and stand-ins for keys and moments are filled in by each run.
    Raises `ValueError` where a moment was made of the present one in another way.
    """

    def of_day(day: dt.date, *args: Any, **kwargs: Any) -> Compiled:
        with clock.set_to(Present.on(day)):
            return _compiled(build(*args, **kwargs), stays=_stays_all_day)

    kept: Callable[..., Compiled] = lru_cache(maxsize=1024)(of_day)

    @wraps(build)
    def of_today(*args: P.args, **kwargs: P.kwargs) -> Compiled:
        return kept(clock.today(), *args, **kwargs)

    return of_today


def _compiled(queryset: QuerySet[Any, Any], *, stays: Callable[[Any], bool]) -> Compiled:
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    for one in params:
        if stays(one):
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


def _value(param: Any, values: Mapping[Any, Any], now: dt.datetime) -> Any:
    """What a run puts in the place of a parameter. Keys are none where they stand for one."""
    if isinstance(param, Present) and param.away is not None:
        return now + param.away
    if isinstance(param, dt.date):
        return values[param] if _stands_in(param) else param
    return values[param] if isinstance(param, int) and param <= SOME_KEY + 10_000 else param


def _stays(param: Any) -> bool:
    """Whether a parameter is a day or a moment that does not stand for another."""
    return isinstance(param, dt.date) and not _stands_in(param)


def _stays_all_day(param: Any) -> bool:
    """Whether a parameter was made of the present moment and is none that each run knows."""
    if isinstance(param, Present) and param.away is not None:
        return False
    return isinstance(param, dt.datetime) and param.microsecond == _MARK and not _stands_in(param)


def _stands_in(one: dt.date) -> bool:
    """Whether a day or a moment is a stand-in."""
    return one in (_MOMENTS if isinstance(one, dt.datetime) else _DAYS)


_MOMENTS: Final = {SOME_MOMENT, *some_moments(MOST_DAYS)}
_DAYS: Final = {SOME_DAY, *some_days(MOST_DAYS)}
