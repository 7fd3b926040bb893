"""What business reviews come to, and the reviews behind each figure."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.domain.playbook_results import LEAST
from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import send_csv, send_csv_sheets, send_xlsx, send_xlsx_sheets
from qbr.domain.measures import DONE_TARGET, SATISFACTION_TARGET, SHOWN_LABELS, WITHIN_DAYS
from qbr.forms.measures import MeasuredForm, MeasuresForm
from qbr.queries.measured import reviews_behind
from qbr.queries.measures import course_chart, measures_of
from qbr.queries.measures_export import measures_sheets, review_rows, reviews_header

PAGE, CSMS = 50, 25


@require_safe
def measures(request: UserRequest) -> HttpResponse:
    """Done against due, preparation, satisfaction, scores, opportunities and action items of a quarter."""
    form = MeasuresForm(request.GET)
    form.is_valid()
    found = measures_of(request.user, form.chosen(), today=clock.today())
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "quarters": form.quarters.items(),
        "chart": course_chart(found.course),
        "page": CountedPaginator(found.csms, CSMS, count=len(found.csms)).get_page(request.GET.get("page")),
        "done_target": DONE_TARGET,
        "satisfaction_target": SATISFACTION_TARGET,
        "days": WITHIN_DAYS,
        "least": LEAST,
    }
    return render_page(request, "qbr/measures.html", context, partial="measures")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """All tables of the measures as a file."""
    form = MeasuresForm(request.GET)
    form.is_valid()
    sheets = measures_sheets(measures_of(request.user, form.chosen(), today=clock.today()))
    send = send_xlsx_sheets if request.GET.get("format") == "xlsx" else send_csv_sheets
    return send(f"review-measures-{clock.today():%Y-%m-%d}", sheets)


@require_safe
def measured(request: UserRequest) -> HttpResponse:
    """The reviews behind a figure, the latest first."""
    form = MeasuredForm(request.GET)
    form.is_valid()
    wanted = form.behind()
    reviews = reviews_behind(request.user, wanted, today=clock.today())
    page = CountedPaginator(reviews, PAGE, count=reviews.count()).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "labels": SHOWN_LABELS.items(),
        "label": SHOWN_LABELS[wanted.shown],
        "quarters": form.quarters.items(),
        "page": page,
        "rows": list(page.object_list),
    }
    return render_page(request, "qbr/measured.html", context, partial="rows")


@require_safe
def measured_export(request: UserRequest) -> HttpResponseBase:
    """The reviews behind a figure, all pages of them, as a file."""
    form = MeasuredForm(request.GET)
    form.is_valid()
    reviews = reviews_behind(request.user, form.behind(), today=clock.today())
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    return send(f"reviews-{clock.today():%Y-%m-%d}", reviews_header(), review_rows(reviews))
