"""When an alert speaks and when it keeps quiet."""

import datetime as dt
import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from health.domain.alerting import (
    DEFAULT_RULES,
    TRANSITIONS,
    AccountState,
    Action,
    AlertState,
    Condition,
    Existing,
    Severity,
    Standing,
    decide,
    fires,
    silent_sources,
    standings,
)
from tests.health.domain.engine import OPS

NOW = dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC)
TODAY = 700_040
RULES = {rule.key: rule for rule in DEFAULT_RULES}
DROP, AT_RISK, CRITICAL = RULES["score-drop"], RULES["enters-at-risk"], RULES["enters-critical"]
DECLINING, UNDER, GAP = RULES["declining"], RULES["score-under"], RULES["data-gap"]


def rank_of(score):
    return 0 if math.isnan(score) else 1 + sum(score < tier.lower for tier in OPS.tiers[:3])


def state(score=70.0, *, highest=math.nan, declining=0.0, sustained=False, silent=0):
    return AccountState(score, rank_of(score), rank_of(score - 2), highest, declining, sustained, silent)


NO_SCORE = state(math.nan, declining=math.nan)


def existing(kind, worst=math.nan, *, before=math.nan, days_ago=1.0, snoozed_days=1.0):
    moment = NOW - dt.timedelta(days=days_ago)
    return Existing(
        AlertState(kind),
        score_before=before,
        worst_score=worst,
        snoozed_until=NOW + dt.timedelta(days=snoozed_days) if kind == "snoozed" else None,
        resolved_at=moment if kind == "resolved" else None,
    )


def action(rule, now, before=NO_SCORE, alert=None):
    return decide(rule, now, before, alert, NOW).action


def test_the_six_defaults_go_to_whom_they_should():
    told = {rule.key: (rule.to_csm, rule.to_manager, rule.to_executive, rule.to_admin) for rule in DEFAULT_RULES}
    assert told == {
        "score-drop": (True, False, False, False),
        "enters-at-risk": (True, True, False, False),
        "enters-critical": (True, True, True, False),
        "declining": (True, False, False, False),
        "score-under": (False, False, False, False),  # it joins the queue
        "data-gap": (True, False, False, True),
    }
    assert [rule.key for rule in DEFAULT_RULES if rule.task_title] == ["enters-critical"]
    assert CRITICAL.task_due_hours == 24
    assert [rule.key for rule in DEFAULT_RULES if rule.severity is Severity.CRITICAL] == ["enters-critical"]
    assert all(rule.next_action for rule in DEFAULT_RULES)


@pytest.mark.parametrize(("score", "raised"), [(55.0, False), (54.9, True), (20.0, True), (80.0, False)])
def test_a_drop_of_more_than_15_points_in_a_week_raises_an_alert(score, raised):
    before = state(70.0, highest=70.0)
    assert bool(fires(DROP, state(score, highest=70.0), before)) is raised


def test_a_drop_that_was_there_already_raises_no_second_alert():
    assert not fires(DROP, state(50.0, highest=70.0), state(51.0, highest=70.0))


@pytest.mark.parametrize(
    ("before", "now", "raised"),
    [
        (60.0, 59.9, {"enters-at-risk"}),
        (60.0, 40.0, {"enters-at-risk"}),
        (60.0, 39.9, {"enters-critical", "score-under"}),  # not At-Risk as well
        (45.0, 39.9, {"enters-critical", "score-under"}),
        (39.0, 45.0, set()),  # up out of Critical is no bad news
        (59.0, 58.0, set()),
        (85.0, 75.0, set()),
        (math.nan, 55.0, {"enters-at-risk"}),  # a first score that is bad: nobody was told yet
        (math.nan, 75.0, set()),
        (55.0, math.nan, set()),
    ],
)
def test_entering_a_worse_tier_raises_the_alert_of_that_tier(before, now, raised):
    rules = (AT_RISK, CRITICAL, UNDER)
    assert {rule.key for rule in rules if fires(rule, state(now), state(before))} == raised


def test_a_decline_through_the_whole_window_raises_an_alert_once():
    falling = state(60.0, declining=1.0, sustained=True)
    assert fires(DECLINING, falling, state(61.0, declining=1.0))
    assert not fires(DECLINING, falling, falling)
    assert not fires(DECLINING, state(60.0, declining=1.0), state(61.0))


def test_a_source_that_falls_silent_raises_an_alert():
    assert fires(GAP, state(silent=1), state())
    assert not fires(GAP, state(silent=2), state(silent=1))
    assert decide(GAP, state(silent=2), state(), None, NOW).reason == (
        "2 sources are silent for 7 days: a gap in the data, not a change of health"
    )


def test_only_a_source_that_used_to_report_is_missed():
    silent = np.array([[6, 7, 30, 9, np.nan]])
    reported = np.array([[20, 20, 8, 7, 0]])
    assert silent_sources(silent, reported, window_days=7).tolist() == [[False, True, True, False, False]]


def test_every_standing_meets_every_condition():
    assert set(TRANSITIONS) == set(product(Standing, Condition))


