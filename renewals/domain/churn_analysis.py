"""What churn records come to, added up by whatever they have in common. Pure, on arrays of many records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from renewals.domain.churn import Preventable, SubReason
from renewals.domain.ledger import Columns
from renewals.domain.movements import DAYS, PLACE, BoolArray, IntArray, Kind, Movements, starts
from renewals.domain.periods import Period

# Arrays hold the place of a reason and of a judgement in these.
REASONS: Final = tuple(SubReason)
JUDGEMENTS: Final = tuple(Preventable)
# What counts as preventable in the share of it: the four judgements are shown beside each other as well.
COUNTED: Final = frozenset({Preventable.YES, Preventable.PARTLY})
CENT: Final = Decimal("0.01")


@dataclass(frozen=True)
class Losses(Columns):
    """Churn records, arrays of shape (records,), in any order. Days are ordinals, amounts cents."""

    account: IntArray
    """Key of the account."""
    day: IntArray
    arr: IntArray
    lost: IntArray
    """1 where the account was lost with it, 0 for a contraction."""
    reason: IntArray
    """Place in `REASONS`."""
    preventable: IntArray
    """Place in `JUDGEMENTS`."""
    segment: IntArray
    """Key of the account's segment, 0 for none."""
    since: IntArray
    """Year since which it is a customer, 0 where that is not known."""
    interviewed: IntArray
    """1 where there was an exit interview."""

    def within(self, period: Period) -> Losses:
        """Those whose day falls into the half-open period."""
        return self.at((self.day >= period.since.toordinal()) & (self.day < period.until.toordinal()))


@dataclass(frozen=True)
class Sums:
    """What some records come to. Money is in workspace currency."""

    records: int = 0
    logos: int = 0
    """Accounts that were lost; who was lost twice counts twice, who left several contracts at once counts once."""
    churn: Decimal = Decimal(0)
    """ARR lost together with the account."""
    contraction: Decimal = Decimal(0)
    """ARR lost of accounts that stayed."""
    preventable: Decimal = Decimal(0)
    """ARR of those judged preventable or partly so."""
    interviewed: int = 0

    @property
    def arr(self) -> Decimal:
        """All ARR that was lost."""
        return self.churn + self.contraction

    @property
    def preventable_share(self) -> Decimal | None:
        """Preventable ARR ÷ ARR lost; None where none was lost."""
        return self.preventable / self.arr if self.arr else None

    @property
    def interviewed_share(self) -> Decimal | None:
        """Records with an exit interview ÷ records; None without records."""
        return Decimal(self.interviewed) / self.records if self.records else None


@dataclass(frozen=True)
class Told:
    """The losses that the ledger tells of a period, and how far records say why. Money is in workspace currency."""

    churn: Decimal
    contraction: Decimal
    explained: Decimal
    """ARR of those of them that have a record on their day."""

    @property
    def arr(self) -> Decimal:
        """All that the ledger says was lost."""
        return self.churn + self.contraction

    @property
    def explained_share(self) -> Decimal | None:
        """Explained ÷ lost; None where nothing was lost."""
        return self.explained / self.arr if self.arr else None


def sums_of(losses: Losses, group: IntArray, count: int) -> list[Sums]:
    """The sums of `count` groups; `group` is the place of each record's one. Shape (records,)."""
    lost = losses.lost == 1
    counted = np.isin(losses.preventable, [JUDGEMENTS.index(one) for one in COUNTED])
    records = np.bincount(group, minlength=count)
    interviewed = np.bincount(group[losses.interviewed == 1], minlength=count)
    logos = _logos(losses, group, lost, count)
    churn, contraction, preventable = (_cents(losses, group, chosen, count) for chosen in (lost, ~lost, counted))
    return [
        Sums(
            records=int(records[place]),
            logos=int(logos[place]),
            churn=int(churn[place]) * CENT,
            contraction=int(contraction[place]) * CENT,
            preventable=int(preventable[place]) * CENT,
            interviewed=int(interviewed[place]),
        )
        for place in range(count)
    ]


def sums_of_all(losses: Losses) -> Sums:
    """The sums of all records together."""
    return sums_of(losses, np.zeros(len(losses.day), dtype=np.int64), 1)[0]


def sums_of_each(losses: Losses, values: IntArray) -> list[tuple[int, Sums]]:
    """The sums by a value that records have in common, that with the most ARR lost first."""
    found, group = np.unique(values, return_inverse=True)
    sums = zip(found.tolist(), sums_of(losses, group, len(found)), strict=True)
    return sorted(sums, key=lambda pair: (-pair[1].arr, -pair[1].records, pair[0]))


def sums_by_period(losses: Losses, periods: Sequence[Period]) -> list[Sums]:
    """The sums of periods that follow each other without a gap, in their order."""
    firsts = np.array([period.since.toordinal() for period in periods], dtype=np.int64)
    among = losses.within(Period(periods[0].since, periods[-1].until))
    return sums_of(among, np.searchsorted(firsts, among.day, side="right") - 1, len(periods))


def losses_told(movements: Movements, period: Period) -> BoolArray:
    """Which movements of the ledger are losses of a period: of whole accounts, and of some of what they had."""
    kinds = [PLACE[Kind.CHURN], PLACE[Kind.CONTRACTION]]
    return movements.between(period.since, period.until) & np.isin(movements.kind, kinds)


def told(movements: Movements, account_ids: IntArray, losses: Losses, period: Period) -> Told:
    """What the ledger says was lost within a period, and how much of it has a record. `account_ids` by place."""
    rows = losses_told(movements, period)
    amount, kind = -movements.amount[rows], movements.kind[rows]
    has_record = is_recorded(account_ids[movements.account[rows]], movements.day[rows], losses)
    churned = kind == PLACE[Kind.CHURN]
    return Told(
        churn=movements.money(int(amount[churned].sum())),
        contraction=movements.money(int(amount[~churned].sum())),
        explained=movements.money(int(amount[has_record].sum())),
    )


def is_recorded(account: IntArray, day: IntArray, losses: Losses) -> BoolArray:
    """Whether what happened to accounts (by key) on days has a record of the same account and day."""
    return np.isin(account * DAYS + day, losses.account * DAYS + losses.day)


def _logos(losses: Losses, group: IntArray, lost: BoolArray, count: int) -> IntArray:
    """How many losses of accounts each group has: an account is lost once on a day, however many contracts it left."""
    group, account, day = (column[lost] for column in (group, losses.account, losses.day))
    order = np.lexsort((day, account, group))
    group, account, day = group[order], account[order], day[order]
    found: IntArray = np.bincount(group[starts(group, account, day)], minlength=count)
    return found


def _cents(losses: Losses, group: IntArray, chosen: BoolArray, count: int) -> IntArray:
    """Cents of the chosen records by group; added up as whole numbers, so that they are exact."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, group[chosen], losses.arr[chosen])
    return found
