"""The whole plan of the demo company: its staff, and its customers chunk by chunk. Pure; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random

from cs_workspace.web.demo import LOGINS, MAIL_DOMAIN
from cs_workspace.web.demo.agreements import agreements_of
from cs_workspace.web.demo.book import Customer, customers
from cs_workspace.web.demo.cues import Cues
from cs_workspace.web.demo.days import Days
from cs_workspace.web.demo.dice import dice, streams
from cs_workspace.web.demo.histories import History, live
from cs_workspace.web.demo.learning import courses_of, happenings_of, judgements_of
from cs_workspace.web.demo.names import company_names
from cs_workspace.web.demo.people import people_of
from cs_workspace.web.demo.places import FIRST_NAMES, address, person
from cs_workspace.web.demo.records import (
    Agreement,
    Answer,
    Bill,
    Complaint,
    Course,
    Happening,
    Judgement,
    Line,
    Person,
    Remark,
    Talk,
    ToDo,
)
from cs_workspace.web.demo.talks import talks_of
from cs_workspace.web.demo.voices import answers_of, complaints_of
from cs_workspace.web.demo.work import remarks_of, todos_of

CHUNK = 500  # customers; part of what a seed means: another size gives another company
CSMS, ACCOUNTS_PER_CSM, MOST_CSMS = 6, 500, 84
TEAM = 7


@dataclass(frozen=True)
class Employee:
    """Somebody at Northwind; `manager` is a place in the staff."""

    name: str
    email: str
    role: str
    title: str
    manager: int | None
    read_only: bool = False
    capacity: int | None = None


@dataclass(frozen=True)
class Chunk:
    """Some customers with everything that happened to them."""

    first: int
    book: list[Customer]
    history: History
    people: list[Person]
    agreements: list[Agreement]
    lines: list[Line]
    bills: list[Bill]
    talks: list[Talk]
    complaints: list[Complaint]
    answers: list[Answer]
    courses: list[Course]
    happenings: list[Happening]
    judgements: list[Judgement]
    todos: list[ToDo]
    remarks: list[Remark]


@dataclass(frozen=True)
class Company:
    """Northwind with so many customers: the same seed and day give the same company to the last letter."""

    accounts: int
    seed: int
    as_of: dt.date

    @property
    def days(self) -> Days:
        """The span of the histories."""
        return Days(self.as_of)

    @property
    def csm_count(self) -> int:
        """CSMs: six, and more only where they would drown."""
        return max(CSMS, min(MOST_CSMS, self.accounts // ACCOUNTS_PER_CSM))

    @cached_property
    def staff(self) -> list[Employee]:
        """VP, managers, CSMs, account executives, admin and one who only reads; the logins are among them."""
        rng = dice(self.seed, "staff")
        names = _staff_names(rng, self.csm_count * 2)
        mara, ola, vice, admin, executive, reader = (login.name for login in LOGINS)
        found = [Employee(vice, _mail(vice), "executive", "VP Customer Success", None)]
        managers = max(2, -(-self.csm_count // TEAM))
        for number in range(managers):
            name = ola if number == 0 else next(names)
            found.append(Employee(name, _mail(name), "manager", f"Manager, Team {TEAM_NAMES[number]}", 0))
        for number in range(self.csm_count):
            name = mara if number == 0 else next(names)
            manager = 1 + number * managers // self.csm_count
            found.append(Employee(name, _mail(name), "csm", "Customer Success Manager", manager, capacity=60))
        for number in range(max(3, self.csm_count // 6)):
            name = executive if number == 0 else next(names)
            found.append(Employee(name, _mail(name), "ae", "Account Executive", 0))
        found.append(Employee(admin, _mail(admin), "admin", "CS Operations", 0))
        found.append(Employee(reader, _mail(reader), "executive", "Finance Analyst", None, read_only=True))
        return found

    def places(self, role: str) -> list[int]:
        """Where in the staff those of a role stand."""
        return [place for place, one in enumerate(self.staff) if one.role == role and not one.read_only]

    def chunks(self) -> Iterator[Chunk]:
        """The customers with their histories; only one chunk is held at a time."""
        names = company_names(self.seed, self.accounts)
        for first in range(0, self.accounts, CHUNK):
            yield self._chunk(first, names[first : first + CHUNK])

    def _chunk(self, first: int, names: list[str]) -> Chunk:
        seed = self.seed
        book = customers(seed, names, first, self.days, self.csm_count, len(self.places("ae")))
        history = live(streams(seed, 2, first), book, self.days)
        people = people_of(seed, first, book, history)
        agreements, lines, bills = agreements_of(seed, first, book, history)
        cues = Cues(book, people, history)
        return Chunk(
            first=first,
            book=book,
            history=history,
            people=people,
            agreements=agreements,
            lines=lines,
            bills=bills,
            talks=talks_of(seed, first, cues),
            complaints=complaints_of(seed, first, cues),
            answers=answers_of(seed, first, cues),
            courses=courses_of(seed, first, cues),
            happenings=happenings_of(seed, first, cues),
            judgements=judgements_of(seed, first, cues),
            todos=todos_of(seed, first, cues),
            remarks=remarks_of(seed, first, cues),
        )


TEAM_NAMES = (
    "North",
    "South",
    "East",
    "West",
    "Coast",
    "Lakes",
    "Hills",
    "Plains",
    "Rivers",
    "Islands",
    "Valleys",
    "Woods",
)


def _staff_names(rng: Random, count: int) -> Iterator[str]:
    taken = {login.name for login in LOGINS}
    pools = list(FIRST_NAMES)
    while len(taken) < len(LOGINS) + count:
        name = person(rng, rng.choice(pools))
        if name not in taken and not any(name.split()[0] == other.split()[0] for other in taken if count < 40):
            taken.add(name)
            yield name


def _mail(name: str) -> str:
    return address(name, MAIL_DOMAIN)
