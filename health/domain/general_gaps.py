"""General gaps: sources of which nothing comes from anybody, and what then cannot be told of a single account.

That an account is silent says something of it only while others are heard. Where the source itself was away, facts that
rest on absence are unknown: signals and data-gap alerts that rest on them are not raised, and those that are there stay
as they are. One message to the admins tells of the source.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from health.domain.signal_findings import Facts
from health.domain.signals import SignalRule

# What is usual is looked for in so many days, and these are more than a rule looks back and a gap lasts.
SEEN_DAYS: Final = 90
# A weekend and two holidays beside it are shorter.
GAP_DAYS: Final = 5
# So few are heard in a gap, of those who are heard on a busy day.
STRAGGLERS: Final = 0.1
BUSIEST: Final = 5
# Where fewer report, silence of all is no more than the silence of each.
FEWEST: Final = 5
USAGE_WINDOW: Final = 30


class Source(StrEnum):
    """Where the facts of signals come from regularly and by themselves."""

    USAGE = "usage"
    LOGINS = "logins"
    TICKETS = "tickets"


@dataclass(frozen=True)
class Absence:
    """What a kind of signal makes of nothing being there: a fact, its source, and the days that are looked at."""

    kind: str
    fact: str
    source: Source
    days: Callable[[SignalRule], int]


ABSENCES: Final = (
    Absence("usage_down", "usage_change", Source.USAGE, lambda _: USAGE_WINDOW),
    Absence("silent", "days_since_login", Source.LOGINS, lambda rule: rule.window_days),
    Absence("ticket_silence", "days_since_ticket", Source.TICKETS, lambda rule: rule.quiet_days),
)
_UNKNOWN: Final[Mapping[str, Any]] = {field.name: field.default for field in fields(Facts)}


@dataclass(frozen=True)
class Gap:
    """Days on which a source was silent for everybody, as places among the days looked at."""

    first: int
    last: int


def newest_gap(heard: npt.NDArray[np.int64]) -> Gap | None:
    """The newest general gap, or None.

    `heard` (d,) counts the accounts of which the source told something, day by day, oldest first. A gap are five days
    in a row or more on which a tenth at most of the usual number was heard, which is the median of the five busiest
    days. A source that told nothing at all in these days is away still.
    """
    busiest = np.sort(heard)[-BUSIEST:]
    usual = float(np.median(busiest[busiest > 0])) if busiest.any() else 0.0
    if 0 < usual < FEWEST:
        return None
    edges = np.diff((heard <= STRAGGLERS * usual).astype(np.int8), prepend=0, append=0)
    first, after = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    long = np.flatnonzero(after - first >= GAP_DAYS)
    return Gap(int(first[long[-1]]), int(after[long[-1]]) - 1) if len(long) else None


def is_away(gaps: Mapping[str, dt.date], source: str, *, day: dt.date, days: int) -> bool:
    """Whether a general gap of the source reaches into the `days` up to `day`, so that its silence says nothing of one
    account. `gaps` is the newest day of a general gap by source."""
    gap = gaps.get(source)
    return gap is not None and gap > day - dt.timedelta(days=days)


def untold(rules: Mapping[str, SignalRule], gaps: Mapping[str, dt.date], *, day: dt.date) -> dict[str, str]:
    """The facts that cannot be told as of `day`, by the kind of signal that rests on them.

    `gaps` is the newest day of a general gap by source: it counts as long as the rule looks back to it.
    """
    return {
        absence.kind: absence.fact
        for absence in ABSENCES
        if absence.kind in rules and is_away(gaps, absence.source, day=day, days=absence.days(rules[absence.kind]))
    }


def without(facts: Facts, untold: Mapping[str, str]) -> Facts:
    """The facts, but those that cannot be told are unknown."""
    return replace(facts, **{fact: _UNKNOWN[fact] for fact in untold.values()}) if untold else facts
