"""What is a signal of expansion: seats, renewals, promotions and what was asked, at their edges."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.expansion import (
    ASKED_DAYS,
    KINDS,
    LEAST_SEATS,
    RENEWAL_DAYS,
    Fact,
    Finding,
    SignalKind,
    Strength,
    find,
    is_promotion,
    newest,
    strength_of_seats,
)

TODAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("assigned", "licensed", "strength"),
    [
        (799, 1000, None),
        (800, 1000, Strength.WARM),
        (849, 1000, Strength.WARM),
        (850, 1000, Strength.HOT),
        (4, 5, Strength.WARM),
        (17, 20, Strength.HOT),
        (1000, 1000, Strength.HOT),
        (1200, 1000, Strength.HOT),
        (0, 1000, None),
        (5, 0, None),
        (4, 4, None),
        (5, 5, Strength.HOT),
    ],
)
def test_seats_are_warm_from_80_and_hot_from_85_per_cent(assigned, licensed, strength):
    assert strength_of_seats(Decimal(assigned), Decimal(licensed)) is strength


@given(st.integers(0, 2_000), st.integers(LEAST_SEATS, 1_000))
def test_seats_say_the_same_as_whole_numbers_do(assigned, licensed):
    expected = (
        Strength.HOT if assigned * 20 >= licensed * 17 else Strength.WARM if assigned * 5 >= licensed * 4 else None
    )
    assert strength_of_seats(Decimal(assigned), Decimal(licensed)) is expected


def seats(assigned, licensed):
    return Fact(7, SignalKind.LIMIT, "7", TODAY, number=Decimal(assigned), whole=Decimal(licensed))


def test_seats_say_how_many_and_that_the_limit_is_reached():
    found = find(seats(86, 100), today=TODAY)
    assert found.evidence == "86 of 100 seats assigned (86 %)"
    assert found.figures == {"assigned": 86, "licensed": 100}
    assert found.origin_key == "limit:7:2026-11-26"
    assert find(seats(100, 100), today=TODAY).evidence.endswith("(100 %): the limit is reached")
    # Not yet 85 %, and so it does not read.
    assert find(seats(8499, 10000), today=TODAY).evidence == "8,499 of 10,000 seats assigned (84 %)"


@pytest.mark.parametrize(
    ("score", "days", "is_signal"),
    [
        ("79.9", 60, False),
        ("80", 60, True),
        ("95", 0, True),
        ("95", RENEWAL_DAYS, True),
        ("95", RENEWAL_DAYS + 1, False),
        ("95", -1, False),
    ],
)
def test_a_renewal_is_a_signal_where_the_customer_is_well_and_it_is_near(score, days, is_signal):
    fact = Fact(7, SignalKind.RENEWAL, "7", TODAY, number=Decimal(score), until=TODAY + dt.timedelta(days=days))
    found = find(fact, today=TODAY)
    assert (found is not None) is is_signal
    assert found is None or found.strength is Strength.WARM


@pytest.mark.parametrize(
    ("before", "after", "promoted"),
    [
        ("manager", "director", True),
        ("staff", "executive", True),
        ("director", "manager", False),
        ("manager", "manager", False),
        ("", "executive", False),
        ("manager", "", False),
    ],
)
def test_a_promotion_is_a_rise_between_ranks_that_are_known(before, after, promoted):
    assert is_promotion(before, after) is promoted
    fact = Fact(7, SignalKind.CHAMPION, "contact:3", TODAY, words="Dana", before=before, after=after)
    assert (find(fact, today=TODAY) is not None) is promoted


@pytest.mark.parametrize(("days", "counts"), [(0, True), (ASKED_DAYS - 1, True), (ASKED_DAYS, False), (-1, False)])
def test_what_was_asked_counts_for_ninety_days(days, counts):
    fact = Fact(7, SignalKind.API, "ticket:3", TODAY - dt.timedelta(days=days), words="Ticket “SSO”")
    found = find(fact, today=TODAY)
    assert (found is not None) is counts
    assert found is None or (found.origin_key, found.strength) == ("api:ticket:3", Strength.WARM)


def finding(key, strength, day):
    return Finding(7, SignalKind.LIMIT, strength, key, key, day)


def test_of_several_the_hot_one_counts_and_then_the_latest():
    earlier = TODAY - dt.timedelta(days=3)
    hot, warm, old = (
        finding("a", Strength.HOT, earlier),
        finding("b", Strength.WARM, TODAY),
        finding("c", Strength.HOT, earlier - dt.timedelta(days=1)),
    )
    for order in ([hot, warm, old], [old, warm, hot]):
        assert newest(order) == {(7, SignalKind.LIMIT): hot}


def test_every_kind_has_its_play():
    assert set(KINDS) == set(SignalKind)
    assert len({kind.play for kind in KINDS.values()}) == len(SignalKind)
