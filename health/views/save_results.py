"""The report of save plans: how many accounts recovered, by reason and by root cause, with how sure that is."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.sending import Cell, send_csv, send_xlsx
from health.domain.interventions import FEWEST
from health.forms.interventions import ResultsForm
from health.queries.interventions import PERIODS
from health.queries.save_results import Result, Results, save_results

HEADINGS = (
    *("Group", "Kind", "Ended", "Recovered", "Contracted", "Churned", "Recovery rate", "At least", "At most"),
    *("ARR at the start", "ARR kept", "Points of score", "Days"),
)
MONEY_HEADINGS = {"ARR at the start", "ARR kept"}


@require_safe
def results(request: UserRequest) -> HttpResponse:
    """What save plans came to within a period."""
    form = ResultsForm(request.GET)
    form.is_valid()
    period = form.period_wanted()
    context = {
        "form": form,
        "period": period,
        "periods": PERIODS.items(),
        "results": save_results(request.user, period),
        "fewest": FEWEST,
    }
    return render_page(request, "health/save_results.html", context, partial="report")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """The figures of the report, as CSV or with `format=xlsx` as a workbook."""
    form = ResultsForm(request.GET)
    form.is_valid()
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    header = [f"{name} ({settings.WORKSPACE_CURRENCY})" if name in MONEY_HEADINGS else name for name in HEADINGS]
    found = save_results(request.user, form.period_wanted())
    return send(f"save-plan-results-{clock.today():%Y-%m-%d}", header, _cells(found))


def _cells(found: Results) -> Iterator[list[Cell]]:
    yield _line("All", found.total)
    for _, title, rows in found.tables:
        for row in rows:
            yield _line(title, row)


def _line(group: str, row: Result) -> list[Cell]:
    low, high = row.interval or (None, None)
    figures = [row.ended, row.recovered, row.contracted, row.churned, row.rate, low, high]
    return [group, row.label, *figures, row.arr_at_start, row.arr_kept, row.points, row.days]
