"""Pages for what went wrong, each with the next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token


@requires_csrf_token
def no_permission(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason where the refusal gave one."""
    return render(request, "web/error.html", {"code": 403, "reason": str(exception or "")}, status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, the same for what is not there and for what is not one's own."""
    return render(request, "web/error.html", {"code": 404}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500, drawn without the database, which may be what failed."""
    return HttpResponse(render_to_string("web/failed.html"), status=500)
