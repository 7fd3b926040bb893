"""Heads of columns by which a list can be sorted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """`sort` is the value of the address that it leads to, `sorted` how it is now (for aria-sort, empty for not)."""

    key: str
    label: str
    sort: str
    sorted: str


def heading_of(key: str, label: str, *, sort: str, descending: bool, falls_first: bool = False) -> Heading:
    """The head of the column `key` in a list that is sorted by `sort`: asked again, it turns the order round.

    `falls_first` begins with the largest.
    """
    if sort != key:
        return Heading(key, label, f"-{key}" if falls_first else key, "")
    return Heading(key, label, key if descending else f"-{key}", "descending" if descending else "ascending")
