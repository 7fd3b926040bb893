"""Which reviews come due by themselves."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.cadence import INTERVALS, Pace
from qbr.domain.agendas import Preset
from qbr.domain.opening import (
    APPEARS,
    NOTICE,
    Due,
    Known,
    Plan,
    agenda_of,
    before_season,
    next_turn,
    period_of,
    reviews_due,
)
from qbr.domain.reviews import Kind, Origin

D = dt.date
TODAY = D(2026, 11, 26)
ENTERPRISE = Plan(Pace.QUARTERLY, executive=Pace.YEARLY, checkpoint=True)
SMB = Plan(Pace.YEARLY)
SEASON = (1, 2, 3, 4, 5, 6, 7, 8)  # busy from September to December


def found(known: Known, plan: Plan = ENTERPRISE) -> list[tuple[Kind, Origin, dt.date]]:
    return [(due.kind, due.origin, due.due_on) for due in reviews_due(known, plan, today=TODAY)]


@pytest.mark.parametrize(
    ("base", "pace", "earliest", "turn"),
    [
        (D(2026, 9, 10), Pace.QUARTERLY, D(2026, 12, 1), D(2026, 12, 10)),
        (D(2026, 9, 10), Pace.QUARTERLY, D(2026, 12, 10), D(2026, 12, 10)),
        (D(2026, 9, 10), Pace.QUARTERLY, D(2026, 12, 11), D(2027, 3, 10)),
        (D(2026, 11, 1), Pace.QUARTERLY, D(2026, 11, 1), D(2027, 2, 1)),
        (D(2019, 5, 31), Pace.HALF_YEARLY, D(2026, 11, 1), D(2026, 11, 30)),
        (D(2019, 5, 31), Pace.HALF_YEARLY, D(2026, 12, 1), D(2027, 5, 31)),
        (D(2024, 2, 29), Pace.YEARLY, D(2026, 11, 1), D(2027, 2, 28)),
        (D(2026, 11, 1), Pace.TWO_WEEKS, D(2026, 11, 20), D(2026, 11, 29)),
    ],
)
def test_the_next_turn_lies_whole_intervals_after_the_last(base, pace, earliest, turn):
    assert next_turn(base, pace, earliest=earliest) == turn


@given(
    base=st.dates(D(1990, 1, 1), D(2030, 1, 1)),
    earliest=st.dates(D(2000, 1, 1), D(2035, 1, 1)),
    pace=st.sampled_from(list(INTERVALS)),
)
def test_a_turn_is_never_too_early_and_none_is_left_out(base, earliest, pace):
    turn = next_turn(base, pace, earliest=earliest)
    assert turn >= earliest
    assert turn > base
    # Of two turns in a row the first is too early, but where it would lie before the first interval is over.
    assert turn <= INTERVALS[pace].after(max(base, earliest))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        # The last review decides, and what was never held counts from the day on which the customer came.
        ({Kind.QBR: D(2026, 10, 15), Kind.EXECUTIVE: D(2026, 8, 1)}, [(Kind.QBR, Origin.PACE, D(2027, 1, 15))]),
        ({Kind.QBR: D(2026, 10, 15), Kind.EXECUTIVE: D(2026, 2, 20)},
         [(Kind.QBR, Origin.PACE, D(2027, 1, 15)), (Kind.EXECUTIVE, Origin.PACE, D(2027, 2, 20))]),
        # A quarter ahead to the day, and no day sooner.
        ({Kind.QBR: D(2026, 11, 26), Kind.EXECUTIVE: D(2026, 2, 27)}, [(Kind.QBR, Origin.PACE, D(2027, 2, 26))]),
        ({Kind.QBR: D(2026, 11, 27), Kind.EXECUTIVE: D(2026, 2, 27)}, []),
        # One that is late is due as soon as it can be prepared.
        ({Kind.QBR: D(2026, 3, 1), Kind.EXECUTIVE: D(2026, 8, 1)}, [(Kind.QBR, Origin.PACE, D(2026, 12, 17))]),
        ({Kind.QBR: D(2026, 9, 17), Kind.EXECUTIVE: D(2026, 8, 1)}, [(Kind.QBR, Origin.PACE, D(2026, 12, 17))]),
        ({Kind.QBR: D(2026, 9, 18), Kind.EXECUTIVE: D(2026, 8, 1)}, [(Kind.QBR, Origin.PACE, D(2026, 12, 18))]),
    ],
)  # fmt: skip
def test_a_review_appears_a_quarter_before_its_turn(known, expected):
    assert found(Known(last=known)) == expected


def test_without_any_review_the_day_on_which_the_customer_came_counts():
    assert found(Known(customer_since=D(2021, 1, 31))) == [
        (Kind.QBR, Origin.PACE, D(2027, 1, 31)),
        (Kind.EXECUTIVE, Origin.PACE, D(2027, 1, 31)),
    ]


def test_where_nothing_is_known_a_review_is_due_as_soon_as_it_can_be_prepared():
    assert found(Known(), SMB) == [(Kind.QBR, Origin.PACE, TODAY + NOTICE)]


@pytest.mark.parametrize("pace", [Pace.NONE, Pace.AUTOMATED, Pace.ON_REQUEST])
def test_without_a_pace_nothing_comes_due_not_even_by_decline(pace):
    assert found(Known(customer_since=D(2020, 1, 1), is_declining=True), Plan(pace)) == []


def test_what_is_ahead_is_not_opened_again():
    assert found(Known(customer_since=D(2021, 1, 31), ahead=(Kind.QBR,), nearest=D(2027, 1, 31))) == [
        (Kind.EXECUTIVE, Origin.PACE, D(2027, 1, 31))
    ]


@pytest.mark.parametrize(
    ("day", "low", "expected"),
    [
        (D(2026, 10, 15), SEASON, D(2026, 8, 31)),
        (D(2026, 12, 31), SEASON, D(2026, 8, 31)),
        (D(2026, 8, 31), SEASON, D(2026, 8, 31)),
        (D(2027, 1, 15), (11, 12), D(2026, 12, 31)),
        (D(2027, 1, 15), (), D(2027, 1, 15)),
        (D(2027, 1, 15), (13,), D(2027, 1, 15)),
    ],
)
def test_a_day_in_the_season_moves_to_the_day_before_it(day, low, expected):
    assert before_season(day, low) == expected


@pytest.mark.parametrize(
    ("last", "low", "due_on"),
    [
        # Due in January, in the season that begins with it.
        (D(2026, 1, 20), (11, 12), D(2026, 12, 31)),
        # The season has begun: the turn stays where it is.
        (D(2026, 1, 20), (9, 10), D(2027, 1, 20)),
        # Held three weeks before the season: once more before it would be too soon.
        (D(2026, 1, 20), (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), D(2026, 12, 31)),
    ],
)
def test_seasonal_customers_are_planned_before_their_season(last, low, due_on):
    assert found(Known(last={Kind.QBR: last}, low_months=low), SMB) == [(Kind.QBR, Origin.PACE, due_on)]


def test_a_review_held_lately_is_not_followed_by_another_before_the_season():
    known = Known(last={Kind.QBR: D(2026, 11, 20), Kind.EXECUTIVE: D(2026, 11, 20)}, low_months=(11, 12))
    assert found(known) == [(Kind.QBR, Origin.PACE, D(2027, 2, 20))]


@pytest.mark.parametrize(
    ("known", "asks"),
    [
        ({}, True),
        ({"latest": TODAY - dt.timedelta(days=89)}, False),
        ({"latest": TODAY - dt.timedelta(days=90)}, True),
        ({"nearest": TODAY + dt.timedelta(days=90), "ahead": (Kind.EXECUTIVE,)}, False),
        ({"nearest": TODAY + dt.timedelta(days=91), "ahead": (Kind.EXECUTIVE,)}, True),
        ({"nearest": TODAY + dt.timedelta(days=91), "ahead": (Kind.QBR,)}, False),
        ({"is_declining": False}, False),
    ],
)
def test_a_declining_score_adds_a_review_where_none_is_near(known, asks):
    known = Known(**{"is_declining": True, "last": {Kind.QBR: D(2026, 6, 1)}} | known)
    assert found(known, SMB) == ([(Kind.QBR, Origin.DECLINE, TODAY + NOTICE)] if asks else [])


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        (TODAY, [(Kind.CHECKPOINT, Origin.ONBOARDING, TODAY + dt.timedelta(days=90))]),
        (TODAY - dt.timedelta(days=90), [(Kind.CHECKPOINT, Origin.ONBOARDING, TODAY)]),
        (TODAY - dt.timedelta(days=91), []),
        (None, []),
    ],
)
def test_an_onboarding_ends_with_a_checkpoint(began, expected):
    assert found(Known(customer_since=TODAY, onboarded_on=began), Plan(Pace.YEARLY, checkpoint=True)) == expected


def test_a_checkpoint_needs_a_segment_that_has_them():
    assert found(Known(customer_since=TODAY, onboarded_on=TODAY), SMB) == []


@pytest.mark.parametrize(
    ("kind", "since"), [(Kind.QBR, D(2026, 8, 28)), (Kind.ANNUAL, D(2025, 11, 26)), (Kind.CHECKPOINT, D(2026, 8, 28))]
)
def test_a_review_looks_at_90_days_and_an_annual_one_at_the_year(kind, since):
    assert period_of(kind, TODAY) == (since, TODAY)


def test_executives_have_an_agenda_of_their_own():
    assert agenda_of(Kind.EXECUTIVE, Preset.CLASSIC) is Preset.EXECUTIVE
    assert agenda_of(Kind.QBR, Preset.CLASSIC) is Preset.CLASSIC


@given(
    since=st.none() | st.dates(D(2000, 1, 1), TODAY),
    last=st.dictionaries(st.sampled_from([Kind.QBR, Kind.EXECUTIVE]), st.dates(D(2015, 1, 1), D(2027, 6, 1))),
    low=st.sets(st.integers(1, 12)),
    declining=st.booleans(),
)
def test_whatever_is_known_what_appears_can_still_be_prepared_and_lies_within_a_quarter(since, last, low, declining):
    known = Known(customer_since=since, last=last, low_months=low, is_declining=declining)
    for due in reviews_due(known, ENTERPRISE, today=TODAY):
        assert isinstance(due, Due)
        assert TODAY + NOTICE <= due.due_on <= APPEARS.after(TODAY)
        assert due.since < due.until == due.due_on
