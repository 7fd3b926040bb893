"""What a metric is: its name, kind, unit, direction and the readings that it can have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a reading is written, checked and put in words."""

    NUMBER = "number"
    SHARE = "share"
    CHANGE = "change"
    COUNT = "count"
    DAYS = "days"
    HOURS = "hours"
    RATING = "rating"
    FLAG = "flag"
    CATEGORY = "category"

    @property
    def is_numeric(self) -> bool:
        """Whether readings are quantities, as against yes/no and names."""
        return self not in (Kind.FLAG, Kind.CATEGORY)


class Direction(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"

    @property
    def words(self) -> str:
        """For people; an em dash where neither way is good."""
        return {Direction.HIGHER: "higher is better", Direction.LOWER: "lower is better", Direction.NONE: "—"}[self]


@dataclass(frozen=True)
class Metric:
    """A named, typed quantity of an account on a date.

    In arrays a reading is a float: the number itself, 1.0 or 0.0 for a flag, the place in `categories` for a category,
    NaN where nothing was observed. Shares and changes are fractions.

    `phrase` puts a reading in words and `goal` puts what to reach in words; both may hold `{v}` (the value), `{s}`
    (plural ending), `goal` also `{more}` and `{fewer}` (distance from the reading). A flag has two phrases, for true
    and for false, parted by `|`. Without them the label serves.
    """

    name: str
    label: str
    kind: Kind
    unit: str
    source: str
    window: str
    direction: Direction
    categories: tuple[str, ...] = ()
    definition: str = ""
    low: float | None = None
    high: float | None = None
    phrase: str = ""
    goal: str = ""

    def __post_init__(self) -> None:
        if (self.kind is Kind.CATEGORY) != bool(self.categories):
            raise ValueError(f"{self.name}: a category metric has categories, another has none.")
        if self.kind is Kind.FLAG and self.phrase and self.phrase.count("|") != 1:
            raise ValueError(f"{self.name}: a flag has two phrases, for true and for false.")

    @property
    def written(self) -> str:
        """What readings are written in: the unit, or the names that there are."""
        if self.kind is Kind.CATEGORY:
            return ", ".join(self.categories)
        return "true, false" if self.kind is Kind.FLAG else self.unit
