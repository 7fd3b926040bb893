"""Observations as they arrive, and what makes one impossible.

Each row type says by `problem()` what is wrong with it, in words for the person who sent it, or None. Days are
workspace days, moments are aware. A value of None was not reported; zero was reported and is nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import NamedTuple

COUNTS = ("logins", "active_users", "core_actions", "minutes", "seats_assigned", "integrations")
INTEGER_MAX = 2_147_483_647
SEVERITIES = ("low", "normal", "high", "critical")
ANSWER_KINDS = ("nps", "csat", "onboarding", "review", "exit")
EVENT_KINDS = ("attended", "invited", "community", "custom")
FIRST_DAY = dt.date(2000, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)


class ObservationError(ValueError):
    """A row that cannot be: its place among the rows given (from 0) and the reason."""

    def __init__(self, index: int, reason: str) -> None:
        self.index = index
        self.reason = reason
        super().__init__(f"Row {index + 1}: {reason}")


class UsageRow(NamedTuple):
    """What an account did with a product on a day; several sources may each report some of the measures."""

    account_id: int
    day: dt.date
    product_id: int | None = None
    logins: int | None = None
    active_users: int | None = None
    core_actions: int | None = None
    minutes: int | None = None
    data_volume: float | None = None
    seats_assigned: int | None = None
    integrations: int | None = None

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        return (
            _bad_day(self.day)
            or next((found for name in COUNTS if (found := _bad_count(name, getattr(self, name)))), None)
            or _bad_amount("data_volume", self.data_volume)
        )


class FeatureUse(NamedTuple):
    """How often an account used a feature on a day."""

    account_id: int
    feature_id: int
    day: dt.date
    uses: int

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        return _bad_day(self.day) or _bad_count("uses", self.uses)


class UserDay(NamedTuple):
    """One user of the customer was active on a day."""

    account_id: int
    user_key: str
    day: dt.date
    product_id: int | None = None

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        return _bad_day(self.day) or _bad_text("user_key", self.user_key, 120, needed=True)


class PointRow(NamedTuple):
    """A custom metric's value on a day."""

    account_id: int
    name: str
    day: dt.date
    value: float

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        if not math.isfinite(self.value):
            return "value must be a finite number"
        return _bad_day(self.day) or _bad_text("name", self.name, 80, needed=True)


class TicketRow(NamedTuple):
    """A support ticket as it stands now."""

    account_id: int
    opened_at: dt.datetime
    severity: str = "normal"
    closed_at: dt.datetime | None = None
    first_response_minutes: int | None = None
    escalated: bool = False
    rating: int | None = None
    subject: str = ""
    contact_id: int | None = None
    product_id: int | None = None
    source: str = ""
    external_id: str = ""

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        if self.severity not in SEVERITIES:
            return f"severity must be one of {', '.join(SEVERITIES)}"
        if self.closed_at is not None and self.closed_at < self.opened_at:
            return "closed before it was opened"
        if self.rating is not None and not 1 <= self.rating <= 5:
            return "rating must be from 1 to 5"
        return (
            _bad_moment("opened_at", self.opened_at)
            or (self.closed_at and _bad_moment("closed_at", self.closed_at))
            or _bad_count("first_response_minutes", self.first_response_minutes)
            or _bad_text("subject", self.subject, 200)
            or _bad_name(self.source, self.external_id)
        )


class AnswerRow(NamedTuple):
    """An answer to a survey."""

    account_id: int
    kind: str
    score: int
    at: dt.datetime
    comment: str = ""
    contact_id: int | None = None
    source: str = ""
    external_id: str = ""

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        if self.kind not in ANSWER_KINDS:
            return f"kind must be one of {', '.join(ANSWER_KINDS)}"
        low, high = (0, 10) if self.kind == "nps" else (1, 5)
        if not low <= self.score <= high:
            return f"a score of {self.kind} must be from {low} to {high}, not {self.score}"
        return (
            _bad_moment("at", self.at) or _bad_text("comment", self.comment) or _bad_name(self.source, self.external_id)
        )


class TrainingRow(NamedTuple):
    """A course given to an account or one of its people."""

    account_id: int
    course: str
    assigned_on: dt.date
    completed_on: dt.date | None = None
    contact_id: int | None = None
    source: str = ""
    external_id: str = ""

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        if self.completed_on is not None and self.completed_on < self.assigned_on:
            return "completed before it was assigned"
        return (
            _bad_text("course", self.course, 120, needed=True)
            or _bad_day(self.assigned_on)
            or (self.completed_on and _bad_day(self.completed_on))
            or _bad_name(self.source, self.external_id)
        )


class EventRow(NamedTuple):
    """Something that an account or one of its people did or took part in."""

    account_id: int
    name: str
    at: dt.datetime
    kind: str = "custom"
    properties: dict | None = None
    contact_id: int | None = None
    source: str = ""
    external_id: str = ""

    def problem(self) -> str | None:
        """What is wrong with it, or None."""
        if self.kind not in EVENT_KINDS:
            return f"kind must be one of {', '.join(EVENT_KINDS)}"
        return (
            _bad_text("name", self.name, 120, needed=True)
            or _bad_properties(self.properties)
            or _bad_moment("at", self.at)
            or _bad_name(self.source, self.external_id)
        )


def _bad_day(day: dt.date) -> str | None:
    if isinstance(day, dt.datetime):
        return "day must be a day, without a time"
    return None if FIRST_DAY <= day < LAST_DAY else f"day {day} is out of range"


def _bad_moment(name: str, moment: dt.datetime) -> str | None:
    if moment.tzinfo is None:
        return f"{name} must carry its time zone"
    return None if FIRST_DAY <= moment.date() < LAST_DAY else f"{name} {moment:%Y-%m-%d} is out of range"


def _bad_count(name: str, value: int | None) -> str | None:
    if value is None:
        return None
    if value < 0:
        return f"{name} cannot be negative"
    return f"{name} is too large" if value > INTEGER_MAX else None


def _bad_amount(name: str, value: float | None) -> str | None:
    if value is None:
        return None
    if not math.isfinite(value):
        return f"{name} must be a finite number"
    return f"{name} cannot be negative" if value < 0 else None


def _bad_text(name: str, value: str, longest: int | None = None, *, needed: bool = False) -> str | None:
    if needed and not value.strip():
        return f"{name} is missing"
    if "\x00" in value:
        return f"{name} holds a character that cannot be stored"
    return f"{name} is longer than {longest} characters" if longest and len(value) > longest else None


def _bad_properties(properties: dict | None) -> str | None:
    try:
        text = json.dumps(properties or {}, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return f"properties are no JSON: {error}"
    return "properties hold a character that cannot be stored" if "\\u0000" in text else None


def _bad_name(source: str, external_id: str) -> str | None:
    if external_id and not source:
        return "external_id needs a source"
    return _bad_text("source", source, 50) or _bad_text("external_id", external_id, 200)
