"""The renewals behind a figure of the forecast."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.models import User
from cs_workspace.common.sending import Cell
from renewals.domain.forecast import CERTAIN, CLOSED, OPEN, PART_LABELS, WEIGHTED, Part
from renewals.domain.periods import Period
from renewals.queries.forecast_rows import KEPT, KEPT_ARR, NOW, UPSELL, Scope, rows_sql

# What a figure counts: its name, its parts, and what else must hold of a row.
FIGURES: dict[str, tuple[str, tuple[Part, ...], str]] = {
    "due": ("Up for renewal", tuple(Part), "TRUE"),
    "open": ("Open", OPEN, "TRUE"),
    "closed": ("Closed", CLOSED, "TRUE"),
    **{part.value: (PART_LABELS[part], (part,), "TRUE") for part in Part},
    "low": ("In the low forecast", CERTAIN, "TRUE"),
    "high": ("In the likely and high forecast", (*CERTAIN, *WEIGHTED), "TRUE"),
    "expansion": ("With expansion", (*CERTAIN, *WEIGHTED), "expected_arr > current_arr"),
    "contraction": ("Expected to shrink", (Part.WON, *OPEN), "expected_arr < current_arr"),
    "unknown": ("Without a known probability", OPEN, "probability IS NULL"),
}
SORTS = {
    "due": "row.due_on",
    "account": "(SELECT a.name FROM accounts_account a WHERE a.id = row.account_id)",
    "arr": "row.current_arr",
    "expected": "row.expected_arr",
    "probability": "row.probability",
    "category": "array_position(%(order)s::text[], row.part::text)",
}
# What a page says of accounts and people is read for its rows alone.
PAGE_OF = """
    {rows}
    SELECT row.renewal_id, row.account_id, a.name, row.due_on, row.part, row.current_arr, row.expected_arr,
        row.probability, s.name, u.name
    FROM (
        SELECT row.*, {order} AS sorted FROM row WHERE {condition}
        ORDER BY sorted {direction} NULLS LAST, row.due_on, row.contract_id LIMIT %(limit)s OFFSET %(offset)s
    ) row
    JOIN accounts_account a ON a.id = row.account_id
    LEFT JOIN accounts_segment s ON s.id = row.segment_id LEFT JOIN accounts_user u ON u.id = row.owner_id
    ORDER BY sorted {direction} NULLS LAST, row.due_on, row.contract_id
"""
TOTALS = f"""
    {{rows}}
    SELECT count(*), COALESCE(sum(current_arr), 0), COALESCE(sum({KEPT_ARR}), 0), COALESCE(sum({UPSELL}), 0)
    FROM row WHERE {{condition}}
"""  # noqa: S608  its parts are constants
HEADER = ("Account", "Segment", "Owner", "Renewal date", "Forecast", "ARR", "Expected ARR", "Kept", "Expansion",
          "Probability")  # fmt: skip


@dataclass(frozen=True)
class ListFilter:
    """Renewals due in a period that a figure counts. `kept`: as they were forecast at the beginning of their months;
    `overdue`: open ones that were due before the period, too."""

    period: Period
    figure: str = "due"
    scope: Scope = field(default_factory=Scope)
    kept: bool = False
    overdue: bool = False
    sort: str = "due"
    descending: bool = False


@dataclass(frozen=True)
class Listed:
    """One of them. `renewal_id` is None where none is opened yet; `expected` is not capped, `probability` a share."""

    renewal_id: int | None
    account_id: int
    account: str
    due_on: dt.date
    part: Part
    current: Decimal
    expected: Decimal
    probability: Decimal | None
    segment: str | None
    owner: str | None

    @property
    def label(self) -> str:
        """What it counts as."""
        return PART_LABELS[self.part]

    @property
    def kept(self) -> Decimal:
        """What of its current ARR stays."""
        return Decimal(0) if self.part is Part.LOST else min(self.current, self.expected)

    @property
    def upsell(self) -> Decimal:
        """What is expected above its current ARR."""
        return Decimal(0) if self.part is Part.LOST else max(self.expected - self.current, Decimal(0))


@dataclass(frozen=True)
class Totals:
    """What the renewals add up to."""

    count: int
    due: Decimal
    kept: Decimal
    upsell: Decimal


@dataclass(frozen=True)
class ForecastList:
    """The renewals behind a figure; a slice reads a page of them. One query each for totals and page."""

    user: User
    wanted: ListFilter

    def __len__(self) -> int:
        return self.totals.count

    @cached_property
    def totals(self) -> Totals:
        """Of all pages."""
        return Totals(*self._asked(TOTALS)[0])

    def __getitem__(self, page: slice) -> list[Listed]:
        start, stop = page.start or 0, page.stop
        rows = self._asked(PAGE_OF, offset=start, limit=None if stop is None else stop - start)
        return [_listed(row) for row in rows]

    def _asked(self, statement: str, **params: Any) -> list[tuple[Any, ...]]:
        wanted = self.wanted
        _, parts, extra = FIGURES[wanted.figure]
        rows, known = rows_sql(KEPT if wanted.kept else NOW, self.user)
        sql = statement.format(
            rows=rows,
            condition=f"row.part = ANY(%(parts)s) AND {extra} AND {wanted.scope.condition}",
            order=SORTS[wanted.sort],
            direction="DESC" if wanted.descending else "ASC",
        )
        given = {
            "since": wanted.period.since,
            "until": wanted.period.until,
            "overdue": wanted.overdue,
            "parts": [part.value for part in parts],
            "order": [part.value for part in Part],
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, known | wanted.scope.params | given | params)
            return cursor.fetchall()


def _listed(row: tuple[Any, ...]) -> Listed:
    before, (part, *after) = row[:4], row[4:]
    columns: tuple[Any, ...] = (*before, Part(part), *after)
    return Listed(*columns)


def export_rows(found: ForecastList) -> Iterator[list[Cell]]:
    """All of them as cells of a file, in the order of `HEADER`."""
    for row in found[:]:
        yield [
            row.account, row.segment, row.owner, row.due_on, row.label, row.current, row.expected, row.kept, row.upsell,
            row.probability,
        ]  # fmt: skip
