"""Today: the day's list, in the order of what it is worth, and what was done of it."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.web.domain.today import Kind
from cs_workspace.web.queries.today import MOST, Day, day_of, figures_of
from cs_workspace.web.queries.today_done import done_today

PAGE = 25
WHOLE_LISTS = {
    Kind.ALERT: ("alerts", "health:alerts", ""),
    Kind.TASK: ("tasks due", "accounts:tasks", ""),
    Kind.SAVE: ("save plans", "health:interventions", ""),
    Kind.SIGNAL: ("accounts with churn signals", "health:at_risk", "only=signals"),
    Kind.FELL: ("accounts that fell", "health:at_risk", ""),
    Kind.RENEWAL: ("renewals", "accounts:book", "renewal=90&sort=renewal"),
    Kind.REVIEW: ("business reviews", "qbr:reviews", ""),
    Kind.MILESTONE: ("onboardings held up", "accounts:onboarding", "view=table"),
    Kind.PLAN: ("plan reviews", "accounts:plans", "only=due"),
    Kind.TOUCH: ("touches due", "accounts:book", "sort=touch"),
}


@require_safe
def today(request: UserRequest) -> HttpResponse:
    """Who needs the user today, why, and what to do next."""
    mine = request.GET.get("scope") != "team"
    day = day_of(request.user, mine=mine)
    shows_all = request.GET.get("all") == "1"
    context = {
        "today": clock.today(),
        "mine": mine,
        "day": day,
        "rows": day.rows if shows_all else day.rows[:PAGE],
        "shows_all": shows_all,
        "page_size": PAGE,
        "more": _more(day),
        "most": MOST,
        "figures": figures_of(request.user),
        "done": done_today(request.user),
    }
    return render_page(request, "web/today.html", context, partial="day")


def _more(day: Day) -> list[dict[str, Any]]:
    """The kinds of which only the most pressing were ranked, each with the way to all of them."""
    named = [WHOLE_LISTS[kind] for kind in day.more]
    return [{"label": label, "name": name, "query": query} for label, name, query in named]
