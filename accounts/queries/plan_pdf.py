"""A success plan as a PDF, as the customer sees it."""

import datetime as dt
from typing import Any

from django.conf import settings

from accounts.domain.success_plans import STANDING_LABELS, in_words
from accounts.models import UseCase
from accounts.queries.success_plans import Goal, PlanPage
from cs_workspace.common import money
from cs_workspace.common.typesetting import pdf_from

TEMPLATE = "accounts/plan/plan.typ"


def pdf_of(page: PlanPage) -> bytes:
    """The file; give it what `PlanPage.for_customer` leaves."""
    return pdf_from(TEMPLATE, _data(page))


def _data(page: PlanPage) -> dict[str, Any]:
    """The plan in words, as the template sets them."""
    plan = page.plan
    return {
        "workspace": settings.WORKSPACE_NAME,
        "account": plan.account.name,
        "day": _day(page.today),
        "owner": plan.owner.name if plan.owner else "",
        "stakeholders": [f"{one.name}, {one.title}" if one.title else one.name for one in page.stakeholders],
        "next_review": _day(plan.next_review_on),
        "worth": [money.exact(one.amount, one.currency) for one in page.roi_sums],
        "objectives": [_objective(goal) for goal in page.goals],
        "use_cases": [
            {"title": case.title, "status": UseCase.Status(case.status).label, "day": _day(case.live_on)}
            for case in page.use_cases
        ],
        "milestones": [
            {"title": one.title, "expected": _day(one.expected_on), "done": _day(one.done_on)}
            for one in page.milestones
        ],
        "roi": [
            {
                "amount": f"{record.get_kind_display()} of {money.exact(record.amount, record.currency)}",
                "method": record.method,
                "confirmed": _confirmed(record),
            }
            for record in page.roi_records
        ],
        "risks": [{"text": risk.text, "mitigation": risk.mitigation} for risk in page.risks],
    }


def _objective(goal: Goal) -> dict[str, Any]:
    one = goal.objective
    return {
        "title": one.title,
        "standing": STANDING_LABELS[goal.standing],
        "tone": goal.standing.value,
        "measure": one.measure,
        "way": f"from {in_words(one.baseline)} to {in_words(one.target, one.unit)} by {_day(one.due_on)}",
        "now": f"{in_words(goal.latest.value, one.unit)} on {_day(goal.latest.on)}"
        if goal.latest
        else "not measured yet",
        "done": round(max(0.0, min(1.0, float(goal.done))) * 100),
    }


def _confirmed(record: Any) -> str:
    if not record.confirmed_on:
        return ""
    by = f" by {record.confirmed_by.name}" if record.confirmed_by else ""
    return f"Confirmed{by} on {_day(record.confirmed_on)}"


def _day(day: dt.date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
