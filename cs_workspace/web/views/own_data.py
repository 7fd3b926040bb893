"""From the demo company to one's own data."""

from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest
from cs_workspace.common.access import changes
from cs_workspace.common.toasts import toast
from cs_workspace.web.demo.leaving import start_own_data
from cs_workspace.web.demo.loading import DemoError
from cs_workspace.web.forms.own_data import OwnDataForm
from cs_workspace.web.models import Workspace


@changes
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: UserRequest) -> HttpResponse:
    """Empties the demo workspace once the admin has typed its name; after that, how data come in."""
    if not request.user.is_admin:
        raise PermissionDenied("Only an admin can empty the demo workspace.")
    workspace = Workspace.current()
    if not workspace.is_demo:
        return render(request, "web/own_data.html")
    form = OwnDataForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            start_own_data(by=request.user, identity=form.identity)
        except DemoError as error:
            form.add_error(None, str(error))
        else:
            update_session_auth_hash(request, request.user)
            toast(request, "The demo company is gone; the workspace is yours")
            return redirect("start-own-data")
    context = {"form": form, "demo": workspace}
    return render(request, "web/own_data.html", context, status=422 if form.errors else 200)
