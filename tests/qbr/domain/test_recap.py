"""The draft of a recap says what is known, and nothing else."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from qbr.domain.facts import GoalFact
from qbr.domain.recap import Promise, RecapPoints, body_of, subject_of

DAY = dt.date(2026, 3, 15)


def goal(title, standing, current):
    return GoalFact(
        title=title,
        measure="Hours of a closing",
        unit="h",
        baseline=Decimal(40),
        target=Decimal("20.5000"),
        current=current,
        due_on=DAY,
        standing=standing,
        progress=None,
    )


EMPTY = RecapPoints(
    kind="Business review",
    account="Halden Logistics",
    held_on=DAY,
    to=(),
    sender="Olga Owner",
    achieved=(),
    decisions=(),
    goals=(),
    ours=(),
    theirs=(),
    next_on=None,
    link="",
)
FULL = replace(
    EMPTY,
    to=("Kim Roth", "Lea Braun", "Gus Guest"),
    achieved=(goal("Shorter closing", "On track", Decimal("24.0000")), goal("More sites", "At risk", Decimal(1))),
    decisions=("Finance joins in May.",),
    goals=(Promise("Shorter closing: hours from 24 to 20 h", "Kim Roth", DAY + dt.timedelta(days=90)),),
    ours=(Promise("Send the guide", "Olga Owner", DAY + dt.timedelta(days=7)),),
    theirs=(Promise("Name the people in Finance", "", DAY + dt.timedelta(days=14)),),
    next_on=dt.date(2026, 6, 15),
    link="https://cs.example/shared/reviews/x/",
)


def test_the_subject_names_customer_and_day():
    assert subject_of(FULL) == "Business review of Halden Logistics on 15 March 2026: what we agreed"


def test_everything_that_was_agreed_stands_in_it():
    assert (
        body_of(FULL)
        == """\
Hello Kim Roth, Lea Braun and Gus Guest,

Thank you for your time in our business review on 15 March 2026. This is what we take from it.

What you have achieved
- Shorter closing: Hours of a closing 24 h, with 20.5 h as the target (on track)

What we decided
- Finance joins in May.

Goals until we meet again
- Shorter closing: hours from 24 to 20 h (Kim Roth, by 13 June 2026)

What we do
- Send the guide (Olga Owner, by 22 March 2026)

What you do
- Name the people in Finance (by 29 March 2026)
You can tick what is done here: https://cs.example/shared/reviews/x/

We meet again around 15 June 2026.

Kind regards
Olga Owner"""
    )


def test_where_nothing_is_known_nothing_is_claimed():
    assert (
        body_of(EMPTY)
        == """\
Hello,

Thank you for your time in our business review on 15 March 2026. This is what we take from it.

Kind regards
Olga Owner"""
    )


def test_without_anything_of_theirs_the_link_has_nothing_to_tick():
    assert "tick" not in body_of(replace(FULL, theirs=()))
