"""The admin: for users with the role only, under a policy of its own, with history that bulk changes cannot evade."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.sites import UnfoldAdminSite

# Unfold's pages run Alpine, which evaluates expressions, and style elements in place.
ADMIN_POLICY = {"script-src": [SELF, NONCE, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class WorkspaceAdminSite(UnfoldAdminSite):
    """The Django admin of the workspace."""

    site_header = settings.WORKSPACE_NAME
    site_title = settings.WORKSPACE_NAME
    index_title = "Set-up"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one login; who is in and no admin is told so."""
        if request.user.is_authenticated:
            raise PermissionDenied("The admin is for users with the role “Admin”.")
        return redirect_to_login(request.GET.get("next", "/admin/"), settings.LOGIN_URL)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        """Every page of the admin, under the admin's own content policy."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = inner(request, *args, **kwargs)
            if isinstance(response, TemplateResponse) and not response.is_rendered:
                response.render()
            return response

        return update_wrapper(csp_replace(ADMIN_POLICY)(guarded), inner)
