"""From what is under contract to entries of the ARR ledger, and from two states of them to what must be appended.

Both work on arrays of many accounts. Amounts are whole cents of the workspace's currency; days are ordinals. An entry
is named by account, day and product, its *key*.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np

from renewals.domain.movements import PLACE, BoolArray, IntArray, Kind, kinds_of, starts

NEVER: Final = 3_999_999  # the end of what is open-ended, as an ordinal beyond every day
NONE: Final = -1  # no line, no currency


@dataclass(frozen=True)
class Columns:
    """Columns of rows: arrays of shape (rows,)."""

    def at(self, rows: IntArray | BoolArray) -> Self:
        """Some of the rows, in the order given."""
        return type(self)(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    @classmethod
    def joined(cls, *parts: Self) -> Self:
        """The rows of all parts."""
        return cls(**{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)})


@dataclass(frozen=True)
class Spans(Columns):
    """What contract lines say: so much ARR of a product over the half-open days [since, until).

    A line whose ARR changed is one span for each amount.
    """

    account: IntArray
    product: IntArray
    since: IntArray
    until: IntArray
    arr: IntArray
    """Cents in the workspace's currency, converted at the rate that its account has for the currency."""
    line: IntArray
    """Key of the contract line."""
    currency: IntArray
    """Place of the contract's currency in a list of the caller's."""
    original: IntArray
    """ARR in cents of that currency."""


@dataclass(frozen=True)
class Entries(Columns):
    """Entries of the ledger, one for each key, sorted by it."""

    account: IntArray
    day: IntArray
    product: IntArray
    kind: IntArray
    """Place in `movements.KINDS`."""
    amount: IntArray
    line: IntArray
    """The line that begins on the day, else the one that ends; `NONE` for a correction."""
    currency: IntArray
    """`NONE` where lines of several currencies meet, and for a correction."""
    original: IntArray


@dataclass(frozen=True)
class Booked(Columns):
    """Entries that the ledger holds already, in any order, several of one key among them."""

    account: IntArray
    day: IntArray
    product: IntArray
    kind: IntArray
    amount: IntArray


@dataclass(frozen=True)
class Additions(Columns):
    """Entries to be appended; `number` counts the entries of a key from 0 on, so that none is written twice."""

    account: IntArray
    day: IntArray
    product: IntArray
    kind: IntArray
    amount: IntArray
    line: IntArray
    currency: IntArray
    original: IntArray
    number: IntArray


def derive(spans: Spans, today: int) -> Entries:
    """The entries that spans make up to and including a day.

    What begins and ends on one day is netted by product, so that a renewal is its difference and a flat one is nothing.
    The kind goes by the whole account's ARR before and after the day: the products of a first contract are all new,
    those that end with the last one are all churn, and one of several that is cancelled is a contraction.
    """
    spans = spans.at((spans.until > spans.since) & (spans.arr > 0))
    count = len(spans.account)
    begins = np.repeat([True, False], count)
    sign = np.where(begins, 1, -1)
    both = Spans.joined(spans, spans)
    day = np.where(begins, both.since, both.until)
    known = np.flatnonzero(day <= today)
    order = known[np.lexsort((both.product[known], day[known], both.account[known]))]
    both, day, sign = both.at(order), day[order], sign[order]
    first = starts(both.account, day, both.product)
    if not len(first):
        empty = np.empty(0, dtype=np.int64)
        return Entries(*[empty] * len(fields(Entries)))
    currency, one_currency = both.currency[first], _same(both.currency, first)
    begun, ended = (np.maximum.reduceat(np.where(sign == way, both.line, NONE), first) for way in (1, -1))
    netted = Entries(
        account=both.account[first],
        day=day[first],
        product=both.product[first],
        kind=np.zeros(len(first), dtype=np.int64),
        amount=np.add.reduceat(sign * both.arr, first),
        line=np.where(begun != NONE, begun, ended),
        currency=np.where(one_currency, currency, NONE),
        original=np.where(one_currency, np.add.reduceat(sign * both.original, first), 0),
    )
    return _with_kinds(netted.at(netted.amount != 0))


def amend(booked: Booked, due: Entries) -> Additions:
    """What must be appended so that the ledger says what is due. Appended, nothing is left to append.

    A key without entries gets the one that is due, however late it is known. A key that has entries is corrected by the
    difference; where what happened was of another kind than was booked, it is taken back by a correction, and what is
    due is entered. Nets of such a day are of the kind that the ARR before and after it tells, which is what is due.
    """
    rows = len(booked.account)
    is_due = np.repeat([False, True], [rows, len(due.account)])
    account, day, product, kind, amount = (
        np.concatenate([getattr(booked, name), getattr(due, name)])
        for name in ("account", "day", "product", "kind", "amount")
    )
    order = np.lexsort((is_due, product, day, account))
    first = starts(account[order], day[order], product[order])
    if not len(first):
        empty = np.empty(0, dtype=np.int64)
        return Additions(*[empty] * len(fields(Additions)))
    lengths = np.diff(np.append(first, len(order)))
    is_due, kind, amount = is_due[order], kind[order], amount[order]
    held = np.add.reduceat(np.where(is_due, 0, amount), first)
    wanted = np.add.reduceat(np.where(is_due, amount, 0), first)
    number = np.add.reduceat(np.where(is_due, 0, 1), first)
    wanted_kind = np.maximum.reduceat(np.where(is_due, kind, NONE), first)
    has_kind = np.logical_or.reduceat(~is_due & (kind == np.repeat(wanted_kind, lengths)), first)

    enters = (wanted != 0) & ~has_kind
    correction = np.where(enters, -held, wanted - held)
    corrects = correction != 0
    keys = [column[order][first] for column in (account, day, product)]
    corrections = _corrections([key[corrects] for key in keys], correction[corrects], number[corrects])
    # The due entry of a key is the last row of its group.
    entered = due.at(order[(first + lengths - 1)[enters]] - rows)
    own = {one.name: getattr(entered, one.name) for one in fields(entered)}
    return Additions.joined(corrections, Additions(**own, number=(number + corrects)[enters]))


def _with_kinds(entries: Entries) -> Entries:
    """The entries with the kind that the account's net of the day has, or that their own sign has where it goes on."""
    days = starts(entries.account, entries.day)
    if not len(days):
        return entries
    account, net = entries.account[days], np.add.reduceat(entries.amount, days)
    of_day = kinds_of(account, net)
    lengths = np.diff(np.append(days, len(entries.account)))
    whole = np.isin(of_day, [PLACE[Kind.NEW], PLACE[Kind.REACTIVATION], PLACE[Kind.CHURN]]) & (net != 0)
    own = np.where(entries.amount > 0, PLACE[Kind.EXPANSION], PLACE[Kind.CONTRACTION])
    kind = np.where(np.repeat(whole, lengths), np.repeat(of_day, lengths), own)
    return Entries(**{one.name: getattr(entries, one.name) for one in fields(entries)} | {"kind": kind})


def _corrections(keys: list[IntArray], amount: IntArray, number: IntArray) -> Additions:
    account, day, product = keys
    nothing = np.full(len(account), NONE, dtype=np.int64)
    return Additions(
        account=account,
        day=day,
        product=product,
        kind=np.full(len(account), PLACE[Kind.CORRECTION], dtype=np.int64),
        amount=amount,
        line=nothing,
        currency=nothing,
        original=np.zeros(len(account), dtype=np.int64),
        number=number,
    )


def _same(values: IntArray, first: IntArray) -> BoolArray:
    """Whether all values of a group are one."""
    return np.minimum.reduceat(values, first) == np.maximum.reduceat(values, first)
