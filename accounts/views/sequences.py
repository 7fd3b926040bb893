"""Sequences of e-mails: the list, one with who is in it, and the people of an account who are in some."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.mail import EnrolForm, OnAccountForm
from accounts.http import UserRequest
from accounts.models import Enrolment
from accounts.queries import sequences as queries
from accounts.queries.accounts import get_account_for
from accounts.services import sequence_handling as handling
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import admins_only, changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast

EVENTS = ("sequencesChanged", "mailsChanged", "countsChanged")


@require_safe
def sequences(request: UserRequest) -> HttpResponse:
    """All sequences with their figures, on the accounts that the reader sees."""
    context = {"rows": queries.sequence_rows(request.user), "may_edit": _may_edit(request)}
    return render_page(request, "accounts/sequences.html", context, partial="rows")


@require_safe
def sequence(request: UserRequest, pk: int) -> HttpResponse:
    """One sequence: its steps with what came of them, and who is in it."""
    found, group = queries.get_sequence(pk), request.GET.get("group", queries.RUNNING)
    group = group if group in queries.GROUPS else queries.RUNNING
    counts = queries.group_counts(request.user, found)
    context = {
        "sequence": found,
        "source": queries.source_in_words(found),
        "steps": queries.step_rows(request.user, found),
        "groups": [(key, label, counts[key]) for key, label in queries.GROUPS.items()],
        "group": group,
        "page": queries.enrolment_page(
            request.user, found, group=group, count=counts[group], number=request.GET.get("page")
        ),
        "on": OnAccountForm(user=request.user, required=True),
        "may_edit": _may_edit(request),
    }
    return render_page(request, "accounts/sequence.html", context, partial="rows")


@require_POST
@changes
@admins_only
def switch(request: UserRequest, pk: int) -> HttpResponse:
    """`?on=1` lets contacts be put into it, `?on=0` none any more; those who are in it go on."""
    found, on = queries.get_sequence(pk), request.GET.get("on") == "1"
    try:
        handling.switch_sequence(by=request.user, sequence=found, on=on)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        undo = f"{reverse('accounts:sequence-switch', args=[pk])}?on={int(not on)}"
        toast(request, f"Switched {'on' if on else 'off'} · {found}", undo=undo)
    return answer(request, *EVENTS, to="accounts:sequences")


@require_safe
@changes
def choose(request: UserRequest, pk: int) -> HttpResponse:
    """Leads to the form of the account that was chosen, in which somebody of it is put into the sequence."""
    found, on = queries.get_sequence(pk), OnAccountForm(request.GET, user=request.user, required=True)
    if not on.is_valid():
        refuse(request, " ".join(map(str, on.errors.get("account", []))))
        return redirect("accounts:sequence", pk=pk)
    account = on.cleaned_data["account"]
    return redirect(f"{reverse('accounts:sequence-start', args=[account.pk])}?sequence={found.pk}")


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """Who of an account is in a sequence, or was lately."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "lines": queries.lines_of_account(account)}
    return render_page(request, "accounts/account_sequences.html", context, partial="panel", target="account-sequences")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def start(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who of an account is to get which sequence, and begins it today."""
    account = get_account_for(request.user, pk)
    form = EnrolForm(sent(request), account=account, initial={"sequence": request.GET.get("sequence", "")[:9]})
    dialog = Dialog("Start a sequence of e-mails", account, "Start")
    if request.method != "POST":
        return show(request, dialog, form)
    begun, status = attempt(request, form, lambda: _enrol(request, form))
    if status != 200:
        return show(request, dialog, form, status)
    if begun:
        toast(
            request,
            f"Started · {begun.contact} in “{begun.sequence}”",
            undo=reverse("accounts:enrolment-stop", args=[begun.pk]),
        )
    return answer(request, *EVENTS, to=reverse("accounts:account", args=[pk]), close=True)


@require_POST
@changes
def pause(request: UserRequest, pk: int) -> HttpResponse:
    """No step comes for now."""
    return _handle(request, pk, handling.pause_by_hand, "Paused", back="accounts:enrolment-resume")


@require_POST
@changes
def resume(request: UserRequest, pk: int) -> HttpResponse:
    """It goes on."""
    return _handle(request, pk, handling.resume_by_hand, "Goes on", back="accounts:enrolment-pause")


@require_POST
@changes
def stop(request: UserRequest, pk: int) -> HttpResponse:
    """Ends it for good, with what was not sent yet."""
    return _handle(request, pk, handling.stop_by_hand, "Stopped")


def _enrol(request: UserRequest, form: EnrolForm) -> Enrolment:
    given = form.cleaned_data
    return handling.enrol(
        by=request.user, **{name: given[name] for name in ("sequence", "contact", "anchor_on", "key")}
    )


def _handle(request: UserRequest, pk: int, do: Callable[..., Enrolment], words: str, *, back: str = "") -> HttpResponse:
    enrolment = queries.get_enrolment_for(request.user, pk)
    try:
        do(by=request.user, enrolment=enrolment)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        undo = reverse(back, args=[pk]) if back else ""
        toast(request, f"{words} · {enrolment.contact} in “{enrolment.sequence}”", undo=undo)
    return answer(request, *EVENTS, to=reverse("accounts:sequence", args=[enrolment.sequence_id]))


def _may_edit(request: UserRequest) -> bool:
    return request.user.is_admin and not request.user.read_only
