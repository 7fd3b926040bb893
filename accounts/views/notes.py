"""Notes: written, changed, pinned and taken out of sight."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.note import NewNoteForm, NoteForm
from accounts.http import UserRequest
from accounts.models import Note
from accounts.queries.accounts import get_account_for
from accounts.services import notes as service
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.undoing import way_back_from
from cs_workspace.common import markdown
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for a note, with an outline on demand, and writes it down."""
    account = get_account_for(request.user, pk)
    form = NewNoteForm(sent(request))
    dialog = Dialog("Add a note", account, "Add note", body="accounts/_note_fields.html")
    asked: QueryDict = request.POST if request.method == "POST" else request.GET
    if "outline" in asked:
        return show(request, dialog, form.with_outline(asked.get("outline", "")))
    if request.method != "POST":
        return show(request, dialog, form)
    note, status = attempt(
        request, form, lambda: service.add_note(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if note:
        toast(request, f"Note on {account} added", undo=reverse("accounts:note-archive", args=[note.pk]))
    return _changed(request, account.pk, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Shows a note as a whole, and changes it."""
    note = _note(request, pk)
    form = NoteForm(sent(request), record=note)
    archive = reverse("accounts:note-archive", args=[pk])
    dialog = Dialog("Note", note.account, archive=archive, body="accounts/_note_fields.html")
    if request.method != "POST":
        return show(request, dialog, form)
    saved, status = attempt(
        request,
        form,
        lambda: service.edit_note(
            by=request.user,
            note=note,
            body=form.cleaned_data["body"],
            pinned=form.cleaned_data["pinned"],
            version=form.cleaned_data["version"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, "Note saved", undo=way_back_from(saved))
    return _changed(request, note.account_id, close=True)


@require_POST
def preview(request: UserRequest) -> HttpResponse:
    """What the text of a note that is being written will look like."""
    return HttpResponse(markdown.render(request.POST.get("body", "")))


@require_POST
@changes
def pin(request: UserRequest, pk: int) -> HttpResponse:
    """Keeps a note above the others, or with `?pinned=0` lets it go back among them."""
    pinned = request.GET.get("pinned") != "0"
    note = service.pin_note(by=request.user, note=_note(request, pk), pinned=pinned)
    back = f"{reverse('accounts:note-pin', args=[pk])}?pinned={0 if pinned else 1}"
    toast(request, "Note pinned" if pinned else "Note no longer pinned", undo=back)
    return _changed(request, note.account_id)


@require_POST
@changes
def archive(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a note out of sight."""
    note = service.archive_note(by=request.user, note=_note(request, pk))
    toast(request, "Note archived", undo=way_back_from(note))
    return _changed(request, note.account_id, close=True)


def _note(request: UserRequest, pk: int) -> Note:
    return get_object_or_404(Note.objects.visible_to(request.user).select_related("account"), pk=pk)


def _changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    to = reverse("accounts:account", args=[account_id])
    return answer(request, "notesChanged", "timelineChanged", to=to, close=close)
