"""When an alert is raised, reopened, spoken of again and closed. Decisions only; services write them.

How to call it for a chunk of accounts:

1. `standings(...)` gives two `States`, now and as last evaluated, for all accounts at once.
2. For every rule `fires(rule, now, before)` gives a mask. Only accounts in the mask, and accounts that have an alert of
   this rule which is not resolved, need a decision; for all others it is `NOTHING`.
3. `decide(...)` for those, with `now.row(i)` and `before.row(i)`.

`before` must come from the newest snapshot stored before this evaluation, be it of today: then a second evaluation of
the same day finds nothing new, and an alert that a person closed by hand is not raised again while its cause stands.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from health.domain.engagement import next_action_of
from health.domain.scorecards import Scorecard
from health.domain.scorers import FloatArray
from health.domain.scoring import stored_text
from health.domain.tiers import HYSTERESIS, tier_rank
from health.domain.trend import Course, score_trends

REENTRY: Final = dt.timedelta(days=7)
# Points that a score must fall below its worst since the alert last spoke, to speak again.
WORSE_BY: Final = 5.0
# Days of 28 on which a source must have reported to be missed when it is silent.
REGULAR_DAYS: Final = 8


class Trigger(StrEnum):
    """What sets an alert off."""

    SCORE_DROP = "score_drop"
    ENTERS_TIER = "enters_tier"
    DECLINING = "declining"
    SCORE_UNDER = "score_under"
    DATA_GAP = "data_gap"


class Severity(IntEnum):
    """How much it matters; the smaller the more."""

    CRITICAL = 1
    HIGH = 2
    NORMAL = 3


@dataclass(frozen=True)
class AlertRule:
    """What sets an alert off, who is told, what is to be done. In points, days and ranks of tiers (4 is the worst)."""

    key: str
    name: str
    trigger: Trigger
    threshold: float = math.nan
    window_days: int = 0
    tier_rank: int = 0
    severity: Severity = Severity.NORMAL
    to_csm: bool = True
    to_manager: bool = False
    to_executive: bool = False
    to_admin: bool = False
    task_title: str = ""
    task_due_hours: int | None = None
    next_action: str = ""


DEFAULT_RULES: Final = (
    AlertRule(
        "score-drop", "Sudden drop", Trigger.SCORE_DROP, threshold=15, window_days=7, severity=Severity.HIGH,
        next_action="Find out what happened this week and call the champion.",
    ),
    AlertRule(
        "enters-at-risk", "Entered At-Risk", Trigger.ENTERS_TIER, tier_rank=3, severity=Severity.HIGH,
        to_manager=True, next_action=next_action_of(3),
    ),
    AlertRule(
        "enters-critical", "Entered Critical", Trigger.ENTERS_TIER, tier_rank=4, severity=Severity.CRITICAL,
        to_manager=True, to_executive=True, task_title="Hold a save call", task_due_hours=24,
        next_action=next_action_of(4),
    ),
    AlertRule(
        "declining", "Declining for 30 days", Trigger.DECLINING, window_days=30,
        next_action="Schedule a business review.",
    ),
    AlertRule(
        "score-under", "In the at-risk queue", Trigger.SCORE_UNDER, threshold=40, severity=Severity.HIGH, to_csm=False,
        next_action="Work the account from the at-risk queue.",
    ),
    AlertRule(
        "data-gap", "Data gap", Trigger.DATA_GAP, window_days=7, to_admin=True,
        next_action="Check the source: this is a gap in the data, not a change of health.",
    ),
)  # fmt: skip


class AlertState(StrEnum):
    """Where an alert stands in the hands of people."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Existing:
    """The newest alert of an account and rule. Scores are NaN where unknown."""

    state: AlertState
    score_before: float = math.nan
    worst_score: float = math.nan
    snoozed_until: dt.datetime | None = None
    resolved_at: dt.datetime | None = None


class AccountState(NamedTuple):
    """What rules look at, for one account (floats) or for many (`States`, arrays of the same).

    score      unrounded; NaN without one
    rank       of the tier, 1 (best) to 4 (worst); 0 without a score
    rank_held  of the tier two points below: what the account still counts as when it is leaving a worse tier
    highest    best score in the days of the drop window before; NaN without one
    declining  1.0 or 0.0; NaN where the trend is unknown
    sustained  declining through the whole window
    silent     sources that used to report and are silent for the window of the rule
    excused    a person set a better tier than the computed one
    held       silent sources that say nothing of the account, being silent for everybody; not among `silent`
    """

    score: Any
    rank: Any
    rank_held: Any
    highest: Any
    declining: Any
    sustained: Any
    silent: Any
    excused: Any = False
    held: Any = 0


class States(AccountState):
    """`AccountState` in arrays (n,)."""

    def row(self, index: int) -> AccountState:
        """One account."""
        return AccountState(*(column[index].item() for column in self))


