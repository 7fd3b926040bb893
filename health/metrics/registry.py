"""Readings of metrics for many accounts at once, out of what was observed.

A reader is a function that reads one source by one statement and gives all metrics of that source. `compute` runs only
the readers that are needed. What shipped metrics mean stands in `health.domain.metrics`; a new one is defined there and
read here, in the module of its source.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from health.domain.metrics import METRICS
from health.domain.scorers import FloatArray

Columns = dict[str, FloatArray]
Places = npt.NDArray[np.intp]
Read = Callable[["Asked"], Columns]

READERS: dict[str, Read] = {}
# What is no metric but comes out of the same statements. No scorecard and no API knows these names, which begin with _.
BESIDE: dict[str, Read] = {}
# Metrics whose observations name the product that they are of; all others are of the account as a whole.
OF_PRODUCTS: set[str] = set()


def of_product(column: str) -> str:
    """SQL for observations of the product asked for; what names no product is of all. True where no product is asked
    for, which PostgreSQL sees when it plans."""
    return f"(%(product)s::bigint IS NULL OR {column} IS NULL OR {column} = %(product)s)"


@dataclass(frozen=True)
class Asked:
    """Which metrics of which accounts, as of which day. Windows of n days are the days in (day − n, day].

    With a `product`, only what was observed of that product counts, and what names none.
    """

    metrics: frozenset[str]
    account_ids: tuple[int, ...]
    day: dt.date
    product: int | None = None
    _kept: dict["Read", Columns] = field(default_factory=dict, repr=False, compare=False)

    def read(self, read: "Read") -> Columns:
        """What the function reads for these accounts and day, once, however many readers need it."""
        if read not in self._kept:
            self._kept[read] = read(self)
        return self._kept[read]

    def rows(self, sql: str, **params: Any) -> Columns:
        """Runs a statement that gives one row an account: its key first, then numbers.

        The columns come in the order of the accounts, NaN for accounts without a row and for NULL. The statement may
        use `%(ids)s`, `%(day)s`, `%(end)s`, the first moment after the day, and what `of_product` gives.
        """
        known: dict[str, Any] = {"ids": self._ids, "day": self.day, "end": self.end, "product": self.product}
        with connection.cursor() as cursor:
            cursor.execute(sql, known | params)
            names = [column.name for column in cursor.description]
            found = np.array(cursor.fetchall(), dtype=float).reshape(-1, len(names))
        values = np.full((len(self.account_ids), len(names)), np.nan)
        values[self.places(found[:, 0])] = found
        return dict(zip(names[1:], values[:, 1:].T, strict=True))

    def since(self, days: int) -> dt.datetime:
        """The first moment of the window of so many days."""
        return clock.start_of(self.day - dt.timedelta(days=days - 1))

    @property
    def end(self) -> dt.datetime:
        """The first moment after the day."""
        return clock.start_of(self.day + dt.timedelta(days=1))

    def nothing(self) -> FloatArray:
        """A column in which nothing was observed."""
        return np.full(len(self.account_ids), np.nan)

    @cached_property
    def _ids(self) -> str:
        return array(self.account_ids)

    @cached_property
    def _sorted(self) -> tuple[FloatArray, Places]:
        ids = np.array(self.account_ids, dtype=float)
        order = np.argsort(ids, kind="stable")
        return ids[order], order

    def places(self, ids: FloatArray) -> Places:
        """Where these accounts stand among those asked for."""
        ordered, order = self._sorted
        return order[np.searchsorted(ordered, ids)]


def reads(*metrics: str, of_products: bool = False) -> Callable[[Read], Read]:
    """Registers a function as the reader of these metrics; each metric has one reader.

    `of_products`: it heeds the product that is asked for. A metric may be registered from any app, before the first
    account is scored.
    """

    def register(read: Read) -> Read:
        for metric in metrics:
            if metric in READERS:
                raise ValueError(f"{metric} is read twice.")
            READERS[metric] = read
        OF_PRODUCTS.update(metrics if of_products else ())
        return read

    return register


def reads_beside(*names: str) -> Callable[[Read], Read]:
    """Registers a function as the reader of what is no metric, but read in the statements of metrics."""

    def register(read: Read) -> Read:
        BESIDE.update(dict.fromkeys(names, read))
        return read

    return register


def compute(metrics: Iterable[str], account_ids: Sequence[int], day: dt.date, *, product: int | None = None) -> Columns:
    """Readings as of a day, one column a metric in the order of the accounts, NaN where nothing was observed.

    With a `product`, the metrics in `OF_PRODUCTS` are read of that product alone. A reading that was sent from outside
    under the metric's name stands where no observation of ours gives one. Statements do not grow with the accounts.
    `account_ids` must not name one twice.
    """
    wanted = list(dict.fromkeys(metrics))
    asked = Asked(frozenset(wanted), tuple(account_ids), day, product)
    readings: Columns = {name: asked.nothing() for name in wanted}
    readers = READERS | BESIDE
    for read in dict.fromkeys(readers[name] for name in wanted if name in readers):
        found = asked.read(read)
        readings |= {name: found[name] for name in wanted if name in found}
    for name, sent in sent_readings(asked).items():
        readings[name] = np.where(np.isnan(readings[name]), sent, readings[name])
    return readings


def sent_readings(asked: Asked) -> Columns:
    """What was sent from outside under the names asked for: the newest of the last 30 days. One statement."""
    sql = """
        SELECT DISTINCT ON (account_id, name) account_id, name, value FROM health_metricpoint
        WHERE account_id = ANY(%s) AND name = ANY(%s) AND day > %s::date - 30 AND day <= %s::date
        ORDER BY account_id, name, day DESC
    """
    columns: Columns = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [array(asked.account_ids), sorted(asked.metrics), asked.day, asked.day])
        rows = cursor.fetchall()
    places = asked.places(np.array([account_id for account_id, _, _ in rows], dtype=float))
    for place, (_, name, value) in zip(places, rows, strict=True):
        if _is_reading(name, value):
            columns.setdefault(name, asked.nothing())[place] = value
    return columns


def _is_reading(name: str, value: float) -> bool:
    """Categories and flags are sent as codes; another number means nothing."""
    metric = METRICS.get(name)
    if metric is None or metric.kind.is_numeric:
        return True
    return value in range(len(metric.categories) or 2)


def ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """`part` ÷ `whole`; NaN where there is no whole to take a part of."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def month_masks(day: dt.date, days: int) -> tuple[list[dt.date], list[int]]:
    """The months that the window of so many days touches, and for each the bits of its days inside."""
    masks: dict[dt.date, int] = {}
    for back in range(days):
        one = day - dt.timedelta(days=back)
        month = one.replace(day=1)
        masks[month] = masks.get(month, 0) | 1 << (one.day - 1)
    return list(masks), list(masks.values())
