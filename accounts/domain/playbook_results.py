"""What happened to the score within 60 days of a playbook's start, against comparable accounts (lifecycle.md §4).

Comparable to a run's account are those of the same segment that were in the same tier on the day on which the run
began, and on which the same playbook was not at work at any time from 60 days before that day to 60 days after it. An
account without a score at either end counts on neither side. The two sides are no experiment: who started a playbook
by hand may have chosen whom, so the difference is a hint and no proof.

Runs are compared in groups: those that began on one day on accounts of one segment and tier have the same comparable
accounts. Each group weighs as many runs as it has, on both sides, so that the mix of tiers and days is the same. The
interval is that of Welch for two means of unequal variance (B. L. Welch, "The generalization of 'Student's' problem
when several different population variances are involved", Biometrika 34, 1947), with the degrees of freedom of
Welch and Satterthwaite; on the side of the comparable accounts with the variance within groups, which all groups share.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import Final

WITHIN_DAYS: Final = 60
# Fewer than these on a side say nothing about a difference.
LEAST: Final = 5
CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Begun:
    """A run whose days are over: keys of it, of its playbook and account, and what the score was at the start.

    `day` is the workspace's; `score` is in points, None where there was none.
    """

    run: int
    playbook: int
    account: int
    segment: int | None
    day: dt.date
    score: Decimal | None


@dataclass(frozen=True)
class Measured:
    """What became of it: `change` in points, None where it is not known; `rank` of the tier at the start.

    Of the `peers` comparable accounts the mean change, None where there are none, and the sum of squared deviations.
    """

    rank: int | None = None
    change: Decimal | None = None
    peers: int = 0
    peers_change: float | None = None
    peers_squares: float = 0.0


@dataclass(frozen=True)
class Group:
    """Runs with the same comparable accounts: their number, the sum and the sum of squares of their changes, in
    points; of the comparable accounts, at least one, the number, the mean and the sum of squared deviations."""

    runs: int
    total: float
    squares: float
    peers: int
    peers_change: float
    peers_squares: float


@dataclass(frozen=True)
class Comparison:
    """How many on each side; the mean changes, in points, None where nobody is; the difference of the two with the
    ends of its 95 % interval, None where fewer than `LEAST` are on a side, or hardly more peers than groups."""

    runs: int
    peers: int
    change: float | None = None
    peers_change: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_clear(self) -> bool:
        """The interval leaves 0 out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def compare(groups: Sequence[Group]) -> Comparison:
    """The runs of all groups beside their comparable accounts."""
    runs, peers = sum(one.runs for one in groups), sum(one.peers for one in groups)
    if not runs:
        return Comparison(0, 0)
    change = sum(one.total for one in groups) / runs
    peers_change = sum(one.runs * one.peers_change for one in groups) / runs
    difference = change - peers_change
    freedom = peers - len(groups)
    if runs < LEAST or freedom < LEAST - 1:
        return Comparison(runs, peers, change, peers_change)
    # Of each run the distance to the mean of its group's comparable accounts.
    squares = sum(one.squares - 2 * one.peers_change * one.total + one.runs * one.peers_change**2 for one in groups)
    spread = max(squares - runs * difference**2, 0.0) / (runs - 1) / runs
    within = sum(one.peers_squares for one in groups) / freedom
    peers_spread = within * sum((one.runs / runs) ** 2 / one.peers for one in groups)
    half = _half_width(spread, runs - 1, peers_spread, freedom)
    return Comparison(runs, peers, change, peers_change, difference, difference - half, difference + half)


def _half_width(spread: float, freedom: int, other: float, other_freedom: int) -> float:
    """Half the interval, from the squared standard errors of the two means and their degrees of freedom."""
    if spread + other == 0:
        return 0.0
    freedoms = (spread + other) ** 2 / (spread**2 / freedom + other**2 / other_freedom)
    return student(freedoms) * sqrt(spread + other)


def student(freedom: float, *, confidence: float = CONFIDENCE) -> float:
    """How many standard errors to each side hold a mean with `confidence`: the two-sided quantile of Student's t.

    By the expansion around the normal quantile (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5);
    within 0.001 from 4 degrees of freedom on.
    """
    x = NormalDist().inv_cdf((1 + confidence) / 2)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return x + sum(term / freedom**power for power, term in enumerate(terms, start=1))
