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

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from renewals.domain.movements import KINDS, BoolArray, IntArray, Kind, Movements
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
    periods = list(periods)
    days = {day for period in periods for day in (period.since, period.until)}
    if not days:
        return []
    movements = movements.since(min(days))
    arr = {day: movements.arr_before(day) for day in days}
    others = np.zeros(movements.size, dtype=np.int64) if among is None else (~among).astype(np.int64)
    return [_measure(movements, one, arr[one.since], arr[one.until], others, 2)[0] for one in periods]


def measure_groups(movements: Movements, period: Period, group: IntArray, count: int) -> list[Retention]:
    """The figures of a period for each of `count` groups of accounts.

    `group`, of shape (accounts,), holds the place of each account's group, from 0 to `count` − 1.
    """
    start, end = movements.arr_before(period.since), movements.arr_before(period.until)
    return _measure(movements, period, start, end, group, count)


def _measure(
    movements: Movements, period: Period, start: IntArray, end: IntArray, group: IntArray, count: int
) -> list[Retention]:
    """`start` and `end` are the ARR of each account at the two ends of the period."""
    within = np.flatnonzero(movements.between(period.since, period.until))
    kinds = group[movements.account[within]] * len(KINDS) + movements.kind[within]
    gross = _sums(kinds, movements.amount[within], count * len(KINDS)).reshape(count, len(KINDS))
    change, active, stayed = end - start, start > 0, end > 0
    figures = zip(
        _sums(group, start, count),
        gross.tolist(),
        _sums(group, end, count),
        _sums(group, change * (active & (change > 0)), count),
        _sums(group, change * (active & stayed & (change < 0)), count),
        _sums(group, change * (active & ~stayed), count),
        *(_sums(group, chosen.astype(np.int64), count) for chosen in (active, active & ~stayed, stayed)),
        strict=True,
    )
    return [_retention(movements, period, row) for row in figures]


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def _sums(places: IntArray, values: IntArray, count: int) -> IntArray:
    """The sums of the values of each place; in whole numbers, as `np.bincount` would not add them."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, places, values)
    return found


def _retention(movements: Movements, period: Period, row: tuple[Any, ...]) -> Retention:
    """The figures of one group out of whole numbers, in the order of `Retention`'s fields."""
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
