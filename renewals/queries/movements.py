"""The entries of the ledger as arrays, for the arithmetic of retention."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from renewals.domain.movements import BoolArray, IntArray, Movements, starts
from renewals.models import LedgerPack

# As the models pack an entry (`PACKED_ENTRY`).
ENTRY = np.dtype([("product", ">i8"), ("day", ">i4"), ("kind", ">i2"), ("amount", ">i8")])
# All packs as three values: of half a million entries one row for each account, or an object for each entry, would take
# seconds.
PACKS = """
    COPY (
        SELECT array_agg(account_id ORDER BY account_id), array_agg(octet_length(entries) ORDER BY account_id),
            string_agg(entries, '' ORDER BY account_id)
        FROM ({packs}) AS pack
    ) TO STDOUT (FORMAT BINARY)
"""
# Binary COPY (PostgreSQL, "COPY": file formats): a head of 19 bytes, a count of fields of two, each field its length of
# four, −1 for null, and its bytes. An array (`array_send`) has a head of 20, each element its length of four and its
# bytes.
HEAD, COUNT, LENGTH, ARRAY_HEAD = 19, 2, 4, 20
ELEMENT8 = np.dtype([("length", ">i4"), ("value", ">i8")])
ELEMENT4 = np.dtype([("length", ">i4"), ("value", ">i4")])


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
    keys, lengths, packed = _packs(packs)
    account_ids = np.frombuffer(keys[ARRAY_HEAD:], ELEMENT8)["value"].astype(np.int64)
    lengths_of = np.frombuffer(lengths[ARRAY_HEAD:], ELEMENT4)["value"].astype(np.int64)
    entries = np.frombuffer(packed, ENTRY)
    account = np.repeat(np.arange(len(account_ids)), lengths_of // ENTRY.itemsize)
    columns = (entries[name].astype(np.int64) for name in ("product", "day", "kind", "amount"))
    return BookEntries(account_ids, account, *columns)


def movements_of(packs: "QuerySet[LedgerPack]") -> BookMovements:
    """The netted movements of packs; accounts without entries are not among them. One query."""
    return entries_of(packs).book


def _packs(packs: "QuerySet[LedgerPack]") -> list[memoryview]:
    """Keys of the accounts, lengths of their packs in bytes, and these one after the other; all empty where there are
    none. Nothing is taken apart or copied on the way."""
    statement, params = packs.order_by().values("account_id", "entries").query.sql_with_params()
    # Only the operations of PostgreSQL compose a statement, which COPY needs: it takes no parameters.
    command = connection.ops.compose_sql(PACKS.format(packs=statement), params)  # type: ignore[attr-defined]
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        answer = memoryview(b"".join(copy))
    fields, at = [], HEAD + COUNT
    for _ in range(3):
        field, at = _field(answer, at)
        fields.append(field)
    return fields


def _field(answer: memoryview, at: int) -> tuple[memoryview, int]:
    """The bytes of a field that begins at a place, none for null; and where the next one begins."""
    length = max(int.from_bytes(answer[at : at + LENGTH], "big", signed=True), 0)
    begin = at + LENGTH
    return answer[begin : begin + length], begin + length
