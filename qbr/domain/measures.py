"""What business reviews come to: done against due, preparation, how they were liked, and what followed (qbr.md §5).

A review counts in two quarters, which mostly are one: by its due day where it is asked whether it was done, and by the
day on which it was held where it is asked what came of it. Action items count by their own due day.

The score after a review is that of 30 days later. Comparable to its account are those of the same segment that were in
the same tier on the day on which it was held, and with which no review was held from 30 days before that day to 30 days
after it. A score counts on a day where it is the latest of the `SCORE_HOLDS` days up to it; an account without one at
either end counts on neither side. Who holds reviews may choose with whom, so a difference is a hint and no proof; it is
reckoned as that of playbooks (`accounts.domain.playbook_results`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import add, attrgetter
from typing import Final

from renewals.domain.periods import Period, add_months

WITHIN_DAYS: Final = 30
SCORE_HOLDS: Final = 14
# Nine of ten reviews that are due are held; attendees give 4.5 of 5.
DONE_TARGET: Final = Decimal("0.9")
SATISFACTION_TARGET: Final = Decimal("4.5")
QUARTERS_SHOWN: Final = 8
MONTHS: Final = 3
DAY: Final = dt.timedelta(days=1)


class Shown(StrEnum):
    """Which reviews stand behind a figure."""

    DUE = "due"
    DONE = "done"
    IN_TIME = "in_time"
    MISSED = "missed"
    COMING = "coming"
    CANCELLED = "cancelled"
    HELD = "held"
    PREPARED = "prepared"
    ANSWERED = "answered"
    COMPARED = "compared"
    FOUND = "found"
    PROMISED = "promised"
    BROKEN = "broken"


SHOWN_LABELS: Final = {
    Shown.DUE: "Due",
    Shown.DONE: "Done of those due",
    Shown.IN_TIME: "Done by their day",
    Shown.MISSED: "Overdue",
    Shown.COMING: "Still to come",
    Shown.CANCELLED: "Cancelled",
    Shown.HELD: "Held",
    Shown.PREPARED: "With days of preparation",
    Shown.ANSWERED: "With an answer",
    Shown.COMPARED: "Compared after 30 days",
    Shown.FOUND: "With an opportunity",
    Shown.PROMISED: "With action items due",
    Shown.BROKEN: "With late action items",
}


@dataclass(frozen=True)
class Tally:
    """What some reviews come to, in numbers and sums that add up over groups and quarters.

    By due day: `due` is over or was done before, `done` of these were held, `in_time` of those by their day, `coming`
    are still ahead, `cancelled` count nowhere else. By the day of the meeting: `held`; `prepared` of these with a
    beginning of their preparation, and its `preparation` in all; `asked` attendees, `answers` of them and their
    `stars`, 1 to 5 each; `compared` with comparable accounts, by how many points they changed and those accounts did;
    `found` opportunities and what they are `worth` a year, in workspace currency. By their own due day: `promised`
    action items that are due or done, `kept` of these by their day.
    """

    due: int = 0
    done: int = 0
    in_time: int = 0
    coming: int = 0
    cancelled: int = 0
    held: int = 0
    prepared: int = 0
    preparation: dt.timedelta = dt.timedelta(0)
    asked: int = 0
    answers: int = 0
    stars: int = 0
    compared: int = 0
    change: Decimal = Decimal(0)
    peers_change: float = 0.0
    found: int = 0
    worth: Decimal = Decimal(0)
    promised: int = 0
    kept: int = 0

    @property
    def missed(self) -> int:
        """Overdue: their day is over, and they were not held."""
        return self.due - self.done

    @property
    def broken(self) -> int:
        """Action items that were done late, or are late."""
        return self.promised - self.kept

    @property
    def done_share(self) -> Decimal | None:
        """Held ÷ due, 0 to 1."""
        return _share(self.done, self.due)

    @property
    def in_time_share(self) -> Decimal | None:
        """Held by their day ÷ due, 0 to 1."""
        return _share(self.in_time, self.due)

    @property
    def preparation_days(self) -> float | None:
        """The mean time from the beginning of the preparation until it was ready, in days."""
        return self.preparation / self.prepared / DAY if self.prepared else None

    @property
    def satisfaction(self) -> Decimal | None:
        """The mean answer, 1 to 5."""
        return _share(self.stars, self.answers)

    @property
    def answered_share(self) -> Decimal | None:
        """Answers ÷ those who were asked, 0 to 1."""
        return _share(self.answers, self.asked)

    @property
    def mean_change(self) -> float | None:
        """By how many points the score changed, beside comparable accounts."""
        return float(self.change) / self.compared if self.compared else None

    @property
    def mean_peers_change(self) -> float | None:
        """The same of the comparable accounts, each review weighing alike."""
        return self.peers_change / self.compared if self.compared else None

    @property
    def difference(self) -> float | None:
        """The change less that of comparable accounts, in points."""
        return (float(self.change) - self.peers_change) / self.compared if self.compared else None

    @property
    def kept_share(self) -> Decimal | None:
        """Action items done in time ÷ those that are due, 0 to 1."""
        return _share(self.kept, self.promised)


NOTHING: Final = Tally()
_values = attrgetter(*(one.name for one in fields(Tally)))


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    # Number by number, and not tally by tally: a table of CSMs adds up hundreds of them.
    columns = zip(*map(_values, [NOTHING, *tallies]), strict=True)
    return Tally(*(reduce(add, column) for column in columns))


def quarter_of(day: dt.date) -> Period:
    """The calendar quarter in which a day lies."""
    first = day.replace(month=day.month - (day.month - 1) % MONTHS, day=1)
    return Period(first, add_months(first, MONTHS))


def quarters_until(today: dt.date, count: int = QUARTERS_SHOWN) -> list[Period]:
    """The last quarters, the newest first, which is not over."""
    newest = quarter_of(today).since
    return [quarter_of(add_months(newest, -MONTHS * place)) for place in range(count)]


def quarter_before(quarter: Period) -> Period:
    """The one before it."""
    return quarter_of(quarter.since - DAY)


def quarter_key(quarter: Period) -> str:
    """How addresses name a quarter: 2026-Q3."""
    return f"{quarter.since.year}-Q{quarter.since.month // MONTHS + 1}"


def quarter_label(quarter: Period) -> str:
    """How pages name it: Q3 2026."""
    return f"Q{quarter.since.month // MONTHS + 1} {quarter.since.year}"


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None
