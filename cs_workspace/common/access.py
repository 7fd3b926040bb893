"""Who may do what, said before the view begins."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def changes(view: View) -> View:
    """Refuses users with the read-only flag (403); their pages show no button that leads here.

    A form that is only looked at is looked for first, so that what they may not see is not found (404) for them either.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request.user, "read_only", False):
            if request.method in ("GET", "HEAD"):
                view(request, *args, **kwargs)
            raise PermissionDenied("Your access is read-only. Ask an admin if you need to change things.")
        return view(request, *args, **kwargs)

    return guarded


def leads_only(view: View) -> View:
    """Refuses users who lead nobody (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, "leads", False):
            raise PermissionDenied("This page is for managers and executives.")
        return view(request, *args, **kwargs)

    return guarded


def admins_only(view: View) -> View:
    """Refuses everybody but admins (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, "is_admin", False):
            raise PermissionDenied("This page is for admins.")
        return view(request, *args, **kwargs)

    return guarded
