"""The renewal forecast, and the renewals behind each of its figures."""

from decimal import Decimal

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock, money
from cs_workspace.common.charts import StackedChart, stacked_chart
from cs_workspace.common.fragments import render_page
from cs_workspace.common.headings import Heading, heading_of
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import send_csv, send_csv_sheets, send_xlsx, send_xlsx_sheets
from renewals.domain.forecast import EXPECTED_RULE, PART_LABELS, RULE, Part
from renewals.forms.forecast import SPLITS, ForecastForm, RenewalsForm
from renewals.queries.forecast import ForecastFilter, Report, forecast_report, past_report
from renewals.queries.forecast_export import report_sheets
from renewals.queries.forecast_list import FIGURES, HEADER, ForecastList, ListFilter, export_rows

PAGE = 50
HEADINGS = {
    "account": ("Account", False),
    "due": ("Renewal", False),
    "category": ("Forecast", False),
    "arr": ("ARR", True),
    "expected": ("Expected", True),
    "probability": ("Probability", False),
}


@require_safe
def forecast(request: UserRequest) -> HttpResponse:
    """What is up for renewal in the coming year, and how much of it will stay."""
    form, wanted = _wanted(request)
    report = forecast_report(request.user, wanted, today=clock.today())
    context = {
        "form": form,
        "wanted": wanted,
        "split_label": SPLITS[wanted.split],
        "report": report,
        "chart": _chart(report),
        "parts": [(part, PART_LABELS[part]) for part in Part],
        "rule": RULE,
        "expected_rule": EXPECTED_RULE,
    }
    return render_page(request, "renewals/forecast.html", context, partial="report")


@require_safe
def past(request: UserRequest) -> HttpResponse:
    """What was forecast of the past months, beside what happened: a panel of the forecast, and a page of its own."""
    form, wanted = _wanted(request)
    context = {
        "form": form,
        "wanted": wanted,
        "split_label": SPLITS[wanted.split],
        "past": past_report(request.user, wanted, today=clock.today()),
    }
    return render_page(request, "renewals/forecast_past.html", context, partial="panel", target="past")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """All tables of the forecast as a file."""
    _, wanted = _wanted(request)
    today = clock.today()
    ahead, before = forecast_report(request.user, wanted, today=today), past_report(request.user, wanted, today=today)
    sheets = report_sheets(ahead, before, split=SPLITS[wanted.split])
    send = send_xlsx_sheets if request.GET.get("format") == "xlsx" else send_csv_sheets
    return send(f"forecast-{clock.today():%Y-%m-%d}", sheets)


@require_safe
def renewals(request: UserRequest) -> HttpResponse:
    """The renewals behind a figure, in any order."""
    form, wanted, found = _found(request)
    page = CountedPaginator(found, PAGE, count=len(found)).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "back": _way_back(request),
        "label": FIGURES[wanted.figure][0],
        "totals": found.totals,
        "headings": _headings(wanted),
        "page": page,
        "rows": list(page.object_list),
    }
    return render_page(request, "renewals/forecast_renewals.html", context, partial="rows")


@require_safe
def renewals_export(request: UserRequest) -> HttpResponseBase:
    """The same renewals as a file, all of them."""
    _, _, found = _found(request)
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"forecast-renewals-{clock.today():%Y-%m-%d}", HEADER, export_rows(found))


def _wanted(request: UserRequest) -> tuple[ForecastForm, ForecastFilter]:
    form = ForecastForm(request.GET, user=request.user)
    form.is_valid()
    return form, form.wanted()


def _way_back(request: UserRequest) -> str:
    """The forecast as it was looked at, its filters taken from the address that the figure led to."""
    kept = QueryDict(request.GET.get("back", "")[:200], mutable=True)
    query = urlencode({name: str(kept[name]) for name in ("team", "csm", "segment", "split") if name in kept})
    return f"{reverse('renewals:forecast')}?{query}".removesuffix("?")


def _found(request: UserRequest) -> tuple[RenewalsForm, ListFilter, ForecastList]:
    form = RenewalsForm(request.GET)
    form.is_valid()
    wanted = form.wanted(today=clock.today())
    return form, wanted, ForecastList(request.user, wanted)


def _headings(wanted: ListFilter) -> dict[str, Heading]:
    return {
        key: heading_of(key, label, sort=wanted.sort, descending=wanted.descending, falls_first=falls)
        for key, (label, falls) in HEADINGS.items()
    }


def _chart(report: Report) -> StackedChart:
    """What is due by month, as its parts stand on top of each other."""
    columns = [[float(month.forecast[part].due) for part in Part] for month in report.months]
    return stacked_chart(columns, label=_short)


def _short(amount: float) -> str:
    return money.short(Decimal(amount), settings.WORKSPACE_CURRENCY)
