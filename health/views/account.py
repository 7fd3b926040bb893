"""What judgement shows of one account: why its score is what it is, and how its people use the product."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from accounts.http import UserRequest
from accounts.models import Account
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from health.queries.beside import beside_score, shown_beside
from health.queries.engagement import engagement_of
from health.queries.health_panel import health_panel
from health.queries.usage_panel import usage_panel


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The open box. A page says which state it has `seen`; where the score is another now, its other parts are told.

    A page that waits for a score asks `until` a moment, and hears nothing while there is nothing new; at the end of the
    wait it gets the panel, which says that the score is late and asks no more.
    """
    accounts = Account.objects.select_related("owner", "segment").annotate(**beside_score(request.user))
    account = get_account_for(request.user, pk, among=accounts)
    seen, until = request.GET.get("seen"), _second(request.GET.get("until", ""))
    shown = health_panel(account, poll_until=until)
    if until and seen == shown.seen and shown.is_pending and not shown.is_late:
        return HttpResponse(status=204)
    context = {"account": account, "panel": shown} | shown_beside(account)
    response = render_page(request, "health/account_health.html", context, partial="panel", target="health")
    if seen is not None and seen != shown.seen:
        trigger_client_event(response, "scoreChanged")
    patch_cache_control(response, no_store=True)
    return response


@require_safe
def usage(request: UserRequest, pk: int) -> HttpResponse:
    """Active users, logins, core actions and the adoption of features."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "usage": usage_panel(account, today=clock.today())}
    return render_page(request, "health/account_usage.html", context, partial="panel", target="usage")


@require_safe
def engagement(request: UserRequest, pk: int) -> HttpResponse:
    """What the account's tier asks for: actions, deadlines, the phase it is in, and the next check-in."""
    account = get_account_for(request.user, pk)
    today = clock.today()
    context = {"account": account, "asked": engagement_of(account, today=today), "today": today}
    return render_page(request, "health/account_engagement.html", context, partial="panel", target="engagement")


def _second(text: str) -> int:
    """A moment of the address in Unix time; 0 where it is none."""
    return int(text) if text.isdecimal() and len(text) <= 11 else 0
