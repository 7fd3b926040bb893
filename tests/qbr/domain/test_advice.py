"""What is recommended, and the figure that it comes from."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from qbr.domain.advice import MOST, Known, advice_of
from qbr.domain.facts import FeatureFact, GoalFact, PeerFact, ValueFacts
from tests.qbr.facts import ENGAGEMENT, HEALTH, TICKETS, USAGE

# With this nothing is to be recommended: what was worth something is confirmed, and no more is known.
WORTH = ValueFacts((), Decimal(1000), Decimal(1000), Decimal("1.5"))
NOTHING = Known(health=HEALTH, usage=USAGE, tickets=TICKETS, engagement=ENGAGEMENT, value=WORTH)


def goal(standing: str, progress: str | None) -> GoalFact:
    done = None if progress is None else Decimal(progress)
    return GoalFact("Faster closing", "Hours", "h", Decimal(40), Decimal(20), None, dt.date(2026, 5, 1), standing, done)


def peer(value: int, *, higher: bool) -> PeerFact:
    quartiles = (Decimal(20), Decimal(30), Decimal(40))
    return PeerFact("Login days (30 d)", "days", Decimal(value), *quartiles, accounts=11, higher_is_better=higher)


def use(now: int | None = None, before: int | None = None, seats: int | None = None, **more):
    numbers = [None if one is None else Decimal(one) for one in (now, before)]
    return replace(USAGE, active_users=numbers[0], active_before=numbers[1], seats=seats, **more)


USED, UNUSED = tuple(FeatureFact(f"F{n}", 3) for n in range(4)), ("Forecasts", "Sharing", "Webhooks", "Alerts", "Drill")


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({}, None),
        ({"goals": (goal("On track", "0.5"),)}, None),
        ({"goals": (goal("At risk", "0.25"), goal("On track", "0.5"))},
         "1 of 2 goals behind; “Faster closing”: 25 % of the way"),
        ({"goals": (goal("Missed", None),)}, "1 of 1 goals behind; “Faster closing”: nothing measured yet"),
        ({"usage": use(80, 100, 100)}, "100 active users a day before the period, 80 now"),
        ({"usage": use(81, 100, 100)}, None),
        ({"usage": use(10, None, None)}, None),
        ({"usage": use(59, 59, 100)}, "59 % of 100 seats in daily use"),
        ({"usage": use(60, 60, 100)}, None),
        ({"usage": use(0, 0, 100)}, "0 % of 100 seats in daily use"),
        ({"usage": use(90, 90, 100)}, "90 % of 100 seats in use"),
        ({"usage": use(used=USED, unused=UNUSED)}, "4 of 9 features used"),
        ({"usage": use(used=USED, unused=UNUSED[:4])}, None),
        ({"tickets": replace(TICKETS, opened=6, opened_before=4)}, "6 tickets in the period, 4 in the one before"),
        ({"tickets": replace(TICKETS, opened=6, opened_before=5)}, None),
        ({"tickets": replace(TICKETS, opened=4, opened_before=0)}, None),
        ({"engagement": replace(ENGAGEMENT, courses_assigned=5, courses_completed=2)}, "2 of 5 courses finished"),
        ({"engagement": replace(ENGAGEMENT, courses_assigned=5, courses_completed=3)}, None),
        ({"peers": (peer(19, higher=True),)}, "In the last quarter of 12 comparable customers"),
        ({"peers": (peer(20, higher=True),)}, None),
        ({"peers": (peer(41, higher=False),)}, "In the last quarter of 12 comparable customers"),
        ({"peers": (peer(19, higher=False),)}, None),
        ({"value": ValueFacts((), None, None, None)}, "No value recorded in the period"),
    ],
)  # fmt: skip
def test_each_rule_says_its_figure_or_nothing(known, reason):
    assert [one.reason for one in advice_of(replace(NOTHING, **known))] == ([] if reason is None else [reason])


def test_no_more_than_three_are_said_and_the_heaviest_first():
    known = replace(
        NOTHING,
        goals=(goal("Missed", "0.1"), goal("At risk", "0.2")),
        usage=use(10, 100, 100, used=USED, unused=UNUSED),
        tickets=replace(TICKETS, opened=20),
        engagement=replace(ENGAGEMENT, courses_assigned=5),
    )
    found = advice_of(known)
    assert len(found) == MOST
    assert found[0].text == "Agree on what brings “Faster closing” and 1 more back on track"
