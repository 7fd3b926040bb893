"""The calendar of reviews: a month at a time."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from qbr.queries.calendar import calendar as month_with
from qbr.queries.review_list import counts_of
from qbr.views.reviews import around, read_filter
from renewals.domain.months import Month, month_from, month_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@require_safe
def calendar(request: UserRequest) -> HttpResponse:
    """The weeks of `?month` (2026-12), by default of this one."""
    form, today = read_filter(request), clock.today()
    wanted = form.wanted()
    month = month_from(request.GET.get("month", "")) or month_of(today)
    context = around(request, "calendar", form, counts_of(request.user, wanted)) | {
        "calendar": month_with(request.user, wanted, month),
        "weekdays": WEEKDAYS,
        "before": _address(request, month.before),
        "after": _address(request, month.after),
        "this_month": "" if month.has(today) else _address(request, month_of(today)),
        "table": reverse("qbr:reviews"),
    }
    return render_page(request, "qbr/calendar.html", context, partial="rows")


def _address(request: UserRequest, month: Month | None) -> str:
    """The same calendar in another month; empty where there is none."""
    if month is None:
        return ""
    query = request.GET.copy()
    query["month"] = month.key
    return f"{request.path}?{query.urlencode()}"
