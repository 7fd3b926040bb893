"""Proposals: those of a renewal, one in full, and everything that is done with it by us."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from cs_workspace.common.typesetting import send_pdf
from renewals.domain.proposals import FROZEN, Option
from renewals.forms.proposal import (
    AnswerForm,
    AskForm,
    NewProposalForm,
    ProposalEditor,
    WithdrawForm,
    products_to_offer,
)
from renewals.forms.proposal_draft import Draft
from renewals.models import Proposal
from renewals.queries.approvals import limits, standing_of
from renewals.queries.proposal_page import Preview, full_page, list_of, preview_of
from renewals.queries.proposal_pdf import is_final, pdf_of
from renewals.queries.proposals import get_proposal_for, page_of, terms_of
from renewals.queries.renewals import get_renewal_for
from renewals.services.answering import accept_option, decline_proposal
from renewals.services.approving import ask_approval
from renewals.services.proposing import (
    edit_proposal,
    revise_proposal,
    send_proposal,
    start_proposal,
    withdraw_proposal,
)

CHANGED = "proposalsChanged"
TWICE = "This form was sent twice. It was saved once."


@require_safe
def proposals(request: UserRequest, pk: int) -> HttpResponse:
    """The proposals of a renewal, the latest first."""
    renewal = get_renewal_for(request.user, pk)
    context = {
        "renewal": renewal,
        "account": renewal.account,
        "rows": list_of(renewal),
        "new": NewProposalForm(),
    }
    return render_page(
        request, "renewals/proposals/list.html", context, partial="proposals", target="renewal-proposals"
    )


@require_POST
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Begins a proposal with the options that the contract gives, and opens it to be changed."""
    renewal = get_renewal_for(request.user, pk)
    back = reverse("renewals:renewal", args=[pk])
    form = NewProposalForm(request.POST)
    return _made(request, back, lambda: start_proposal(by=request.user, renewal=renewal, key=form.once()))


@require_safe
def proposal(request: UserRequest, pk: int) -> HttpResponse:
    """One proposal: its options side by side, what waits for whom, and what can be done with it."""
    found = get_proposal_for(request.user, pk)
    context = {"page": full_page(found), "account": found.account, "new": NewProposalForm()}
    return render_page(request, "renewals/proposals/proposal.html", context, partial="proposal")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Writes the options and lines; everything at once, or nothing."""
    found = get_proposal_for(request.user, pk)
    if request.method != "POST" and found.state in FROZEN:
        refuse(request, "The customer has it, so it stays as it is. Make a new version to change it.")
        return redirect("renewals:proposal", pk=pk)
    return _edit(request, found, request.POST.get("do", ""))


@require_safe
def pdf(request: UserRequest, pk: int) -> HttpResponse:
    """The proposal as a file; what the customer is not to have yet says that it is a draft."""
    found = get_proposal_for(request.user, pk)
    name = f"proposal-{found.number}" if is_final(found) else f"proposal-{found.number}-draft"
    return send_pdf(name, pdf_of(page_of(found)))


@require_POST
@changes
def send(request: UserRequest, pk: int) -> HttpResponse:
    """The customer gets it: from now on it stays as it is."""
    found = get_proposal_for(request.user, pk)
    return _do(
        request,
        found,
        lambda: send_proposal(by=request.user, proposal=found),
        "Marked as sent. Share its link, or send the file.",
    )


@require_POST
@changes
def revise(request: UserRequest, pk: int) -> HttpResponse:
    """Makes a new version of what the customer has, and opens it to be changed."""
    found = get_proposal_for(request.user, pk)
    back = reverse("renewals:proposal", args=[pk])
    form = NewProposalForm(request.POST)
    return _made(request, back, lambda: revise_proposal(by=request.user, proposal=found, key=form.once()))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def ask(request: UserRequest, pk: int) -> HttpResponse:
    """Puts the discount before those who may give it."""
    found, form = get_proposal_for(request.user, pk), AskForm(sent(request))
    dialog = Dialog("Ask for approval", found.account, "Ask", body="renewals/proposals/_ask_fields.html")
    standing = standing_of(terms_of(found), found.author, limits())

    def do() -> Proposal:
        return ask_approval(by=request.user, proposal=found, note=form.cleaned_data["note"])

    return _dialog(request, found, dialog, form, do, "Asked for approval", standing=standing)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a proposal back, for good."""
    found, form = get_proposal_for(request.user, pk), WithdrawForm(sent(request))
    dialog = Dialog("Withdraw the proposal", found.account, "Withdraw")

    def do() -> Proposal:
        return withdraw_proposal(by=request.user, proposal=found, reason=form.cleaned_data["reason"])

    return _dialog(request, found, dialog, form, do, "Withdrawn")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def record_answer(request: UserRequest, pk: int) -> HttpResponse:
    """Puts down what the customer answered by other ways than the link."""
    found = get_proposal_for(request.user, pk)
    form = AnswerForm(sent(request), options=list(found.options.all()), by_us=True)
    dialog = Dialog("Record the answer", found.account)

    def do() -> Proposal:
        name, note = form.cleaned_data["name"], form.cleaned_data["note"]
        if form.chosen is None:
            return decline_proposal(by=request.user, proposal=found, name=name, note=note)
        return accept_option(by=request.user, proposal=found, option=form.chosen, name=name, note=note)

    return _dialog(request, found, dialog, form, do, "Answer recorded")


