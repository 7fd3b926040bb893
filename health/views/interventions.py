"""Save plans: the list, the page of one, and the panel on the page of its account."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import Cell, send_csv, send_xlsx
from health.forms.interventions import PlanFilterForm
from health.models import Intervention
from health.models.intervention import REASONS
from health.queries.interventions import (
    PAGE,
    PERIODS,
    STATES,
    PlanFilter,
    get_plan_for,
    live_plan,
    plan_counts,
    plan_page,
    plans,
    plans_before,
    rows_of,
)

BEFORE = 3
MONEY_HEADINGS = {"ARR at the start", "ARR at the end"}
HEADINGS = (
    *("Account", "Reason", "Root cause", "What is wrong", "Owner", "Executive sponsor", "Begun", "To be agreed by"),
    *("Agreed", "Next", "Due", "Overdue", "Score at the start", "ARR at the start", "Outcome", "Ended"),
    *("Score at the end", "ARR at the end", "What did it"),
)


@require_safe
def interventions(request: UserRequest) -> HttpResponse:
    """The save plans under way, what is due first on top, and those that ended."""
    form = PlanFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = plan_counts(request.user, wanted)
    found = plans(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=counts[wanted.state]).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": rows_of(page.object_list),
        "chips": [(key, label, counts[key]) for key, label in STATES.items()],
        "is_live": wanted.state in ("live", "overdue"),
        "narrowed": _narrowed(wanted),
    }
    return render_page(request, "health/interventions.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the list shows, all pages of it, as CSV or with `format=xlsx` as a workbook."""
    form = PlanFilterForm(request.GET)
    form.is_valid()
    send = send_xlsx if request.GET.get("format") == "xlsx" else send_csv
    header = [f"{name} ({settings.WORKSPACE_CURRENCY})" if name in MONEY_HEADINGS else name for name in HEADINGS]
    return send(f"save-plans-{clock.today():%Y-%m-%d}", header, _cells(request, form.wanted()))


@require_safe
def intervention(request: UserRequest, pk: int) -> HttpResponse:
    """One save plan: what is due, its checkpoints, steps, promises and play, and what came of it."""
    plan = get_plan_for(request.user, pk)
    context = {"page": plan_page(plan), "plan": plan, "account": plan.account}
    return render_page(request, "health/intervention.html", context, partial="plan", target="save-plan")


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The live save plan of an account, and the last that ended."""
    account = get_account_for(request.user, pk)
    before = plans_before(account, BEFORE)
    context = {
        "account": account,
        "row": live_plan(account),
        "before": before[:BEFORE],
        "has_more": len(before) > BEFORE,
    }
    return render_page(request, "health/account_intervention.html", context, partial="panel", target="intervention")


def _cells(request: UserRequest, wanted: PlanFilter) -> Iterator[list[Cell]]:
    for row in rows_of(plans(request.user, wanted).iterator(chunk_size=1000)):
        plan: Intervention = row.plan
        yield [
            plan.account.name,
            plan.get_reason_display(),
            plan.get_root_cause_display(),
            plan.detail,
            plan.owner.name if plan.owner else "",
            plan.sponsor.name if plan.sponsor else "",
            clock.day_of(plan.started_at),
            plan.due_at.isoformat(),
            clock.day_of(plan.agreed_at) if plan.agreed_at else None,
            row.due.text if row.due else "",
            row.due.at.isoformat() if row.due else "",
            "yes" if row.due and row.due.is_overdue else "",
            plan.score_at_start,
            plan.arr_at_start,
            plan.get_outcome_display(),
            clock.day_of(plan.ended_at) if plan.ended_at else None,
            plan.score_at_end,
            plan.arr_at_end,
            plan.outcome_note,
        ]


def _narrowed(wanted: PlanFilter) -> list[tuple[str, str, str]]:
    """What the list is narrowed to beside its state and text: parameter, and what it is in words."""
    reasons, causes = dict(REASONS), dict(Intervention.RootCause.choices)
    named = [
        ("reason", wanted.reason, reasons.get(wanted.reason, "")),
        ("root_cause", wanted.root_cause, f"Root cause: {causes.get(wanted.root_cause, 'not named').lower()}"),
        ("period", "" if wanted.period == "all" else wanted.period, f"Ended: {PERIODS[wanted.period].lower()}"),
        ("owner", wanted.owner, "One owner"),
    ]
    return [(name, value, words) for name, value, words in named if value]
