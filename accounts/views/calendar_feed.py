"""One's tasks in one's calendar: the address that programs read without a session, and its making."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.calendar_feed import calendar_of
from accounts.http import UserRequest
from accounts.models import CalendarFeed
from accounts.queries.calendar_feed import entries_of, reader_by
from accounts.services.calendar_feed import make_feed, revoke_feed
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.toasts import toast


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The tasks of whoever made the token. A wrong, renewed or revoked one is not found, nor one of who is gone."""
    user = reader_by(token)
    if user is None:
        raise Http404("There is no such calendar.")
    name = f"Tasks of {user.name} · {settings.WORKSPACE_NAME}"
    response = HttpResponse(
        calendar_of(entries_of(user), name=name, zone=user.zone), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="tasks.ics"'
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, no_store=True, private=True)
    return response


@require_POST
def make(request: UserRequest) -> HttpResponse:
    """A new address for one's calendar, shown this once. It is one's own, so read-only users may have one too."""
    path = reverse("accounts:calendar-feed", args=[make_feed(by=request.user)])
    context = {
        "feed": CalendarFeed.objects.get(user=request.user),
        "address": f"{settings.SITE_URL.rstrip('/')}{path}",
    }
    response = render_page(request, "accounts/calendar_feed.html", context, partial="panel", target="calendar-feed")
    patch_cache_control(response, no_store=True, private=True)
    return response


@require_POST
def revoke(request: UserRequest) -> HttpResponse:
    """The address of one's calendar opens nothing any more."""
    revoke_feed(by=request.user)
    toast(request, "The calendar address opens nothing any more")
    if request.htmx and request.htmx.target == "calendar-feed":
        return render_page(request, "accounts/calendar_feed.html", {}, partial="panel", target="calendar-feed")
    return answer(request, to="settings")
