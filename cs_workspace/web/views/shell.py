"""The parts of the frame that answer by themselves: palette, counts, scheme, own settings."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import CalendarFeed
from accounts.services.notifying import release_held
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import searched
from cs_workspace.common.toasts import toast
from cs_workspace.web.context import THEMES, kept_of_nav
from cs_workspace.web.forms.settings import SettingsForm
from cs_workspace.web.models import Workspace
from cs_workspace.web.queries.palette import find
from cs_workspace.web.queries.shell import frame_of

YEAR = 365 * 24 * 3600


@require_safe
def palette(request: UserRequest) -> HttpResponse:
    """Search over pages, accounts and contacts; a page of its own without JavaScript."""
    text = searched(request.GET, "q")
    context = {"q": text, "found": find(request.user, text)}
    return render_page(request, "web/palette.html", context, partial="results", target="palette-results")


@require_safe
def nav_counts(request: UserRequest) -> HttpResponse:
    """The navigation anew, after something was done on the page."""
    path = request.htmx.current_url_abs_path or reverse("today") if request.htmx else reverse("today")
    frame = frame_of(request.user, path.split("?")[0], kept_of_nav(request))
    return render(request, "components/_nav_items.html", {"shell": frame})


@login_not_required
@require_POST
def theme(request: UserRequest) -> HttpResponse:
    """Keeps the chosen scheme in a cookie, so that the first paint is right."""
    chosen = request.POST.get("theme") or ("light" if request.COOKIES.get("theme") == "dark" else "dark")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("today")
    response = HttpResponse(status=204) if request.htmx else redirect(target)
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: UserRequest) -> HttpResponse:
    """Time zone, e-mail and quiet hours of the user; these are one's own, so read-only users may change them too."""
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        release_held(by=request.user)
        toast(request, "Your settings are saved")
        return redirect("settings")
    demo = Workspace.current() if request.user.is_admin and not request.user.read_only else None
    context = {"form": form, "demo": demo, "feed": CalendarFeed.objects.filter(user=request.user).first()}
    return render(request, "web/settings.html", context, status=422 if form.errors else 200)
