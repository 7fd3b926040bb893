"""Feature requests: the list, its file, what a text may mean, and the page of one."""

from collections.abc import Iterator

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.feature_request import RequestFilterForm, label_of
from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.queries.feature_requests import (
    GROUPS,
    PAGE,
    SORTS,
    RequestFilter,
    asks_of,
    behind,
    get_request,
    request_counts,
    request_list,
    requests_panel,
    similar,
    steps_of,
)
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.headings import Heading, heading_of
from cs_workspace.common.http import searched
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import Cell, send_csv

HEADER = ("Request", "Status", "Product", "Accounts", "ARR", "Added on", "Added by", "Description")


@require_safe
def requests(request: UserRequest) -> HttpResponse:
    """What customers ask for, by how much they pay who ask."""
    form = RequestFilterForm(request.GET)
    form.is_valid()
    wanted, counts = form.wanted(), request_counts(form.wanted())
    listed = request_list(request.user, wanted)
    context = {
        "form": form,
        "wanted": wanted,
        "page": CountedPaginator(listed, PAGE, count=counts[wanted.group]).get_page(request.GET.get("page")),
        "groups": [(key, label, counts[key]) for key, label in GROUPS.items()],
        "headings": {key: _heading(key, label, wanted) for key, label in SORTS.items()},
        "sort": request.GET.get("sort", "") if "sort" not in form.errors else "",
    }
    return render_page(request, "accounts/feature_requests.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the list shows, all pages of it, as a file."""
    form = RequestFilterForm(request.GET)
    form.is_valid()
    header = [f"{name} ({settings.WORKSPACE_CURRENCY})" if name == "ARR" else name for name in HEADER]
    return send_csv(f"feature-requests-{clock.today():%Y-%m-%d}", header, _lines(request, form.wanted()))


@require_safe
def options(request: UserRequest) -> HttpResponse:
    """Requests that a form may mean, as suggestions of its field."""
    text = searched(request.GET, "what") or searched(request.GET, "into")
    found = [(label_of(one), one) for one in similar(text)]
    return render(request, "accounts/feature_request_options.html", {"options": found})


@require_safe
def feature(request: UserRequest, pk: int) -> HttpResponse:
    """One request: what it is, what became of it, and who of one's accounts asks for it."""
    found = get_request(pk)
    page = Paginator(asks_of(found, request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "feature": found,
        "page": page,
        "behind": behind(found, request.user),
        "steps": steps_of(found),
        "merged": list(found.merged.order_by("title", "pk")),
    }
    return render_page(request, "accounts/feature_request.html", context, partial="all", target="feature")


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """What one account asked for."""
    account = get_account_for(request.user, pk)
    is_fragment = request.htmx and not request.htmx.boosted
    asked = request.GET.get("page") if is_fragment else request.GET.get("page", "1")
    context = {
        "account": account,
        "title": "Feature requests",
        "panel": "accounts/_account_features.html",
        "asked": requests_panel(account, request.user, page=asked),
    }
    return render_page(request, "accounts/account_work.html", context, partial="panel", target="account-features")


def _heading(key: str, label: str, wanted: RequestFilter) -> Heading:
    return heading_of(key, label, sort=wanted.sort, descending=wanted.descending, falls_first=key != "title")


def _lines(request: UserRequest, wanted: RequestFilter) -> Iterator[tuple[Cell, ...]]:
    for one in request_list(request.user, wanted).iterator(chunk_size=500):
        yield (
            one.title,
            one.get_status_display(),
            one.product.name if one.product else None,
            one.accounts,  # type: ignore[attr-defined]  # annotated by `with_weight`
            one.arr,  # type: ignore[attr-defined]
            clock.day_of(one.created_at),
            one.by.name if one.by else None,
            one.body,
        )
