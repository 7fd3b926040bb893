"""What higher floors add to the pages of health: each fills this at start-up, in its `AppConfig.ready()`."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Account
from health.domain.surveys import Asked


@dataclass(frozen=True)
class MarkSource:
    """Events of one kind that are marked on the charts of an account's health.

    `entries` gives, for an account, the rows that `accounts.queries.timeline.entry_rows` makes, with `key` as the kind.
    `label` says what they are, as the list beside the chart has it. `url_name` is the page of an event, by its key;
    empty where there is none.
    """

    key: str
    label: str
    entries: Callable[[Account], QuerySet]
    url_name: str = ""


# By contact what a higher floor asked them since a moment: nobody is to be asked by two floors in a row.
AskSource = Callable[[Collection[int], dt.datetime], Mapping[int, Sequence[Asked]]]

MARKS: dict[str, MarkSource] = {}
ASK_SOURCES: dict[str, AskSource] = {}


def add_mark_source(source: MarkSource) -> None:
    """Lets a kind of event onto the charts; raises `ValueError` for a key that is taken."""
    if source.key in MARKS:
        raise ValueError(f"“{source.key}” is taken already.")
    MARKS[source.key] = source


def add_ask_source(key: str, source: AskSource) -> None:
    """Lets what a higher floor asks count when surveys are sent; raises `ValueError` for a key that is taken."""
    if key in ASK_SOURCES:
        raise ValueError(f"“{key}” is taken already.")
    ASK_SOURCES[key] = source
