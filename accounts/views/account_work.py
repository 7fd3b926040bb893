"""The panels of daily work on an account, each a page of its own as well: tasks, notes, people."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from accounts.models import Account
from accounts.queries.account_work import notes_panel, people_panel, tasks_panel
from accounts.queries.accounts import get_account_for
from accounts.queries.cadence import standings_of
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page


@require_safe
def tasks(request: UserRequest, pk: int) -> HttpResponse:
    """The open tasks of an account."""
    account = get_account_for(request.user, pk)
    return _panel(request, account, "tasks", "Open tasks", tasks_panel(account, request.user, page=_page(request)))


@require_safe
def notes(request: UserRequest, pk: int) -> HttpResponse:
    """The notes about an account."""
    account = get_account_for(request.user, pk)
    return _panel(request, account, "notes", "Notes", notes_panel(account, request.user, page=_page(request)))


@require_safe
def people(request: UserRequest, pk: int) -> HttpResponse:
    """The people of an account, and who plays which part."""
    account = get_account_for(request.user, pk)
    return _panel(request, account, "people", "Stakeholders", people_panel(account, request.user, page=_page(request)))


@require_safe
def cadence(request: UserRequest, pk: int) -> HttpResponse:
    """How often the account should hear from us, when it did, and what is due."""
    account = get_account_for(request.user, pk, among=Account.objects.select_related("segment"))
    panel = {"standings": standings_of(account, today=clock.today())}
    return _panel(request, account, "cadence", "Cadence", panel)


def _page(request: UserRequest) -> str | None:
    """A panel that refreshes itself on the account page names no page and stays short; on its own page it is long."""
    is_fragment = request.htmx and not request.htmx.boosted
    return request.GET.get("page") if is_fragment else request.GET.get("page", "1")


def _panel(request: UserRequest, account: Account, name: str, title: str, panel: dict[str, Any]) -> HttpResponse:
    context = {"account": account, "title": title, "panel": f"accounts/_account_{name}.html", **panel}
    return render_page(request, "accounts/account_work.html", context, partial="panel", target=f"account-{name}")
