"""Where score, money and judgement of an account point apart (health.md §2, "Signals disagree")."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from health.domain.judgement import PULSE_RANKS
from health.domain.scorers import FloatArray

Mask = npt.NDArray[np.bool_]

# The best tier is the healthy one, the fourth the critical one, by whatever names a scorecard calls them.
HEALTHY: Final = 1
CRITICAL: Final = 4
FALLING: Final = -0.10
STEPS: Final = 2
# Readings are kept in four-byte floats: −0.1 read back must still be a fall of 10 %.
TOLERANCE: Final = 1e-6


class Disagreement(StrEnum):
    """What disagrees with what."""

    HEALTHY_USAGE = "healthy_usage"
    HEALTHY_ARR = "healthy_arr"
    CRITICAL_ARR = "critical_arr"
    PULSE_BELOW = "pulse_below"
    PULSE_ABOVE = "pulse_above"


class Facts(NamedTuple):
    """What the three say, in arrays (n,) of floats, NaN where unknown.

    rank          of the tier that counts, 1 (best) to 4 (worst)
    usage_change  user-days of the last 30 days against the 30 before, a fraction
    arr_change    ARR under contract against a year before, a fraction
    pulse         0 (worst) to 4, of a judgement that still counts
    """

    rank: FloatArray
    usage_change: FloatArray
    arr_change: FloatArray
    pulse: FloatArray


def disagreements(facts: Facts) -> dict[Disagreement, Mask]:
    """(n,) masks by kind. What is unknown disagrees with nothing."""
    healthy, critical = facts.rank == HEALTHY, facts.rank == CRITICAL
    below = _pulse_rank(facts.pulse) - facts.rank
    return {
        Disagreement.HEALTHY_USAGE: healthy & (facts.usage_change <= FALLING + TOLERANCE),
        Disagreement.HEALTHY_ARR: healthy & (facts.arr_change <= FALLING + TOLERANCE),
        Disagreement.CRITICAL_ARR: critical & (facts.arr_change > TOLERANCE),
        Disagreement.PULSE_BELOW: below >= STEPS,
        Disagreement.PULSE_ABOVE: below <= -STEPS,
    }


def _pulse_rank(pulse: FloatArray) -> FloatArray:
    """(n,) The rank of the tier that a pulse speaks of; NaN without one."""
    ranks = np.array([PULSE_RANKS[value] for value in sorted(PULSE_RANKS)])
    known = ~np.isnan(pulse)
    return np.where(known, ranks[np.where(known, pulse, 0).astype(np.int64)], np.nan)
