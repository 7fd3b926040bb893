"""Which accounts need a decision about an alert after they were scored, and what alerting must know of them."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cs_workspace.common.expressions import among
from health.domain.alerting import AlertRule, States, Trigger, fires, silent_sources, standings
from health.domain.changes import AccountChange, Cause, Later, Lift
from health.domain.explanation import Move, Row, moved, raises, restored_row, row_of
from health.domain.overruling import overruled
from health.domain.phrases import describe
from health.domain.scorecards import Scorecard
from health.domain.scorers import FloatArray
from health.metrics.usage import DAYS_SINCE_USAGE
from health.models import Alert, Snapshot
from health.queries.alert_rules import active_rules
from health.queries.gaps import reporting, silent_for_all
from health.queries.judgement import InForce
from health.queries.scorecards import domain_scorecards
from health.services.products import OfProducts
from health.services.snapshots import Verdict

# Alerts say what moved the score since then.
REASONS_SINCE_DAYS = 7
MOST = 5
DROP_DAYS = 7

Counts = npt.NDArray[np.int64]
Bookmark = tuple[int, dt.date]


@dataclass(frozen=True)
class Scored:
    """A verdict beside the scores before it: `history` (n, d) on `days`, up to the newest evaluation of any of them."""

    verdict: Verdict
    history: FloatArray
    days: npt.NDArray[np.int64]
    months: FloatArray
    day: dt.date
    products: OfProducts | None = None
    readings: Mapping[str, FloatArray] = field(default_factory=dict)
    overrides: Mapping[int, InForce] = field(default_factory=dict)
    """Tiers that people set in place of the computed ones, by account."""
    overruled: npt.NDArray[np.int64] | None = None
    """(n,) Ranks of the tiers that they had set when the accounts were computed last; 0 for none."""
    gaps: Mapping[str, dt.date] = field(default_factory=dict)
    """The newest day on which a source was silent for everybody, by source."""

    @cached_property
    def evaluated(self) -> tuple[FloatArray, npt.NDArray[np.int64]]:
        """History without the days after the newest evaluation."""
        columns = np.flatnonzero(~np.isnan(self.history).all(axis=0))
        end = columns[-1] + 1 if len(columns) else 0
        return self.history[:, :end], self.days[:end]

    @cached_property
    def overrules(self) -> npt.NDArray[np.int64]:
        """(n,) Ranks of the tiers that people set; 0 where the computed one counts."""
        found = (self.overrides.get(pk) for pk in self.verdict.account_ids)
        return np.array([0 if one is None else one.rank for one in found], dtype=np.int64)

    def row(self, index: int) -> Row:
        """One account, to be explained."""
        return row_of(self.verdict.scores, index, months=float(self.months[index]))


def changes_of(scored: Scored) -> list[AccountChange]:
    """The accounts for which a rule fires or that have an alert which is not resolved. At most six queries."""
    rules = list(active_rules().values())
    ids = scored.verdict.account_ids
    if not rules or not ids:
        return []
    states = _states(scored, rules)
    fired = np.any([fires(rule, *states[rule.key]) for rule in rules], axis=0)
    waiting = set(
        Alert.objects.unresolved().filter(among("account", ids)).order_by().values_list("account_id", flat=True)
    )
    chosen = [index for index, pk in enumerate(ids) if fired[index] or pk in waiting]
    earlier = _Earlier(scored, chosen)
    return [
        AccountChange(
            account_id=ids[index],
            day=scored.day,
            version_id=scored.verdict.version_id,
            states={key: (now.row(index), before.row(index)) for key, (now, before) in states.items()},
            reasons=Later(lambda index=index: earlier.reasons(index)),  # type: ignore[misc]
            raises=Later(lambda index=index: _lifts(scored.row(index))),  # type: ignore[misc]
            confidence=float(scored.verdict.scores.confidence[index]),
            judged=scored.overrides[ids[index]].in_words if ids[index] in scored.overrides else "",
        )
        for index in chosen
    ]


def _states(scored: Scored, rules: Iterable[AlertRule]) -> dict[str, tuple[States, States]]:
    """By rule; rules that look through the same windows share them."""
    made: dict[tuple[int, int], tuple[States, States]] = {}
    states = {}
    for rule in rules:
        drop = rule.window_days if rule.trigger is Trigger.SCORE_DROP else DROP_DAYS
        gap = rule.window_days if rule.trigger is Trigger.DATA_GAP else 0
        if (drop, gap) not in made:
            made[drop, gap] = _standings(scored, drop, gap)
        states[rule.key] = made[drop, gap]
    return states


def _standings(scored: Scored, drop_days: int, gap_days: int) -> tuple[States, States]:
    history, days = scored.evaluated
    now, before, of_all = _silent(scored, gap_days) if gap_days else (None, None, None)
    now_states, states_before = standings(
        scored.verdict.scores.scorecard,
        history,
        days,
        scored.verdict.scores.total,
        scored.day.toordinal(),
        drop_days=drop_days,
        silent=now,
        silent_before=before,
    )
    if of_all is not None:
        now_states = now_states._replace(held=of_all)
    overruled_before = np.zeros(len(scored.overrules), np.int64) if scored.overruled is None else scored.overruled
    return overruled(now_states, scored.overrules), overruled(states_before, overruled_before)


def _silent(scored: Scored, window: int) -> tuple[Counts, Counts, Counts]:
    """Silent sources of every account, now and at the newest evaluation (of those silent now; of others it is idle).

    Those that are silent for everybody are counted apart, in the third.
    """
    ids = scored.verdict.account_ids
    now, of_all = _count(scored, ids, scored.day, window, scored.readings.get(DAYS_SINCE_USAGE))
    before = np.zeros(len(ids), dtype=np.int64)
    history, days = scored.evaluated
    known = np.flatnonzero((now > 0) & ~np.isnan(history).all(axis=1))
    if len(known):
        then = dt.date.fromordinal(int(days[-1]))
        before[known], _ = _count(scored, [ids[row] for row in known], then, window)
    return now, before, of_all


def _count(
    scored: Scored, ids: Sequence[int], day: dt.date, window: int, days_since_usage: FloatArray | None = None
) -> tuple[Counts, Counts]:
    """How many sources are silent by themselves, and how many for everybody. One query."""
    found = reporting(ids, as_of=day, window_days=window, days_since_usage=days_since_usage)
    silent = silent_sources(found.days_silent, found.days_reported, window_days=window)
    of_all = silent_for_all(scored.gaps, as_of=day, window_days=window)
    return np.count_nonzero(silent & ~of_all, axis=1), np.count_nonzero(silent & of_all, axis=1)


class _Earlier:
    """What the chosen accounts looked like some days ago, read for all of them when the first reason is asked for."""

    def __init__(self, scored: Scored, chosen: list[int]) -> None:
        self.scored = scored
        self.chosen = chosen

    def reasons(self, index: int) -> list[Cause]:
        """What moved the score since, or without an older one what costs it the most."""
        row = self.scored.row(index)
        before = self._row(index)
        if before is not None:
            moves = moved(before, row)
            if moves:
                return [*(Cause(move.label, move.now, move.points) for move in moves[:MOST]), *_rest(moves[MOST:])]
        return _costs(row)

    def _row(self, index: int) -> Row | None:
        """Restored for the few whose reasons are asked for: that takes longer than reading all of them."""
        snapshots, cards = self._kept
        one = snapshots.get(self.scored.verdict.account_ids[index])
        if one is None:
            return None
        months = float(self.scored.months[index])
        return restored_row(cards[one.version_id], one.readings, one.points, months=months, weights=one.weights)

    @cached_property
    def _kept(self) -> tuple[dict[int, Snapshot], Mapping[int, Scorecard]]:
        """The snapshots of the chosen accounts, and the scorecards that made them."""
        ids = self.scored.verdict.account_ids
        day_of = {ids[index]: day for index in self.chosen if (day := self._day(index))}
        if not day_of:
            return {}, {}
        found = Snapshot.objects.filter(account__in=list(day_of), day__in=set(day_of.values()))
        snapshots = {one.account_id: one for one in found if one.day == day_of[one.account_id]}
        return snapshots, self._cards({snapshot.version_id for snapshot in snapshots.values()})

    def _cards(self, versions: set[int]) -> Mapping[int, Scorecard]:
        current = {self.scored.verdict.version_id: self.scored.verdict.scores.scorecard}
        other = versions - set(current)
        return {**current, **domain_scorecards(other)} if other else current

    def _day(self, index: int) -> dt.date | None:
        """The oldest scored day of the last seven, today's own earlier evaluation included."""
        recent = self.scored.days >= self.scored.day.toordinal() - REASONS_SINCE_DAYS
        days = self.scored.days[recent & ~np.isnan(self.scored.history[index])]
        return dt.date.fromordinal(int(days[0])) if len(days) else None


def _rest(moves: Sequence[Move]) -> list[Cause]:
    """The smaller moves in one line, so that what is told comes to the whole change."""
    if not moves:
        return []
    words = "1 smaller move" if len(moves) == 1 else f"{len(moves)} smaller moves"
    return [Cause(words, "together", sum(move.points for move in moves))]


def _costs(row: Row) -> list[Cause]:
    """What costs the most points, as losses."""
    lost = np.where(np.isnan(row.values), 0.0, row.weights * (100 - np.nan_to_num(row.indicators)) / 100)
    order = [int(place) for place in np.argsort(-lost, kind="stable")[:MOST] if lost[place] > 0]
    return [
        Cause(indicator.label, describe(indicator.definition, float(row.values[place])), -float(lost[place]))
        for place in order
        for indicator in (row.scorecard.indicators[place],)
    ]


def _lifts(row: Row) -> list[Lift]:
    if math.isnan(row.total):
        return []
    return [Lift(one.label, one.goal, one.points) for one in raises(row)[:MOST]]
