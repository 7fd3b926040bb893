"""Classes of answers, whom one may ask, and NPS with its interval."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.surveys import (
    BETWEEN_ASKS,
    MOST_EXTRA,
    AnswerClass,
    Asked,
    Known,
    Tally,
    class_of,
    not_yet,
    quarter_key,
    quarter_of,
    scale_of,
    too_new,
    window_of,
)

NOW = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
COUNTS = st.integers(0, 500)


def ago(days: float, kind: str = "nps") -> Asked:
    return Asked(kind, NOW - dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("kind", "score", "expected"),
    [
        ("nps", 10, "promoter"),
        ("nps", 9, "promoter"),
        ("nps", 8, "passive"),
        ("nps", 7, "passive"),
        ("nps", 6, "detractor"),
        ("nps", 0, "detractor"),
        ("csat", 5, "promoter"),
        ("csat", 4, "promoter"),
        ("csat", 3, "passive"),
        ("exit", 2, "detractor"),
        ("review", 1, "detractor"),
    ],
)
def test_a_score_has_a_class(kind, score, expected):
    assert class_of(kind, score) is AnswerClass(expected)


def test_the_scales_and_windows_are_those_of_the_kinds():
    assert (list(scale_of("nps")), list(scale_of("csat"))) == (list(range(11)), [1, 2, 3, 4, 5])
    assert (window_of("nps").days, window_of("csat").days) == (180, 90)


def test_a_survey_has_fewer_than_six_questions():
    score, why, by_class = 1, 1, 1
    assert score + why + by_class + MOST_EXTRA < 6


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "nps"),
    [(6, 2, 2, 40.0), (1, 0, 0, 100.0), (0, 0, 3, -100.0), (0, 5, 0, 0.0), (2, 1, 3, -100 / 6)],
)
def test_nps_is_the_share_of_promoters_less_that_of_detractors(promoters, passives, detractors, nps):
    assert Tally(promoters, passives, detractors).nps == pytest.approx(nps)


def test_without_an_answer_nothing_is_known():
    nobody = Tally(0, 0, 0)
    assert (nobody.nps, nobody.interval, nobody.satisfied) == (None, None, None)


def test_the_interval_is_that_of_adjusted_wald_with_three_answers_added():
    # 60 promoters, 25 passives, 15 detractors: (60.75 − 15.75) ÷ 103 ± 1.96 · √((76.5 ÷ 103 − (45 ÷ 103)²) ÷ 103)
    low, high = Tally(60, 25, 15).interval
    assert (round(low, 1), round(high, 1)) == (29.3, 58.0)


@given(COUNTS, COUNTS, COUNTS)
def test_the_interval_lies_on_the_scale_and_holds_the_nps(promoters, passives, detractors):
    tally = Tally(promoters, passives, detractors)
    if tally.count:
        low, high = tally.interval
        assert -100 <= low < high <= 100
        assert low - 1e-9 <= tally.nps <= high + 1e-9


@given(COUNTS, COUNTS, COUNTS)
def test_the_interval_is_symmetric_and_narrows_with_more_answers(promoters, passives, detractors):
    one, mirrored = Tally(promoters, passives, detractors), Tally(detractors, passives, promoters)
    if one.count:
        assert one.interval == pytest.approx([-end for end in reversed(mirrored.interval)])
        more = Tally(4 * promoters + 3, 4 * passives + 6, 4 * detractors + 3)
        assert more.interval[1] - more.interval[0] < one.interval[1] - one.interval[0] + 1e-9


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        ([], ""),
        ([ago(29.9, "csat")], "less than 30 days"),
        ([ago(30, "csat")], ""),
        ([ago(31), ago(200)], "twice in the last year"),
        ([ago(31), ago(366)], ""),
        ([ago(31, "csat"), ago(200, "csat"), ago(300, "exit")], ""),
    ],
)
def test_nobody_is_asked_twice_in_thirty_days_nor_for_nps_more_than_twice_a_year(before, refused):
    reason = not_yet("nps", before, most_a_year=2, now=NOW)
    assert refused in reason if refused else reason == ""


def test_a_refusal_names_the_day_from_which_it_is_possible():
    assert "From 13 April 2026" in not_yet("csat", [ago(1)], most_a_year=None, now=NOW)
    assert "From 27 August 2026" in not_yet("nps", [ago(40), ago(200)], most_a_year=2, now=NOW)
    three = [ago(40), ago(100), ago(200)]
    assert "From 5 December 2026" in not_yet("nps", three, most_a_year=2, now=NOW)


@given(st.lists(st.integers(0, 800), max_size=8), st.integers(1, 4))
def test_whoever_is_asked_only_when_allowed_is_never_asked_too_often(days, most):
    asked: list[Asked] = []
    for day in sorted(days):
        now = NOW + dt.timedelta(days=day)
        if not not_yet("nps", asked, most_a_year=most, now=now):
            asked.append(Asked("nps", now))
    for earlier, later in itertools.pairwise(asked):
        assert later.at - earlier.at >= BETWEEN_ASKS
    for one in asked:
        assert sum(other.at <= one.at < other.at + dt.timedelta(days=365) for other in asked) <= most


@pytest.mark.parametrize(
    ("days", "active", "refused"),
    [(29, 9, "29 days"), (30, 3, ""), (90, 2, "active on 2 days"), (90, None, ""), (90, 0, "active on 0 days")],
)
def test_whoever_hardly_knows_us_is_not_asked(days, active, refused):
    reason = too_new(Known(days, active), needs_days=30, needs_active_days=3)
    assert refused in reason if refused else reason == ""


@pytest.mark.parametrize(
    ("day", "first", "key"),
    [
        (dt.date(2026, 11, 26), dt.date(2026, 10, 1), "2026-Q4"),
        (dt.date(2026, 1, 1), dt.date(2026, 1, 1), "2026-Q1"),
        (dt.date(2028, 2, 29), dt.date(2028, 1, 1), "2028-Q1"),
        (dt.date(2026, 6, 30), dt.date(2026, 4, 1), "2026-Q2"),
    ],
)
def test_a_quarter_has_a_first_day_and_a_name(day, first, key):
    assert (quarter_of(day), quarter_key(day)) == (first, key)
