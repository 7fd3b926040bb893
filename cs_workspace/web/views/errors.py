"""Pages for what went wrong, each with the next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from cs_workspace.common.middleware import to_login

TOO_OLD = "This page is older than your login, so nothing was changed. Load it again, and try once more."


@requires_csrf_token
def no_permission(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason where the refusal gave one."""
    return render(request, "web/error.html", {"code": 403, "reason": str(exception or "")}, status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what is not there and for what is not one's own."""
    return render(request, "web/error.html", {"code": 404}, status=404)


@requires_csrf_token
def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not fit: its page is older than the login, or its session has ended.

    Where a session is needed and there is none, that is the login's to tell. HTMX reads the words from `X-Reason`.
    """
    view = request.resolver_match.func if request.resolver_match else None
    if not request.user.is_authenticated and getattr(view, "login_required", True):
        return to_login(request)
    response = render(request, "web/error.html", {"code": 403, "reason": TOO_OLD}, status=403)
    response["X-Reason"] = TOO_OLD
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500, drawn without the database, which may be what failed."""
    return HttpResponse(render_to_string("web/failed.html"), status=500)
