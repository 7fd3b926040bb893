"""What a renewal is closed with: what is wrong with it, and what it comes to."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.churn import SubReason
from renewals.domain.closing import (
    CENT,
    Current,
    Growth,
    Line,
    Lost,
    Signed,
    Taken,
    figures_of,
    given_up,
    growth_of,
    line_arr,
    problems_of,
)
from renewals.domain.stages import Outcome

TODAY = dt.date(2026, 11, 26)
START, END = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
SUITE, ADDON = 1, 2
RATES = {"EUR": Decimal(1), "USD": Decimal("0.9")}
OLD = Current(START, END, "EUR", (Line(SUITE, Decimal(24000), seats=20, unit_price=Decimal(1200)),))
SIGNED = Signed(signed_on=TODAY, start=END, end=dt.date(2028, 1, 1), lines=OLD.lines, currency="EUR")
LOST = Lost(SubReason.PRICE, dt.date(2026, 12, 31))


def problems(terms, taken=(), current=OLD, today=TODAY):
    found = problems_of(terms, current=current, taken=taken, rates=RATES, today=today)
    return [(one.field, one.line) for one in found]


def with_line(**fields):
    return replace(SIGNED, lines=(replace(SIGNED.lines[0], **fields),))


def test_what_is_signed_as_it_was_has_no_problem():
    assert problems(SIGNED) == []
    assert problems(LOST) == []


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(SIGNED, signed_on=TODAY + dt.timedelta(days=1)), "signed_on"),
        (replace(SIGNED, signed_on=START - dt.timedelta(days=1)), "signed_on"),
        (replace(SIGNED, start=END - dt.timedelta(days=1)), "start"),
        (replace(SIGNED, end=END), "end"),
        (replace(SIGNED, end=END - dt.timedelta(days=1)), "end"),
        (replace(SIGNED, end=dt.date(2037, 1, 2)), "end"),
        (replace(SIGNED, currency="XYZ"), "currency"),
        (replace(SIGNED, currency=""), "currency"),
        (replace(SIGNED, notice_days=-1), "notice_days"),
        (replace(SIGNED, lines=()), "lines"),
        (replace(SIGNED, lines=SIGNED.lines * 21), "lines"),
        (with_line(arr=Decimal(0), unit_price=None), "lines"),
        (replace(LOST, last_day=END), "last_day"),
        (replace(LOST, last_day=START - dt.timedelta(days=1)), "last_day"),
    ],
)
def test_what_cannot_be_is_said_by_the_field(terms, field):
    assert problems(terms) == [(field, None)]


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (with_line(seats=-1, unit_price=None), ["seats"]),
        (with_line(seats=2**31, unit_price=None), ["seats"]),
        (with_line(discount=Decimal(2), unit_price=None), ["discount"]),
        (with_line(discount=Decimal("-0.1"), unit_price=None), ["discount"]),
        (with_line(unit_price=Decimal(-1)), ["unit_price"]),
        (with_line(arr=Decimal(10) ** 12, unit_price=None), ["arr"]),
        (with_line(seats=30), ["arr"]),
    ],
)
def test_what_is_wrong_with_a_line_is_said_by_its_field(terms, fields):
    assert problems(terms) == [(field, 0) for field in fields]


def test_the_last_day_under_contract_is_the_one_before_its_end():
    assert LOST.end == END
    assert problems(replace(LOST, last_day=START)) == []


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (dt.date(2026, 1, 1), dt.date(2027, 1, 1), True),
        (dt.date(2026, 1, 1), dt.date(2027, 1, 2), False),
        (dt.date(2028, 1, 1), None, True),
        (dt.date(2027, 12, 31), None, False),
        (dt.date(2026, 1, 1), None, False),
    ],
)
def test_another_contract_may_not_hold_the_same_product_at_the_same_time(start, end, fits):
    assert problems(SIGNED, [Taken(SUITE, start, end, "C-2")]) == ([] if fits else [("product", 0)])
    assert problems(SIGNED, [Taken(ADDON, start, end, "C-2")]) == []


@pytest.mark.parametrize(
    ("lines", "outcome", "difference"),
    [
        (OLD.lines, Outcome.FLAT, 0),
        ((*OLD.lines, Line(ADDON, Decimal(6000))), Outcome.EXPANDED, 6000),
        ((Line(SUITE, Decimal(18000)),), Outcome.CONTRACTED, -6000),
        ((), Outcome.LOST, -24000),
    ],
)
def test_how_it_ends_follows_from_the_figures(lines, outcome, difference):
    figures = figures_of(OLD, lines, "EUR", RATES)
    assert (figures.outcome, figures.difference) == (outcome, difference)


def test_figures_are_in_workspace_currency():
    figures = figures_of(OLD, (Line(SUITE, Decimal(30000)),), "USD", RATES)
    assert (figures.before, figures.after) == (24000, 27000)


def test_a_flat_renewal_in_a_foreign_currency_is_flat():
    old = replace(OLD, currency="USD", lines=(Line(SUITE, Decimal("333.33")), Line(ADDON, Decimal("0.07"))))
    assert figures_of(old, old.lines[::-1], "USD", {"USD": Decimal("0.333333")}).outcome is Outcome.FLAT


@pytest.mark.parametrize(
    ("lines", "growth"),
    [
        (OLD.lines, []),
        ([Line(SUITE, Decimal(1), seats=15)], []),
        ([Line(SUITE, Decimal(1), seats=25)], [Growth(SUITE, 5, is_new=False)]),
        ([Line(SUITE, Decimal(1), seats=20), Line(SUITE, Decimal(1), seats=3)], [Growth(SUITE, 3, is_new=False)]),
        ([Line(SUITE, Decimal(1))], []),
        ([*OLD.lines, Line(ADDON, Decimal(1))], [Growth(ADDON, None, is_new=True)]),
        ([Line(ADDON, Decimal(1), seats=4)], [Growth(ADDON, 4, is_new=True)]),
    ],
)
def test_what_the_customer_did_not_have_is_handed_over(lines, growth):
    assert growth_of(OLD, lines) == growth


def test_more_of_what_was_not_sold_by_seat_is_nothing_to_hand_over():
    old = replace(OLD, lines=(Line(SUITE, Decimal(24000)),))
    assert growth_of(old, [Line(SUITE, Decimal(1), seats=4)]) == []


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (dt.date(2027, 1, 1), dt.date(2028, 1, 1), 12),
        (dt.date(2027, 1, 31), dt.date(2027, 2, 28), 1),
        (dt.date(2027, 1, 1), dt.date(2027, 1, 15), None),
        (dt.date(2027, 1, 1), dt.date(2028, 1, 2), None),
    ],
)
def test_a_term_is_told_in_months_where_it_is_whole_months(start, end, months):
    assert replace(SIGNED, start=start, end=end).term_months == months


@given(
    st.none() | st.integers(0, 100_000),
    st.decimals(0, 100_000, places=2),
    st.decimals(0, 1, places=4),
)
def test_a_price_that_comes_to_the_arr_is_no_problem(seats, price, discount):
    arr = line_arr(seats, price, discount)
    found = problems(replace(SIGNED, lines=(*SIGNED.lines, Line(ADDON, arr, seats, price, discount))))
    assert found == []
    off = replace(SIGNED, lines=(*SIGNED.lines, Line(ADDON, arr + 2 * CENT, seats, price, discount)))
    assert problems(off) == [("arr", 1)]


@pytest.mark.parametrize(
    ("lines", "fallen"),
    [
        ((), {SUITE: 24000}),
        ((Line(SUITE, Decimal(20000)),), {SUITE: 4000}),
        ((Line(SUITE, Decimal(24000)),), {}),
        ((Line(SUITE, Decimal(30000)),), {}),
        ((Line(SUITE, Decimal(9000)), Line(SUITE, Decimal(5000)), Line(ADDON, Decimal(50000))), {SUITE: 10000}),
        ((Line(ADDON, Decimal(24000)),), {SUITE: 24000}),
    ],
)
def test_what_is_given_up_is_what_each_product_falls_by(lines, fallen):
    assert given_up(OLD, lines, "EUR", RATES) == fallen


@given(st.lists(st.tuples(st.sampled_from([SUITE, ADDON, 3]), st.integers(0, 10**6)), max_size=6))
def test_what_is_given_up_is_never_less_than_the_figures_fall(typed):
    lines = [Line(product, Decimal(cents) / 100) for product, cents in typed]
    fallen = sum(given_up(OLD, lines, "EUR", RATES).values())
    assert fallen >= max(-figures_of(OLD, lines, "EUR", RATES).difference, 0)


@pytest.mark.parametrize(
    ("arr", "found"), [(20000, []), (24000, [("less_reason", None)]), (30000, [("less_reason", None)])]
)
def test_why_they_take_less_is_said_only_where_they_do(arr, found):
    lines = (Line(SUITE, Decimal(arr)),)
    assert problems(replace(SIGNED, lines=lines, less_reason=SubReason.PRICE)) == found
