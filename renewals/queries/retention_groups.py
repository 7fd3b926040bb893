"""Groups of the retention report: which accounts belong together, by a split."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from django.db.models import Aggregate, BinaryField
from django.db.models.functions import Coalesce

from accounts.models import Account, Product, Segment, User
from renewals.domain.cohorts import first_years
from renewals.domain.movements import BoolArray, IntArray, Movements
from renewals.queries.copied import copied, whole_numbers
from renewals.queries.movements import BookEntries


class Split(StrEnum):
    """By what accounts are grouped: what they are today, the year of their first contract, or each product."""

    SEGMENT = "segment"
    CSM = "csm"
    INDUSTRY = "industry"
    PRODUCT = "product"
    COHORT = "cohort"


# What a group is called of accounts that have none.
WITHOUT = {
    Split.SEGMENT: "No segment",
    Split.CSM: "No CSM",
    Split.INDUSTRY: "No industry",
    Split.PRODUCT: "No product",
    Split.COHORT: "No first contract",
}
# Columns of accounts that name what they belong to, and what that is.
BELONGING: dict[Split, tuple[str, Any]] = {Split.SEGMENT: ("segment_id", Segment), Split.CSM: ("owner_id", User)}
COLUMNS = "SELECT array_agg(id), array_agg(belongs_to) FROM ({rows}) AS row"
NO_GROUP = "none"


@dataclass(frozen=True)
class Grouping:
    """Movements and the group of whatever moves there: accounts, or their products where the split is by these."""

    movements: Movements
    keys: list[str]
    names: list[str]
    place: IntArray
    """Place of each one's group in `keys`. Shape (movements.size,)."""


class PackedKeys(Aggregate):
    """Keys of many rows as one value, eight bytes each, the high one first."""

    function = "string_agg"
    template = "%(function)s(int8send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


def grouping(user: User, entries: BookEntries, split: Split) -> Grouping:
    """The groups of entries that `user` sees. Two queries at most."""
    return GROUPINGS[split](user, entries, split)


def _by_belonging(user: User, entries: BookEntries, split: Split) -> Grouping:
    """Keys of accounts and of what they belong to come as two values. Two queries."""
    column, model = BELONGING[split]
    accounts = Account.objects.visible_to(user).values("id", belongs_to=Coalesce(column, 0))
    members, belongs_to = map(whole_numbers, copied(COLUMNS, accounts, fields=2))
    groups, group = np.unique(belongs_to, return_inverse=True)
    named = model.objects.in_bulk(groups.tolist())
    keys, names = [NO_GROUP], [WITHOUT[split]]
    for key in filter(None, groups.tolist()):
        keys.append(named[key].key if split is Split.SEGMENT else str(key))
        names.append(named[key].name)
    # The group of those without comes first, whether there are some or not.
    group = group + (0 not in groups[:1])
    place = np.zeros(len(entries.account_ids), dtype=np.int64)
    at, known = _places(entries, members)
    place[at] = group[known]
    return Grouping(entries.book.movements, keys, names, place)


def _by_industry(user: User, entries: BookEntries, split: Split) -> Grouping:
    """One row a group: tens of thousands of accounts are not read one by one. One query."""
    grouped = Account.objects.visible_to(user).order_by().values("industry").annotate(members=PackedKeys("pk"))
    keys, names = [NO_GROUP], [WITHOUT[split]]
    place = np.zeros(len(entries.account_ids), dtype=np.int64)
    for industry, packed in grouped.values_list("industry", "members"):
        if not industry:
            continue
        at, _ = _places(entries, np.frombuffer(packed, ">i8").astype(np.int64))
        place[at] = len(keys)
        keys.append(industry)
        names.append(industry)
    return Grouping(entries.book.movements, keys, names, place)


def _places(entries: BookEntries, members: IntArray) -> tuple[IntArray, BoolArray]:
    """The places of accounts among those with entries, and which of them have some."""
    ids = entries.account_ids
    at = np.searchsorted(ids, members)
    known = at < len(ids)
    known[known] = ids[at[known]] == members[known]
    return at[known], known


def _by_product(_user: User, entries: BookEntries, split: Split) -> Grouping:
    """An account is there once for each of its products."""
    moved = entries.by_product
    products, place = np.unique(moved.product, return_inverse=True)
    names = dict(Product.objects.filter(pk__in=products.tolist()).values_list("pk", "name"))
    keys = [str(key) if key else NO_GROUP for key in products.tolist()]
    return Grouping(moved.movements, keys, [names.get(key, WITHOUT[split]) for key in products.tolist()], place)


def _by_cohort(_user: User, entries: BookEntries, split: Split) -> Grouping:
    """By year: the months have a table of their own."""
    movements = entries.book.movements
    years, place = np.unique(first_years(movements), return_inverse=True)
    keys = [str(year) if year else NO_GROUP for year in years.tolist()]
    return Grouping(movements, keys, [WITHOUT[split] if key == NO_GROUP else key for key in keys], place)


GROUPINGS: dict[Split, Callable[[User, BookEntries, Split], Grouping]] = {
    Split.SEGMENT: _by_belonging,
    Split.CSM: _by_belonging,
    Split.INDUSTRY: _by_industry,
    Split.PRODUCT: _by_product,
    Split.COHORT: _by_cohort,
}
