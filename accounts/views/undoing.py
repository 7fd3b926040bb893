"""The way back from a change of a touch, a contact or a note: one address for all of them, which toasts carry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.http import UserRequest
from accounts.models import Contact, Note, Touch
from accounts.services.contacts import undo_contact
from accounts.services.notes import undo_note
from accounts.services.touches import undo_touch
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast


@dataclass(frozen=True)
class Kind:
    """Records that can go back: `undo` takes the record under the name `key`, and `events` say what to read anew."""

    key: str
    model: type[Any]
    undo: Callable[..., Any]
    events: tuple[str, ...]


KINDS = {
    kind.key: kind
    for kind in (
        Kind("touch", Touch, undo_touch, ("touchesChanged", "timelineChanged", "countsChanged")),
        Kind("contact", Contact, undo_contact, ("contactsChanged", "timelineChanged")),
        Kind("note", Note, undo_note, ("notesChanged", "timelineChanged")),
    )
}


def way_back_from(saved: Touch | Contact | Note | None) -> str:
    """The address that takes the change back that has just been made; empty where nothing was changed."""
    if saved is None:
        return ""
    address = reverse("accounts:put-back", args=[saved._meta.model_name, saved.pk])
    return f"{address}?version={saved.version}"


@require_POST
@changes
def put_back(request: UserRequest, kind: str, pk: int) -> HttpResponse:
    """Takes the change back that made `?version` of a record, unless somebody changed it again (409)."""
    if kind not in KINDS:
        raise Http404("There is no way back from those.")
    of = KINDS[kind]
    found = get_object_or_404(of.model.objects.of_accounts_of(request.user), pk=pk)
    to, status = reverse("accounts:account", args=[found.account_id]), 200
    try:
        of.undo(by=request.user, version=whole_number(request.GET, "version"), **{of.key: found})
    except StaleError as stale:
        refuse(request, f"{stale} It stays as it is now; open it to change it.")
        status = 409
    except RefusedError as refused:
        refuse(request, str(refused))
        status = 409
    else:
        toast(request, f"As before · {found}")
    response = answer(request, *of.events, to=to)
    if request.htmx:
        response.status_code = status
    return response
