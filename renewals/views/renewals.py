"""The table of renewals and its file, and what stands around all three views of them."""

from typing import Any

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.headings import Heading, heading_of
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import send_csv
from renewals.domain.stages import Stage
from renewals.forms.renewals import RenewalFilterForm
from renewals.queries.renewals import HEADER, Figures, RenewalFilter, export_rows, figures_of, line_of, listed

PAGE = 50
VIEWS = {"board": "Board", "table": "Table", "calendar": "Calendar"}
# What all views keep of an address when one turns from one to another.
KEPT = ("scope", "due", "segment", "owner", "stage", "zone", "category", "on", "q")
HEADINGS = {
    "account": ("Account", False),
    "stage": ("Stage", False),
    "due": ("Renewal", False),
    "arr": ("ARR", True),
    "expected": ("Expected", True),
    "probability": ("Probability", False),
    "health": ("Health", False),
}


@require_safe
def table(request: UserRequest) -> HttpResponse:
    """Renewals as a table, in any order, with their figures."""
    form = read_filter(request, with_closed=True)
    wanted = form.wanted()
    figures = figures_of(request.user, wanted)
    rows = CountedPaginator(listed(request.user, wanted), PAGE, count=figures.shown.count)
    page = rows.get_page(request.GET.get("page"))
    today = clock.today()
    context = around(request, "table", form, figures) | {
        "page": page,
        "lines": [line_of(renewal, today=today) for renewal in page.object_list],
        "headings": _headings(wanted),
    }
    return render_page(request, "renewals/renewals.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> StreamingHttpResponse:
    """The same renewals as a CSV file, all of them."""
    wanted = read_filter(request, with_closed=True).wanted()
    return send_csv(f"renewals-{clock.today():%Y-%m-%d}", HEADER, export_rows(request.user, wanted))


def read_filter(request: UserRequest, *, with_closed: bool = False) -> RenewalFilterForm:
    """What the address asks for, already looked at."""
    form = RenewalFilterForm(request.GET, user=request.user, with_closed=with_closed)
    form.is_valid()
    return form


def around(request: UserRequest, view: str, form: RenewalFilterForm, figures: Figures) -> dict[str, Any]:
    """The frame of a view: filters, figures, the ways to the other views, and where nothing is left out."""
    wanted = form.wanted()
    return {
        "form": form,
        "wanted": wanted,
        "figures": figures.shown,
        "chips": form.chips(figures.due),
        "view": view,
        "views": [(label, _address(request, key), key == view) for key, label in VIEWS.items()],
        "here": reverse(f"renewals:{view}"),
    }


def _address(request: UserRequest, view: str) -> str:
    """Another view of the same renewals; only the table has those that are closed."""
    query = QueryDict(mutable=True)
    for name in KEPT:
        for value in request.GET.getlist(name):
            if value and (view == "table" or value != Stage.CLOSED):
                query.appendlist(name, value)
    return f"{reverse(f'renewals:{view}')}?{query.urlencode()}".removesuffix("?")


def _headings(wanted: RenewalFilter) -> dict[str, Heading]:
    return {
        key: heading_of(key, label, sort=wanted.sort, descending=wanted.descending, falls_first=falls)
        for key, (label, falls) in HEADINGS.items()
    }
