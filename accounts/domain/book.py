"""What can be asked of the book: its filters, its order and its sizes, as values without a database."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl

NO_TIER = "none"
"""Stands among the tiers for accounts without a score."""

TIERS = {"1": "Healthy", "2": "Watch", "3": "At-Risk", "4": "Critical", NO_TIER: "No score"}
"""Words for tiers of which no account can tell its own label."""

WORST_OF_BEST = 3
"""Ranks from here on are the two bottom tiers."""

PAGE_SIZES = (25, 50, 100)
STANDARD_SIZE = 50
STANDARD_SORT = "health"


@dataclass(frozen=True)
class Filters:
    """Which accounts; empty values ask for nothing. `owner` is me, team, none or a user's key."""

    q: str = ""
    tiers: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    trends: frozenset[str] = frozenset()
    status: str = "active"
    owner: str = ""
    renewal_within: int | None = None
    untouched_for: int | None = None
    tag: str = ""
    arr_min: Decimal | None = None
    arr_max: Decimal | None = None
    strategic: bool = False
    with_alerts: bool = False
    trial: bool = False
    further: tuple[tuple[str, str], ...] = ()
    """Filters of higher floors, each by its key with the choice."""

    @property
    def ranks(self) -> set[int | None]:
        """The wanted ranks of tiers, None for accounts without a score; empty for all."""
        return {None if tier == NO_TIER else int(tier) for tier in self.tiers}


@dataclass(frozen=True)
class Order:
    """By which column; `descending` turns it round, and unknown values come last both ways."""

    key: str = STANDARD_SORT
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> "Order":
        """From the address: `arr`, or `-arr` for the largest first."""
        return cls(key=text.removeprefix("-"), descending=text.startswith("-"))

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.key}"


def is_typing(before: str, after: str, typed: frozenset[str]) -> bool:
    """Whether `after` only goes on with a text that `before` began, which is no step of its own to go back to."""
    old, new = set(parse_qsl(before)), set(parse_qsl(after))
    changed = {name for name, _ in old ^ new}
    begun = {name for name, _ in old}
    return bool(changed) and changed <= typed & begun
