"""The history of an account's health, and whether an open page is behind it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from accounts.http import UserRequest
from accounts.models import User
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import HtmxRequest
from health.forms.history import HistoryForm
from health.queries.health_panel import state_of
from health.queries.history import SPANS, history_of


@require_safe
def history(request: UserRequest, pk: int) -> HttpResponse:
    """Charts over a span with what happened in it, two days compared, and what would raise the score most."""
    account = get_account_for(request.user, pk)
    form = HistoryForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    context = {
        "account": account,
        "form": form,
        "wanted": wanted,
        "spans": SPANS,
        "history": history_of(account, wanted, today=clock.today()),
    }
    return render_page(request, "health/account_history.html", context, partial="history")


@login_not_required
@require_safe
def state(request: HtmxRequest, pk: int) -> HttpResponse:
    """Whether the health that a page has `seen` is still the newest: an empty answer, with word of it where it is not.

    Asked every few seconds by every open account page, so it is one look at the account's row. A page that already
    `waits` for a score that is late is told of the score alone. Where the session has ended nothing is said: the page
    stays as it is, with what is being typed there, and the next click leads to the login.
    """
    if not isinstance(request.user, User):
        return HttpResponse(status=204)
    found = state_of(request.user, pk)
    if found is None:
        raise Http404("There is no such account.")
    response = HttpResponse(status=204)
    is_news = found.is_pending and not request.GET.get("waits")
    if is_news or found.seen != request.GET.get("seen", ""):
        trigger_client_event(response, "healthChanged")
    patch_cache_control(response, no_store=True)
    return response
