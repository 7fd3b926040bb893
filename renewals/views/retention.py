"""Reports › Retention: what is kept of the revenue, and the accounts behind each figure."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from renewals.domain.benchmarks import TARGETS
from renewals.domain.cohorts import AGES
from renewals.forms.retention import FATES, RHYTHMS, SPLITS, AccountsForm, ReportForm
from renewals.queries.retention import accounts_behind, retention_report

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
        "report": retention_report(request.user, wanted, today=clock.today()),
        "targets": TARGETS,
        "ages": AGES,
    }
    return render_page(request, "renewals/retention.html", context, partial="report")


@require_safe
def accounts(request: UserRequest) -> HttpResponse:
    """The accounts behind a figure of the report, the largest change first."""
    form = AccountsForm(request.GET)
    form.is_valid()
    wanted = form.behind()
    found = accounts_behind(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=len(found)).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "fates": FATES.items(),
        "fate_label": FATES[wanted.fate],
        "page": page,
        "rows": list(page.object_list),
    }
    return render_page(request, "renewals/retention_accounts.html", context, partial="rows")
