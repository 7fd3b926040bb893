"""How good the alerts are, by rule and severity."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common.fragments import render_page
from health.queries.alert_quality import alert_quality


@require_safe
def quality(request: UserRequest) -> HttpResponse:
    """The shares of alerts that led to an action and that came before a loss; the inbox asks for the totals of it."""
    context = {"report": alert_quality(request.user)}
    return render_page(request, "health/alert_quality.html", context, partial="totals", target="alert-quality")
