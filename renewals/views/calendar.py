"""The calendar of renewals: a month at a time, with renewal dates and the last days for notice."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from renewals.queries.calendar import calendar as month_with
from renewals.queries.renewals import figures_of
from renewals.views.months import around_month, month_wanted
from renewals.views.renewals import around, read_filter


@require_safe
def calendar(request: UserRequest) -> HttpResponse:
    """The weeks of `?month` (2026-12), by default of this one."""
    form = read_filter(request)
    wanted, today = form.wanted(), clock.today()
    month = month_wanted(request, today=today)
    context = around(request, "calendar", form, figures_of(request.user, wanted))
    context |= around_month(request, month, today=today)
    context |= {"calendar": month_with(request.user, wanted, month), "table": reverse("renewals:table")}
    return render_page(request, "renewals/calendar.html", context, partial="rows")
