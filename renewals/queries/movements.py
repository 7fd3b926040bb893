"""The entries of the ledger as arrays, for the arithmetic of retention."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from renewals.domain.movements import BoolArray, IntArray, Movements, starts
from renewals.models import LedgerPack

# As the models pack an entry (`PACKED_ENTRY`), and what is read beside it: an account and the length of its pack.
ENTRY = np.dtype([("product", ">i8"), ("day", ">i4"), ("kind", ">i2"), ("amount", ">i8")])
OWNER = np.dtype([("account", ">i8"), ("bytes", ">i4")])
# All packs as two values: of half a million entries one statement for each account, or an object for each entry, would
# take seconds.
PACKS = """
    COPY (
        SELECT string_agg(int8send(account_id) || int4send(octet_length(entries)), '' ORDER BY account_id),
            string_agg(entries, '' ORDER BY account_id)
        FROM ({packs}) AS pack
    ) TO STDOUT (FORMAT BINARY)
"""
# Binary COPY (PostgreSQL, "COPY": file formats): a head of 19 bytes, a count of fields of two, each field its length of
# four, −1 for null, and its bytes.
HEAD, COUNT, LENGTH = 19, 2, 4


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
    owners, packed = _packs(packs)
    owner = np.frombuffer(owners, OWNER)
    entries = np.frombuffer(packed, ENTRY)
    account = np.repeat(np.arange(len(owner)), owner["bytes"] // ENTRY.itemsize)
    columns = (entries[name].astype(np.int64) for name in ("product", "day", "kind", "amount"))
    return BookEntries(owner["account"].astype(np.int64), account, *columns)


def movements_of(packs: "QuerySet[LedgerPack]") -> BookMovements:
    """The netted movements of packs; accounts without entries are not among them. One query."""
    return entries_of(packs).book


def _packs(packs: "QuerySet[LedgerPack]") -> tuple[memoryview, memoryview]:
    """Owners and entries, as `OWNER` and `ENTRY` have them. Nothing is taken apart or copied on the way."""
    statement, params = packs.order_by().values("account_id", "entries").query.sql_with_params()
    # Only the operations of PostgreSQL compose a statement, which COPY needs: it takes no parameters.
    command = connection.ops.compose_sql(PACKS.format(packs=statement), params)  # type: ignore[attr-defined]
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        answer = memoryview(b"".join(copy))
    first, at = _field(answer, HEAD + COUNT)
    return first, _field(answer, at)[0]


def _field(answer: memoryview, at: int) -> tuple[memoryview, int]:
    """The bytes of a field that begins at a place, none for null; and where the next one begins."""
    length = max(int.from_bytes(answer[at : at + LENGTH], "big", signed=True), 0)
    begin = at + LENGTH
    return answer[begin : begin + length], begin + length
