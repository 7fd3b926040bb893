"""The board of renewals, and the moves of its cards."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.paging import with_neighbours
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.stages import OPEN_STAGES, Stage
from renewals.forms.renewal import MoveForm
from renewals.models import Renewal
from renewals.queries.board import board as columns_of
from renewals.queries.renewals import RenewalFilter, figures_of, get_renewal_for
from renewals.services.stages import move_stage, take_back_move
from renewals.views.renewals import around, read_filter


@require_safe
def board(request: UserRequest) -> HttpResponse:
    """Open renewals by stage, each column a page at a time."""
    form = read_filter(request)
    wanted = form.wanted()
    context = around(request, "board", form, figures_of(request.user, wanted))
    context["columns"] = _columns(request, wanted)
    return render_page(request, "renewals/board.html", context, partial="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def move(request: UserRequest, pk: int) -> HttpResponse:
    """Moves a renewal to another stage; asks for which one where none is named, and says why one is refused."""
    renewal = get_renewal_for(request.user, pk)
    form = MoveForm(sent(request), renewal=renewal)
    if request.method != "POST":
        return _ask(request, renewal, form)
    if not form.is_valid():
        return _ask(request, renewal, form, 422)
    try:
        moved = move_stage(by=request.user, renewal=renewal, **form.move)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _ask(request, renewal, form, 422)
    except StaleError as stale:
        form.turn_to(stale)
        return _ask(request, renewal, form, 409)
    back = f"{reverse('renewals:move-back', args=[pk])}?version={moved.version}"
    toast(request, f"Moved to {moved.get_stage_display()} · {renewal.account.name}", undo=back)
    return changed(request, renewal, close=True)


@require_POST
@changes
def move_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the move back that made `?version`."""
    renewal = get_renewal_for(request.user, pk)
    try:
        take_back_move(by=request.user, renewal=renewal, version=whole_number(request.GET, "version"))
    except (RefusedError, StaleError) as refused:
        refuse(request, f"{refused} It stays where it is now.")
    else:
        toast(request, f"Taken back · {renewal.account.name}")
    return changed(request, renewal)


def changed(request: UserRequest, renewal: Renewal, *, close: bool = False) -> HttpResponse:
    """Lets what shows renewals be read anew."""
    to = reverse("renewals:renewal", args=[renewal.pk])
    return answer(request, "renewalChanged", "timelineChanged", "countsChanged", to=to, close=close)


def _ask(request: UserRequest, renewal: Renewal, form: MoveForm, status: int = 200) -> HttpResponse:
    dialog = Dialog("Move the renewal", renewal.account, "Move", body="renewals/_move_fields.html")
    return show(request, dialog, form, status, renewal=renewal)


def _columns(request: UserRequest, wanted: RenewalFilter) -> list[dict[str, Any]]:
    """The columns, each with the addresses of the pages beside the one that is shown."""
    pages: dict[Stage, int] = {stage: whole_number(request.GET, stage.value) for stage in OPEN_STAGES}
    return with_neighbours(request, columns_of(request.user, wanted, pages))
