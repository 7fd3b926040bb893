"""An account beside its peers: quartiles of the others, so few of whose figures are kept that nobody is told apart.

Of n values in their order, the quartile q lies at the place q × (n − 1), between two of them linearly, as NumPy's
`quantile` has it. Of a column with thousands of values it needs three, whichever one is taken out of it: so a column is
kept as its `Quarter`s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Fewer others would let somebody guess which of them it is.
FEWEST: Final = 5
QUARTERS: Final = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Column:
    """The values of one metric: how many accounts have one, and three neighbours in order around each quartile of one
    account less."""

    count: int
    around: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Quartiles:
    """Quartiles of so many others."""

    lower: float
    median: float
    upper: float
    accounts: int


def column_of(values: Sequence[float]) -> Column:
    """What is kept of the values of all accounts."""
    ordered = sorted(values)
    last = len(ordered) - 1
    around = []
    for quarter in QUARTERS:
        place = int(quarter * max(last - 1, 0))
        around.append(tuple(ordered[min(place + step, last)] for step in range(3)) if ordered else (0.0, 0.0, 0.0))
    return Column(len(ordered), tuple((a, b, c) for a, b, c in around))


def without(column: Column, own: float) -> Quartiles | None:
    """The quartiles of the others, `own` being one of the values of the column; None where they are fewer than five."""
    others = column.count - 1
    if others < FEWEST:
        return None
    lower, median, upper = (
        _between(near, own, quarter * (others - 1) % 1) for quarter, near in zip(QUARTERS, column.around, strict=True)
    )
    return Quartiles(lower, median, upper, others)


def _between(near: tuple[float, float, float], own: float, share: float) -> float:
    """The value that lies at a share of the way from the first to the second neighbour, `own` being taken out: that
    moves all that are not below it one place down."""
    first, second = (near[step] if near[step] < own else near[step + 1] for step in range(2))
    return first + (second - first) * share
