"""Two days of an account side by side: the moves between them, which add up to the difference as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from health.domain.explanation import Move, Row, moved


@dataclass(frozen=True)
class Comparison:
    """The scores of two days as they are stored, and what lies between them; `tenths` of the moves sum to `points`."""

    then: Decimal
    now: Decimal
    moves: tuple[Move, ...]

    @property
    def points(self) -> Decimal:
        """The difference of the two scores as shown."""
        return self.now - self.then


def compare(before: Row, after: Row, *, then: Decimal, now: Decimal) -> Comparison:
    """What moved the score from one stored score to the other, the largest move first.

    Rows are restored in single precision, so a score that lies halfway between two tenths may round to the other side
    there. What is stored is what people saw: the tenth that is over goes to the largest move.
    """
    return Comparison(then, now, _fitted(moved(before, after), now - then))


def _fitted(moves: Sequence[Move], points: Decimal) -> tuple[Move, ...]:
    spare = float(points) - sum(move.tenths for move in moves)
    if not moves or abs(spare) < 0.05:
        return tuple(moves)
    first = moves[0]
    return (replace(first, tenths=round(first.tenths + spare, 1)), *moves[1:])
