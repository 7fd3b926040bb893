"""Scores as people read them: whole points, each counted once it is reached.

Bounds of tiers are whole points, and tiers are chosen on the unrounded score. A figure rounded to the nearest would
show 80 for 79.6, which is the bound of a better tier than the one beside it.
"""

import math
from decimal import Decimal
from typing import Final

# Figures that were kept in single precision carry noise in the seventh digit: 73 may come back as 72.99999.
EXACT_DECIMALS: Final = 4


def whole_points(score: Decimal | float) -> str:
    """The points of 0 to 100 that a score has reached: 79.9 is "79"."""
    return str(math.floor(round(float(score), EXACT_DECIMALS)))
