"""The retention report: what the ledger says of the accounts that a user sees, and the accounts behind each figure."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

from accounts.models import Account, Product, User
from cs_workspace.common.expressions import among
from renewals.domain.benchmarks import Level, nrr_level
from renewals.domain.cohorts import Cohort, cohorts_of, in_words
from renewals.domain.movements import BoolArray
from renewals.domain.periods import Period, Step, add_months, trailing_year, trailing_years
from renewals.domain.retention import Retention, measure, measure_each
from renewals.models import LedgerEntry
from renewals.queries.movements import BookMovements, movements_of


class Rhythm(StrEnum):
    """How the report goes through time."""

    MONTH = "month"
    QUARTER = "quarter"
    TRAILING = "trailing"


class Split(StrEnum):
    """By what accounts are grouped."""

    SEGMENT = "segment"
    CSM = "csm"
    INDUSTRY = "industry"


class Fate(StrEnum):
    """What became of an account from the start to the end of a period."""

    START = "start"
    EXPANDED = "expanded"
    CONTRACTED = "contracted"
    LOST = "lost"
    CAME = "came"


# Fields with the key and the name of a group.
GROUPED: dict[Split, tuple[str, str]] = {
    Split.SEGMENT: ("segment__key", "segment__name"),
    Split.CSM: ("owner_id", "owner__name"),
    Split.INDUSTRY: ("industry", "industry"),
}
NO_GROUP = "none"
FATES: dict[Fate, Callable[[Any, Any], Any]] = {
    Fate.START: lambda start, _end: start > 0,
    Fate.EXPANDED: lambda start, end: (start > 0) & (end > start),
    Fate.CONTRACTED: lambda start, end: (end > 0) & (end < start),
    Fate.LOST: lambda start, end: (start > 0) & (end == 0),
    Fate.CAME: lambda start, end: (start == 0) & (end > 0),
}
MONTHS_SHOWN, QUARTERS_SHOWN, COHORTS_SHOWN = 12, 8, 30


@dataclass(frozen=True)
class ReportFilter:
    """What the report is to show; `product` is the key of a product, None for all."""

    rhythm: Rhythm = Rhythm.MONTH
    split: Split = Split.SEGMENT
    product: int | None = None


@dataclass(frozen=True)
class Group:
    """The accounts of one segment, CSM or industry over the trailing year; `level` is that of their NRR."""

    key: str
    name: str
    found: Retention
    level: Level | None


@dataclass(frozen=True)
class Report:
    """The trailing year and the one before it, the periods with the newest first, groups by ARR, the
    newest cohorts, and what stands out among all of them."""

    year: Retention
    before: Retention
    periods: list[Retention]
    groups: list[Group]
    cohorts: list[Cohort]
    words: list[str]
    is_empty: bool


def retention_report(user: User, wanted: ReportFilter, *, today: dt.date) -> Report:
    """The report up to the end of `today`, for the accounts that `user` sees. Two queries."""
    book = movements_of(_entries(user, wanted.product))
    until = today + dt.timedelta(days=1)
    year = trailing_year(until)
    cohorts = cohorts_of(book.movements, today)
    return Report(
        year=measure(book.movements, year),
        before=measure(book.movements, trailing_year(year.since)),
        periods=measure_each(book.movements, reversed(periods_of(wanted.rhythm, until))),
        groups=_groups(book, wanted.split, year),
        cohorts=cohorts[: -COHORTS_SHOWN - 1 : -1],
        words=in_words(cohorts),
        is_empty=not len(book.account_ids),
    )


def periods_of(rhythm: Rhythm, until: dt.date) -> list[Period]:
    """The last periods of a rhythm before a day, the oldest first; the newest may not be over."""
    last = until - dt.timedelta(days=1)
    if rhythm is Rhythm.QUARTER:
        first = add_months(last.replace(month=last.month - (last.month - 1) % 3, day=1), 3 * (1 - QUARTERS_SHOWN))
        return Period(first, until).steps(Step.QUARTER)
    months = Period(add_months(last.replace(day=1), 1 - MONTHS_SHOWN), until)
    return trailing_years(months) if rhythm is Rhythm.TRAILING else months.steps(Step.MONTH)


@dataclass(frozen=True)
class AccountsFilter:
    """Accounts behind a figure: over a period, of one fate, and where `group` is given of one group of a split."""

    period: Period
    fate: Fate = Fate.START
    split: Split = Split.SEGMENT
    group: str = ""
    product: int | None = None


@dataclass(frozen=True)
class AccountRow:
    """An account with its ARR at the two ends of the period."""

    account: Account
    start_arr: Decimal
    end_arr: Decimal

    @property
    def change(self) -> Decimal:
        """What it gained or lost."""
        return self.end_arr - self.start_arr


@dataclass(frozen=True)
class AccountList:
    """The accounts behind a figure, the largest change first; a slice reads a page of them."""

    book: BookMovements
    places: Any
    start: Any
    end: Any

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, page: slice) -> list[AccountRow]:
        """A page of rows. One query."""
        places = self.places[page].tolist()
        keys = [int(self.book.account_ids[place]) for place in places]
        accounts = Account.objects.select_related("owner", "segment").in_bulk(keys)
        money = self.book.movements.money
        return [
            AccountRow(accounts[key], money(int(self.start[place])), money(int(self.end[place])))
            for key, place in zip(keys, places, strict=True)
            if key in accounts
        ]


def accounts_behind(user: User, wanted: AccountsFilter) -> AccountList:
    """The accounts behind a figure, of those that `user` sees. Two queries at most."""
    book = movements_of(_entries(user, wanted.product))
    start, end = (book.movements.arr_before(day) for day in (wanted.period.since, wanted.period.until))
    chosen: BoolArray = FATES[wanted.fate](start, end)
    if wanted.group:
        keys, _ = _keys(book, wanted.split)
        chosen = chosen & (keys == wanted.group)
    places = np.flatnonzero(chosen)
    order = np.lexsort((places, -start[places], -np.abs(end - start)[places]))
    return AccountList(book, places[order], start, end)


def products() -> list[tuple[int, str]]:
    """The products that can be chosen, by key."""
    return list(Product.objects.order_by("name").values_list("pk", "name"))


def _entries(user: User, product: int | None) -> Any:
    entries = LedgerEntry.objects.visible_to(user)
    return entries if product is None else entries.filter(product=product)


def _groups(book: BookMovements, split: Split, period: Period) -> list[Group]:
    keys, names = _keys(book, split)
    found = []
    for key in np.unique(keys):
        retention = measure(book.movements, period, keys == key)
        level = nrr_level(retention.nrr, key) if split is Split.SEGMENT and retention.nrr is not None else None
        found.append(Group(str(key), names[str(key)], retention, level))
    return sorted(found, key=lambda group: (-group.found.start_arr, -group.found.end_arr, group.name))


def _keys(book: BookMovements, split: Split) -> tuple[Any, dict[str, str]]:
    """The key of each account's group, by place, and what the groups are called. One query."""
    key, name = GROUPED[split]
    rows = Account.objects.filter(among("pk", book.account_ids.tolist())).order_by("pk").values_list("pk", key, name)
    found = {pk: (str(value) if value not in (None, "") else NO_GROUP, title) for pk, value, title in rows}
    names = {value: title or "" for value, title in found.values()} | {NO_GROUP: f"No {_word(split)}"}
    return np.array([found[pk][0] for pk in book.account_ids.tolist()], dtype=str), names


def _word(split: Split) -> str:
    return "CSM" if split is Split.CSM else split.value
