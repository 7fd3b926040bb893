"""Arithmetic of small drawings: paths for sparklines, lines and rings. Pure; pages put them into SVG."""

import datetime as dt
import math
from collections.abc import Sequence

RING_LENGTH = 2 * math.pi * 43

Point = tuple[dt.date, float | None]


def spark_paths(points: Sequence[Point], width: int = 88, height: int = 20) -> tuple[str, str]:
    """Path of the line and of the area under it, for scores over days; both empty under two known points.

    Days without a score are passed over, and the scale is that of the scores themselves, at least 20 points high, so
    that noise does not look like a drama.
    """
    known = [(day, float(value)) for day, value in points if value is not None]
    if len(known) < 2:
        return "", ""
    first, span = known[0][0], max((known[-1][0] - known[0][0]).days, 1)
    low, high = min(value for _, value in known), max(value for _, value in known)
    spare = max(0.0, 20 - (high - low)) / 2
    low, high = low - spare, high + spare
    inner = height - 4
    steps = [
        f"{(day - first).days / span * width:.1f} {2 + (high - value) / (high - low) * inner:.1f}"
        for day, value in known
    ]
    line = "M" + " L".join(steps)
    return line, f"{line} L{width} {height} L0 {height}Z"
