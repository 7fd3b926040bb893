"""Reports › Churn: what was lost and why, the records behind each figure, lessons, and losses without a reason."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock, money
from cs_workspace.common.charts import StackedChart, stacked_chart
from cs_workspace.common.fragments import render_page
from cs_workspace.common.headings import Heading, heading_of
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import send_csv, send_csv_sheets, send_xlsx, send_xlsx_sheets
from renewals.forms.churn_lists import EXTENTS, ChurnListForm, ReportForm, UntoldForm
from renewals.queries import churn_records as records_query
from renewals.queries.churn_analysis import Report, churn_report, untold
from renewals.queries.churn_export import report_sheets, untold_header, untold_rows
from renewals.queries.churn_records import HEADER, ChurnFilter, export_rows, listed, totals_of, with_lessons

PAGE = 50
LESSONS = 20
HEADINGS = {
    "account": ("Account", False),
    "day": ("Lost on", True),
    "arr": ("ARR lost", True),
    "reason": ("Reason", False),
    "preventable": ("Preventable", False),
}


@require_safe
def report(request: UserRequest) -> HttpResponse:
    """What was lost within a period, by reason, over time, and by what the accounts are."""
    form = ReportForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    found = churn_report(request.user, wanted, today=clock.today())
    context = {
        "form": form,
        "wanted": wanted,
        "report": found,
        "chart": _chart(found),
        "newest_first": found.periods[::-1],
    }
    return render_page(request, "renewals/churn_report.html", context, partial="report")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """All tables of the report as a file."""
    form = ReportForm(request.GET)
    form.is_valid()
    found = churn_report(request.user, form.wanted(), today=clock.today())
    send = send_xlsx_sheets if request.GET.get("format") == "xlsx" else send_csv_sheets
    return send(f"churn-{clock.today():%Y-%m-%d}", report_sheets(found))


@require_safe
def records(request: UserRequest) -> HttpResponse:
    """Churn records, filtered and in any order, with their figures."""
    form = _read(request)
    wanted = form.wanted()
    totals = totals_of(request.user, wanted)
    page = CountedPaginator(listed(request.user, wanted), PAGE, count=totals.records).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "totals": totals,
        "page": page,
        "rows": [(record, records_query.extent_of(record)) for record in page.object_list],
        "headings": _headings(wanted),
        "extents": [("", "All"), *EXTENTS.items()],
    }
    return render_page(request, "renewals/churn_records.html", context, partial="rows")


@require_safe
def records_export(request: UserRequest) -> HttpResponseBase:
    """The same records, all pages of them, as a file."""
    wanted = _read(request).wanted()
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"churn-records-{clock.today():%Y-%m-%d}", HEADER, export_rows(request.user, wanted))


@require_safe
def lessons(request: UserRequest) -> HttpResponse:
    """What was learned of losses, the latest first."""
    form = _read(request)
    wanted = form.wanted()
    found = with_lessons(request.user, wanted)
    page = CountedPaginator(found, LESSONS, count=found.count()).get_page(request.GET.get("page"))
    context = {"form": form, "wanted": wanted, "page": page, "rows": list(page.object_list)}
    return render_page(request, "renewals/churn_lessons.html", context, partial="rows")


@require_safe
def without_reason(request: UserRequest) -> HttpResponse:
    """The losses that the ledger tells and no record explains, the largest first."""
    form = UntoldForm(request.GET)
    form.is_valid()
    period = form.period()
    found = untold(request.user, period=period)
    page = CountedPaginator(found, PAGE, count=len(found)).get_page(request.GET.get("page"))
    context = {"form": form, "period": period, "found": found, "page": page, "rows": list(page.object_list)}
    return render_page(request, "renewals/churn_untold.html", context, partial="rows")


@require_safe
def without_reason_export(request: UserRequest) -> HttpResponseBase:
    """The same losses, all pages of them, as a file."""
    form = UntoldForm(request.GET)
    form.is_valid()
    found = untold(request.user, period=form.period())
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"losses-without-reason-{clock.today():%Y-%m-%d}", untold_header(), untold_rows(found.all_rows()))


def _read(request: UserRequest) -> ChurnListForm:
    form = ChurnListForm(request.GET)
    form.is_valid()
    return form


def _chart(found: Report) -> StackedChart:
    """What was lost with accounts, and of those that stayed, in each period."""
    columns = [[float(sums.churn), float(sums.contraction)] for _, sums in found.periods]
    return stacked_chart(columns, label=_short)


def _short(amount: float) -> str:
    return money.short(Decimal(amount), settings.WORKSPACE_CURRENCY)


def _headings(wanted: ChurnFilter) -> dict[str, Heading]:
    return {
        key: heading_of(key, label, sort=wanted.sort, descending=wanted.descending, falls_first=falls)
        for key, (label, falls) in HEADINGS.items()
    }
