"""What higher floors add to the pages of the ground: each fills these at start-up, in its `AppConfig.ready()`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Account, User


@dataclass(frozen=True)
class Panel:
    """A part of the account page: `context` gives what `template` shows, or None where there is nothing to show."""

    key: str
    slot: str
    order: int
    template: str
    context: Callable[[Account, User], dict[str, Any] | None]


@dataclass(frozen=True)
class TimelineSource:
    """Entries of one kind: `entries` gives, for an account, rows of at, kind, pk, title, detail, by and tone.

    The rows of all sources are joined by one UNION ALL, so each must be `.values_list` of exactly these, in this order;
    `group` is the filter chip that the kind stands under.
    """

    key: str
    group: str
    entries: Callable[[Account], QuerySet]


@dataclass(frozen=True)
class BookColumn:
    """A column of the book: `load` answers a whole page of accounts at once, by id."""

    key: str
    label: str
    template: str
    load: Callable[[list[Account]], dict[int, Any]]


@dataclass(frozen=True)
class PaletteItem:
    """A page or action that the palette offers, if `shown_to` says so."""

    label: str
    url_name: str
    keywords: str = ""
    keys: str = ""
    shown_to: Callable[[User], bool] = lambda _user: True


PANELS: dict[str, Panel] = {}
TIMELINE: dict[str, TimelineSource] = {}
BOOK_COLUMNS: dict[str, BookColumn] = {}
PALETTE: dict[str, PaletteItem] = {}


def add_panel(panel: Panel) -> None:
    """Puts a panel on the account page; raises `ValueError` for a key that is taken."""
    _add(PANELS, panel.key, panel)


def add_timeline_source(source: TimelineSource) -> None:
    """Lets a kind of entry into every timeline; raises `ValueError` for a key that is taken."""
    _add(TIMELINE, source.key, source)


def add_book_column(column: BookColumn) -> None:
    """Offers a column to the book; raises `ValueError` for a key that is taken."""
    _add(BOOK_COLUMNS, column.key, column)


def add_palette_item(item: PaletteItem) -> None:
    """Offers a page in the palette; raises `ValueError` for a page that is there already."""
    _add(PALETTE, item.url_name, item)


def panels_of(slot: str) -> Iterable[Panel]:
    """The panels of one place on the page, in their order."""
    return sorted((panel for panel in PANELS.values() if panel.slot == slot), key=lambda panel: panel.order)


def _add(registry: dict[str, Any], key: str, value: Any) -> None:
    if key in registry:
        raise ValueError(f"“{key}” is taken already.")
    registry[key] = value
