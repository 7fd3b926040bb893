"""Advocates: the list, who might be next, the page of one, and the panel on the page of an account."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import Cell, send_csv, send_xlsx
from health.domain.advocacy import BOARD_MONTHS, BOARD_SCORE, PROMOTER_DAYS, REST_DAYS, AdvocacyKind
from health.forms.advocacy import AdvocateFilterForm
from health.queries.advocacy import (
    PAGE,
    STATES,
    AdvocateFilter,
    advocate_counts,
    advocate_row,
    advocates,
    advocates_of,
    get_advocate_for,
    rows_of,
)
from health.queries.advocacy_candidates import PROMOTERS, board, promoters

HEADINGS = (
    *("Account", "Segment", "Owner", "Person", "Title", "Kind", "What they can speak of", "Advocate since"),
    *("Ended or gone", "Uses", "Last used", "Last asked", "Open ask", "State of it", "Possible from"),
)


@require_safe
def advocate_list(request: UserRequest) -> HttpResponse:
    """Who speaks for us in which way, what they were asked, and whether they may be asked today."""
    form = AdvocateFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = advocate_counts(request.user, wanted)
    found = advocates(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=counts[wanted.state]).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(page.object_list),
        "chips": [(key, label, counts[key]) for key, label in STATES.items()],
        "is_narrowed": bool(wanted.kind or wanted.segment or wanted.text),
        "rest_days": REST_DAYS[AdvocacyKind.REFERENCE],
    }
    return render_page(request, "health/advocates.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the list shows, all pages of it, as CSV or with `format=xlsx` as a workbook."""
    form = AdvocateFilterForm(request.GET)
    form.is_valid()
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"advocates-{clock.today():%Y-%m-%d}", list(HEADINGS), _cells(request, form.wanted()))


@require_safe
def candidates(request: UserRequest) -> HttpResponse:
    """Promoters who are no advocates yet, and customers for the advisory board."""
    context = {
        "page": Paginator(promoters(request.user), PROMOTERS).get_page(request.GET.get("page")),
        "board": board(request.user),
        "board_score": BOARD_SCORE,
        "board_months": BOARD_MONTHS,
        "promoter_days": PROMOTER_DAYS,
    }
    return render_page(request, "health/advocate_candidates.html", context, partial="rows")


@require_safe
def advocate(request: UserRequest, pk: int) -> HttpResponse:
    """One advocate: whether they may be asked, what they can speak of, and everything that was asked."""
    found = get_advocate_for(request.user, pk)
    row, asks = advocate_row(found)
    context = {"advocate": found, "account": found.account, "row": row, "asks": asks}
    return render_page(request, "health/advocate.html", context, partial="advocate", target="advocate")


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """Who of an account speaks for us."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "rows": advocates_of(account)}
    return render_page(request, "health/account_advocates.html", context, partial="panel", target="advocates")


def _cells(request: UserRequest, wanted: AdvocateFilter) -> Iterator[list[Cell]]:
    for row in rows_of(advocates(request.user, wanted).iterator(chunk_size=1000)):
        one, ask = row.advocate, row.open_ask
        yield [
            one.account.name,
            one.account.segment.name if one.account.segment else "",
            one.account.owner.name if one.account.owner else "",
            one.contact.name,
            one.contact.title,
            one.get_kind_display(),
            one.note,
            clock.day_of(one.named_at),
            one.why_not,
            row.uses,
            row.last_used_on,
            row.last_asked_on,
            ask.about if ask else "",
            ask.get_state_display() if ask else "",
            row.rests_until,
        ]
