"""The inbox of alerts, and what people do there: acknowledge, snooze, resolve, reopen; one by one or ticked."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer, way_back
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from health.domain.alert_handling import Verb
from health.forms.alerts import AlertFilterForm, AlertSnoozeForm
from health.models import Alert
from health.queries.alerts import STATE_LABELS, get_alert_for, history_of, inbox, inbox_counts
from health.services import alert_handling
from health.services.standing import REASONS_SINCE_DAYS

PAGE = 25
MOST_AT_ONCE = 500
DONE = {
    Verb.ACKNOWLEDGE: "Acknowledged",
    Verb.SNOOZE: "Snoozed",
    Verb.RESOLVE: "Resolved",
    Verb.REOPEN: "Open again",
}


@require_safe
def alerts(request: UserRequest) -> HttpResponse:
    """The inbox: what is open on the user's accounts, most severe and dearest first."""
    form = AlertFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = inbox_counts(request.user, wanted)
    found = inbox(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=counts[wanted.state]).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "states": [(key, label, counts[key]) for key, label in STATE_LABELS.items()],
        "is_filtered": bool(wanted.severity or wanted.rule_id or wanted.text or wanted.mine),
    }
    return render_page(request, "health/alerts.html", context, partial="rows")


@require_safe
def alert(request: UserRequest, pk: int) -> HttpResponse:
    """One alert in full: what changed, why, what to do, and what became of it."""
    found = get_alert_for(request.user, pk)
    context = {
        "alert": found,
        "history": history_of(found),
        "compared_from": found.opened_on - dt.timedelta(days=REASONS_SINCE_DAYS),
    }
    return render(request, "health/alert.html", context)


@require_POST
@changes
def acknowledge(request: UserRequest, pk: int) -> HttpResponse:
    """Somebody is on it."""
    return _handle(request, Verb.ACKNOWLEDGE, [get_alert_for(request.user, pk)])


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def snooze(request: UserRequest, pk: int) -> HttpResponse:
    """Asks until when, and lets the alert sleep."""
    return _snooze(request, [get_alert_for(request.user, pk)])


@require_POST
@changes
def resolve(request: UserRequest, pk: int) -> HttpResponse:
    """Done with."""
    return _handle(request, Verb.RESOLVE, [get_alert_for(request.user, pk)])


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Takes it back."""
    return _handle(request, Verb.REOPEN, [get_alert_for(request.user, pk)])


@require_POST
@changes
def acknowledge_ticked(request: UserRequest) -> HttpResponse:
    """Acknowledges the ticked alerts."""
    return _handle(request, Verb.ACKNOWLEDGE, _ticked(request))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def snooze_ticked(request: UserRequest) -> HttpResponse:
    """Asks until when, and lets the ticked alerts sleep."""
    return _snooze(request, _ticked(request))


@require_POST
@changes
def resolve_ticked(request: UserRequest) -> HttpResponse:
    """Resolves the ticked alerts."""
    return _handle(request, Verb.RESOLVE, _ticked(request))


@require_POST
@changes
def reopen_ticked(request: UserRequest) -> HttpResponse:
    """Takes back what was done with several alerts."""
    return _handle(request, Verb.REOPEN, _ticked(request))


def _ticked(request: UserRequest) -> list[Alert]:
    """The alerts named by the form or the address; one that the user may not see makes all of them a 404."""
    named = request.POST.getlist("alert") + request.GET.getlist("alert")
    ids = {int(pk) for pk in named[:MOST_AT_ONCE] if pk.isdecimal() and len(pk) < 19}
    found = list(Alert.objects.visible_to(request.user).filter(pk__in=ids))
    if not found or len(found) < len(ids):
        raise Http404("There is no such alert.")
    return found


def _snooze(request: UserRequest, chosen: list[Alert]) -> HttpResponse:
    form = AlertSnoozeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        do = partial(alert_handling.snooze, until=form.moment())
        return _handle(request, Verb.SNOOZE, chosen, do, is_dialog=True)
    context = {"form": form, "alerts": chosen, "next": way_back(request, "health:alerts")}
    status = 422 if form.errors else 200
    return render_page(request, "health/alert_snooze.html", context, partial="form", target="dialog", status=status)


def _handle(
    request: UserRequest,
    verb: Verb,
    chosen: list[Alert],
    do: Callable[..., list[Alert]] | None = None,
    *,
    is_dialog: bool = False,
) -> HttpResponse:
    """Does it, says so with the way back, and lets the list and the counts be read anew."""
    service = do or getattr(alert_handling, verb.value)
    try:
        done = service(by=request.user, alerts=chosen)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        what = done[0].title if len(done) == 1 else f"{len(done)} alerts"
        left_out = f" ({len(chosen) - len(done)} were not in a state for it)" if len(done) < len(chosen) else ""
        toast(request, f"{DONE[verb]} · {what}{left_out}", undo="" if verb is Verb.REOPEN else _undo_url(done))
    return answer(request, "alertsChanged", "countsChanged", to="health:alerts", close=is_dialog)


def _undo_url(done: list[Alert]) -> str:
    if len(done) == 1:
        return reverse("health:reopen-alert", args=[done[0].pk])
    return f"{reverse('health:reopen-alerts')}?{urlencode([('alert', alert.pk) for alert in done])}"
