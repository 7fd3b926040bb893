"""The door: one login for all pages, which in a demo workspace names whom one can be."""

from typing import Any

from django.contrib.auth.views import LoginView

from cs_workspace.web.demo import LOGINS
from cs_workspace.web.forms.login import LoginForm
from cs_workspace.web.models import Workspace


class WorkspaceLogin(LoginView):
    """The login; of the demo's users and their password nothing is shown where the data are one's own."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        logins = LOGINS if Workspace.current().is_demo else ()
        return super().get_context_data(**kwargs) | {"demo_logins": logins}
