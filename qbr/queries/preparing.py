"""The page on which a review is prepared: its facts as charts and figures, and what people made of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cs_workspace.common.charts import BarChart, LineChart, bar_chart, line_chart
from qbr.domain.facts import Facts, IdeaFact, PeerFact, Point
from qbr.domain.reviews import PART_LABELS, Part
from qbr.domain.spans import DAY, span_of
from qbr.models import Review
from qbr.queries.compiling import facts_of
from qbr.queries.facts_account import ideas_of
from qbr.queries.written import IdeaLine, TextLine, Written

# Where a place on the scale is drawn, in hundredths of it.
WHOLE = 100.0
# The notes that no deck shows.
COMPETITION = "competition"


@dataclass(frozen=True)
class Bars:
    """A series as bars, with its words for those who cannot see them."""

    label: str
    unit: str
    chart: BarChart
    words: str
    first: str
    is_known: bool


@dataclass(frozen=True)
class PeerLine:
    """A metric beside the middle half of the peers, each place in per cent of a scale from 0 to above all of them."""

    peer: PeerFact
    at: float
    lower: float
    width: float
    median: float

    @property
    def standing(self) -> str:
        """Where the account stands, in words."""
        peer = self.peer
        if peer.lower <= peer.value <= peer.upper:
            return "Like most"
        return "Better than most" if (peer.value > peer.upper) is peer.higher_is_better else "In the last quarter"


@dataclass(frozen=True)
class PartTexts:
    """The words of a part, with its name."""

    key: str
    label: str
    line: TextLine


@dataclass(frozen=True)
class Preparation:
    """All that the page shows."""

    facts: Facts
    written: Written
    last: dt.date
    """The last day of the period."""
    known_until: dt.date
    """The last one of which anything is known: today, or the end of the period."""
    health: LineChart | None
    users: Bars
    logins: Bars
    tickets: Bars
    peers: Sequence[PeerLine]
    suggestions: Sequence[IdeaFact]
    texts: dict[str, PartTexts]

    @property
    def has_begun(self) -> bool:
        """Whether anything of the period has come yet."""
        return self.known_until >= self.facts.since

    @property
    def is_running(self) -> bool:
        """Whether some of its days are still to come."""
        return self.known_until < self.last

    @property
    def goals_achieved(self) -> int:
        """Objectives of the success plan that are achieved."""
        return sum(goal.standing == "Achieved" for goal in self.facts.goals)

    @property
    def features(self) -> str:
        """How many features are used, of all."""
        usage = self.facts.usage
        return f"{len(usage.used)} of {len(usage.used) + len(usage.unused)}"

    @property
    def health_words(self) -> str:
        """The chart of the score for those who cannot see it."""
        return _words("Score", self.facts.health.series)


def preparation_of(review: Review, written: Written, *, today: dt.date) -> Preparation:
    """What the page shows, with what people wrote in the review. Queries as `compile_facts` says."""
    facts = facts_of(review, today=today)
    span = span_of(facts.since, facts.until, today=today)
    series = [(point.day, point.value) for point in facts.health.series]
    known = [point for point in series if point[1] is not None]
    usage = facts.usage
    return Preparation(
        facts=facts,
        written=written,
        last=facts.until - DAY,
        known_until=span.last,
        health=line_chart(series, since=series[0][0], until=series[-1][0], high=100, joined_within=14)
        if len(known) > 1
        else None,
        users=_bars("Active users", "user-days a week", usage.weekly_users),
        logins=_bars("Logins", "logins a week", usage.weekly_logins),
        tickets=_bars("Tickets opened", "tickets a month", facts.tickets.monthly),
        peers=[_peer(one) for one in facts.peers],
        suggestions=left_to_choose(facts.ideas, written.ideas),
        texts={
            **{part.value: PartTexts(part.value, PART_LABELS[part], written.text(part)) for part in Part},
            COMPETITION: PartTexts(COMPETITION, "Competition notes", written.text(COMPETITION)),
        },
    )


def suggestions_for(review: Review, written: Written) -> list[IdeaFact]:
    """Ideas that may still be chosen. One query."""
    return left_to_choose(ideas_of(review), written.ideas)


def left_to_choose(ideas: Sequence[IdeaFact], chosen: Sequence[IdeaLine]) -> list[IdeaFact]:
    """The ideas that were not chosen yet: those of other signals, and of other names."""
    signals = {idea.signal for idea in chosen if idea.signal is not None}
    titles = {idea.title for idea in chosen}
    return [
        idea for idea in ideas if idea.signal not in signals and (idea.signal is not None or idea.title not in titles)
    ]


def _bars(label: str, unit: str, series: Sequence[Point]) -> Bars:
    values = [point.value for point in series]
    first = f"{series[0].day.day} {series[0].day:%b}" if series else ""
    is_known = any(value is not None for value in values)
    return Bars(label, unit, bar_chart(values), _words(label, series), first, is_known)


def _words(label: str, series: Sequence[Point]) -> str:
    known = [f"{point.value:,.0f}" for point in series if point.value is not None]
    return f"{label}, oldest first: {', '.join(known)}" if known else f"{label}: not known"


def _peer(peer: PeerFact) -> PeerLine:
    values = [float(value) for value in (peer.value, peer.lower, peer.median, peer.upper)]
    low, high = min(0.0, *values), max(*values, 0.0)
    room = (high - low) * 1.05 or 1.0
    at, lower, median, upper = (round((value - low) / room * WHOLE, 2) for value in values)
    return PeerLine(peer, at, lower, round(upper - lower, 2), median)
