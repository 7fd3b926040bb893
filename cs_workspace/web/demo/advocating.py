"""Advocates of the demo: a dozen people in all ways of speaking for us, with a year of asks in every state.

All are named and asked by the real services, on the days on which people would.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from accounts.models import Account, Contact, User
from cs_workspace.common import clock
from health.models import Advocate
from health.services.advocacy import agree, ask_advocate, decline, finish, name_advocate

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]
MORNING, AFTERNOON = dt.time(10, 0), dt.time(16, 0)
NAMED_BEFORE = 20


@dataclass(frozen=True)
class Asked:
    """An ask: how many days ago, what for, and what came of it so many days later."""

    ago: int
    about: str
    came: str = ""
    after: int = 0
    outcome: str = ""


# What each advocate is, can speak of, and was asked for, the oldest first.
SPEAK = (
    ("reference", "Month end in four days instead of nine", (
        Asked(190, "A call with a retailer of the same size", "done", 6, "They signed in the same quarter."),
        Asked(120, "A call with a buyer from the north", "done", 9, "Went well; they asked for the price list."),
        Asked(12, "A call on how the roll-out was staffed", "done", 4, "An hour instead of thirty minutes."),
    )),
    ("reference", "Roll-out to twelve countries in one year", (
        Asked(80, "A visit of two prospects", "done", 15, "Both went on to a trial."),
        Asked(2, "A call with the operations of a carrier"),
    )),
    ("reference", "Left a rival's product for ours", (
        Asked(64, "A call with a company that uses the rival", "declined", 3, "Not while their own contract is open."),
    )),
    ("case_study", "Half the tickets after the first quarter", (
        Asked(150, "Two pages with figures and a photograph", "done", 40, "The most read page of the spring."),
    )),
    ("case_study", "One view of stock for forty shops", (
        Asked(18, "Two pages on the forty shops", "agreed", 5),
    )),
    ("testimonial", "What the board sees of it", (
        Asked(95, "Three sentences for the home page", "done", 8, "Approved by their press office."),
    )),
    ("testimonial", "Onboarding of two hundred people in a week", ()),
    ("review_site", "Writes well, and in detail", (
        Asked(70, "A review with stars", "done", 2, "Five stars of five."),
    )),
    ("review_site", "Knows the three products that we are compared with", (
        Asked(6, "A review after the new release"),
    )),
    ("referral", "Chairs the round table of the trade", (
        Asked(130, "Two names of the round table", "done", 20, "One of them is a customer now."),
        Asked(25, "An introduction to the association", "agreed", 4),
    )),
    ("advisory_board", "Thinks two years ahead", (
        Asked(110, "Four meetings a year", "done", 14, "Came to both meetings so far."),
    )),
    ("advisory_board", "Speaks for those with small teams", (
        Asked(40, "Four meetings a year", "declined", 10, "Next year perhaps."),
    )),
)  # fmt: skip


def name_advocates(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Names the advocates of the healthiest customers and lives their asks up to `as_of`.

    `at_moment` makes it a moment of the past.
    """
    for (kind, note, asks), (contact, owner) in zip(SPEAK, _people(len(SPEAK)), strict=False):
        first = max((ask.ago for ask in asks), default=0) + NAMED_BEFORE
        with at_moment(_at(as_of - dt.timedelta(days=first), MORNING)):
            advocate = name_advocate(by=owner, account=contact.account, contact=contact, kind=kind, note=note)
        for ask in asks:
            _live(ask, advocate, owner, as_of, at_moment=at_moment)


def _people(count: int) -> list[tuple[Contact, User]]:
    """Champions of the healthiest customers, one each, with who looks after them."""
    healthy = Account.objects.scoreable().filter(health_rank__lte=2, owner__role=User.Role.CSM)
    champions = Contact.objects.present().filter(account__in=healthy, roles__contains=[Contact.Role.CHAMPION])
    people: dict[int, tuple[Contact, User]] = {}
    for contact in champions.select_related("account__owner").order_by("-account__health_score", "external_id", "pk"):
        owner = contact.account.owner
        if owner is not None and len(people) < count:
            people.setdefault(contact.account_id, (contact, owner))
    return list(people.values())


def _live(asked: Asked, advocate: Advocate, owner: User, as_of: dt.date, *, at_moment: AtMoment) -> None:
    day = as_of - dt.timedelta(days=asked.ago)
    with at_moment(_at(day, MORNING)):
        ask = ask_advocate(by=owner, advocate=advocate, about=asked.about)
    answered = day + dt.timedelta(days=asked.after)
    with at_moment(_at(answered, AFTERNOON)):
        if asked.came == "declined":
            decline(by=owner, ask=ask, outcome=asked.outcome)
        elif asked.came:
            agree(by=owner, ask=ask)
        if asked.came == "done":
            finish(by=owner, ask=ask, came={"used_on": answered, "outcome": asked.outcome, "link": ""})


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, clock.workspace_zone())
