"""One churn record: its page, what is said of it, its exit interview, and the ways back."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.forms.churn import RecordForm
from renewals.forms.exit_interview import InterviewDraft
from renewals.models import ChurnRecord, ExitInterview
from renewals.queries.churn_records import get_record_for, record_page
from renewals.services import churn_records as service

CHANGED = ("churnChanged", "timelineChanged")


@require_safe
def record(request: UserRequest, pk: int) -> HttpResponse:
    """What was lost, why, what the customer said of it, and what we learn."""
    found = get_record_for(request.user, pk)
    context = {"one": found, "account": found.account, "shown": record_page(found)}
    return render_page(request, "renewals/churn_record.html", context, partial="record")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes what is said of it: reason, preventable, lessons, whether it is worth winning back."""
    found = get_record_for(request.user, pk)
    form, dialog = RecordForm(sent(request), record=found), Dialog("Edit the record", found.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_record(
            by=request.user, record=found, fields=form.record_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        back = f"{reverse('renewals:churn-put-back', args=[pk])}?version={edited.version}"
        toast(request, f"Saved · {found.account.name}", undo=back)
    return _changed(request, pk, close=True)


@require_POST
@changes
def put_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version`."""
    found, version = get_record_for(request.user, pk), whole_number(request.GET, "version")
    return _take_back(request, found, lambda: service.take_back_record(by=request.user, record=found, version=version))


@require_POST
@changes
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a record back that was written down afterwards."""
    found = get_record_for(request.user, pk)
    return _take_back(request, found, lambda: service.withdraw_note(by=request.user, record=found))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def interview(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what the customer said on leaving, and writes it down. By POST a `do` of `add` or `remove:…` changes the
    questions of the form."""
    found = get_record_for(request.user, pk)
    held = ExitInterview.objects.filter(record=found).prefetch_related("contacts").first()
    if request.method != "POST":
        return _show(request, found, InterviewDraft.begun(found, held, by=request.user))
    do = request.POST.get("do", "")
    draft = InterviewDraft.sent(request.POST, found, held, by=request.user, do=do)
    if do:
        return _show(request, found, draft)
    status = _attempt(request, found, draft)
    return _show(request, found, draft, status) if status else redirect("renewals:churn-record", pk=pk)


@require_POST
@changes
def interview_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change of the interview back that made `?version`; the first one takes the interview away."""
    found, version = get_record_for(request.user, pk), whole_number(request.GET, "version")
    held = ExitInterview.objects.filter(record=found).first()
    if held is None:
        raise Http404
    return _take_back(
        request, found, lambda: service.take_back_interview(by=request.user, interview=held, version=version)
    )


def _attempt(request: UserRequest, found: ChurnRecord, draft: InterviewDraft) -> int:
    """Writes the interview down by a form; gives the status of its answer, 0 where that is the page of the record."""
    if not draft.is_valid():
        return 422
    clean = draft.head.cleaned_data
    try:
        written = service.write_interview(
            by=request.user, record=found, fields=draft.fields, version=clean["version"] or 0, key=clean["key"]
        )
    except RepeatedError:
        return 0
    except RefusedError as refused:
        draft.head.add_error(None, str(refused))
        return 422
    except StaleError as stale:
        current: Any = stale.current
        draft.over(current.version)
        words = f"{stale} Nothing of yours is saved yet. Save again to put it in place of theirs."
        draft.head.add_error(None, words)
        return 409
    back = f"{reverse('renewals:exit-interview-back', args=[found.pk])}?version={written.version}"
    toast(request, f"Written down · interview of {found.account.name}", undo=back)
    return 0


def _take_back(request: UserRequest, found: ChurnRecord, do: Callable[[], Any]) -> HttpResponse:
    try:
        do()
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Taken back · {found.account.name}")
    return _changed(request, found.pk)


def _changed(request: UserRequest, pk: int, *, close: bool = False) -> HttpResponse:
    return answer(request, *CHANGED, to=reverse("renewals:churn-record", args=[pk]), close=close)


def _show(request: UserRequest, found: ChurnRecord, draft: InterviewDraft, status: int = 200) -> HttpResponse:
    context = {"one": found, "account": found.account, "draft": draft, "form": draft.head}
    return render_page(
        request, "renewals/exit_interview.html", context, partial="form", target="interview", status=status
    )
