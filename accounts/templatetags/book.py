"""The cells of the book.

Fifty rows of a dozen cells took the template engine 10 ms, nearly half of the page's budget; written here they take 2.
Each function draws one cell, with its `<td>`, from the fields that `accounts.queries.book` read for the row.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.queries.book import NextAction
from accounts.queries.book_columns import Column
from accounts.queries.cadence import most_due_in
from cs_workspace.common.templatetags import ui

register = template.Library()

Row = dict[str, Any]
EMPTY = SafeString("<td></td>")
UNKNOWN = SafeString('<td class="soft">—</td>')


@register.simple_tag
def book_cells(row: Row, columns: Sequence[Column]) -> SafeString:
    """All cells of a row, in the order of the columns."""
    # Each cell is made safe by the function that draws it.
    return SafeString("".join([_cell(row, column) for column in columns]))


def _cell(row: Row, column: Column) -> SafeString:
    if column.drawing:
        return format_html("<td>{}</td>", row["drawings"][column.key])
    return CELLS.get(column.key, _text)(row, column)


def _name(row: Row, column: Column) -> SafeString:
    return format_html('<td class="name"><a href="{}">{}</a></td>', row["href"], row["name"])


def _health(row: Row, column: Column) -> SafeString:
    return format_html(
        "<td>{}</td>", ui.tier(row["health_rank"], row["health_tier"], row["health_score"], row["health_override"])
    )


def _trend(row: Row, column: Column) -> SafeString:
    return format_html("<td>{}</td>", ui.trend(row["health_trend"]))


def _money(row: Row, column: Column) -> SafeString:
    return format_html('<td class="num">{}</td>', ui.money_short(row[column.exports[0].path]))


def _renewal(row: Row, column: Column) -> SafeString:
    day = row["renewal_date"]
    if day is None:
        return UNKNOWN
    return format_html('<td>{} <span class="faint">{}</span></td>', ui.short_day(day), ui.days_left(day))


def _touch(row: Row, column: Column) -> SafeString:
    return format_html('<td class="soft">{}</td>', ui.ago(row["last_touch"]))


def _touch_due(row: Row, column: Column) -> SafeString:
    due = most_due_in(row["cadence"])
    return format_html('<td class="why" title="{}">{}</td>', due.phrase, due.short) if due else UNKNOWN


def _next(row: Row, column: Column) -> SafeString:
    action: NextAction | None = row["next"]
    if action is None:
        return UNKNOWN
    when = format_html("{} · ", ui.due(action.due_at)) if action.due_at else ""
    return format_html('<td class="why" title="{}">{}{}</td>', action.text, when, action.text)


def _alerts(row: Row, column: Column) -> SafeString:
    count = row["open_alerts"]
    return format_html('<td class="num"><span class="down">● {}</span></td>', count) if count else EMPTY


def _tags(row: Row, column: Column) -> SafeString:
    return _chips(row["tags"])


def _reason(row: Row, column: Column) -> SafeString:
    reason = row["health_reason"]
    return format_html('<td class="why" title="{}">{}</td>', reason, reason) if reason else UNKNOWN


def _confidence(row: Row, column: Column) -> SafeString:
    return format_html('<td class="num">{}</td>', ui.percent(row["health_confidence"]))


def _since(row: Row, column: Column) -> SafeString:
    return format_html("<td>{}</td>", ui.short_day(row["customer_since"]))


def _flags(row: Row, column: Column) -> SafeString:
    flags = [name for name, is_set in (("strategic", row["strategic"]), ("trial", row["is_trial"])) if is_set]
    return _chips(flags)


def _chips(texts: Sequence[str]) -> SafeString:
    return format_html("<td>{}</td>", format_html_join(" ", '<span class="tag">{}</span>', ((text,) for text in texts)))


def _text(row: Row, column: Column) -> SafeString:
    """The same text as in an exported file."""
    export = column.exports[0]
    text = export.cell(row[export.path])
    return format_html('<td class="soft">{}</td>', text) if text else UNKNOWN


CELLS: dict[str, Callable[[Row, Column], SafeString]] = {
    "name": _name,
    "health": _health,
    "trend": _trend,
    "arr": _money,
    "renewal": _renewal,
    "touch": _touch,
    "touch_due": _touch_due,
    "next": _next,
    "alerts": _alerts,
    "tags": _tags,
    "risk": _money,
    "reason": _reason,
    "confidence": _confidence,
    "since": _since,
    "flags": _flags,
}
