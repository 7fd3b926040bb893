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
    start, end = movements.arr_before(period.since), movements.arr_before(period.until)
    within = movements.between(period.since, period.until)
    if among is not None:
        start, end, within = start[among], end[among], within & among[movements.account]
    kinds, amounts = movements.kind[within], movements.amount[within]
    active = start > 0
    change = (end - start)[active]
    stayed = end[active] > 0
    return Retention(
        period=period,
        start_arr=movements.money(_sum(start)),
        movements={kind: movements.money(_sum(amounts[kinds == place])) for place, kind in enumerate(KINDS)},
        end_arr=movements.money(_sum(end)),
        compared=Compared(
            expansion=movements.money(_sum(change[change > 0])),
            contraction=movements.money(_sum(change[(change < 0) & stayed])),
            churn=movements.money(_sum(change[~stayed])),
        ),
        start_logos=int(np.count_nonzero(active)),
        lost_logos=int(np.count_nonzero(~stayed)),
        end_logos=int(np.count_nonzero(end > 0)),
    )


def measure_each(movements: Movements, periods: Iterable[Period], among: BoolArray | None = None) -> list[Retention]:
    """The figures of each period."""
    return [measure(movements, period, among) for period in periods]


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def _sum(values: IntArray) -> int:
    return int(values.sum())
