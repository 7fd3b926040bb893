"""The entries of the ledger as arrays, for the arithmetic of retention."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from django.db.models import QuerySet

from renewals.domain.movements import BoolArray, IntArray, Movements, starts
from renewals.models import LedgerPack
from renewals.queries.copied import copied, whole_numbers

# As the models pack an entry (`PACKED_ENTRY`).
ENTRY = np.dtype([("product", ">i8"), ("day", ">i4"), ("kind", ">i2"), ("amount", ">i8")])
# Keys of accounts, lengths of their packs in bytes, and these one after the other: in one order, whichever. A value of
# ten megabytes would take PostgreSQL twice as long to put together as many of a few hundred kilobytes.
PACKS = """
    SELECT array_agg(account_id), array_agg(octet_length(entries)), string_agg(entries, '') FROM ({rows}) AS pack
    GROUP BY account_id / 1024
"""


@dataclass(frozen=True)
class BookMovements:
    """Movements of accounts, and the keys of these accounts by place, rising."""

    movements: Movements
    account_ids: IntArray


@dataclass(frozen=True)
class ProductMovements:
    """Movements of the products of accounts: each account is there once for each product that it ever had.

    What an account is to one product: who cancels one of several is lost to it, and has contracted as a customer.
    """

    movements: Movements
    product: IntArray
    """Key of the product by place in the movements; 0 for none."""


@dataclass(frozen=True)
class BookEntries:
    """Entries of accounts as they are in the ledger, by account; arrays of shape (entries,) but the first."""

    account_ids: IntArray
    """Keys of the accounts by place, rising. Shape (accounts,)."""
    account: IntArray
    """Place of the account, rising."""
    product: IntArray
    """Key of the product, 0 for none."""
    day: IntArray
    kind: IntArray
    amount: IntArray
    """In cents."""

    @cached_property
    def book(self) -> BookMovements:
        """The netted movements of each account."""
        size = len(self.account_ids)
        return BookMovements(Movements.of(size, self.account, self.day, self.kind, self.amount), self.account_ids)

    @cached_property
    def by_product(self) -> ProductMovements:
        """The netted movements of each product of each account."""
        order = np.lexsort((self.product, self.account))
        account, product = self.account[order], self.product[order]
        first = starts(account, product)
        place = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
        movements = Movements.of(len(first), place, self.day[order], self.kind[order], self.amount[order])
        return ProductMovements(movements, product[first])

    def of_product(self, product: int) -> "BookEntries":
        """The entries of one product, of the accounts that have some."""
        entries = self._among(self.product == product)
        places, account = np.unique(entries.account, return_inverse=True)
        return replace(entries, account_ids=self.account_ids[places], account=account)

    def _among(self, chosen: BoolArray) -> "BookEntries":
        names = ("account", "product", "day", "kind", "amount")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def entries_of(packs: "QuerySet[LedgerPack]") -> BookEntries:
    """The entries of packs. One query."""
    found = copied(PACKS, packs.values("account_id", "entries"), fields=3)
    # Most often each row is in order by itself, and only the rows are not.
    rows = sorted(zip(*found, strict=True), key=lambda row: whole_numbers(row[:1]).item(0))
    keys, lengths, packed = zip(*rows, strict=True) if rows else ((), (), ())
    account_ids = whole_numbers(keys)
    entries = np.frombuffer(b"".join(packed), ENTRY)
    sizes = whole_numbers(lengths, 4) // ENTRY.itemsize
    if np.any(account_ids[1:] < account_ids[:-1]):
        order = np.argsort(account_ids)
        # Where the entries of each account are, by its place.
        moved = (np.cumsum(sizes) - sizes)[order]
        account_ids, sizes = account_ids[order], sizes[order]
        moved -= np.cumsum(sizes) - sizes
        entries = entries[np.arange(len(entries)) + np.repeat(moved, sizes)]
    account = np.repeat(np.arange(len(account_ids)), sizes)
    columns = (entries[name].astype(np.int64) for name in ("product", "day", "kind", "amount"))
    return BookEntries(account_ids, account, *columns)


def movements_of(packs: "QuerySet[LedgerPack]") -> BookMovements:
    """The netted movements of packs; accounts without entries are not among them. One query."""
    return entries_of(packs).book
