"""The open-box panel of the account page: the account's health, its history as a chart, and whether it is current."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.charts import LineChart, line_chart
from cs_workspace.common.points import whole_points
from health.domain.eligibility import Skipped, skipped_because
from health.domain.explanation import Move
from health.models import DirtyMark
from health.queries.health import Health, health_of

# A worker takes a mark within seconds; who still waits then is told so and no longer asks.
POLL_FOR = dt.timedelta(seconds=60)
MOST_MOVES = 5
# Backfilled history may hold one score in two weeks: still one line.
JOINED_WITHIN = 14


@dataclass(frozen=True)
class HealthPanel:
    """What the panel shows. `health` is None where the account was never scored."""

    health: Health | None
    is_pending: bool
    poll_until: int
    """The second, in Unix time, until which the page asks whether a pending score has come."""
    seen: str
    """Names the state that is shown, so that a later question can be answered by "nothing new"."""
    skipped: str
    """Why the account gets no score at all, whatever is observed; empty where it gets one."""
    chart: LineChart | None
    weeks: Sequence[tuple[dt.date, float]]
    """The last score of each week, the newest first: the chart for those who cannot see it."""

    @property
    def score(self) -> Decimal | None:
        """The current score; None where there is none now, whatever it was once."""
        return None if self.skipped or self.health is None else self.health.score

    @property
    def ring_label(self) -> str:
        """The score in words, for those who cannot see its ring."""
        if self.health is None or self.health.score is None:
            return "No score"
        return f"Health {whole_points(self.health.score)}, {self.health.tier}"

    @property
    def moves(self) -> Sequence[Move]:
        """What moved the score most."""
        return self._moves[:MOST_MOVES]

    @property
    def more_moves(self) -> Sequence[Move]:
        """The smaller moves."""
        return self._moves[MOST_MOVES:]

    @property
    def more_points(self) -> float:
        """What the smaller moves come to, as shown."""
        return sum(move.tenths for move in self.more_moves)

    @property
    def since(self) -> dt.date | None:
        """The first day of the chart."""
        return self.health.history[0][0] if self.health and self.health.history else None

    @property
    def chart_label(self) -> str:
        """The chart in words."""
        if not self.health or not self.health.history:
            return ""
        first, last = self.health.history[0][0], self.health.history[-1][0]
        scores = [score for _, score, _ in self.health.history]
        before, now, low, high = (whole_points(one) for one in (scores[0], scores[-1], min(scores), max(scores)))
        return f"Score from {before} on {first:%d %b} to {now} on {last:%d %b}, between {low} and {high}"

    @property
    def _moves(self) -> Sequence[Move]:
        return self.health.movement.moves if self.health and self.health.movement else ()

    @property
    def is_late(self) -> bool:
        """A pending score has not come in the time in which it should have."""
        return self.is_pending and clock.now().timestamp() >= self.poll_until

    @property
    def period(self) -> str:
        """The span in which the score moved: 30 days, or what there is."""
        if self.health is None or self.health.movement is None:
            return ""
        days = (self.health.day - self.health.movement.since).days
        return f"{days} day{'s' if days != 1 else ''}"


def health_panel(account: Account, *, poll_until: int = 0) -> HealthPanel:
    """The panel as it stands now; `poll_until` keeps the end of a wait that has begun. Three queries."""
    today = clock.today()
    health = health_of(account, today=today)
    is_pending = DirtyMark.objects.filter(pk=account.pk).exists() if health is None else health.is_pending
    skipped = skipped_because(
        churned_on=account.churned_on,
        is_trial=account.is_trial,
        is_archived=account.archived_at is not None,
        customer_since=account.customer_since,
        day=today,
    )
    scores = [(day, score) for day, score, _ in health.history] if health else []
    return HealthPanel(
        health=health,
        is_pending=is_pending and skipped is None,
        poll_until=poll_until or int((clock.now() + POLL_FOR).timestamp()),
        seen=_seen(account.health_updated),
        skipped="" if skipped is None else WHY_NONE[skipped],
        chart=_chart(scores, today) if len(scores) > 1 else None,
        weeks=_weeks(scores),
    )


@dataclass(frozen=True)
class HealthState:
    """How far an account's health is: the newest state, as `HealthPanel.seen` names it, and whether one is to come."""

    seen: str
    is_pending: bool


def state_of(user: User, pk: int) -> HealthState | None:
    """The state of an account's health; None where the user sees no such account. One query."""
    marks = DirtyMark.objects.filter(pk=OuterRef("pk"))
    row = Account.objects.visible_to(user).filter(pk=pk).values_list("health_updated", Exists(marks)).first()
    return None if row is None else HealthState(_seen(row[0]), row[1])


def _seen(updated: dt.datetime | None) -> str:
    return "" if updated is None else updated.isoformat()


WHY_NONE = {
    Skipped.CHURNED: "Customers who left get no score.",
    Skipped.TRIAL: "Trials get no score. It begins with the first contract.",
    Skipped.ARCHIVED: "Archived accounts get no score.",
    Skipped.NOT_YET: "It is not a customer yet, so it gets no score.",
}


def _chart(scores: Sequence[tuple[dt.date, float]], today: dt.date) -> LineChart:
    return line_chart(scores, since=scores[0][0], until=today, high=100, joined_within=JOINED_WITHIN)


def _weeks(scores: Sequence[tuple[dt.date, float]]) -> list[tuple[dt.date, float]]:
    last = {day.isocalendar()[:2]: (day, score) for day, score in scores}
    return sorted(last.values(), reverse=True)