@pytest.mark.parametrize(
    ("standing", "condition", "expected"),
    [
        ("none", "fires", "open"),
        ("recent", "fires", "reopen"),
        ("open", "worse", "worsen"),
        ("acknowledged", "worse", "worsen"),
        ("open", "clear", "resolve"),
        ("acknowledged", "clear", "resolve"),
        ("snoozed", "clear", "resolve"),
    ],
)
def test_what_is_done_with_an_alert_and_all_else_is_nothing(standing, condition, expected):
    assert TRANSITIONS[Standing(standing), Condition(condition)] is Action(expected)
    assert sum(action is not Action.NOTHING for action in TRANSITIONS.values()) == 7


def test_a_new_alert_says_what_changed():
    decision = decide(AT_RISK, state(55.0), state(66.5), None, NOW)
    assert (decision.action, decision.speaks) == (Action.OPEN, True)
    assert decision.reason == "Entered At-Risk at 55.0, from 66.5"
    assert decide(AT_RISK, state(55.0), NO_SCORE, None, NOW).reason == "Entered At-Risk at 55.0"
    by_judgement = decide(AT_RISK, state(55.0), state(55.0)._replace(rank=1, rank_held=1), None, NOW)
    assert by_judgement.reason == "Entered At-Risk at 55.0"
    fell = decide(DROP, state(50.0, highest=70.0), state(70.0, highest=70.0), None, NOW)
    assert fell.reason == "Score fell 20.0 points in 7 days, from 70.0 to 50.0"
    assert decide(UNDER, state(39.0), state(41.0), None, NOW).reason == "Score under 40: 39.0"
    sustained = decide(DECLINING, state(60.0, declining=1.0, sustained=True), state(61.0), None, NOW)
    assert sustained.reason == "Score declining for 30 days, now 60.0"


@pytest.mark.parametrize("kind", ["open", "acknowledged", "snoozed"])
def test_there_is_one_alert_per_account_and_rule(kind):
    assert action(AT_RISK, state(55.0), state(66.0), existing(kind, worst=55.0)) is Action.NOTHING


@pytest.mark.parametrize(("days_ago", "expected"), [(0, "reopen"), (6.9, "reopen"), (7, "open"), (40, "open")])
def test_coming_back_inside_seven_days_reopens_the_old_alert(days_ago, expected):
    assert action(AT_RISK, state(55.0), state(66.0), existing("resolved", days_ago=days_ago)) is Action(expected)


def test_an_alert_closed_by_hand_is_not_raised_again_while_its_cause_stands():
    assert action(AT_RISK, state(55.0), state(55.0), existing("resolved")) is Action.NOTHING
    assert action(DROP, state(50.0, highest=70.0), state(50.0, highest=70.0), existing("resolved")) is Action.NOTHING


def test_an_acknowledged_alert_keeps_quiet_until_it_worsens_by_five_points():
    acknowledged = existing("acknowledged", worst=55.0)
    assert action(AT_RISK, state(50.1), state(55.0), acknowledged) is Action.NOTHING
    worse = decide(AT_RISK, state(50.0), state(50.1), acknowledged, NOW)
    assert (worse.action, worse.speaks) == (Action.WORSEN, True)


def test_an_open_alert_that_worsens_is_brought_up_to_date_without_being_told_again():
    worse = decide(AT_RISK, state(44.0), state(55.0), existing("open", worst=55.0), NOW)
    assert (worse.action, worse.speaks) == (Action.WORSEN, False)


def test_a_snoozed_alert_sleeps_even_if_it_worsens_and_wakes_by_itself():
    asleep = existing("snoozed", worst=55.0)
    assert action(AT_RISK, state(41.0), state(55.0), asleep) is Action.NOTHING
    awake = replace(asleep, snoozed_until=NOW)
    assert action(AT_RISK, state(41.0), state(55.0), awake) is Action.WORSEN


@pytest.mark.parametrize(
    ("score", "expected"),
    [(59.0, "nothing"), (60.0, "nothing"), (61.9, "nothing"), (62.0, "resolve"), (90.0, "resolve")],
)
def test_a_tier_is_left_only_two_points_above_its_bound(score, expected):
    assert action(AT_RISK, state(score), state(55.0), existing("open", worst=55.0)) is Action(expected)


def test_the_alert_of_at_risk_stays_while_the_account_is_critical():
    assert action(AT_RISK, state(39.0), state(45.0), existing("acknowledged", worst=41.0)) is Action.NOTHING


def test_the_queue_is_left_only_two_points_above_its_bound():
    listed = existing("open", worst=39.0)
    assert action(UNDER, state(41.9), state(39.0), listed) is Action.NOTHING
    gone = decide(UNDER, state(42.0), state(39.0), listed, NOW)
    assert (gone.action, gone.reason, gone.speaks) == (Action.RESOLVE, "Recovered to 42.0", False)


