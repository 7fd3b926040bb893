"""The accounts behind a figure of the retention report."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

from accounts.models import Account, User
from renewals.domain.movements import PLACE, BoolArray, IntArray, Kind
from renewals.domain.periods import Period
from renewals.models import LedgerPack
from renewals.queries.movements import BookEntries, BookMovements, entries_of
from renewals.queries.retention_groups import NO_GROUP, Split, grouping

AT_ONCE = 2000


class Fate(StrEnum):
    """What became of an account from the start to the end of a period."""

    START = "start"
    EXPANDED = "expanded"
    CONTRACTED = "contracted"
    LOST = "lost"
    CAME = "came"


FATES: dict[Fate, Callable[[Any, Any], Any]] = {
    Fate.START: lambda start, _end: start > 0,
    Fate.EXPANDED: lambda start, end: (start > 0) & (end > start),
    Fate.CONTRACTED: lambda start, end: (end > 0) & (end < start),
    Fate.LOST: lambda start, end: (start > 0) & (end == 0),
    Fate.CAME: lambda start, end: (start == 0) & (end > 0),
}


@dataclass(frozen=True)
class AccountsFilter:
    """Accounts behind a figure: over a period, and where `group` is given of one group of a split.

    `shown` says which: those of one fate, or those that the ledger has movements of one kind of.
    """

    period: Period
    shown: Fate | Kind = Fate.START
    split: Split = Split.SEGMENT
    group: str = ""
    product: int | None = None


@dataclass(frozen=True)
class AccountRow:
    """An account with its ARR at the two ends of the period, and what the figure has of it: what it gained or lost
    between them, or its movements of one kind."""

    account: Account
    change: Decimal
    start_arr: Decimal
    end_arr: Decimal


@dataclass(frozen=True)
class AccountList:
    """The accounts behind a figure, the largest change first; a slice reads a page of them."""

    book: BookMovements
    places: IntArray
    change: IntArray
    start: IntArray
    end: IntArray

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, page: slice) -> list[AccountRow]:
        """A page of rows. One query."""
        places = self.places[page].tolist()
        keys = [int(self.book.account_ids[place]) for place in places]
        accounts = Account.objects.select_related("owner", "segment").in_bulk(keys)
        return [
            AccountRow(accounts[key], *(self._money(column[place]) for column in (self.change, self.start, self.end)))
            for key, place in zip(keys, places, strict=True)
            if key in accounts
        ]

    def all_rows(self) -> Iterator[AccountRow]:
        """Every row. 2,000 are held at a time, with a query each."""
        for first in range(0, len(self), AT_ONCE):
            yield from self[first : first + AT_ONCE]

    @property
    def total(self) -> Decimal:
        """What all of them gained or lost together."""
        return self._money(self.change[self.places].sum())

    @property
    def start_total(self) -> Decimal:
        """ARR of all of them at the start."""
        return self._money(self.start[self.places].sum())

    def _money(self, units: Any) -> Decimal:
        return self.book.movements.money(int(units))


def accounts_behind(user: User, wanted: AccountsFilter) -> AccountList:
    """The accounts behind a figure, of those that `user` sees. Three queries at most."""
    entries = entries_of(LedgerPack.objects.visible_to(user))
    if wanted.product is not None:
        entries = entries.of_product(wanted.product)
    entries, member = _members(user, entries, wanted)
    movements = entries.book.movements
    start, end = (movements.arr_before(day) for day in (wanted.period.since, wanted.period.until))
    if isinstance(wanted.shown, Kind):
        chosen, change = _moved(entries, wanted.period, wanted.shown)
    else:
        chosen, change = FATES[wanted.shown](start, end), end - start
    places = np.flatnonzero(chosen & member)
    order = np.lexsort((places, -start[places], -np.abs(change)[places]))
    return AccountList(entries.book, places[order], change, start, end)


def _moved(entries: BookEntries, period: Period, kind: Kind) -> tuple[BoolArray, IntArray]:
    """Which accounts have movements of a kind within the period, and their sum."""
    movements = entries.book.movements
    within = movements.between(period.since, period.until) & (movements.kind == PLACE[kind])
    account = movements.account[within]
    change = np.zeros(movements.size, dtype=np.int64)
    np.add.at(change, account, movements.amount[within])
    return np.bincount(account, minlength=movements.size) > 0, change


def _members(user: User, entries: BookEntries, wanted: AccountsFilter) -> tuple[BookEntries, BoolArray]:
    """Which accounts belong to the group; of a product that is those that have it, with what they have of it."""
    if wanted.group and wanted.split is Split.PRODUCT:
        entries = entries.of_product(_product_of(wanted.group))
    elif wanted.group:
        groups = grouping(user, entries, wanted.split)
        known = groups.keys.index(wanted.group) if wanted.group in groups.keys else -1
        return entries, groups.place == known
    return entries, np.ones(len(entries.account_ids), dtype=bool)


def _product_of(group: str) -> int:
    """The key of the product that a group is of, 0 for none; −1 for what is no group."""
    if group == NO_GROUP:
        return 0
    return int(group) if group.isdecimal() else -1
