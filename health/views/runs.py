"""Recompute on demand, and its progress; the work goes on when the page is left."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from cs_workspace.common.access import changes
from cs_workspace.common.fragments import render_page
from health.models import Run
from health.queries.runs import days_of, get_run_for, progress_of, subject_of
from health.services.runs import scope_of, start_run


@require_POST
@changes
def recompute_account(request: UserRequest, pk: int) -> HttpResponse:
    """Starts the recompute of one account and leads to its progress."""
    return _started(start_run(scope=scope_of(account=get_account_for(request.user, pk)), by=request.user))


@require_POST
@changes
def recompute_book(request: UserRequest) -> HttpResponse:
    """Starts the recompute of every account that the user sees."""
    return _started(start_run(scope=scope_of(book_of=request.user), by=request.user))


@require_POST
@changes
def recompute_all(request: UserRequest) -> HttpResponse:
    """Starts the recompute of the whole workspace: for admins and executives, who see all of it."""
    if not request.user.sees_everything:
        raise PermissionDenied(
            "Recomputing all accounts is for those who see all of them. Recompute your book instead."
        )
    return _started(start_run(by=request.user))


@require_safe
def run(request: UserRequest, pk: int) -> HttpResponse:
    """How far a run is; the part that changes asks again until it has ended."""
    found = get_run_for(request.user, pk)
    context = {
        "progress": progress_of(found),
        "subject": subject_of(found),
        "account_id": found.account_id,
        "days": days_of(found),
    }
    response = render_page(request, "health/run.html", context, partial="progress")
    patch_cache_control(response, no_store=True)
    return response


def _started(run: Run) -> HttpResponse:
    return redirect(reverse("health:run", args=[run.pk]))
