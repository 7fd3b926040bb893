"""Writes what was observed of a chunk of customers: usage packed from arrays, the rest row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from cs_workspace.web.demo.company import Chunk
from cs_workspace.web.demo.copying import copy_packed, copy_rows, month_array
from cs_workspace.web.demo.staffing import Keys
from health.models import (
    AlignmentJudgement,
    Event,
    FeatureMonth,
    SurveyAnswer,
    Ticket,
    TrainingRecord,
    UsageDay,
    UserMonth,
)

HELPDESK, SURVEYS, ACADEMY = "helpdesk", "surveys", "academy"
TICKET = (
    "source", "external_id", "account_id", "contact_id", "product_id", "subject", "severity", "opened_at", "closed_at",
    "first_response_minutes", "escalated", "rating",
)  # fmt: skip
ANSWER = ("source", "external_id", "account_id", "contact_id", "kind", "score", "comment", "at")
COURSE = ("source", "external_id", "account_id", "contact_id", "course", "assigned_on", "completed_on")
EVENT = ("source", "external_id", "account_id", "contact_id", "kind", "name", "at")


def write_observations(
    chunk: Chunk, keys: Keys, accounts: list[int], people: list[int], owners: list[int]
) -> Counter[str]:
    """All observations of the chunk, whose customers, people and owners have these keys; gives the rows by table."""
    account = np.array(accounts, np.int64)
    return Counter(
        {
            "usage days": _write_usage(chunk, keys, account),
            "user months": _write_users(chunk, keys, account),
            "feature months": _write_features(chunk, keys, account),
            "tickets": copy_rows(Ticket, TICKET, _tickets(chunk, keys, accounts, people)),
            "answers": copy_rows(SurveyAnswer, ANSWER, _answers(chunk, accounts, people)),
            "training": copy_rows(TrainingRecord, COURSE, _courses(chunk, accounts, people)),
            "events": copy_rows(Event, EVENT, _events(chunk, accounts, people)),
            "judgements": copy_rows(
                AlignmentJudgement,
                ("account_id", "value", "comment", "at", "by_id"),
                (
                    (accounts[one.customer], one.value, one.comment, one.at, owners[one.customer])
                    for one in chunk.judgements
                ),
            ),
        }
    )


def _write_usage(chunk: Chunk, keys: Keys, account: np.ndarray) -> int:
    usage = chunk.history.usage
    line, day = np.nonzero(usage.reported)
    measures = {
        "logins": usage.logins,
        "active_users": usage.active,
        "core_actions": usage.core_actions,
        "minutes": usage.minutes,
        "seats_assigned": usage.seats_assigned,
    }
    columns = {name: values[line, day].astype(np.int32) for name, values in measures.items()}
    columns |= {
        "account_id": account[usage.account[line]],
        "product_id": np.array(keys.products, np.int64)[usage.product[line]],
        "day": chunk.history.days.dates[day],
        "data_volume": usage.data_volume[line, day].astype(np.float64),
        "integrations": usage.integrations[line, day].astype(np.int32),
    }
    return copy_packed(UsageDay, columns)


def _seen(chunk: Chunk, line: np.ndarray) -> np.ndarray:
    """Lines × days: whether the source still reported."""
    return np.arange(chunk.history.days.count) < chunk.history.gap[chunk.history.usage.account[line]][:, None]


def _write_users(chunk: Chunk, keys: Keys, account: np.ndarray) -> int:
    users, usage = chunk.history.users, chunk.history.usage
    active = users.active & _seen(chunk, users.line)
    name = np.char.add("user-", np.char.zfill((users.number + 1).astype(str), 4)).astype("S9")
    product = np.array(keys.products, np.int64)[usage.product[users.line]]
    rows = 0
    for month, part in chunk.history.days.months:
        bits = _bits(active[:, part], chunk.history.days.day(part.start).day - 1)
        there = np.flatnonzero(bits)
        columns = {
            "account_id": account[usage.account[users.line[there]]],
            "product_id": product[there],
            "user_key": name[there],
            "month": np.full(len(there), np.datetime64(month, "D")),
            "days": bits[there],
        }
        rows += copy_packed(UserMonth, columns)
    return rows


def _write_features(chunk: Chunk, keys: Keys, account: np.ndarray) -> int:
    features, usage = chunk.history.features, chunk.history.usage
    uses = features.uses * _seen(chunk, features.line)
    key = np.array(
        [
            keys.features[usage.product[line]][place]
            for line, place in zip(features.line, features.feature, strict=True)
        ],
        np.int64,
    )
    rows = 0
    for month, part in chunk.history.days.months:
        first = chunk.history.days.day(part.start).day - 1
        bits = _bits(uses[:, part] > 0, first)
        there = np.flatnonzero(bits)
        columns = {
            "account_id": account[usage.account[features.line[there]]],
            "feature_id": key[there],
            "month": np.full(len(there), np.datetime64(month, "D")),
            "days": bits[there],
            "uses": month_array(uses[there, part], first),
        }
        rows += copy_packed(FeatureMonth, columns)
    return rows


def _bits(days: np.ndarray, first: int) -> np.ndarray:
    """A bit a day, the first column being day `first` of the month (from 0)."""
    weights = np.left_shift(1, np.arange(first, first + days.shape[1]), dtype=np.int64)
    return (days * weights).sum(axis=1).astype(np.int32)


def _tickets(chunk: Chunk, keys: Keys, accounts: list[int], people: list[int]) -> Iterator[tuple]:
    for number, one in enumerate(chunk.complaints, start=1):
        yield (
            HELPDESK, _name(chunk, number), accounts[one.customer], _key(people, one.person),
            keys.products[one.product], one.subject, one.severity, one.opened_at, one.closed_at,
            one.first_response_minutes, one.escalated, one.rating,
        )  # fmt: skip


def _answers(chunk: Chunk, accounts: list[int], people: list[int]) -> Iterator[tuple]:
    for number, one in enumerate(chunk.answers, start=1):
        person = _key(people, one.person)
        yield (
            SURVEYS, _name(chunk, number), accounts[one.customer], person, one.kind, one.score, one.comment, one.at,
        )  # fmt: skip


def _courses(chunk: Chunk, accounts: list[int], people: list[int]) -> Iterator[tuple]:
    for number, one in enumerate(chunk.courses, start=1):
        person = _key(people, one.person)
        yield (
            ACADEMY, _name(chunk, number), accounts[one.customer], person, one.course, one.assigned_on,
            one.completed_on,
        )  # fmt: skip


def _events(chunk: Chunk, accounts: list[int], people: list[int]) -> Iterator[tuple]:
    for number, one in enumerate(chunk.happenings, start=1):
        person = _key(people, one.person)
        yield ACADEMY, _name(chunk, number), accounts[one.customer], person, one.kind, one.name, one.at


def _name(chunk: Chunk, number: int) -> str:
    """What the source calls a row: its number after the chunk's."""
    return f"{chunk.first + 1}-{number}"


def _key(people: list[int], person: int | None) -> int | None:
    return people[person] if person is not None else None
