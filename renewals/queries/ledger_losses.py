"""The losses that the ledger tells: what one account lost on a day, and those of which nobody has said why."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from accounts.models import Account
from renewals.domain.churn_analysis import Losses, is_recorded, losses_told
from renewals.domain.movements import PLACE, IntArray, Kind
from renewals.domain.periods import Period
from renewals.models import ChurnRecord, LedgerPack
from renewals.queries.movements import BookMovements, entries_of

AT_ONCE = 2000


@dataclass(frozen=True)
class LedgerLoss:
    """What an account lost on a day. Money is in workspace currency."""

    arr: Decimal
    lost_account: bool
    """Whether nothing was left; otherwise it contracted."""
    products: Mapping[int, Decimal]
    """What fell on the day, by the key of the product; what belongs to none is left out."""


@dataclass(frozen=True)
class UntoldRow:
    """A loss of which nobody has said why."""

    account: Account
    day: dt.date
    arr: Decimal
    lost_account: bool


@dataclass(frozen=True)
class UntoldList:
    """Losses without a record, the largest first; a slice reads a page of them."""

    book: BookMovements
    rows: IntArray
    """Places in the movements."""

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, page: slice) -> list[UntoldRow]:
        """A page of rows. One query."""
        moved, rows = self.book.movements, self.rows[page]
        keys = self.book.account_ids[moved.account[rows]].tolist()
        accounts = Account.objects.select_related("owner", "segment").in_bulk(set(keys))
        return [
            UntoldRow(
                accounts[key],
                dt.date.fromordinal(day),
                moved.money(-amount),
                kind == PLACE[Kind.CHURN],
            )
            for key, day, amount, kind in zip(
                keys, moved.day[rows].tolist(), moved.amount[rows].tolist(), moved.kind[rows].tolist(), strict=True
            )
            if key in accounts
        ]

    def all_rows(self) -> Iterator[UntoldRow]:
        """Every row. 2,000 are held at a time, with a query each."""
        for first in range(0, len(self), AT_ONCE):
            yield from self[first : first + AT_ONCE]

    @property
    def total(self) -> Decimal:
        """What was lost by all of them."""
        return self.book.movements.money(-int(self.book.movements.amount[self.rows].sum()))


def ledger_loss(account: Account, day: dt.date) -> LedgerLoss | None:
    """What the ledger says that an account lost on a day; None where it lost nothing. One query."""
    entries = entries_of(LedgerPack.objects.filter(account=account))
    period = Period(day, day + dt.timedelta(days=1))
    moved = entries.book.movements
    rows = np.flatnonzero(losses_told(moved, period))
    if not len(rows):
        return None
    of_product, products = entries.by_product.movements, entries.by_product.product
    fell = np.flatnonzero(of_product.between(period.since, period.until) & (of_product.amount < 0))
    return LedgerLoss(
        arr=moved.money(-int(moved.amount[rows[0]])),
        lost_account=bool(moved.kind[rows[0]] == PLACE[Kind.CHURN]),
        products={
            int(products[of_product.account[row]]): of_product.money(-int(of_product.amount[row]))
            for row in fell
            if products[of_product.account[row]]
        },
    )


def untold_of(account: Account, *, until: dt.date) -> list[tuple[dt.date, Decimal, bool]]:
    """The losses of an account before a day of which nobody has said why, the latest first: day, ARR, whether nothing
    was left. Two queries."""
    moved = entries_of(LedgerPack.objects.filter(account=account)).book.movements
    told = set(ChurnRecord.objects.standing().filter(account=account).order_by().values_list("day", flat=True))
    found = [
        (
            dt.date.fromordinal(int(moved.day[row])),
            moved.money(-int(moved.amount[row])),
            bool(moved.kind[row] == PLACE[Kind.CHURN]),
        )
        for row in np.flatnonzero(losses_told(moved, Period(dt.date.min, until)))[::-1]
    ]
    return [one for one in found if one[0] not in told]


def untold_among(book: BookMovements, losses: Losses, period: Period) -> UntoldList:
    """The losses of a period without one of the records `losses`. No query."""
    moved = book.movements
    rows = np.flatnonzero(losses_told(moved, period))
    told = is_recorded(book.account_ids[moved.account[rows]], moved.day[rows], losses)
    rows = rows[~told]
    order = np.lexsort((moved.account[rows], -moved.day[rows], moved.amount[rows]))
    return UntoldList(book, rows[order])
