import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from health.domain.judgement import (
    PULSE_LABELS,
    PULSE_RANKS,
    PulseValue,
    Refusal,
    Standing,
    check_override,
    end_of,
    is_stale,
    may_judge,
)

TODAY = dt.date(2026, 3, 15)
NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (Standing(owns=True), True),
        (Standing(serves=True), True),
        (Standing(leads_owner=True), True),
        (Standing(owns=True, serves=True, leads_owner=True), True),
        (Standing(), False),
        (Standing(owns=True, read_only=True), False),
        (Standing(serves=True, read_only=True), False),
        (Standing(leads_owner=True, read_only=True), False),
        (Standing(read_only=True), False),
    ],
)
def test_the_csm_and_those_above_judge_and_nobody_else(who, may):
    refusal = may_judge(who)
    assert (refusal is None) is may
    assert refusal is None or refusal.reason


def test_every_pulse_has_a_word_and_a_tier_that_it_speaks_of():
    assert set(PULSE_LABELS) == set(PULSE_RANKS) == set(PulseValue)
    ranks = [PULSE_RANKS[value] for value in PulseValue]
    assert ranks == sorted(ranks, reverse=True)
    assert (ranks[0], ranks[-1]) == (4, 1)


@pytest.mark.parametrize(
    ("age", "stale"),
    [
        (dt.timedelta(0), False),
        (dt.timedelta(days=44, hours=23, minutes=59), False),
        (dt.timedelta(days=45), True),
        (dt.timedelta(days=400), True),
    ],
)
def test_a_pulse_is_stale_after_45_days(age, stale):
    assert is_stale(NOON - age, now=NOON) is stale


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "still to come"),
        (0, ""),
        (1, ""),
        (90, ""),
        (91, "90 days at most"),
        (4000, "90 days at most"),
    ],
)
def test_an_override_lasts_from_today_to_90_days(days, words):
    refusal = check_override(rank=2, current=4, last_day=TODAY + dt.timedelta(days=days), today=TODAY)
    assert words in refusal.reason if words else refusal is None


def test_the_computed_tier_is_no_override_and_an_account_without_one_may_get_any():
    assert check_override(rank=2, current=2, last_day=TODAY, today=TODAY) == Refusal(
        "The account is in this tier already."
    )
    assert check_override(rank=2, current=None, last_day=TODAY, today=TODAY) is None


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("UTC", dt.datetime(2026, 3, 16, 0, tzinfo=dt.UTC)),
        ("Asia/Tokyo", dt.datetime(2026, 3, 15, 15, tzinfo=dt.UTC)),
        ("America/Los_Angeles", dt.datetime(2026, 3, 16, 7, tzinfo=dt.UTC)),
    ],
)
def test_an_override_ends_at_the_midnight_after_its_last_day_where_the_person_is(zone, ends):
    assert end_of(TODAY, ZoneInfo(zone)) == ends
