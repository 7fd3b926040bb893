"""Bulk actions of the book: a dialog that says how many accounts it is about, the action, and the way back."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.book import state_of
from accounts.forms.bulk import FORMS, BulkForm
from accounts.http import UserRequest
from accounts.models import Account, BulkChange, User
from accounts.models.account import AccountQuerySet
from accounts.queries.book import matching
from accounts.services import bulk as service
from accounts.views.dialogs import sent
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer, way_back
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast

EVENTS = ("accountsChanged", "tasksChanged", "countsChanged")


@dataclass(frozen=True)
class Selection:
    """Accounts that were ticked, or all that match; never others than the user sees."""

    accounts: AccountQuerySet
    ids: list[int]
    """As ticked; empty where all that match are meant."""
    state: str
    count: int
    arr: Decimal
    left_out: int
    """Ticked, but none of the user's: told, and left alone."""


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def bulk(request: UserRequest, action: str) -> HttpResponse:
    """Asks what is needed for the action, and does it for all of the selection."""
    if action not in FORMS:
        raise Http404
    if action == "assign" and not request.user.leads:
        raise PermissionDenied("Accounts are assigned by those who lead a team.")
    selection = _selection(request.user, request.POST if request.method == "POST" else request.GET)
    form = FORMS[action](sent(request), user=request.user, count=selection.count)
    status, moved, book = 200, False, f"{reverse('accounts:book')}?{selection.state}"
    if request.method == "POST":
        status = 422
        if form.is_valid():
            moved = form.cleaned_data["count"] != selection.count
            if moved:
                form.tell_count(selection.count)
                status = 409
            elif _carried_out(request, form, selection):
                return answer(request, *EVENTS, to=book, close=True)
    context = {"form": form, "selection": selection, "moved": moved, "next": way_back(request, book)}
    return render_page(request, "accounts/bulk.html", context, partial="form", target="dialog", status=status)


@require_POST
@changes
def undo(request: UserRequest, key: UUID) -> HttpResponse:
    """Takes a bulk action of one's own back."""
    change = get_object_or_404(BulkChange.objects.visible_to(request.user), key=key)
    try:
        undone = service.undo(by=request.user, change=change)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        left = change.size - undone
        kept = f"; {left:,} were changed since and stay" if left else ""
        toast(request, f"Taken back for {service.count_of(undone, change.noun)}{kept}")
    return answer(request, *EVENTS, to="accounts:tasks" if change.noun == "task" else "accounts:book")


def _carried_out(request: UserRequest, form: BulkForm, selection: Selection) -> bool:
    try:
        change = form.carry_out(selection.accounts)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return False
    many = service.count_of(change.account_ids, "account")
    same = selection.count - len(change.account_ids)
    words = form.in_words(change, many) + (f" ({same:,} {form.left_out})" if same > 0 else "")
    toast(request, words, undo=reverse("accounts:bulk-undo", args=[change.key]) if change.account_ids else "")
    return True


def _selection(user: User, data: QueryDict) -> Selection:
    """Reads which accounts are meant; 404 where none of those ticked is the user's."""
    state = state_of(user, QueryDict(data.get("state", "")))
    ids: list[int] = []
    if data.get("all"):
        accounts = matching(user, state.filters, today=clock.today(), now=clock.now())
    else:
        ids = sorted({int(pk) for pk in data.getlist("account") if pk.isdecimal() and len(pk) < 19})
        accounts = Account.objects.visible_to(user).filter(pk__in=ids)
    figures = accounts.order_by().aggregate(count=Count("*"), arr=Sum("arr"))
    if ids and not figures["count"]:
        raise Http404("There is no such account.")
    return Selection(
        accounts=accounts,
        ids=ids,
        state=state.filter_query,
        count=figures["count"],
        arr=figures["arr"] or Decimal(0),
        left_out=max(0, len(ids) - figures["count"]),
    )
