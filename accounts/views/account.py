"""The account page: everything about one customer."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from accounts.models import Account, User
from accounts.queries.account_page import get_account_page_for, money_of, next_step
from accounts.queries.account_work import people_panel, tasks_panel
from accounts.queries.accounts import get_account_for
from accounts.queries.timeline import cursor_from, timeline_groups, timeline_of
from accounts.registries import Panel, panels_of
from accounts.services.recents import remember_account
from cs_workspace.common.fragments import render_page

# Parts that a page asks for again by themselves when something has changed.
PARTS = ("standing", "next", "facts")
# Where panels stand: beside the name, in the wide column, high and low in the narrow one, and in the drawers below it.
SLOTS = ("marks", "main", "beside", "side", "drawers")


@require_safe
def account(request: UserRequest, pk: int) -> HttpResponse:
    """The 360° page of one account; its parts that are told of changes come again one by one."""
    found, facts = get_account_page_for(request.user, pk)
    context: dict[str, Any] = {"account": found, "facts": facts}
    part = request.htmx.target if request.htmx and request.htmx.target in PARTS else ""
    if part in ("", "next"):
        context |= tasks_panel(found, request.user)
        context["next"] = next_step(found, context["tasks"].rows)
    if not part:
        context |= people_panel(found, request.user)
        context |= {slot: _drawn(slot, found, request.user) for slot in SLOTS}
        context["open_drawers"] = request.COOKIES.get("drawers", "").split(".")
        remember_account(by=request.user, account=found)
    return render_page(request, "accounts/account.html", context, partial=part)


@require_safe
def timeline(request: UserRequest, pk: int) -> HttpResponse:
    """What happened, newest first; `?group=` for one kind, `?before=` for what is older."""
    found = get_account_for(request.user, pk)
    groups = timeline_groups()
    group = request.GET.get("group", "")
    group = group if group in groups else ""
    before = cursor_from(request.GET.get("before", ""))
    context = {
        "account": found,
        "timeline": timeline_of(found, group=group, before=before),
        "groups": groups,
        "group": group,
        "is_later_page": before is not None,
    }
    part = "older" if request.htmx and request.htmx.target == "timeline-older" else "timeline"
    target = "timeline-older" if part == "older" else ""
    return render_page(request, "accounts/account_timeline.html", context, partial=part, target=target)


@require_safe
def money(request: UserRequest, pk: int) -> HttpResponse:
    """Contracts with their lines, and invoices."""
    found = get_account_for(request.user, pk)
    context = {"account": found, "money": money_of(found)}
    return render_page(request, "accounts/account_money.html", context, partial="money")


def _drawn(slot: str, found: Account, user: User) -> list[tuple[Panel, dict[str, Any]]]:
    """The panels of higher floors in a slot, each with what it shows; those with nothing to show are left out."""
    asked = [(panel, panel.context(found, user)) for panel in panels_of(slot)]
    return [(panel, context) for panel, context in asked if context is not None]
