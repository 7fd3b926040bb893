"""The book as rows of a file: the same accounts in the same order and columns as on the page, read by a cursor."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.conf import settings

from accounts.domain.book import Filters, Order
from accounts.models import User
from accounts.queries.book import matching, next_actions
from accounts.queries.book_columns import NEXT, Cell, Column, column_of, ordered, with_risk
from cs_workspace.common import clock

AT_ONCE = 2000


def header_of(columns: Sequence[Column]) -> list[str]:
    """The headings of the file; amounts name their currency, and drawings have no column."""
    return [
        f"{export.header} ({settings.WORKSPACE_CURRENCY})" if export.is_money else export.header
        for column in columns
        for export in column.exports
    ]


def export_rows(user: User, filters: Filters, order: Order, columns: Sequence[Column]) -> Iterator[list[Cell]]:
    """Every matching account that `user` sees. Memory does not grow with them: 2,000 are held at a time."""
    now = clock.now()
    exports = [export for column in columns for export in column.exports]
    accounts = with_risk(matching(user, filters, today=clock.today(), now=now))
    found = ordered(accounts, column_of(order.key), descending=order.descending)
    values = found.values_list("pk", *dict.fromkeys(export.path for export in exports if export.path != NEXT))
    places = {path: place for place, path in enumerate(dict.fromkeys(["pk", *(e.path for e in exports)]))}
    cells = [(places[export.path], export.cell) for export in exports]
    wants_next = any(export.path == NEXT for export in exports)
    lines = iter(values.iterator(chunk_size=AT_ONCE))
    while chunk := list(islice(lines, AT_ONCE)):
        actions = next_actions([line[0] for line in chunk], now=now) if wants_next else {}
        for line in chunk:
            action = actions.get(line[0])
            yield [cell(line[place]) if place else (action.text if action else None) for place, cell in cells]
