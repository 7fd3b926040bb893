"""The board of onboardings, its list and file, and the checklists of one account."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain.onboarding import STANDING_LABELS, Stage
from accounts.forms.onboarding import VIEWS, OnboardingFilterForm, StartForm
from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.queries.onboarding import (
    HEADER,
    OnboardingFilter,
    board,
    cards_of,
    counts_of,
    export_rows,
    listed,
)
from accounts.queries.onboarding_panel import checklists_of
from accounts.services.onboarding_starting import start_onboarding
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.onboarding_steps import changed
from cs_workspace.common.access import changes
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator, with_neighbours
from cs_workspace.common.sending import send_csv
from cs_workspace.common.toasts import toast

PAGE = 50


@require_safe
def onboardings(request: UserRequest) -> HttpResponse:
    """Who is being onboarded: a board by stage, or a list; `?view=completed` for those that are over."""
    form = OnboardingFilterForm(request.GET, user=request.user)
    form.is_valid()
    view, wanted = form.chosen_view, form.wanted()
    counts = counts_of(request.user, wanted)
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "views": VIEWS,
        "wanted": wanted,
        "counts": counts,
        "chips": [
            ("", "All", counts["all"]),
            *((key.value, label, counts[key]) for key, label in STANDING_LABELS.items()),
        ],
        "is_filtered": wanted != OnboardingFilter(completed=wanted.completed),
    }
    if view == "board":
        context["columns"] = _columns(request, wanted)
    else:
        page = CountedPaginator(listed(request.user, wanted), PAGE, count=_count(request, wanted, counts))
        context["page"] = page.get_page(request.GET.get("page"))
        context["cards"] = cards_of(list(context["page"].object_list))
    return render_page(request, "accounts/onboarding.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> StreamingHttpResponse:
    """The same onboardings as a CSV file, all of them."""
    form = OnboardingFilterForm(request.GET, user=request.user)
    form.is_valid()
    return send_csv("onboarding", HEADER, export_rows(request.user, form.wanted()))


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The checklists of an account."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "checklists": checklists_of(account)}
    return render_page(request, "accounts/account_onboarding.html", context, partial="panel", target="onboarding")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def start(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for what, by which template and from which day on, and starts it."""
    account = get_account_for(request.user, pk)
    form = StartForm(sent(request), segment=account.segment)
    dialog = Dialog("Start an onboarding", account, "Start")
    if request.method != "POST":
        return show(request, dialog, form)
    begun, status = attempt(
        request, form, lambda: start_onboarding(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if begun:
        toast(request, f"Started · {begun.template}")
    return changed(request, account.pk, close=True)


def _columns(request: UserRequest, wanted: OnboardingFilter) -> list[dict[str, Any]]:
    """The columns, each with the addresses of the pages beside the one that is shown."""
    pages = {stage: _number(request.GET.get(stage.value)) for stage in Stage}
    return with_neighbours(request, board(request.user, wanted, pages))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 1


def _count(request: UserRequest, wanted: OnboardingFilter, counts: dict[str, int]) -> int:
    """How many the list has: known already, but where two filters meet."""
    if wanted.standing and wanted.at_risk:
        return listed(request.user, wanted).count()
    if wanted.at_risk:
        return counts["at_risk"]
    return counts[wanted.standing or "all"] if not wanted.completed else counts["all"]
