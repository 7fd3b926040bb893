"""What changed in a success plan, and by whom: the history of the plan and of all its parts as one list."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from accounts.models import (
    Contact,
    MeasuredValue,
    Milestone,
    Objective,
    PlanReview,
    PlanRisk,
    PlanShare,
    PlanStakeholder,
    RoiRecord,
    SuccessPlan,
    UseCase,
    User,
)

PAGE = 30


@dataclass(frozen=True)
class Source:
    """A kind of entry: its table of events, what it is called, and the fields whose changes are told."""

    model: type[models.Model]
    noun: str
    fields: tuple[str, ...]
    title: str = ""
    """The field that names one entry among others."""
    of_plan: str = "plan_id = %(plan)s"


SOURCES: Mapping[str, Source] = {
    "plan": Source(SuccessPlan, "Plan", ("owner", "next_review_on"), of_plan="pgh_obj_id = %(plan)s"),
    "stakeholder": Source(PlanStakeholder, "Stakeholder", (), title="contact"),
    "objective": Source(Objective, "Objective", Objective.EDITABLE, title="title"),
    "value": Source(
        MeasuredValue,
        "Value",
        ("on", "value", "note"),
        title="objective",
        of_plan="objective_id IN (SELECT id FROM accounts_objective WHERE plan_id = %(plan)s)",
    ),
    "use_case": Source(UseCase, "Use case", UseCase.EDITABLE, title="title"),
    "milestone": Source(Milestone, "Milestone", Milestone.EDITABLE, title="title"),
    "risk": Source(PlanRisk, "Risk", PlanRisk.EDITABLE, title="text"),
    "roi": Source(RoiRecord, "ROI record", RoiRecord.EDITABLE, title="method"),
    "review": Source(PlanReview, "Review", PlanReview.EDITABLE, title="on"),
    "share": Source(PlanShare, "Link", ("expires_at",)),
}
NAMED: Mapping[str, type[models.Model]] = {
    "owner": User,
    "confirmed_by": Contact,
    "contact": Contact,
    "objective": Objective,
}
EVENTS = """
    SELECT '{key}' AS kind, pgh_id, pgh_created_at, pgh_label, pgh_context_id, to_jsonb(e) AS data,
        lag(to_jsonb(e)) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS before
    FROM {table} e WHERE {condition}
"""
ENTRIES = """
    SELECT kind, pgh_created_at, pgh_label, data, before, u.name
    FROM ({events}) event
    LEFT JOIN pghistory_context c ON c.id = event.pgh_context_id
    LEFT JOIN accounts_user u ON u.id = (c.metadata ->> 'user')::bigint
    ORDER BY pgh_created_at DESC, pgh_id DESC, kind LIMIT %(size)s OFFSET %(start)s
"""


@dataclass(frozen=True)
class Change:
    """One field, before and after; without `was` where it was written for the first time."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class HistoryEntry:
    """Something that was done to the plan, when and by whom (empty for the system)."""

    at: dt.datetime
    by: str
    verb: str
    title: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class HistoryPage:
    """Entries, the latest first; `has_more` says that older ones follow."""

    entries: Sequence[HistoryEntry]
    number: int
    has_more: bool

    @property
    def newer(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def older(self) -> int:
        """The page after."""
        return self.number + 1


def history_of(plan: SuccessPlan, *, page: int = 1) -> HistoryPage:
    """A page of what changed in a plan. At most four queries."""
    events = " UNION ALL ".join(
        EVENTS.format(key=key, table=_table(source), condition=source.of_plan) for key, source in SOURCES.items()
    )
    with connection.cursor() as cursor:
        params = {"plan": plan.pk, "size": PAGE + 1, "start": (page - 1) * PAGE}
        cursor.execute(ENTRIES.format(events=events), params)
        rows = [(kind, at, label, _object(data), _object(before), by) for kind, at, label, data, before, by in cursor]
    names = _names(rows[:PAGE])
    entries = [
        HistoryEntry(at, by or "", *_told(SOURCES[kind], label, data, before, names))
        for kind, at, label, data, before, by in rows[:PAGE]
    ]
    return HistoryPage(entries, page, len(rows) > PAGE)


def _table(source: Source) -> str:
    return f"{source.model._meta.db_table}event"


def _object(data: Any) -> dict[str, Any]:
    return json.loads(data) if isinstance(data, str) else data or {}


def _told(
    source: Source, label: str, data: dict[str, Any], before: dict[str, Any], names: Mapping[tuple[str, Any], str]
) -> tuple[str, str, list[Change]]:
    """Verb, title and changes of one event."""

    def words(name: str, row: dict[str, Any]) -> str:
        return _words(source.model, name, row, names)

    changes = [
        Change(_label(source.model, name), words(name, before), words(name, data))
        for name in source.fields
        if words(name, before) != words(name, data) and label != "delete"
    ]
    title = words(source.title, data) if source.title else ""
    verb = _verb(label, data, before)
    return f"{source.noun} {verb}", title, changes if verb in ("added", "changed") else []


def _verb(label: str, data: dict[str, Any], before: dict[str, Any]) -> str:
    if label in ("insert", "delete"):
        return {"insert": "added", "delete": "taken out"}[label]
    for name, gone in (("archived_at", "taken out"), ("revoked_at", "revoked")):
        if bool(data.get(name)) != bool(before.get(name)):
            return gone if data.get(name) else "brought back"
    return "changed"


def _label(model: type[models.Model], name: str) -> str:
    text = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # none of them is a relation backwards
    return text[:1].upper() + text[1:]


def _words(model: type[models.Model], name: str, row: dict[str, Any], names: Mapping[tuple[str, Any], str]) -> str:
    """What a field says, for people; empty where it says nothing."""
    value = row.get(f"{name}_id") if name in NAMED else row.get(name)
    if value is None or value == "":
        return ""
    if name in NAMED:
        return names.get((name, value), "somebody who is gone")
    field: Any = model._meta.get_field(name)
    if field.choices:
        return str(dict(field.choices).get(value, value))
    if isinstance(field, models.DateTimeField | models.DateField):
        return f"{dt.date.fromisoformat(str(value)[:10]):%d %b %Y}".lstrip("0")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, int | float) else str(value)


def _names(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[str, Any], str]:
    """Names of the people and objectives that the rows refer to. A query for each kind of them that occurs."""
    wanted: dict[str, set[int]] = {}
    for _kind, _at, _label, data, before, _by in rows:
        for name in NAMED:
            wanted.setdefault(name, set()).update(
                row[f"{name}_id"] for row in (data, before) if row.get(f"{name}_id") is not None
            )
    found: dict[tuple[str, Any], str] = {}
    for name, keys in wanted.items():
        if keys:
            named: Any = NAMED[name]._default_manager.filter(pk__in=keys)
            found |= {(name, one.pk): str(one) for one in named}
    return found