def test_a_drop_is_over_when_the_score_is_back_near_where_it_fell_from_not_when_the_week_is():
    fallen = existing("open", worst=50.0, before=70.0)
    assert action(DROP, state(52.0, highest=53.0), state(52.0, highest=53.0), fallen) is Action.NOTHING
    assert action(DROP, state(55.0, highest=53.0), state(52.0, highest=53.0), fallen) is Action.RESOLVE


def test_a_decline_is_over_when_the_trend_has_turned():
    falling = existing("open", worst=60.0)
    assert action(DECLINING, state(60.0, declining=1.0), state(60.0), falling) is Action.NOTHING
    assert decide(DECLINING, state(60.0), state(60.0), falling, NOW).reason == "No longer declining"


def test_a_gap_is_over_when_the_sources_report_again_and_never_worsens_with_the_score():
    gap = existing("acknowledged", worst=70.0)
    assert action(GAP, state(20.0, silent=1), state(70.0, silent=1), gap) is Action.NOTHING
    assert decide(GAP, state(20.0), state(70.0, silent=1), gap, NOW).reason == "The sources report again"


@pytest.mark.parametrize("rule", [DROP, AT_RISK, CRITICAL, DECLINING, UNDER], ids=lambda rule: rule.key)
def test_an_account_that_lost_its_score_keeps_its_alerts_for_nothing_is_known(rule):
    assert action(rule, NO_SCORE, state(30.0), existing("open", worst=30.0, before=60.0)) is Action.NOTHING


def test_an_unknown_trend_closes_no_alert():
    unknown = state(60.0, declining=math.nan)
    assert action(DECLINING, unknown, state(60.0), existing("open", worst=60.0)) is Action.NOTHING


# Standings of many accounts


def history(*accounts, last=TODAY - 1):
    """Scores of accounts on the last days, and the days' numbers."""
    scores = np.array(accounts, dtype=float)
    return scores, np.arange(last - scores.shape[1] + 1, last + 1)


def test_the_states_of_many_accounts_are_those_of_each():
    scores, days = history([70] * 32, np.linspace(80, 60, 32), [np.nan] * 32)
    now, before = standings(OPS, scores, days, np.array([39.5, 59.0, 61.0]), TODAY)
    assert now.row(0) == AccountState(39.5, 4, 4, 70, 1.0 if now.row(0).declining else 0.0, False, 0)
    assert now.rank.tolist() == [4, 3, 2]
    assert now.rank_held.tolist() == [4, 3, 3]  # 61 is out of At-Risk by less than two points
    assert now.row(1).sustained
    assert before.row(1).sustained
    assert math.isnan(before.score[2])
    assert before.rank[2] == 0
    assert isinstance(now.row(0).rank, int)


def test_the_highest_score_is_that_of_the_seven_days_before():
    scores, days = history([90, 80, 71, 72, 73, 74, 75, 70])
    now, _ = standings(OPS, scores, days, np.array([60.0]), TODAY)
    assert now.highest[0] == 80
    longer, _ = standings(OPS, scores, days, np.array([60.0]), TODAY, drop_days=8)
    assert longer.highest[0] == 90


def test_an_account_left_out_lately_is_compared_with_its_newest_score():
    scores, days = history([65, np.nan, np.nan])
    now, before = standings(OPS, scores, days, np.array([55.0]), TODAY)
    assert before.score[0] == 65
    assert fires(AT_RISK, now, before).tolist() == [True]


def test_a_second_evaluation_of_the_same_day_finds_nothing_new():
    scores, days = history([65, 65, 55], last=TODAY)  # today's snapshot is there already
    now, before = standings(OPS, scores, days, np.array([55.0]), TODAY)
    assert (before.score[0], now.highest[0]) == (55, 65)
    assert not any(fires(rule, now, before).any() for rule in DEFAULT_RULES)


def test_accounts_without_any_history_have_no_state_before():
    now, before = standings(OPS, np.empty((2, 0)), np.empty(0, dtype=np.int64), np.array([55.0, 90.0]), TODAY)
    assert np.isnan(before.score).all()
    assert fires(AT_RISK, now, before).tolist() == [True, False]
    assert fires(DROP, now, before).tolist() == [False, False]


def test_firing_for_many_accounts_agrees_with_firing_for_each():
    rng = np.random.default_rng(11)
    scores = rng.uniform(20, 95, (300, 32))
    scores[rng.random(scores.shape) < 0.1] = np.nan
    days = np.arange(TODAY - 32, TODAY)
    silent = rng.integers(0, 2, (2, 300))
    totals = np.where(rng.random(300) < 0.1, np.nan, rng.uniform(20, 95, 300))
    now, before = standings(OPS, scores, days, totals, TODAY, silent=silent[0], silent_before=silent[1])
    for rule in DEFAULT_RULES:
        together = fires(rule, now, before)
        assert together.tolist() == [bool(fires(rule, now.row(i), before.row(i))) for i in range(300)]
        needed = [decide(rule, now.row(i), before.row(i), None, NOW).action is Action.OPEN for i in range(300)]
        assert together.tolist() == needed
