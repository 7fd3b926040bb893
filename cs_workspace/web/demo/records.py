"""What the plan says about customers, row by row. `customer` and the like are places in the chunk, not keys."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple


class Person(NamedTuple):
    """A contact; `since` and `left_on` are the days between which the person was there."""

    customer: int
    name: str
    email: str
    phone: str
    title: str
    function: str
    seniority: str
    roles: tuple[str, ...]
    influence: int
    sentiment: str
    engagement: str
    since: dt.date
    left_on: dt.date | None


class Agreement(NamedTuple):
    """A contract over [start, end)."""

    customer: int
    number: str
    start: dt.date
    end: dt.date | None
    auto_renew: bool
    notice_days: int
    term_months: int | None
    billing: str
    status: str
    logins_per_week: Decimal


class Line(NamedTuple):
    """One product of an agreement."""

    agreement: int
    product: int
    seats: int
    seats_assigned: int
    unit_price: Decimal
    arr: Decimal
    discount: Decimal


class Bill(NamedTuple):
    """An invoice."""

    customer: int
    agreement: int
    number: str
    issued_on: dt.date
    due_on: dt.date
    paid_on: dt.date | None
    amount: Decimal


class Talk(NamedTuple):
    """A touch."""

    customer: int
    kind: str
    direction: str
    at: dt.datetime
    people: tuple[int, ...]
    attended: bool | None
    answered_at: dt.datetime | None
    sentiment: str
    summary: str
    next_step: str


class Remark(NamedTuple):
    """A note."""

    customer: int
    at: dt.datetime
    body: str
    template: str
    pinned: bool


class ToDo(NamedTuple):
    """A task; `done_at` is empty where it is still open."""

    customer: int
    title: str
    body: str
    made_at: dt.datetime
    due_at: dt.datetime
    priority: int
    done_at: dt.datetime | None
    outcome: str
    executive: bool


class Complaint(NamedTuple):
    """A support ticket."""

    customer: int
    person: int | None
    product: int
    subject: str
    severity: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    first_response_minutes: int
    escalated: bool
    rating: int | None


class Answer(NamedTuple):
    """An answer to a survey."""

    customer: int
    person: int | None
    kind: str
    score: int
    comment: str
    at: dt.datetime


class Course(NamedTuple):
    """A course given to somebody."""

    customer: int
    person: int | None
    course: str
    assigned_on: dt.date
    completed_on: dt.date | None


class Happening(NamedTuple):
    """An event that somebody was invited to, came to or caused."""

    customer: int
    person: int | None
    kind: str
    name: str
    at: dt.datetime


class Judgement(NamedTuple):
    """How well the CSM thinks that both strategies point the same way."""

    customer: int
    value: str
    comment: str
    at: dt.datetime
