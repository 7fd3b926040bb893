"""Movements of ARR: the kinds that there are, and the netted movements of many accounts as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# More than the ordinal of any day: an account and a day are one number.
DAYS: Final = 4_000_000


class Kind(StrEnum):
    """What a movement of an account's ARR is."""

    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    REACTIVATION = "reactivation"
    CORRECTION = "correction"


# Arrays, and what is stored of the ledger for reports, hold the place of a kind here: a new one comes last.
KINDS: Final = tuple(Kind)
PLACE: Final = {kind: place for place, kind in enumerate(KINDS)}
GAINS: Final = frozenset({Kind.NEW, Kind.EXPANSION, Kind.REACTIVATION})
LOSSES: Final = frozenset({Kind.CONTRACTION, Kind.CHURN})


@dataclass(frozen=True)
class Movements:
    """The movements of many accounts, at most one an account and day, sorted by account and day.

    All arrays but one have shape (movements,). Amounts are whole numbers of the smallest `unit` of money (0.01 for
    cents), so that sums over 50,000 accounts are exact and quick; they leave here as Decimal.
    """

    size: int
    """Number of accounts; each has a place from 0 to `size` − 1, those without a movement too."""
    account: IntArray
    """Place of the account, rising."""
    day: IntArray
    """Ordinal of the day (`date.toordinal`), rising within an account."""
    kind: IntArray
    """Place in `KINDS`."""
    amount: IntArray
    """Change of ARR in units, never 0; negative for what was lost."""
    unit: Decimal = Decimal("0.01")

    @classmethod
    def of(
        cls,
        size: int,
        account: IntArray,
        day: IntArray,
        kind: IntArray,
        amount: IntArray,
        unit: Decimal = Decimal("0.01"),
    ) -> Movements:
        """Nets entries in any order: those of one account on one day become one movement, or none where they cancel.

        Entries of one kind keep it, for the ledger says what they were. Of several kinds the net gets the one that the
        account's ARR before and after it tells: a renewal booked as churn and new ARR of one day is an expansion.
        """
        key = account * DAYS + day
        if np.any(key[1:] < key[:-1]):
            order = np.argsort(key, kind="stable")
            account, day, kind, amount = account[order], day[order], kind[order], amount[order]
        first = starts(account, day)
        if not len(first):
            return cls(size, account, day, kind, amount, unit)
        low, high = np.minimum.reduceat(kind, first), np.maximum.reduceat(kind, first)
        account, day, amount = account[first], day[first], np.add.reduceat(amount, first)
        if np.any(low != high):
            low = np.where(low == high, low, kinds_of(account, amount))
        moved = amount != 0
        if not moved.all():
            account, day, low, amount = account[moved], day[moved], low[moved], amount[moved]
        return cls(size, account, day, low, amount, unit)

    def arr_before(self, day: dt.date | IntArray) -> IntArray:
        """ARR of every account at the start of a day, in units: of one for all, or of one ordinal for each account.

        Shape (accounts,). What moves on the day itself is not in it.
        """
        limit = day.toordinal() if isinstance(day, dt.date) else day
        # The movements are sorted, so that those before it end where it would be put in.
        until = np.searchsorted(self._keys, np.arange(self.size) * DAYS + limit)
        return self._running[until] - self._running_before

    def between(self, since: dt.date, until: dt.date) -> BoolArray:
        """Which movements fall into the half-open period."""
        return (self.day >= since.toordinal()) & (self.day < until.toordinal())

    def money(self, units: int) -> Decimal:
        """An amount in units as Decimal."""
        return units * self.unit

    @cached_property
    def first_days(self) -> IntArray:
        """Ordinal of each account's first movement, 0 where it has none. Shape (accounts,)."""
        found = np.zeros(self.size, dtype=np.int64)
        found[self.account[self._first]] = self.day[self._first]
        return found

    def below_zero(self) -> tuple[int, dt.date, Decimal] | None:
        """The first movement after which an account's ARR is negative: its place, the day and that ARR."""
        arr = arr_after(self.account, self.amount)
        wrong = np.flatnonzero(arr < 0)
        if not len(wrong):
            return None
        at = wrong[0]
        return int(self.account[at]), dt.date.fromordinal(int(self.day[at])), self.money(int(arr[at]))

    @cached_property
    def _keys(self) -> IntArray:
        """Account and day of each movement as one number, rising."""
        return self.account * DAYS + self.day

    @cached_property
    def _running(self) -> IntArray:
        """The sum of all movements before each one, of whatever account, and of all in the end."""
        return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(self.amount)))

    @cached_property
    def _running_before(self) -> IntArray:
        """The sum of all movements before the first one of each account, or where that would be. Shape (accounts,)."""
        return self._running[np.searchsorted(self._keys, np.arange(self.size) * DAYS)]

    @cached_property
    def _first(self) -> IntArray:
        """Where the movements of each account that has some begin."""
        return starts(self.account)


def starts(*columns: IntArray) -> IntArray:
    """The places of sorted rows at which one of the columns changes, the first row included."""
    if not len(columns[0]):
        return np.empty(0, dtype=np.int64)
    changed = np.ones(len(columns[0]), dtype=bool)
    changed[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(changed)


def arr_after(account: IntArray, amount: IntArray) -> IntArray:
    """ARR of the account after each of its movements, which are sorted by account and day."""
    if not len(account):
        return amount
    running, first = np.cumsum(amount), starts(account)
    before_account = (running - amount)[first]
    return running - np.repeat(before_account, _lengths(first, len(account)))


def kinds_of(account: IntArray, amount: IntArray) -> IntArray:
    """The kinds of netted movements, sorted by account and day, by the account's ARR before and after each.

    From nothing it is new the first time and a reactivation later, to nothing it is churn, and in between expansion or
    contraction: who cancels one of several products contracts.
    """
    after = arr_after(account, amount)
    before = after - amount
    rows = np.arange(len(account))
    first = starts(account)
    # The last row up to each at which an account had ARR: one of its own before this row means that it is known.
    last_active = np.maximum.accumulate(np.where(after > 0, rows, -1))
    previous = np.concatenate(([-1], last_active[:-1]))[: len(rows)]
    known = previous >= np.repeat(first, _lengths(first, len(account)))
    risen = np.where(before > 0, PLACE[Kind.EXPANSION], np.where(known, PLACE[Kind.REACTIVATION], PLACE[Kind.NEW]))
    fallen = np.where(after > 0, PLACE[Kind.CONTRACTION], PLACE[Kind.CHURN])
    return np.where(amount > 0, risen, fallen)


def ordinals(days: Sequence[dt.date]) -> IntArray:
    """Days as ordinals."""
    return np.fromiter((day.toordinal() for day in days), dtype=np.int64, count=len(days))


def _lengths(first: IntArray, rows: int) -> IntArray:
    return np.diff(np.append(first, rows))
