"""The notification centre: what the user was told, and what was seen. It is one's own, so readers may use it too."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import Notification
from accounts.services import notifying
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.toasts import toast

PAGE = 50
EVENTS = ("notificationsChanged", "countsChanged")


@require_safe
def notifications(request: UserRequest) -> HttpResponse:
    """What the user was told, newest first; `show=unread` leaves out what was seen."""
    mine = Notification.objects.visible_to(request.user)
    unread = mine.unread().count()
    only_unread = request.GET.get("show") == "unread"
    listed = (mine.unread() if only_unread else mine).select_related("account")
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": unread, "only_unread": only_unread}
    return render_page(request, "accounts/notifications.html", context, partial="rows")


@require_safe
def follow(request: UserRequest, pk: int) -> HttpResponse:
    """Leads to what a notification is about; following it is having seen it."""
    notification = _of(request, pk)
    if request.method == "GET":
        notifying.mark_read(notification, by=request.user)
    is_ours = url_has_allowed_host_and_scheme(notification.url, None)
    return redirect(notification.url if is_ours and notification.url else "accounts:notifications")


@require_POST
def read(request: UserRequest, pk: int) -> HttpResponse:
    """Marks one as seen."""
    notifying.mark_read(_of(request, pk), by=request.user)
    return answer(request, *EVENTS, to="accounts:notifications")


@require_POST
def unread(request: UserRequest, pk: int) -> HttpResponse:
    """Marks one as not seen."""
    notifying.mark_unread(_of(request, pk), by=request.user)
    return answer(request, *EVENTS, to="accounts:notifications")


@require_POST
def read_all(request: UserRequest) -> HttpResponse:
    """Marks all as seen."""
    count = notifying.mark_all_read(by=request.user)
    toast(request, f"{count} marked as read" if count else "There was nothing unread")
    return answer(request, *EVENTS, to=reverse("accounts:notifications"))


def _of(request: UserRequest, pk: int) -> Notification:
    return get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
