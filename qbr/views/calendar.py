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
from renewals.views.months import around_month, month_wanted


@require_safe
def calendar(request: UserRequest) -> HttpResponse:
    """The weeks of `?month` (2026-12), by default of this one."""
    form, today = read_filter(request), clock.today()
    wanted = form.wanted()
    month = month_wanted(request, today=today)
    context = around(request, "calendar", form, counts_of(request.user, wanted))
    context |= around_month(request, month, today=today)
    context |= {"calendar": month_with(request.user, wanted, month), "table": reverse("qbr:reviews")}
    return render_page(request, "qbr/calendar.html", context, partial="rows")
