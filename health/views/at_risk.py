"""The at-risk queue: for managers that of their team, for everybody else that of their own accounts."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import Cell, send_csv
from health.domain.deadlines import Urgency
from health.domain.learning import HORIZON_DAYS
from health.forms.at_risk import QueueForm
from health.queries.at_risk import (
    CHIPS,
    PAGE,
    QueueFilter,
    Row,
    all_rows,
    page_of_queue,
    rows_of,
)
from health.queries.at_risk_figures import Concentration, Figures, concentration, figures
from health.queries.churn import model_in_use

CLOCK_WORDS = {
    Urgency.UNKNOWN: "not known",
    Urgency.ACTED: "acted",
    Urgency.RUNNING: "running",
    Urgency.SOON: "due soon",
    Urgency.OVERDUE: "overdue",
}
MONEY_HEADINGS = {"ARR", "Revenue at risk"}
HEADINGS = [
    *("Account", "Tier", "Score", "ARR", "Expected churn", "Basis", "Revenue at risk", "Why", "Owner", "Renewal"),
    *("Next task", "Task due", "Alert", "Act by", "Clock"),
    *("Churn signals", "Save plan", "Plan with", "Plan waits for", "Plan due", "Plan overdue"),
]


@require_safe
def at_risk(request: UserRequest) -> HttpResponse:
    """Accounts in the two bottom tiers or with churn signals, the most revenue at risk first: who is on it, by when."""
    form = QueueForm(request.GET)
    form.is_valid()
    wanted, now = form.wanted(), clock.now()
    found = figures(request.user, wanted)
    count = found.counts[wanted.only]
    page = CountedPaginator(range(count), PAGE, count=count).get_page(request.GET.get("page"))
    rows = rows_of(page_of_queue(request.user, wanted, start=page.start_index() - 1 if count else 0), now=now)
    by_owner = concentration(request.user, wanted) if request.user.leads else None
    context = {
        "form": form,
        "wanted": wanted,
        "figures": found,
        "page": page,
        "rows": rows,
        "chips": [(key, label, found.counts[key]) for key, label in CHIPS.items()],
        "concentration": by_owner,
        "churn_model": model_in_use(),
        "horizon": HORIZON_DAYS,
        "owner_name": _owner_name(wanted, by_owner, rows),
        "is_empty_by_filter": _is_narrowed(wanted, found),
    }
    return render_page(request, "health/at_risk.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the page shows, all pages of it, as CSV."""
    form = QueueForm(request.GET)
    form.is_valid()
    header = [f"{name} ({settings.WORKSPACE_CURRENCY})" if name in MONEY_HEADINGS else name for name in HEADINGS]
    return send_csv(f"at-risk-{clock.today():%Y-%m-%d}", header, _cells(request, form.wanted()))


def _cells(request: UserRequest, wanted: QueueFilter) -> Iterator[list[Cell]]:
    for row in all_rows(request.user, wanted, now=clock.now()):
        account, alert = row.account, row.alert
        yield [
            account.name,
            account.health_tier,
            account.health_score,
            account.arr,
            account.expected_churn,
            account.get_churn_basis_display(),
            row.risk,
            account.health_reason,
            account.owner.name if account.owner else "",
            account.renewal_date,
            row.task.title if row.task else "",
            row.task.due_at.isoformat() if row.task and row.task.due_at else "",
            f"{alert.title} ({alert.get_state_display().lower()})" if alert else "",
            row.clock.due_at.isoformat() if row.clock.due_at else "",
            CLOCK_WORDS[row.clock.urgency],
            "; ".join(f"{sign.label}: {sign.evidence}" for sign in row.signals),
            *_plan_cells(row),
        ]


def _plan_cells(row: Row) -> list[Cell]:
    plan = row.plan
    if plan is None or plan.due is None:
        return ["", "", "", "", ""]
    return [plan.reason, plan.owner, plan.due.text, plan.due.at.isoformat(), "yes" if plan.due.is_overdue else ""]


def _owner_name(wanted: QueueFilter, by_owner: Concentration | None, rows: list[Row]) -> str:
    """Whose accounts are shown, as far as the page knows a name."""
    names = {str(row.account.owner_id): row.account.owner.name for row in rows if row.account.owner}
    names |= {share.key: share.name for share in by_owner.owners} if by_owner else {}
    return names.get(wanted.owner, "Another owner")


def _is_narrowed(wanted: QueueFilter, found: Figures) -> bool:
    return bool(wanted.owner or wanted.text or (wanted.only != "all" and found.counts["all"]))
