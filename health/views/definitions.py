"""What health rests on: the metrics and what they mean, and how many customers have a score."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from health.queries.coverage import AIM, coverage, customers_without
from health.queries.metric_list import metric_list

PAGE = 50


@require_safe
def metrics(request: UserRequest) -> HttpResponse:
    """Every metric with its definition; each has an anchor of its name."""
    return render(request, "health/metrics.html", {"sources": metric_list()})


@require_safe
def scored(request: UserRequest) -> HttpResponse:
    """The share of customers with a score, and those without; for admins and executives, who see every account."""
    if not request.user.sees_everything:
        raise PermissionDenied("This page is for those who see all accounts.")
    today = clock.today()
    found = coverage(today=today)
    count = sum(count for _, count in found.without)
    page = CountedPaginator(customers_without(today=today), PAGE, count=count).get_page(request.GET.get("page"))
    context = {"coverage": found, "page": page, "aim": AIM}
    return render_page(request, "health/coverage.html", context, partial="rows")
