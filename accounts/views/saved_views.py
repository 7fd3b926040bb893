"""Saved views of the book: keeping the present state under a name, changing it, deleting it and bringing it back."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.book import BookState, filter_names, state_of
from accounts.forms.saved_view import EditSavedViewForm, SavedViewForm
from accounts.http import UserRequest
from accounts.models import DefaultView, SavedView
from accounts.queries.book_views import BookView, get_own_view, query_of
from accounts.services import views as service
from accounts.views.dialogs import sent
from cs_workspace.common.access import changes
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest) -> HttpResponse:
    """Keeps the state that the address (or the form) brings."""
    state = _state(request)
    form = SavedViewForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            view = service.save_view(
                by=request.user,
                page=SavedView.Page.BOOK,
                query=_query(state),
                columns=state.chosen,
                **form.cleaned_data,
            )
        except RefusedError as refused:
            form.add_error("name", str(refused))
        else:
            toast(request, f"View saved · {view.name}")
            return _show(view)
    context = {"form": form, "state": state, "view": None}
    status = 422 if form.errors else 200
    return render_page(request, "accounts/saved_view.html", context, partial="form", target="dialog", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Renames and shares one's own view, and makes it mean the present state if that is wished."""
    view, state = get_own_view(request.user, pk), _state(request)
    is_default = DefaultView.objects.filter(user=request.user, view=view).exists()
    form = EditSavedViewForm(sent(request), view=view, is_default=is_default)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        restated = (_query(state), state.chosen) if given.pop("restate") else None
        try:
            service.edit_view(by=request.user, view=view, state=restated, **given)
        except RefusedError as refused:
            form.add_error("name", str(refused))
        else:
            toast(request, f"View changed · {view.name}")
            return _show(view)
    context = {"form": form, "state": state, "view": view}
    status = 422 if form.errors else 200
    return render_page(request, "accounts/saved_view.html", context, partial="form", target="dialog", status=status)


@require_POST
@changes
def delete(request: UserRequest, pk: int) -> HttpResponse:
    """Puts one's own view away."""
    view = get_own_view(request.user, pk)
    service.delete_view(by=request.user, view=view)
    toast(request, f"View deleted · {view.name}", undo=reverse("accounts:view-restore", args=[view.pk]))
    return redirect("accounts:book")


@require_POST
@changes
def restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings a deleted view back."""
    view = get_own_view(request.user, pk, archived=True)
    try:
        service.restore_view(by=request.user, view=view)
    except RefusedError as refused:
        refuse(request, str(refused))
        return redirect("accounts:book")
    toast(request, f"View brought back · {view.name}")
    return _show(view)


def _state(request: UserRequest) -> BookState:
    """The state to keep: in the address while asking, in a field of the form while saving."""
    kept = QueryDict(request.POST.get("state", "")) if request.method == "POST" else request.GET
    return state_of(request.user, kept)


def _query(state: BookState) -> str:
    """Filters, order and size; columns are kept beside them."""
    return state.encoded((*filter_names(), "sort", "size"))


def _show(view: SavedView) -> HttpResponse:
    shown = BookView(key=str(view.pk), name=view.name, query=query_of(view))
    return redirect(reverse("accounts:book") + shown.link)
