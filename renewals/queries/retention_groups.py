"""Groups of the retention report: which accounts belong together, by a split."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.db.models import Aggregate, BinaryField

from accounts.models import Account, Product, User
from renewals.domain.cohorts import first_years
from renewals.domain.movements import IntArray, Movements
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
# Fields with the key and the name of a group.
FIELDS = {
    Split.SEGMENT: ("segment__key", "segment__name"),
    Split.CSM: ("owner_id", "owner__name"),
    Split.INDUSTRY: ("industry",),
}
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
    """The groups of entries that `user` sees. One query at most."""
    return GROUPINGS[split](user, entries, split)


def _by_field(user: User, entries: BookEntries, split: Split) -> Grouping:
    """One row a group: tens of thousands of accounts are not read one by one."""
    grouped = Account.objects.visible_to(user).order_by().values(*FIELDS[split]).annotate(members=PackedKeys("pk"))
    keys, names = [NO_GROUP], [WITHOUT[split]]
    ids = entries.account_ids
    place = np.zeros(len(ids), dtype=np.int64)
    for key, *name, packed in grouped.values_list(*FIELDS[split], "members"):
        if key in (None, ""):
            continue
        members = np.frombuffer(packed, ">i8").astype(np.int64)
        at = np.searchsorted(ids, members)
        # Accounts without entries have no place.
        known = at < len(ids)
        known[known] = ids[at[known]] == members[known]
        place[at[known]] = len(keys)
        keys.append(str(key))
        names.append(name[0] if name else key)
    return Grouping(entries.book.movements, keys, names, place)


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
    Split.SEGMENT: _by_field,
    Split.CSM: _by_field,
    Split.INDUSTRY: _by_field,
    Split.PRODUCT: _by_product,
    Split.COHORT: _by_cohort,
}
