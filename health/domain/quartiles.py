"""The `quartile` scorer: each account against its own segment.

A single account and a chunk of a nightly run must score like the whole book, so the quartiles can be taken once from
all accounts (`quartile_table`) and handed on; JSON keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from health.domain.scorers import FloatArray, Groups, ScorecardError, Scorer, ScorerKind, Target

SMALLEST_SEGMENT: Final = 8
WHOLE_BOOK: Final = ""
# Minimum, first quartile, median, third quartile, maximum.
FivePoints = tuple[float, float, float, float, float]
QuartileTable = Mapping[str, FivePoints]
_SCORES: Final = np.array([0.0, 25.0, 50.0, 75.0, 100.0])


@dataclass(frozen=True)
class Quartile(Scorer):
    """Minimum 0, first quartile 25, median 50, third 75, maximum 100, linear between.

    Where points coincide (half the segment has no integration) their readings get the middle of the scores that meet
    there, so that a value shared by all is worth 50 whichever way is good.
    """

    lower_is_better: bool = False
    kind: ClassVar = ScorerKind.QUARTILE

    def __post_init__(self) -> None:
        if not isinstance(self.lower_is_better, bool):
            raise ScorecardError("quartile: lower_is_better is true or false.")

    def score(self, values: FloatArray, groups: Groups | None = None, table: QuartileTable | None = None) -> FloatArray:
        """Points for a column of readings; the quartiles are those of `table`, else of the readings themselves."""
        if table is None:
            table = quartile_table(values, groups)
        result = np.full(len(values), np.nan)
        if WHOLE_BOOK not in table:
            return result
        if groups is None:
            result = _against(values, table[WHOLE_BOOK])
        else:
            names, places = np.unique(groups.astype(str), return_inverse=True)
            for place, name in enumerate(names):
                mine = places == place
                result[mine] = _against(values[mine], table.get(str(name), table[WHOLE_BOOK]))
        return 100 - result if self.lower_is_better else result

    def targets(self, value: float) -> tuple[Target, ...]:
        """The best quarter of the segment; its value is known to the table alone."""
        return (Target(np.nan, 75.0),)


def quartile_table(values: FloatArray, groups: Groups | None = None) -> dict[str, FivePoints]:
    """The five points of the whole book (under "") and of every segment with at least eight observed accounts.

    Empty where nothing was observed. Accounts without a segment carry "" in `groups` and count with the whole book.
    """
    observed = ~np.isnan(values)
    if not observed.any():
        return {}
    table = {WHOLE_BOOK: _five_points(values[observed])}
    if groups is not None:
        names, places = np.unique(groups[observed].astype(str), return_inverse=True)
        for place, name in enumerate(names):
            members = values[observed][places == place]
            if name != WHOLE_BOOK and len(members) >= SMALLEST_SEGMENT:
                table[str(name)] = _five_points(members)
    return table


def _five_points(values: FloatArray) -> FivePoints:
    low, first, median, third, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
    return float(low), float(first), float(median), float(third), float(high)


def _against(values: FloatArray, points: FivePoints) -> FloatArray:
    xs, first, counts = np.unique(np.array(points), return_index=True, return_counts=True)
    middles = (_SCORES[first] + _SCORES[first + counts - 1]) / 2
    scored = np.interp(values, xs, middles, left=0.0, right=100.0)
    return np.where(np.isnan(values), np.nan, scored)
