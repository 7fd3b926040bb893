"""Playbooks: the list, one in full, and what admins do with them: write, publish anew, copy, switch on and off."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain.merging import FIELDS
from accounts.domain.playbook_results import LEAST, WITHIN_DAYS
from accounts.domain.playbook_runs import Rehearsal, rehearse
from accounts.domain.playbooks import STEP_LABELS, Plan
from accounts.forms.playbook import PlaybookEditor, RehearseForm
from accounts.forms.playbook_draft import Draft
from accounts.http import UserRequest
from accounts.models import Playbook
from accounts.queries.playbook_facts import situation_for_rehearsal, vocabulary
from accounts.queries.playbook_results import result_rows, results_of
from accounts.queries.playbooks import get_playbook, playbook_page, playbook_rows
from accounts.services import playbook_publishing as service
from cs_workspace.common import clock
from cs_workspace.common.access import admins_only, changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import searched
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast

STATES = (("", "All"), ("on", "Switched on"), ("off", "Switched off"))
CHANGED = "playbooksChanged"
RESULTS = 50


@require_safe
def playbooks(request: UserRequest) -> HttpResponse:
    """All playbooks with what came of their runs, on the accounts that the reader sees."""
    state, text = request.GET.get("state", ""), searched(request.GET, "q")
    state = state if state in dict(STATES) else ""
    context = {
        "rows": playbook_rows(request.user, state=state, text=text),
        "states": STATES,
        "state": state,
        "text": text,
        "least": LEAST,
        "may_edit": _may_edit(request),
    }
    return render_page(request, "accounts/playbooks.html", context, partial="rows")


@require_safe
def playbook(request: UserRequest, pk: int) -> HttpResponse:
    """One playbook in words, and its last runs."""
    page = playbook_page(request.user, get_playbook(pk))
    context: dict[str, Any] = {"page": page, "results": page.results, "least": LEAST, "days": WITHIN_DAYS}
    context["may_edit"] = _may_edit(request)
    return render_page(request, "accounts/playbook.html", context, partial="playbook")


@require_safe
def results(request: UserRequest, pk: int) -> HttpResponse:
    """What the score did after each run of a playbook, on the accounts that the reader sees."""
    found = get_playbook(pk)
    page = Paginator(result_rows(request.user, found), RESULTS).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"playbook": found, "page": page, "results": results_of(request.user, found)}
    context |= {"least": LEAST, "days": WITHIN_DAYS}
    return render_page(request, "accounts/playbook_results.html", context, partial="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
@admins_only
def new(request: UserRequest) -> HttpResponse:
    """Writes a playbook; it begins switched off."""
    draft = Draft.sent(request.POST) if request.method == "POST" else Draft.empty()
    return _edit(request, draft, None)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
@admins_only
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes a playbook, for runs that begin from then on."""
    found = get_playbook(pk)
    assert found.current is not None  # a playbook is made with its first version
    head = {"name": found.name, "aim": found.aim, "version": found.version}
    draft = Draft.sent(request.POST) if request.method == "POST" else Draft.of(found.current.plan, **head)
    return _edit(request, draft, found)


@require_POST
@changes
@admins_only
def copy(request: UserRequest, pk: int) -> HttpResponse:
    """The same under another name, switched off, and opened to be changed."""
    copied = service.copy_playbook(by=request.user, playbook=get_playbook(pk))
    toast(request, f"Copied · {copied}")
    return redirect("accounts:playbook-edit", pk=copied.pk)


@require_POST
@changes
@admins_only
def switch(request: UserRequest, pk: int) -> HttpResponse:
    """`?on=1` lets runs begin, `?on=0` none any more; those that run go on."""
    on = request.GET.get("on") == "1"
    switched = service.switch_playbook(by=request.user, playbook=get_playbook(pk), on=on)
    undo = f"{reverse('accounts:playbook-switch', args=[pk])}?on={int(not on)}"
    toast(request, f"Switched {'on' if on else 'off'} · {switched}", undo=undo)
    return answer(request, CHANGED, to="accounts:playbooks")


def _may_edit(request: UserRequest) -> bool:
    return request.user.is_admin and not request.user.read_only


def _edit(request: UserRequest, draft: Draft, found: Playbook | None) -> HttpResponse:
    """Shows the form, does what its buttons say, runs it through, or publishes it."""
    what = request.POST.get("do", "")
    draft.do(what)
    is_tried = request.method == "POST" and what in ("publish", "rehearse")
    editor = PlaybookEditor(draft, vocabulary(), bound=is_tried)
    on = RehearseForm(request.POST if what == "rehearse" else None, user=request.user)
    plan = editor.plan() if is_tried else None
    context: dict[str, Any] = {"editor": editor, "playbook": found, "kinds": STEP_LABELS.items(), "on": on}
    context["fields"] = FIELDS
    status = 422 if is_tried and plan is None else 200
    if plan is not None and what == "publish":
        published, status = _publish(request, editor, plan, found)
        if published is not None:
            toast(request, f"Published · {published}, for runs that begin from now on")
            return redirect("accounts:playbook", pk=published.pk)
    elif plan is not None:
        context["rehearsal"] = _rehearse(plan, on)
        status = 200 if context["rehearsal"] else 422
    return render_page(request, "accounts/playbook_edit.html", context, partial="editor", status=status)


def _publish(
    request: UserRequest, editor: PlaybookEditor, plan: Plan, found: Playbook | None
) -> tuple[Playbook | None, int]:
    """Publishes it; where that is refused the form says why, with the status of the answer."""
    given = editor.head.cleaned_data
    words = {"name": given["name"], "aim": given["aim"], "plan": plan}
    try:
        if found is None:
            return service.create_playbook(by=request.user, **words), 200
        version = given["version"]
        return service.publish_playbook(by=request.user, playbook=found, version=version, **words), 200
    except RefusedError as refused:
        editor.head.add_error(None, str(refused))
        return None, 422
    except StaleError as stale:
        current: Any = stale.current
        data: Any = editor.head.data
        editor.head.add_error(
            None, "Somebody else published this playbook meanwhile. Publish again to put yours in place of theirs."
        )
        data[editor.head.add_prefix("version")] = current.version
        refuse(request, "Nothing of yours was published yet.")
        return None, 409


def _rehearse(plan: Plan, on: RehearseForm) -> tuple[Rehearsal, list[str]] | None:
    """What would be done on the account, and which conditions do not hold there; None where there is no account."""
    if not on.is_valid():
        return None
    now = clock.now()
    situation, missed = situation_for_rehearsal(on.cleaned_data["account"], plan, now=now)
    shown = rehearse(plan, situation, now=timezone.localtime(now))
    return shown, missed
