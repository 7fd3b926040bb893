"""Small manners that every answer keeps."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from cs_workspace.common.http import HtmxRequest

Handler = Callable[[HtmxRequest], HttpResponse]


class HtmxManners:
    """For HTMX: login redirects leave the page, messages arrive out of band, caches keep page and fragment apart."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        """The answer, fit for the one who asked."""
        response = self.get_response(request)
        patch_vary_headers(response, ("HX-Request", "HX-Target", "HX-Boosted"))
        if not request.htmx:
            return response
        if response.status_code in (301, 302, 303, 307, 308):
            return self._leave(request, response)
        self._append_messages(request, response)
        return response

    def _leave(self, request: HtmxRequest, response: HttpResponse) -> HttpResponse:
        """A redirect inside a swap would put a whole page into a fragment: send the browser there instead."""
        target = response["Location"]
        if not request.user.is_authenticated and request.htmx.current_url_abs_path:
            # Come back to the page, not to the fragment's address.
            back = quote(request.htmx.current_url_abs_path)
            target = f"{resolve_url('login')}?expired=1&next={back}"
        redirect = HttpResponseClientRedirect(target)
        redirect.cookies = response.cookies
        return redirect

    def _append_messages(self, request: HtmxRequest, response: HttpResponse) -> None:
        if "text/html" not in response.get("Content-Type", "") or response.streaming or request.htmx.boosted:
            return
        if response.status_code == HTTPStatus.NO_CONTENT:  # nobody would see them there
            return
        messages = get_messages(request)
        if messages:
            response.write(render_to_string("components/_toasts.html", {"messages": messages, "oob": True}, request))


class LoginRequired(LoginRequiredMiddleware):
    """Sends to the login, and from there back: to the page on which a form stood, not to the address to which it was
    sent, where there is nothing to see."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """The way to the login."""
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return to_login(request)


def to_login(request: HttpRequest) -> HttpResponseRedirect:
    """To the login after a form was sent without a session, and back to the page on which it stood."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(page) if is_ours else None
    back = urlunsplit(("", "", parts.path, parts.query, "")) if parts else resolve_url("today")
    return redirect_to_login(back, f"{resolve_url('login')}?expired=1")


class UserTimeZone:
    """Shows times in the zone of the person who looks; an unknown zone falls back to the workspace's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        """The answer, with its times in the user's zone."""
        zone = getattr(request.user, "time_zone", "") if request.user.is_authenticated else ""
        try:
            with timezone.override(ZoneInfo(zone) if zone else None):
                return self.get_response(request)
        except ZoneInfoNotFoundError:
            return self.get_response(request)
