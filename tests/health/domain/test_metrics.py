"""Readings: what a metric takes, what it refuses, and how it is said."""

import math

import pytest

from health.domain.definitions import Direction, Kind, Metric
from health.domain.metrics import METRICS, ReadingError, decode, describe, encode, metric_named
from health.domain.phrases import describe_goal, percent


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("login_days", 27, 27.0),
        ("csat", 4.5, 4.5),
        ("tickets_90d", 3.0, 3.0),
        ("usage_change", -0.38, -0.38),
        ("active_user_ratio", 1.2, 1.2),  # more users than seats
        ("days_to_renewal", -5, -5.0),  # overdue
        ("event_attendance", True, 1.0),
        ("event_attendance", False, 0.0),
        ("nps_class", "promoter", 0.0),
        ("nps_class", "detractor", 2.0),
    ],
)
def test_a_reading_becomes_a_number(name, raw, value):
    assert encode(name, raw) == value
    assert decode(name, value) == raw


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("logins", 1, "no metric has this name"),
        ("login_days", "27", "must be a number, not “27”"),
        ("login_days", True, "must be a number, not true"),
        ("login_days", None, "must be a number, not empty"),
        ("login_days", [27], "must be a number, not a list or object"),
        ("login_days", "x" * 99, f"must be a number, not “{'x' * 40}…”"),
        ("login_days", -1, "cannot be below 0, but is -1"),
        ("csat", math.nan, "must be a finite number"),
        ("csat", math.inf, "must be a finite number"),
        ("csat", 10**400, "must be a finite number"),
        ("csat", 6, "cannot be above 5, but is 6"),
        ("nps", -101, "cannot be below -100, but is -101"),
        ("tickets_90d", 2.5, "must be a whole number, not 2.5"),
        ("feature_breadth", 80, "cannot be above 1, but is 80 (write fractions, not percent)"),
        ("usage_change", -38, "cannot be below -1, but is -38 (write fractions, not percent)"),
        ("event_attendance", 1, "must be true or false, not “1”"),
        ("event_attendance", "yes", "must be true or false, not “yes”"),
        ("nps_class", "happy", "must be one of promoter, passive, detractor, not “happy”"),
        ("nps_class", 0, "must be one of promoter, passive, detractor, not “0”"),
        ("nps_class", ["promoter"], "must be one of promoter, passive, detractor, not a list or object"),
    ],
)
def test_a_reading_that_a_metric_cannot_have_is_refused_with_the_reason(name, raw, reason):
    with pytest.raises(ReadingError) as refused:
        encode(name, raw)
    assert (refused.value.metric, refused.value.reason) == (name, reason)
    assert str(refused.value) == f"{name}: {reason}"


def test_what_was_not_observed_stands_for_nothing():
    assert decode("csat", math.nan) is None
    assert describe("csat", math.nan) == "CSAT not observed"


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("login_days", 18, "18 of 30 days with a login"),
        ("usage_change", -0.38, "usage −38 %"),
        ("usage_change", 0.051, "usage +5 %"),
        ("usage_change", 0.0, "usage 0 %"),
        ("tickets_90d", 11, "11 tickets in 90 days"),
        ("tickets_90d", 1, "1 ticket in 90 days"),
        ("feature_breadth", 0.63, "63 % of features used"),
        ("training_completion", 0.996, "99.6 % of training done"),
        ("nps_class", "detractor", "NPS detractor"),
        ("relationship_depth", "multi_threaded", "relationship: multi-threaded"),
        ("financial_standing", "on_time", "financially on time"),
        ("event_attendance", False, "no event attended"),
        ("review_participation", True, "took part in the last review"),
        ("csat", 4.25, "CSAT 4.25 of 5"),
        ("nps", -20, "NPS −20"),
        ("ticket_resolution_hours", 1234.56, "1,234.6 hours to resolve a ticket"),
    ],
)
def test_a_reading_is_said_in_words(name, raw, words):
    assert describe(name, encode(name, raw)) == words


@pytest.mark.parametrize(
    ("name", "raw", "target", "beyond", "words"),
    [
        ("login_days", 18, 25, False, "logins on 25 of 30 days"),
        ("tickets_90d", 4, 3, True, "2 fewer tickets in 90 days"),  # fewer than 3 is 2
        ("tickets_90d", 3, 3, True, "1 fewer ticket in 90 days"),
        ("integration_count", 2, 3, False, "1 more integration"),
        ("days_since_contact", 40, 7, False, "a two-way touch within 7 days"),
        ("days_since_contact", 40, 14, True, "a two-way touch within 13 days"),
        ("feature_breadth", 0.5, 0.8, False, "80 % of features in use"),
        ("usage_change", -0.3, 0.05, True, "usage above +5 %"),
        ("usage_change", -0.3, -0.05, False, "usage no worse than −5 %"),
        ("ticket_volume_ratio", 3.0, 1.5, True, "tickets at under 1.5× the usual"),
        ("nps_class", "detractor", 0, False, "NPS promoter"),
        ("event_attendance", False, 1, False, "attendance at one event"),
        ("contact_count", 2, math.nan, False, "Engaged contacts in the best quarter of its segment"),
    ],
)
def test_a_goal_is_said_in_words(name, raw, target, beyond, words):
    assert describe_goal(METRICS[name], encode(name, raw), target, beyond=beyond) == words


def test_a_custom_metric_without_phrases_is_said_by_its_label():
    number = Metric("velocity", "Velocity", Kind.NUMBER, "points", "api", "now", Direction.HIGHER)
    flag = Metric("pilot", "Pilot", Kind.FLAG, "yes/no", "api", "now", Direction.HIGHER)
    assert describe(number, 3.5) == "Velocity: 3.5"
    assert describe_goal(number, 3.5, 4) == "Velocity: 4"
    assert describe(flag, 1) == "Pilot: yes"
    assert describe_goal(flag, 0, 1) == "Pilot: yes"
    assert encode(number, 12) == 12


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.004, "0.4 %"),
        (0.9999999, "100 %"),
        (-0.0001, "0 %"),
        (1.005, "100.5 %"),
        (12.5, "1250 %"),
    ],
)
def test_percent_keeps_a_decimal_where_whole_points_would_say_too_much(value, words):
    assert percent(value) == words


def test_every_metric_says_what_it_is():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.label
        assert metric.unit
        assert metric.source
        assert metric.window
        assert metric.definition
        sample = {Kind.FLAG: 1.0, Kind.CATEGORY: 1.0}.get(metric.kind, 2.0)
        assert "{" not in describe(metric, sample) + describe_goal(metric, sample, 1.0)


def test_the_vocabulary_has_the_names_that_others_rely_on():
    assert len(METRICS) == 56
    assert metric_named("goals_standing").categories == ("none", "some", "all")


@pytest.mark.parametrize(
    "fields",
    [{"kind": Kind.CATEGORY}, {"kind": Kind.NUMBER, "categories": ("a",)}, {"kind": Kind.FLAG, "phrase": "yes"}],
)
def test_a_metric_that_contradicts_its_kind_cannot_be_defined(fields):
    with pytest.raises(ValueError, match="x: a"):
        Metric(
            **(
                {"name": "x", "label": "X", "unit": "", "source": "", "window": "", "direction": Direction.NONE}
                | fields
            )
        )
