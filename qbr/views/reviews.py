"""The list of reviews and its file, and what stands around both views of them."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.headings import Heading, heading_of
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import send_csv, send_xlsx
from qbr.forms.reviews import ReviewFilterForm, chips_of
from qbr.queries.review_list import HEADER, ReviewFilter, counts_of, export_rows, listed

PAGE = 50
VIEWS = {"reviews": "Table", "calendar": "Calendar"}
# What both views keep of an address when one turns from one to the other.
KEPT = ("scope", "show", "kind", "segment", "owner", "since", "until", "q")
HEADINGS = {
    "account": ("Account", False),
    "kind": ("Kind", False),
    "status": ("Status", False),
    "due": ("Due", False),
    "starts": ("Takes place", False),
    "health": ("Health", False),
    "arr": ("ARR", True),
}


@require_safe
def reviews(request: UserRequest) -> HttpResponse:
    """Reviews as a table, in any order."""
    form = read_filter(request)
    wanted, counts = form.wanted(), counts_of(request.user, form.wanted())
    page = CountedPaginator(listed(request.user, wanted), PAGE, count=counts[wanted.shown]).get_page(
        request.GET.get("page")
    )
    context = around(request, "reviews", form, counts) | {
        "page": page,
        "rows": list(page.object_list),
        "headings": _headings(wanted),
    }
    return render_page(request, "qbr/reviews.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """The same reviews as a file, all of them."""
    wanted = read_filter(request).wanted()
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"reviews-{clock.today():%Y-%m-%d}", HEADER, export_rows(request.user, wanted))


def read_filter(request: UserRequest) -> ReviewFilterForm:
    """What the address asks for, already looked at."""
    form = ReviewFilterForm(request.GET, user=request.user)
    form.is_valid()
    return form


def around(request: UserRequest, view: str, form: ReviewFilterForm, counts: dict[str, int]) -> dict[str, Any]:
    """The frame of a view: filters, how many each choice shows, and the way to the other view."""
    return {
        "form": form,
        "wanted": form.wanted(),
        "chips": chips_of(counts),
        "views": [(label, _address(request, key), key == view) for key, label in VIEWS.items()],
        "here": reverse(f"qbr:{view}"),
    }


def _address(request: UserRequest, view: str) -> str:
    """The other view of the same reviews."""
    query = QueryDict(mutable=True)
    for name in KEPT:
        for value in request.GET.getlist(name):
            if value:
                query.appendlist(name, value)
    return f"{reverse(f'qbr:{view}')}?{query.urlencode()}".removesuffix("?")


def _headings(wanted: ReviewFilter) -> dict[str, Heading]:
    return {
        key: heading_of(key, label, sort=wanted.sort, descending=wanted.descending, falls_first=falls)
        for key, (label, falls) in HEADINGS.items()
    }
