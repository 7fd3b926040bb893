"""How much of the revenue of a set of accounts is kept over a period (retention.md §2).

S is the ARR at the start of the accounts that are active then. Rates compare each of these accounts' ARR at the start
with its ARR at the end, so that a dip that recovers inside the period is no contraction, and one that was lost inside
it and came back has not churned. Accounts that come later, for the first time or again, are in no rate.

- GRR = Σ min(ARR at the end, ARR at the start) ÷ S = (S − contraction − churn) ÷ S
- NRR = Σ ARR at the end ÷ S = (S + expansion − contraction − churn) ÷ S
- logo retention = accounts still active at the end ÷ accounts active at the start; churn rate = 1 − logo retention
- revenue churn = 1 − GRR

The gross movements of the ledger stand beside: start + new + expansion + contraction + churn + reactivation +
correction = end, losses being negative.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from renewals.domain.movements import KINDS, BoolArray, IntArray, Kind, Movements, ordinals
from renewals.domain.periods import Period


@dataclass(frozen=True)
class Compared:
    """What became of the ARR at the start, account by account: losses are negative."""

    expansion: Decimal
    contraction: Decimal
    churn: Decimal


@dataclass(frozen=True)
class Retention:
    """The figures of one set of accounts over one period. Money is in workspace currency, rates are fractions.

    A rate is None where its denominator is 0: nothing can be kept of nothing.
    """

    period: Period
    start_arr: Decimal
    movements: dict[Kind, Decimal]
    """Gross movements of the ledger by kind, every kind, losses negative."""
    end_arr: Decimal
    compared: Compared
    start_logos: int
    lost_logos: int
    end_logos: int

    @property
    def grr(self) -> Decimal | None:
        """Gross revenue retention, never above 1."""
        return _share(self.start_arr + self.compared.contraction + self.compared.churn, self.start_arr)

    @property
    def nrr(self) -> Decimal | None:
        """Net revenue retention."""
        kept = self.start_arr + self.compared.expansion + self.compared.contraction + self.compared.churn
        return _share(kept, self.start_arr)

    @property
    def logo_retention(self) -> Decimal | None:
        """Share of the accounts at the start that are still active at the end."""
        return _share(Decimal(self.start_logos - self.lost_logos), Decimal(self.start_logos))

    @property
    def logo_churn(self) -> Decimal | None:
        """Share of the accounts at the start that are gone at the end."""
        return _share(Decimal(self.lost_logos), Decimal(self.start_logos))

    @property
    def revenue_churn(self) -> Decimal | None:
        """Share of the ARR at the start that contracted or churned."""
        return None if self.grr is None else 1 - self.grr


def measure(movements: Movements, period: Period, among: BoolArray | None = None) -> Retention:
    """The figures of a period, of all accounts or of those that `among`, of shape (accounts,), says."""
    return measure_each(movements, [period], among)[0]


def measure_each(movements: Movements, periods: Iterable[Period], among: BoolArray | None = None) -> list[Retention]:
    """The figures of each period."""
    if among is None:
        return [one for (one,) in _measured(movements, periods, np.zeros(movements.size, dtype=np.int64), 1)]
    return [one for one, _ in _measured(movements, periods, (~among).astype(np.int64), 2)]


def measure_groups(movements: Movements, period: Period, group: IntArray, count: int) -> list[Retention]:
    """The figures of a period for each of `count` groups of accounts.

    `group`, of shape (accounts,), holds the place of each account's group, from 0 to `count` − 1.
    """
    return _measured(movements, [period], group, count)[0]


def _measured(movements: Movements, periods: Iterable[Period], group: IntArray, count: int) -> list[list[Retention]]:
    """The figures of each group over each period. The movements are gone through once, by the spans between the days
    at which periods begin and end."""
    periods = list(periods)
    days = sorted({day for period in periods for day in (period.since, period.until)})
    place = {day: number for number, day in enumerate(days)}
    spans = _spans(movements, days)
    arr = list(accumulate(spans, _moved, initial=movements.arr_before(days[0]))) if days else []
    shape = (count, len(KINDS))
    gross = [
        _sums(group[span.account] * len(KINDS) + span.kind, span.amount, math.prod(shape)).reshape(shape)
        for span in spans
    ]
    found = []
    for period in periods:
        since, until = place[period.since], place[period.until]
        rows = _rows(arr[since], arr[until], sum(gross[since:until], np.zeros(shape, dtype=np.int64)), group, count)
        found.append([_retention(movements, period, row) for row in rows])
    return found


@dataclass(frozen=True)
class _Span:
    """What moves from one day to another; arrays of shape (movements,)."""

    account: IntArray
    kind: IntArray
    amount: IntArray


def _spans(movements: Movements, days: Sequence[dt.date]) -> list[_Span]:
    """The movements between each of some rising days and the next one."""
    if not days:
        return []
    within = np.flatnonzero(movements.between(days[0], days[-1]))
    number = np.searchsorted(ordinals(days), movements.day[within], side="right")
    # So few numbers are sorted in one pass where they are small.
    rows = within[np.argsort(number.astype(np.uint16), kind="stable")]
    ends = np.cumsum(np.bincount(number, minlength=len(days)))
    columns = movements.account[rows], movements.kind[rows], movements.amount[rows]
    return [_Span(*(column[since:until] for column in columns)) for since, until in pairwise(ends.tolist())]


def _moved(arr: IntArray, span: _Span) -> IntArray:
    """The ARR of each account after a span, of that before it."""
    after = arr.copy()
    np.add.at(after, span.account, span.amount)
    return after


def _rows(start: IntArray, end: IntArray, gross: IntArray, group: IntArray, count: int) -> Iterator[tuple[Any, ...]]:
    """The figures of each group, in the order of `Retention`'s fields. `start` and `end` are the ARR of each account
    at the two ends of a period, `gross`, of shape (groups, kinds), what moved within it."""
    change, active, stayed = end - start, start > 0, end > 0
    return zip(
        _sums(group, start, count),
        gross.tolist(),
        _sums(group, end, count),
        _sums(group, change * (active & (change > 0)), count),
        _sums(group, change * (active & stayed & (change < 0)), count),
        _sums(group, change * (active & ~stayed), count),
        *(_sums(group, chosen.astype(np.int64), count) for chosen in (active, active & ~stayed, stayed)),
        strict=True,
    )


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def _sums(places: IntArray, values: IntArray, count: int) -> IntArray:
    """The sums of the values of each place; in whole numbers, as `np.bincount` would not add them."""
    if count == 1:
        return values.sum(keepdims=True)
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, places, values)
    return found


def _retention(movements: Movements, period: Period, row: tuple[Any, ...]) -> Retention:
    """The figures of one group out of a row of whole numbers (`_rows`)."""
    start, gross, end, expansion, contraction, churn, *logos = row
    money = movements.money
    return Retention(
        period=period,
        start_arr=money(int(start)),
        movements={kind: money(amount) for kind, amount in zip(KINDS, gross, strict=True)},
        end_arr=money(int(end)),
        compared=Compared(money(int(expansion)), money(int(contraction)), money(int(churn))),
        start_logos=int(logos[0]),
        lost_logos=int(logos[1]),
        end_logos=int(logos[2]),
    )
