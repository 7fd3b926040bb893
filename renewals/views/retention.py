"""Reports › Retention: what is kept of the revenue, and the accounts behind each figure."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import send_csv, send_csv_sheets, send_xlsx, send_xlsx_sheets
from renewals.domain.benchmarks import TARGETS
from renewals.domain.cohorts import AGES
from renewals.domain.movements import Kind
from renewals.forms.retention import FATES, MOVED, RHYTHMS, SPLITS, AccountsForm, ReportForm
from renewals.queries.retention import retention_report
from renewals.queries.retention_accounts import accounts_behind
from renewals.queries.retention_export import accounts_header, accounts_rows, report_sheets

PAGE = 50


@require_safe
def retention(request: UserRequest) -> HttpResponse:
    """GRR, NRR and logo retention of the trailing year with their parts, by period, by group and by cohort."""
    form = ReportForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    context = {
        "form": form,
        "wanted": wanted,
        "rhythms": RHYTHMS.items(),
        "splits": SPLITS.items(),
        "split_label": SPLITS[wanted.split],
        "report": retention_report(request.user, wanted, today=clock.today()),
        "targets": TARGETS,
        "ages": AGES,
    }
    return render_page(request, "renewals/retention.html", context, partial="report")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """All tables of the report as a file."""
    form = ReportForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    report = retention_report(request.user, wanted, today=clock.today())
    sheets = report_sheets(report, rhythm=RHYTHMS[wanted.rhythm], split=SPLITS[wanted.split])
    send = send_xlsx_sheets if request.GET.get("format") == "xlsx" else send_csv_sheets
    return send(f"retention-{clock.today():%Y-%m-%d}", sheets)


@require_safe
def accounts(request: UserRequest) -> HttpResponse:
    """The accounts behind a figure of the report, the largest change first."""
    form = AccountsForm(request.GET)
    form.is_valid()
    wanted = form.behind()
    found = accounts_behind(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=len(found)).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "fates": FATES.items(),
        "moved": MOVED.items(),
        "label": (FATES | MOVED)[wanted.shown],
        "is_moved": isinstance(wanted.shown, Kind),
        "split_label": SPLITS[wanted.split],
        "found": found,
        "page": page,
        "rows": list(page.object_list),
    }
    return render_page(request, "renewals/retention_accounts.html", context, partial="rows")


@require_safe
def accounts_export(request: UserRequest) -> HttpResponseBase:
    """The accounts behind a figure, all pages of them, as a file."""
    form = AccountsForm(request.GET)
    form.is_valid()
    found = accounts_behind(request.user, form.behind())
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    name = f"retention-accounts-{clock.today():%Y-%m-%d}"
    return send(name, accounts_header(), accounts_rows(found.all_rows()))
