"""The people at the customers: who they are, which part they play, and who of them has left."""

from __future__ import annotations

import datetime as dt
from random import Random

from cs_workspace.web.demo.book import Customer
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.histories import History
from cs_workspace.web.demo.places import address, person
from cs_workspace.web.demo.records import Person
from cs_workspace.web.demo.stories import Story

Seat = tuple[str, str, str, tuple[str, ...], int]
# In the order in which they become known: title, function, seniority, roles, influence.
SEATS_AT_THE_TABLE: tuple[Seat, ...] = (
    ("Head of Operations", "Operations", "director", ("champion",), 8),
    ("IT Lead", "IT", "manager", ("technical_lead",), 6),
    ("Chief Operating Officer", "Management", "executive", ("sponsor",), 10),
    ("Finance Director", "Finance", "director", ("decision_maker",), 9),
    ("Process Manager", "Operations", "manager", ("user",), 5),
    ("Data Analyst", "Data", "staff", ("user",), 3),
    ("Head of Procurement", "Procurement", "director", ("decision_maker",), 7),
    ("Team Lead, Service", "Customer service", "manager", ("user",), 4),
    ("Systems Engineer", "IT", "staff", ("user",), 3),
)
OF_A_SMALL_FIRM: tuple[Seat, ...] = (
    ("Owner", "Management", "executive", ("decision_maker", "user"), 9),
    ("Office Manager", "Operations", "manager", ("user",), 6),
)
SPONSOR = 2
NO_SPONSOR = 0.28  # share of mid-sized customers whose sponsor nobody knows
LEAVES_ANYWAY = 0.025  # share of the other people who left in the past year
LEAVES_IN_TROUBLE = 0.34
SUCCESSOR_AFTER = 75  # days after which a new champion may have been found


def people_of(seed: int, first: int, book: list[Customer], history: History) -> list[Person]:
    """All contacts of the chunk, customer by customer, the champion (or only contact) of each first."""
    rng = dice(seed, "people", first)
    return [one for place, customer in enumerate(book) for one in _of_customer(rng, place, customer, history)]


def _of_customer(rng: Random, place: int, customer: Customer, history: History) -> list[Person]:
    count = rng.randint(*customer.kind.contacts) if not customer.trial else 1
    is_small = customer.trial or customer.kind.key == "self-serve"
    table = list((OF_A_SMALL_FIRM if is_small else SEATS_AT_THE_TABLE)[:count])
    if customer.kind.key == "mid-market" and rng.random() < NO_SPONSOR:
        del table[SPONSOR]
    names: dict[str, None] = {}
    while len(names) < len(table):
        names.setdefault(person(rng, customer.country.people))
    found = [_person(rng, place, customer, history, name, seat) for name, seat in zip(names, table, strict=True)]
    return _without_champion(rng, place, customer, history, found)


def _person(rng: Random, place: int, customer: Customer, history: History, name: str, seat: tuple) -> Person:
    title, function, seniority, roles, influence = seat
    days, latents = history.days, history.latents
    last = min(int(history.churn[place]), days.count) - 1
    satisfaction = latents.satisfaction[place, last] + rng.gauss(0, 0.08)
    engagement = latents.engagement[place, last] + rng.gauss(0, 0.06)
    # The champion's leaving is a story of its own.
    left = None if "champion" in roles else _leaves(rng, place, customer, history)
    if roles == ("user",) and satisfaction < 0.45 and rng.random() < 0.5:
        roles = ("user", "detractor")
    return Person(
        customer=place,
        name=name,
        email=address(name, customer.domain),
        phone=f"{customer.country.dialling} 555 0{rng.randint(100, 999)}",
        title=title,
        function=function,
        seniority=seniority,
        roles=roles,
        influence=max(1, min(10, influence + rng.randint(-1, 1))),
        sentiment="positive" if satisfaction > 0.7 else "neutral" if satisfaction > 0.48 else "negative",
        engagement="engaged" if engagement > 0.6 else "occasional" if engagement > 0.36 else "silent",
        since=customer.start + dt.timedelta(days=rng.randint(0, 20)),
        left_on=left,
    )


def _leaves(rng: Random, place: int, customer: Customer, history: History) -> dt.date | None:
    """The day on which somebody left: where there is trouble others go too, elsewhere hardly anybody."""
    days, onset = history.days, int(history.fates.onset[place])
    until = min(int(history.churn[place]), days.count)
    if onset + 20 < until and rng.random() < LEAVES_IN_TROUBLE:
        day = rng.randint(onset + 10, until)
    elif rng.random() < LEAVES_ANYWAY:
        day = rng.randint(40, days.count - 3)
    else:
        return None
    return days.day(day) if max(int(history.fates.start[place]), 0) + 30 < day < until else None


def _without_champion(
    rng: Random, place: int, customer: Customer, history: History, found: list[Person]
) -> list[Person]:
    """Where the story says so the champion leaves on the day of the onset, and sometimes a successor is found."""
    onset = int(history.fates.onset[place])
    if customer.story is not Story.CHAMPION_LEFT or onset >= min(history.days.count, int(history.churn[place])):
        return found
    gone = found[0]._replace(left_on=history.days.day(onset), engagement="silent")
    if history.days.count - onset < SUCCESSOR_AFTER or rng.random() < 0.6:
        return [gone, *found[1:]]
    name = person(rng, customer.country.people)
    successor = found[0]._replace(
        name=name,
        email=address(name, customer.domain),
        influence=max(found[0].influence - 3, 1),
        engagement="occasional",
        since=history.days.day(onset + SUCCESSOR_AFTER - 20),
    )
    taken = {one.name for one in found}
    return [gone, *found[1:], *([successor] if name not in taken else [])]
