"""The book of business: one address for the page, its parts and every state of it; and its files."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.domain.book import PAGE_SIZES, is_typing
from accounts.forms.book import FLAGS, TYPED, BookState, state_of
from accounts.http import UserRequest
from accounts.models import User
from accounts.queries.book import BookPage, book_page, tags_of
from accounts.queries.book_columns import Column, columns
from accounts.queries.book_export import export_rows, header_of
from accounts.queries.book_views import BookView, views_for
from accounts.registries import BOOK_FILTERS
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.sending import send_csv, send_xlsx

TARGET = "book"
NEAR = 2
"""Pages on either side of the present one that the pager names."""


@dataclass(frozen=True)
class Heading:
    """The head of a column: where a click on it leads, and how it is sorted now (in the words of aria-sort)."""

    column: Column
    link: str
    sorted: str


@require_safe
def book(request: UserRequest) -> HttpResponse:
    """The accounts of the user, filtered, sorted and added up as the address says."""
    views = views_for(request.user)
    default = next((view for view in views if view.is_default), None)
    data = request.GET
    if not data and default:
        data = QueryDict(default.link[1:])
    state = state_of(request.user, data)
    page = book_page(request.user, state.filters, state.order, state.columns, number=state.page, size=state.size)
    context = _context(request.user, state, page, views)
    response = render_page(request, "accounts/book.html", context, partial="rows", target=TARGET)
    if request.htmx and request.htmx.target == TARGET:
        _keep_address(request, response, context["link"])
    return response


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the page shows, all pages of it, as a file; `columns=all` writes every column."""
    state = state_of(request.user, request.GET)
    chosen = columns() if request.GET.get("columns") == "all" else state.columns
    rows = export_rows(request.user, state.filters, state.order, chosen)
    name = f"accounts-{clock.today():%Y-%m-%d}"
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(name, header_of(chosen), rows)


@require_safe
def tags(request: UserRequest) -> HttpResponse:
    """Suggestions for the filter by tag and for tagging."""
    return render(request, "accounts/book_tags.html", {"tags": tags_of(request.user, request.GET.get("tag", "")[:40])})


def _context(user: User, state: BookState, page: BookPage, views: list[BookView]) -> dict[str, Any]:
    return {
        "state": state,
        "form": state.form,
        "page": page,
        "link": state.link(page=page.number if page.number > 1 else None),
        "headings": [_heading(state, column) for column in state.columns],
        "may_tick": not user.read_only,
        "every_column": [column for column in columns() if column.key != "name"],
        "no_columns": reverse("accounts:book") + state.link(col=None),
        "views": views,
        "view": next((view for view in views if view.key == state.view), None) or views[0],
        "pager": _pager(state, page),
        "sizes": [(size, state.link(size=size)) for size in PAGE_SIZES],
        "active": _active(state),
        "export": reverse("accounts:book-export") + state.link(view=None),
        "currency": settings.WORKSPACE_CURRENCY,
    }


def _heading(state: BookState, column: Column) -> Heading:
    is_current = state.order.key == column.key
    down = not state.order.descending if is_current else column.largest_first
    words = {False: "ascending", True: "descending"}
    return Heading(
        column=column,
        link=state.link(sort=f"{'-' if down else ''}{column.key}") if column.order is not None else "",
        sorted=words[state.order.descending] if is_current else "",
    )


def _pager(state: BookState, page: BookPage) -> list[tuple[int, str]]:
    """Number and address of the first page, the last one and those around the present one; 0 stands for a gap."""
    near = range(max(1, page.number - NEAR), min(page.pages, page.number + NEAR) + 1)
    numbers = sorted({1, *near, page.pages})
    found: list[tuple[int, str]] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number > before + 1:
            found.append((0, ""))
        found.append((number, state.link(page=number)))
    return found


def _active(state: BookState) -> list[tuple[str, str]]:
    """The filters that are not always in sight, in words, each with the address without it."""
    form, words = state.form, []
    for name in ("segment", "stage", "trend", "status", "owner", "tag", "arr_min", "arr_max", *BOOK_FILTERS, *FLAGS):
        values = [value for key, value in state.pairs([name])]
        if values:
            label = form.fields[name].label
            labels = dict(getattr(form.fields[name], "choices", ()))
            said = ", ".join(labels.get(value, value) for value in values)
            words.append((str(label) if name in FLAGS else f"{label}: {said}", state.link(**{name: None})))
    return words


def _keep_address(request: UserRequest, response: HttpResponse, link: str) -> None:
    """Puts the state into the browser's address: a new step of its history, unless somebody goes on typing a word."""
    before = urlparse(request.htmx.current_url_abs_path or "").query
    header = "HX-Replace-Url" if is_typing(before, link[1:], TYPED) else "HX-Push-Url"
    response[header] = reverse("accounts:book") + (link if link != "?" else "")
