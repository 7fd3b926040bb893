"""The success plan of an account: its page, its history, and what is done with it as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.plan import PlanForm, ReviewForm
from accounts.http import UserRequest
from accounts.models import PlanReview, SuccessPlan, UseCase
from accounts.queries.accounts import get_account_for
from accounts.queries.plan_history import history_of
from accounts.queries.plan_pdf import pdf_of
from accounts.queries.success_plans import PlanPage, current_plan_of, get_plan_for, page_of
from accounts.services import success_plans as service
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.plan_parts import KINDS, PartKind
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from cs_workspace.common.typesetting import send_pdf

EVENTS = ("planChanged", "timelineChanged")
# Parts of the page that come again by themselves when something in them has changed, by their id; beside them the
# sections, and the panel of the account page.
PARTS = {
    "account-plan": "accounts/plan/_panel.html",
    "plan-state": "accounts/plan/page.html#plan-state",
    "plan-about": "accounts/plan/_about.html",
    "plan-reviews": "accounts/plan/_reviews.html",
}


@dataclass(frozen=True)
class Section:
    """The entries of one kind with their heading, a word about them, and what is said where there are none."""

    kind: PartKind
    title: str
    about: str
    rows: Sequence[Any]
    none: str


@require_safe
def plan(request: UserRequest, pk: int) -> HttpResponse:
    """The plan of an account: objectives with their progress, the way there, and what it was worth; or how to begin."""
    account = get_account_for(request.user, pk)
    found = current_plan_of(account)
    target = request.htmx.target if request.htmx and not request.htmx.boosted else None
    context: dict[str, Any] = {"account": account, "plan": found, "today": clock.today()}
    if not found:
        template = PARTS["account-plan"] if target == "account-plan" else "accounts/plan/page.html"
        return render(request, template, context)
    page = page_of(found)
    sections = {section.kind.section: section for section in _sections(page)}
    context |= {"page": page, "section": sections.get(target or "")}
    context |= {"main": list(sections.values())[:3], "side": list(sections.values())[3:]}
    template = (
        "accounts/plan/_section.html" if context["section"] else PARTS.get(target or "", "accounts/plan/page.html")
    )
    return render(request, template, context)


@require_safe
def history(request: UserRequest, pk: int) -> HttpResponse:
    """What changed in the plan, and by whom, the latest first."""
    account = get_account_for(request.user, pk)
    found = get_object_or_404(SuccessPlan.objects.visible_to(request.user), account=account)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6 else 1
    context = {"account": account, "history": history_of(found, page=max(number, 1))}
    return render(request, "accounts/plan/history.html", context)


@require_safe
def pdf(request: UserRequest, pk: int) -> HttpResponse:
    """The plan as the customer sees it, to be printed or sent."""
    account = get_account_for(request.user, pk)
    get_object_or_404(SuccessPlan.objects.visible_to(request.user), account=account)
    found = current_plan_of(account)
    return send_pdf(f"success-plan-{pk}", pdf_of(page_of(found).for_customer()))


@require_POST
@changes
def start(request: UserRequest, pk: int) -> HttpResponse:
    """Begins the plan, and leads to it."""
    account = get_account_for(request.user, pk)
    try:
        made = service.start_plan(by=request.user, account=account)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        undo = reverse("accounts:plan-archive", args=[made.pk])
        toast(request, f"The plan of {account} has begun", undo=undo)
    return _changed(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Who carries the plan, and when it is looked at next."""
    found = get_plan_for(request.user, pk)
    form = PlanForm(sent(request), record=found)
    archive_url = reverse("accounts:plan-archive", args=[pk])
    dialog = Dialog("About the plan", found.account, archive=archive_url)
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request,
        form,
        lambda: service.edit_plan(
            by=request.user, plan=found, fields=form.plan_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, "Plan saved")
    return _changed(request, found.account_id, close=True)


@require_POST
@changes
def archive(request: UserRequest, pk: int) -> HttpResponse:
    """Puts the plan away."""
    found = get_plan_for(request.user, pk)
    service.archive_plan(by=request.user, plan=found)
    toast(request, f"The plan of {found.account} was put away", undo=reverse("accounts:plan-restore", args=[pk]))
    return _changed(request, found.account_id, close=True)


@require_POST
@changes
def restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings a plan back."""
    plans = SuccessPlan.objects.of_accounts_of(request.user).select_related("account")
    found = get_object_or_404(plans, pk=pk)
    try:
        service.restore_plan(by=request.user, plan=found)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, "The plan is back")
    return _changed(request, found.account_id)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def review(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what came of a review, and when the next one is."""
    found = get_plan_for(request.user, pk)
    form, dialog = ReviewForm(sent(request)), Dialog("Record a review of the plan", found.account, "Record review")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.record_review(by=request.user, plan=found, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        undo = reverse("accounts:plan-review-archive", args=[made.pk])
        toast(request, "Review recorded", undo=undo)
    return _changed(request, found.account_id, close=True)


@require_POST
@changes
def archive_review(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a review back that was not one."""
    reviews = PlanReview.objects.visible_to(request.user).select_related("plan__account")
    found = get_object_or_404(reviews, pk=pk)
    service.archive_review(by=request.user, review=found)
    toast(request, "The review was taken back")
    return _changed(request, found.plan.account_id)


def _sections(page: PlanPage) -> list[Section]:
    """The kinds of entries in the order of the page: three in its wide column, two beside."""
    live = sum(1 for case in page.use_cases if case.status in UseCase.IN_USE)
    return [
        Section(
            KINDS["objectives"],
            "Objectives",
            page.state_label,
            page.goals,
            "None yet. What does the customer want to achieve, and how will both of you see that they did?",
        ),
        Section(
            KINDS["use-cases"],
            "Use cases",
            f"{live} live" if live else "",
            page.use_cases,
            "None yet. What will they use the product for?",
        ),
        Section(
            KINDS["milestones"],
            "Milestones",
            f"{page.milestones_done} of {len(page.milestones)} done",
            page.milestones,
            "None. Add the steps of the way.",
        ),
        Section(
            KINDS["roi"],
            "What it was worth",
            "",
            page.roi_records,
            "Nothing recorded yet. Write down what they saved or gained, and let them confirm it.",
        ),
        Section(KINDS["risks"], "Risks", "", page.risks, "None named. What could keep the plan from working?"),
    ]


def _changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    return answer(request, *EVENTS, to=reverse("accounts:account-plan", args=[account_id]), close=close)
