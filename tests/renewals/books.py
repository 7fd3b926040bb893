"""Ledgers for tests, as a table of entries; and strategies that make consistent ones."""

import datetime as dt
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from renewals.domain.movements import PLACE, Kind, Movements

FIRST = dt.date(2025, 1, 1)


def movements_of(*entries: tuple[str, str, str, int]) -> Movements:
    """Entries of account, day, kind and whole amount; the accounts have places in the order in which they occur."""
    places = {name: place for place, name in enumerate(dict.fromkeys(entry[0] for entry in entries))}
    return Movements.of(
        len(places),
        np.array([places[name] for name, *_ in entries], dtype=np.int64),
        np.array([dt.date.fromisoformat(day).toordinal() for _, day, _, _ in entries], dtype=np.int64),
        np.array([PLACE[Kind(kind)] for _, _, kind, _ in entries], dtype=np.int64),
        np.array([int(amount * 100) for *_, amount in entries], dtype=np.int64),
    )


def table_of(movements: Movements) -> list[tuple[int, str, str, Decimal]]:
    """The movements as rows of account's place, day, kind and amount."""
    return [
        (int(account), dt.date.fromordinal(int(day)).isoformat(), str(tuple(Kind)[kind]), movements.money(int(amount)))
        for account, day, kind, amount in zip(
            movements.account, movements.day, movements.kind, movements.amount, strict=True
        )
    ]


# ARR of an account from one of a few days on; what does not change is no movement.
LEVELS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5)), max_size=8)


@st.composite
def ledgers(draw, returning=True):
    """Movements of up to six accounts over some 400 days from `FIRST` on; without `returning` a lost one stays lost."""
    entries = []
    accounts = draw(st.integers(1, 6))
    for account in range(accounts):
        arr, gone = 0, False
        for ahead, level in sorted(dict(draw(LEVELS)).items()):
            if level == arr or (gone and not returning):
                continue
            entries.append((account, FIRST.toordinal() + ahead, kind_between(arr, level, gone), (level - arr) * 100))
            gone = gone or level == 0
            arr = level
    columns = np.array(entries, dtype=np.int64).reshape(-1, 4).T
    return Movements.of(accounts, *columns)


def kind_between(before, after, gone):
    """The kind of a movement, by hand."""
    if before == 0:
        return PLACE[Kind.REACTIVATION if gone else Kind.NEW]
    if after == 0:
        return PLACE[Kind.CHURN]
    return PLACE[Kind.EXPANSION if after > before else Kind.CONTRACTION]
