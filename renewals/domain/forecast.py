"""The renewal forecast: what is up for renewal in a period, and how much of it is going to stay.

Every renewal of a period is in exactly one part: closed ones are won or lost, open ones are what their owner says of
them. So the parts add up to what is due:

- renewals due = Σ current ARR of the renewals whose date falls in the period: the denominator of every rate
- kept = min(expected ARR, current ARR) of an open one, min(closed ARR, current ARR) of a won one, nothing of a lost
  one; what lies above the current ARR is expansion and is shown apart
- due = kept + contraction + churn, where contraction is what won and open ones are expected to shrink by
- low = kept of won + commit; high = low + kept of best case, at risk, without forecast and not opened yet; likely = low
  + Σ kept × probability of the same. Omitted ones are in none of them, hence low ≤ likely ≤ high
- expected = Σ kept × probability of all, whatever their owners say; a won one counts in full
- renewal rate = won ÷ due, by ARR and by count

Money is Decimal, in workspace currency; probabilities are shares of 0 to 1. What has no known probability adds nothing
to a weighted sum and is counted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Final

ZERO: Final = Decimal(0)


class Part(StrEnum):
    """What a renewal counts as in the forecast."""

    WON = "won"
    COMMIT = "commit"
    BEST_CASE = "best_case"
    AT_RISK = "at_risk"
    UNFORECAST = "unforecast"
    NOT_OPENED = "not_opened"
    OMITTED = "omitted"
    LOST = "lost"


PART_LABELS: Final = {
    Part.WON: "Renewed",
    Part.COMMIT: "Commit",
    Part.BEST_CASE: "Best case",
    Part.AT_RISK: "At risk",
    Part.UNFORECAST: "Without forecast",
    Part.NOT_OPENED: "Not opened yet",
    Part.OMITTED: "Omitted",
    Part.LOST: "Lost",
}
CLOSED: Final = (Part.WON, Part.LOST)
OPEN: Final = tuple(part for part in Part if part not in CLOSED)
CERTAIN: Final = (Part.WON, Part.COMMIT)
WEIGHTED: Final = (Part.BEST_CASE, Part.AT_RISK, Part.UNFORECAST, Part.NOT_OPENED)
# As it stands beside the figures.
RULE: Final = (
    "Low = renewed + commit. High adds best case, at risk, without forecast and not opened yet; likely adds them by "
    "their probability. Omitted and lost ones are in none. Each counts with its expected ARR, at most its current ARR; "
    "what lies above is expansion."
)
EXPECTED_RULE: Final = (
    "Expected = expected ARR (at most the current) × probability, whatever the category; renewed ones count in full."
)


@dataclass(frozen=True)
class Row:
    """One renewal of the forecast. `expected` is the closed ARR of one that is closed, 0 where it was lost."""

    part: Part
    current: Decimal
    expected: Decimal
    probability: Decimal | None


@dataclass(frozen=True)
class Sums:
    """What renewals add up to."""

    count: int = 0
    due: Decimal = ZERO
    kept: Decimal = ZERO
    upsell: Decimal = ZERO
    weighted: Decimal = ZERO
    """Σ kept × probability, of those with a known one."""
    unknown: int = 0
    """How many have no known probability, and below what they would keep."""
    unknown_kept: Decimal = ZERO

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))


def sums_of(row: Row) -> Sums:
    """What one renewal adds. A closed one is certain: won counts in full, lost with nothing."""
    kept = ZERO if row.part is Part.LOST else min(row.expected, row.current)
    upsell = ZERO if row.part is Part.LOST else max(row.expected - row.current, ZERO)
    probability = {Part.WON: Decimal(1), Part.LOST: ZERO}.get(row.part, row.probability)
    if probability is None:
        return Sums(1, row.current, kept, upsell, ZERO, 1, kept)
    return Sums(1, row.current, kept, upsell, kept * probability)


def forecast_of(rows: Iterable[Row]) -> Forecast:
    """The forecast of some renewals."""
    parts: dict[Part, Sums] = {}
    for row in rows:
        parts[row.part] = parts.get(row.part, Sums()) + sums_of(row)
    return Forecast(parts)


@dataclass(frozen=True)
class Forecast:
    """The forecast of the renewals of one period, by part; a part that is not named is empty."""

    parts: Mapping[Part, Sums] = field(default_factory=dict)

    def __add__(self, other: Forecast) -> Forecast:
        return Forecast({part: self[part] + other[part] for part in {**self.parts, **other.parts}})

    def __getitem__(self, part: Part | str) -> Sums:
        """The sums of a part, by its name too. Raises `ValueError` for what is none."""
        return self.parts.get(Part(part), Sums())

    def of(self, *parts: Part) -> Sums:
        """Some parts together."""
        return sum((self[part] for part in parts), Sums())

    @property
    def all(self) -> Sums:
        """Everything that is up for renewal."""
        return self.of(*Part)

    @property
    def open(self) -> Sums:
        """What is not closed yet, opened or not."""
        return self.of(*OPEN)

    @property
    def closed(self) -> Sums:
        """What is decided: won and lost."""
        return self.of(*CLOSED)

    @property
    def low(self) -> Decimal:
        """What stays if nothing but the commitments comes true."""
        return self.of(*CERTAIN).kept

    @property
    def likely(self) -> Decimal:
        """What stays by commitments and probabilities."""
        return self.low + self.weighed.weighted

    @property
    def high(self) -> Decimal:
        """What stays if all but the omitted ones renew."""
        return self.low + self.weighed.kept

    @property
    def weighed(self) -> Sums:
        """What the likely figure weighs by probability; those without a known one are not in it."""
        return self.of(*WEIGHTED)

    @property
    def expected(self) -> Decimal:
        """What stays by probabilities alone."""
        return self.all.weighted

    @property
    def expansion(self) -> Decimal:
        """What is expected above the current ARR, of all but the omitted ones; what was won is in it."""
        return self.of(*CERTAIN, *WEIGHTED).upsell

    @property
    def contraction(self) -> Decimal:
        """What won and open renewals shrink by."""
        kept = self.of(Part.WON, *OPEN)
        return kept.due - kept.kept

    @property
    def churn(self) -> Decimal:
        """What was lost."""
        return self[Part.LOST].due

    @property
    def renewal_rate(self) -> Decimal | None:
        """ARR renewed ÷ ARR due; None where nothing is due."""
        return _share(self[Part.WON].kept, self.all.due)

    @property
    def renewal_rate_by_count(self) -> Decimal | None:
        """Renewals won ÷ renewals due; None where there are none."""
        return _share(Decimal(self[Part.WON].count), Decimal(self.all.count))


@dataclass(frozen=True)
class ForecastError:
    """A forecast of a month, as it was kept on its first day, beside what happened."""

    forecast: Decimal
    happened: Decimal

    @property
    def difference(self) -> Decimal:
        """Forecast less what happened: above 0 it was too high."""
        return self.forecast - self.happened

    @property
    def share(self) -> Decimal | None:
        """The difference ÷ what happened (the percentage error); None where nothing was renewed."""
        return _share(self.difference, self.happened)

    @property
    def words(self) -> str:
        """Which way it was wrong, and by how much."""
        if not self.difference:
            return "exactly right"
        way = "too high" if self.difference > 0 else "too low"
        return way if self.share is None else f"{abs(self.share) * 100:.1f} % {way}"


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None