def standings(
    scorecard: Scorecard,
    history: FloatArray,
    days: npt.NDArray[np.int64],
    totals: FloatArray,
    today: int,
    *,
    drop_days: int = 7,
    silent: npt.NDArray[np.int64] | None = None,
    silent_before: npt.NDArray[np.int64] | None = None,
) -> tuple[States, States]:
    """The states now and as last evaluated.

    `history` (n, d) are the stored scores of the last 32 days (NaN where none) on `days` (day numbers, ascending),
    which may end with today's own snapshot of an earlier evaluation; `totals` (n,) are the new unrounded scores of
    `today`. `drop_days` is the window in which a drop is looked for; `silent` and `silent_before` (n,) count
    `silent_sources`.
    """
    earlier = days < today
    now = _states(
        scorecard,
        np.column_stack([history[:, earlier], totals]),
        np.append(days[earlier], today),
        np.zeros(len(totals), dtype=np.int64) if silent is None else silent,
        drop_days,
    )
    unseen = np.zeros(len(totals), dtype=np.int64) if silent_before is None else silent_before
    if len(days) == 0:
        return now, _states(scorecard, np.full((len(totals), 1), np.nan), np.array([today]), unseen, drop_days)
    before = _states(scorecard, _with_last_known(history), days, unseen, drop_days)
    return now, before


def _with_last_known(history: FloatArray) -> FloatArray:
    """An account that was left out lately is judged by its newest score."""
    places = np.where(~np.isnan(history), np.arange(history.shape[1]), 0).max(axis=1)
    filled = history.copy()
    filled[:, -1] = history[np.arange(len(history)), places]
    return filled


def _states(
    scorecard: Scorecard,
    scores: FloatArray,
    days: npt.NDArray[np.int64],
    silent: npt.NDArray[np.int64],
    drop_days: int,
) -> States:
    score, before = scores[:, -1], scores[:, :-1]
    recent = before[:, days[:-1] >= days[-1] - drop_days]
    trends = score_trends(scores, days)
    return States(
        score=score,
        rank=tier_rank(scorecard, score),
        rank_held=tier_rank(scorecard, score - HYSTERESIS),
        highest=np.fmax.reduce(recent, axis=1, initial=np.nan),
        declining=np.where(trends.course == Course.UNKNOWN, np.nan, trends.course == Course.DECLINING),
        sustained=trends.sustained,
        silent=silent,
        excused=np.zeros(len(score), dtype=bool),
        held=np.zeros(len(score), dtype=np.int64),
    )


def silent_sources(days_silent: FloatArray, days_reported: FloatArray, *, window_days: int) -> npt.NDArray[np.bool_]:
    """(n, s) Sources that used to report and have been silent for the window.

    `days_silent`: days since the newest observation (NaN: never any); `days_reported`: distinct days with observations
    in the 28 days up to that one. A source that reports now and then (a survey) is not missed for a week.
    """
    return (days_silent >= window_days) & (days_reported >= REGULAR_DAYS)


def fires(rule: AlertRule, now: AccountState, before: AccountState) -> Any:
    """Whether the rule's cause has arisen since the last evaluation; a mask for `States`, a bool for one account.

    A first score that is bad counts as arisen: nobody was told yet. A tier entered from below is no alert.
    """
    match rule.trigger:
        case Trigger.SCORE_DROP:
            return _dropped(rule, now) & np.logical_not(_dropped(rule, before))
        case Trigger.ENTERS_TIER:
            return (now.rank == rule.tier_rank) & (before.rank < rule.tier_rank)
        case Trigger.DECLINING:
            return now.sustained & np.logical_not(before.sustained)
        case Trigger.SCORE_UNDER:
            return _under(rule.threshold, now) & np.logical_not(_under(rule.threshold, before))
        case Trigger.DATA_GAP:
            return (now.silent > 0) & (before.silent == 0)


class Standing(StrEnum):
    """What there is already; a resolved alert counts as recent inside seven days."""

    NONE = "none"
    RECENT = "recent"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"