def _edit(request: UserRequest, found: Proposal, what: str) -> HttpResponse:
    """Shows the form, does what its buttons say, reckons, or saves."""
    is_sent = request.method == "POST"
    draft = Draft.sent(request.POST) if is_sent else _draft_of(found)
    draft.do(what)
    is_tried = what in ("save", "reckon")
    editor = ProposalEditor(draft, products_to_offer(), bound=is_tried)
    terms = terms_of(found) if not is_sent else editor.terms() if is_tried else None
    status = 422 if is_tried and terms is None else 200
    if what == "save" and terms is not None:
        saved, status = _save(request, editor, found, terms)
        if saved is not None:
            return redirect("renewals:proposal", pk=found.pk)
    preview = preview_of(found, terms, request.user) if terms is not None else None
    return _show_editor(request, found, editor, preview, status)


def _draft_of(found: Proposal) -> Draft:
    return Draft.of(terms_of(found), note=found.note, version=found.version)


def _save(
    request: UserRequest, editor: ProposalEditor, found: Proposal, terms: list[Option]
) -> tuple[Proposal | None, int]:
    """Saves what was typed; gives None and the status where the form has to say why not."""
    head = editor.head.cleaned_data
    try:
        saved = edit_proposal(
            by=request.user, proposal=found, options=terms, note=head["note"], version=head["version"]
        )
    except RefusedError as refused:
        editor.problem = str(refused)
        return None, 422
    except StaleError as stale:
        editor.turn_to(stale)
        return None, 409
    toast(request, f"Saved · {found}")
    return saved, 200


def _show_editor(
    request: UserRequest, found: Proposal, editor: ProposalEditor, preview: Preview | None, status: int
) -> HttpResponse:
    context = {"proposal": found, "account": found.account, "editor": editor, "preview": preview}
    partial = "preview" if request.htmx and request.htmx.target == "preview" else "editor"
    if partial == "preview":
        status = 200  # a glance at what is typed so far: nothing was to be saved
    return render_page(request, "renewals/proposals/edit.html", context, partial=partial, status=status)


def _made(request: UserRequest, back: str, make: Callable[[], Proposal]) -> HttpResponse:
    """Makes a proposal and opens it to be changed; where it is not made, says why on the page that one came from."""
    try:
        made = make()
    except RepeatedError:
        refuse(request, TWICE)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        return redirect("renewals:proposal-edit", pk=made.pk)
    return redirect(back)


def _do(request: UserRequest, found: Proposal, do: Callable[[], Proposal], done: str) -> HttpResponse:
    """Does what needs no form, and says so."""
    try:
        do()
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, done)
    return _changed(request, found)


def _dialog(
    request: UserRequest,
    found: Proposal,
    dialog: Dialog,
    form: Any,
    do: Callable[[], Proposal],
    done: str,
    **more: Any,
) -> HttpResponse:
    """Asks, does it, and says so; what is wrong stands in the form."""
    if request.method != "POST":
        return show(request, dialog, form, proposal=found, **more)
    _, status = attempt(request, form, do)
    if status != 200:
        return show(request, dialog, form, status, proposal=found, **more)
    toast(request, f"{done} · {found}")
    return _changed(request, found, close=True)


def _changed(request: UserRequest, found: Proposal, *, close: bool = False) -> HttpResponse:
    to = reverse("renewals:proposal", args=[found.pk])
    return answer(request, CHANGED, "renewalChanged", "tasksChanged", "countsChanged", to=to, close=close)