class Condition(StrEnum):
    """How the rule's cause stands."""

    FIRES = "fires"
    WORSE = "worse"
    HOLDS = "holds"
    CLEAR = "clear"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What is to be done with the alert."""

    OPEN = "open"
    REOPEN = "reopen"
    WORSEN = "worsen"
    RESOLVE = "resolve"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Decision:
    """The action, its reason in one line, and whether people are told."""

    action: Action
    reason: str = ""
    speaks: bool = False


_LIVE_CLEAR: Final = {Condition.CLEAR: Action.RESOLVE}
# Only what is not NOTHING is written: of 25 cases, 9 do something.
_ACTIONS: Final[dict[Standing, dict[Condition, Action]]] = {
    Standing.NONE: {Condition.FIRES: Action.OPEN},
    Standing.RECENT: {Condition.FIRES: Action.REOPEN},
    Standing.OPEN: {**_LIVE_CLEAR, Condition.WORSE: Action.WORSEN},
    Standing.ACKNOWLEDGED: {**_LIVE_CLEAR, Condition.WORSE: Action.WORSEN},
    Standing.SNOOZED: _LIVE_CLEAR,
}
TRANSITIONS: Final[dict[tuple[Standing, Condition], Action]] = {
    (standing, condition): _ACTIONS[standing].get(condition, Action.NOTHING)
    for standing in Standing
    for condition in Condition
}


def decide(
    rule: AlertRule, state: AccountState, previous: AccountState, existing: Existing | None, now: dt.datetime
) -> Decision:
    """What is to become of the rule's alert on one account.

    Told are: a new alert, a reopened one, and an acknowledged one that worsened. An open one that worsens is brought up
    to date without being told again; a snoozed one is left alone until its time, unless its cause has gone.
    """
    standing = _standing(existing, now)
    condition = _condition(rule, state, previous, existing, standing)
    action = TRANSITIONS[standing, condition]
    if action is Action.NOTHING:
        return Decision(action)
    speaks = action in (Action.OPEN, Action.REOPEN) or (action is Action.WORSEN and standing is Standing.ACKNOWLEDGED)
    reason = _gone(rule, state) if action is Action.RESOLVE else _cause(rule, state, previous)
    return Decision(action, reason, speaks)


def _standing(existing: Existing | None, now: dt.datetime) -> Standing:
    if existing is None:
        return Standing.NONE
    if existing.state is AlertState.RESOLVED:
        recent = existing.resolved_at is not None and now - existing.resolved_at < REENTRY
        return Standing.RECENT if recent else Standing.NONE
    if existing.state is AlertState.SNOOZED and existing.snoozed_until is not None and existing.snoozed_until <= now:
        return Standing.OPEN
    return Standing(existing.state)


def _condition(
    rule: AlertRule, state: AccountState, previous: AccountState, existing: Existing | None, standing: Standing
) -> Condition:
    if existing is None or standing in (Standing.NONE, Standing.RECENT):
        return Condition.FIRES if fires(rule, state, previous) else Condition.HOLDS
    if _is_unknown(rule, state):
        return Condition.UNKNOWN
    if not _holds(rule, state, existing):
        return Condition.CLEAR
    if rule.trigger is not Trigger.DATA_GAP and state.score <= existing.worst_score - WORSE_BY:
        return Condition.WORSE
    return Condition.HOLDS


def _is_unknown(rule: AlertRule, state: AccountState) -> bool:
    if rule.trigger is Trigger.DATA_GAP:
        return bool(state.held and not state.silent)
    return math.isnan(state.score) or (rule.trigger is Trigger.DECLINING and math.isnan(state.declining))


def _holds(rule: AlertRule, state: AccountState, existing: Existing) -> bool:
    match rule.trigger:
        case Trigger.SCORE_DROP:
            # The window moves on; the drop is over when the score is back near where it fell from.
            return bool(_dropped(rule, state)) or existing.score_before - state.score > rule.threshold
        case Trigger.ENTERS_TIER:
            return bool(state.rank_held >= rule.tier_rank)
        case Trigger.DECLINING:
            return bool(state.declining)
        case Trigger.SCORE_UNDER:
            return bool(_under(rule.threshold + HYSTERESIS, state))
        case Trigger.DATA_GAP:
            return bool(state.silent > 0)


def _dropped(rule: AlertRule, state: AccountState) -> Any:
    return np.round(state.highest - state.score, 9) > rule.threshold


def _under(bound: float, state: AccountState) -> Any:
    """Whether the score is under a bound, and nobody says that the account fares better than that."""
    return (state.score < bound) & np.logical_not(state.excused)


def _cause(rule: AlertRule, state: AccountState, previous: AccountState) -> str:
    now = stored_text(state.score)
    match rule.trigger:
        case Trigger.SCORE_DROP:
            fall = f"{state.highest - state.score:.1f} points"
            return f"Score fell {fall} in {rule.window_days} days, from {stored_text(state.highest)} to {now}"
        case Trigger.ENTERS_TIER:
            # The tier moves without the score where it waited for a second day, or by judgement.
            before = now if math.isnan(previous.score) else stored_text(previous.score)
            return f"{rule.name} at {now}" if before == now else f"{rule.name} at {now}, from {before}"
        case Trigger.DECLINING:
            return f"Score declining for {rule.window_days} days, now {now}"
        case Trigger.SCORE_UNDER:
            return f"Score under {rule.threshold:g}: {now}"
        case Trigger.DATA_GAP:
            sources = "A source is" if state.silent == 1 else f"{state.silent} sources are"
            return f"{sources} silent for {rule.window_days} days: a gap in the data, not a change of health"


def _gone(rule: AlertRule, state: AccountState) -> str:
    if rule.trigger is Trigger.DATA_GAP:
        return "The sources report again"
    return "No longer declining" if rule.trigger is Trigger.DECLINING else f"Recovered to {stored_text(state.score)}"
