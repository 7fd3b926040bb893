"""What is done with a task: made, changed, finished, put off, given up; one by one in dialog or row, or ticked."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import label_of
from accounts.forms.snooze import SnoozeForm
from accounts.forms.task import InlineTaskForm, NewTaskForm, TaskForm, repeat_initial
from accounts.forms.task_bulk import BulkTaskForm
from accounts.http import UserRequest
from accounts.models import Account, Task
from accounts.queries.accounts import get_account_for
from accounts.queries.tasks import get_task_for, next_of
from accounts.services import recurring
from accounts.services import tasks as service
from accounts.services.tasks import TaskFields
from accounts.views.dialogs import attempt, sent
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast

EVENTS = ("tasksChanged", "countsChanged")
LIST = "accounts:tasks"
LONGEST_ADDRESS = 3_500  # of a request; gunicorn takes 4,094 bytes with the verb
FORM_OR_PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_OR_PAGE)
@changes
def new(request: UserRequest) -> HttpResponse:
    """Asks what is to be done, and makes a task of it; `?account=` fills in the account."""
    form = NewTaskForm(sent(request), user=request.user, account=_account_named(request))
    if request.method != "POST":
        return _dialog(request, {"form": form})
    task, status = attempt(
        request,
        form,
        lambda: service.create_task(by=request.user, origin_key=_key_of(request, form), **form.task_fields()),
    )
    if task is None:
        return _dialog(request, {"form": form}, status=status)
    toast(request, f"Task added · {task.title}", undo=reverse("accounts:task-cancel", args=[task.pk]))
    return answer(request, *EVENTS, to=LIST, close=True)


@require_http_methods(FORM_OR_PAGE)
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """A task as a whole: a form while it is open, its facts once it is not or for those who may only look."""
    task = get_task_for(request.user, pk)
    if request.method == "POST":
        return _save(request, task)
    may_edit = task.status == Task.Status.OPEN and not request.user.read_only
    form = TaskForm(user=request.user, record=task) if may_edit else None
    return _dialog(request, {"task": task, "form": form})


@require_http_methods(FORM_OR_PAGE)
@changes
def row(request: UserRequest, pk: int) -> HttpResponse:
    """Title, day and priority of a task, changed in its row of the list."""
    task = get_task_for(request.user, pk)
    if request.method == "POST":
        return _save_row(request, task)
    if not request.htmx:
        return redirect("accounts:task-edit", pk=pk)
    if "edit" not in request.GET:
        return render(request, "accounts/_task_row.html", {"task": task})
    return _row_form(request, task, InlineTaskForm(initial=_row_values(task)))


@require_POST
@changes
def done(request: UserRequest, pk: int) -> HttpResponse:
    """It is done."""
    task = get_task_for(request.user, pk)
    return _close(request, task, service.complete_task, f"Done · {task.title}")


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """It is to be done after all."""
    task = get_task_for(request.user, pk)
    return _do(request, task, service.reopen_task, f"Open again · {task.title}")


@require_POST
@changes
def cancel(request: UserRequest, pk: int) -> HttpResponse:
    """It will not be done."""
    task = get_task_for(request.user, pk)
    return _close(request, task, service.cancel_task, f"Cancelled · {task.title}")


@require_http_methods(FORM_OR_PAGE)
@changes
def snooze(request: UserRequest, pk: int) -> HttpResponse:
    """Asks until when, and lets the task sleep."""
    task = get_task_for(request.user, pk)
    form = SnoozeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        until = form.moment()
        try:
            service.snooze_task(by=request.user, task=task, until=until)
        except RefusedError as refused:
            form.add_error("until", str(refused))
        else:
            words = f"Asleep until {timezone.localtime(until):%a %d %b} · {task.title}"
            toast(request, words, undo=reverse("accounts:task-wake", args=[pk]))
            return answer(request, *EVENTS, to=LIST, close=True)
    context = {"form": form, "task": task, "next": request.GET.get("next", "")}
    status = 422 if form.errors else 200
    return render_page(request, "accounts/task_snooze.html", context, partial="form", target="dialog", status=status)


@require_POST
@changes
def wake(request: UserRequest, pk: int) -> HttpResponse:
    """It sleeps no longer."""
    task = get_task_for(request.user, pk)

    def wake_up(**given: Any) -> Task:
        return service.snooze_task(until=None, **given)

    return _do(request, task, wake_up, f"Awake again · {task.title}")


@require_POST
@changes
def stop(request: UserRequest, pk: int) -> HttpResponse:
    """It repeats no more; this one stays."""
    task = get_task_for(request.user, pk)
    words = f"Repeats no more · {task.title}"
    return _do(request, task, recurring.stop_repeating, words, back="accounts:task-repeat")


@require_POST
@changes
def repeat(request: UserRequest, pk: int) -> HttpResponse:
    """It repeats after all, by the rule that it had."""
    task = get_task_for(request.user, pk)
    return _do(request, task, recurring.repeat_again, f"Repeats again · {task.title}")


@require_POST
@changes
def bulk(request: UserRequest) -> HttpResponse:
    """One change of the ticked tasks; the way back of it comes as an address, without a form."""
    form = BulkTaskForm(request.POST if "action" in request.POST else request.GET, user=request.user)
    if form.is_valid():
        words, undo = form.carry_out()
        toast(request, words, undo=undo)
        return answer(request, *EVENTS, to=LIST)
    if form.has_error("tasks", "invalid_choice"):
        raise Http404("There is no such task.")
    refuse(request, form.problem)
    response = answer(request, to=LIST)
    if request.htmx:
        response.status_code = 422
    return response


def _account_named(request: UserRequest) -> Account | None:
    """The account that the address fills in; 404 where it is none of the user's."""
    key = request.GET.get("account", "")
    if request.method == "POST" or not key:
        return None
    if not key.isdecimal() or len(key) > 18:
        raise Http404("There is no such account.")
    return get_account_for(request.user, int(key))


def _key_of(request: UserRequest, form: NewTaskForm) -> str:
    """By which a task is made once, however often its form is sent."""
    key = form.cleaned_data["key"]
    return f"hand:{request.user.pk}:{key}" if key else ""


@changes
def _save(request: UserRequest, task: Task) -> HttpResponse:
    """Saves what the dialog sent; an undo sends what was there before by its address."""
    is_undo = _is_undo(request)
    form = TaskForm(request.GET if is_undo else request.POST, user=request.user, record=task)
    done, status = attempt(
        request,
        form,
        lambda: service.edit_task(
            by=request.user, task=task, fields=form.task_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return _not_undone(request) if is_undo else _dialog(request, {"task": task, "form": form}, status=status)
    undo = _way_back("accounts:task-edit", done[0], _typed(done[1])) if done and not is_undo else ""
    toast(request, f"{'As before' if is_undo else 'Saved'} · {form.cleaned_data['title']}", undo=undo)
    return answer(request, *EVENTS, to=LIST, close=True)


def _save_row(request: UserRequest, task: Task) -> HttpResponse:
    """Saves what the row sent; an undo sends what was there before by its address."""
    is_undo = _is_undo(request)
    form = InlineTaskForm(request.GET if is_undo else request.POST)
    if not form.is_valid():
        return _not_undone(request) if is_undo else _row_form(request, task, form, status=422)
    before = _row_values(task)
    try:
        saved, _ = service.edit_task(
            by=request.user, task=task, fields=form.task_fields(task), version=form.cleaned_data["version"]
        )
    except (RefusedError, StaleError) as error:
        return _not_undone(request) if is_undo else _row_refused(request, task, form, error)
    undo = "" if is_undo else _way_back("accounts:task-row", saved, before)
    toast(request, f"{'As before' if is_undo else 'Saved'} · {saved.title}", undo=undo)
    return answer(request, *EVENTS, to=LIST)


def _is_undo(request: UserRequest) -> bool:
    return "version" in request.GET and "version" not in request.POST


def _way_back(name: str, saved: Task, before: dict[str, Any]) -> str:
    """The address that puts back what was there; empty where it would be longer than servers take."""
    sent = {key: "" if value is None else value for key, value in before.items()} | {"version": saved.version}
    address = f"{reverse(name, args=[saved.pk])}?{urlencode(sent, doseq=True)}"
    return address if len(address) <= LONGEST_ADDRESS else ""


def _typed(before: TaskFields) -> dict[str, Any]:
    """What a task held, as its form takes it."""
    account, due_at = before["account"], before["due_at"]
    return {
        **{name: value for name, value in before.items() if name != "repeats"},
        **repeat_initial(before["repeats"]),
        "account": label_of(account) if account else "",
        "due_at": due_at.isoformat() if due_at else "",
        "assignees": [person.pk for person in before["assignees"]],
    }


def _not_undone(request: UserRequest) -> HttpResponse:
    refuse(request, "That cannot be taken back any more: the task was changed since. Open it to change it.")
    return answer(request, *EVENTS, to=LIST)


def _row_values(task: Task) -> dict[str, Any]:
    due_on = timezone.localtime(task.due_at).date() if task.due_at else None
    return {"title": task.title, "due_on": due_on, "priority": task.priority, "version": task.version}


def _row_refused(
    request: UserRequest, task: Task, form: InlineTaskForm, error: RefusedError | StaleError
) -> HttpResponse:
    """The row with what was typed, and why it was not saved."""
    if isinstance(error, RefusedError):
        form.add_error(None, str(error))
        return _row_form(request, task, form, status=422)
    current: Any = error.current
    form.turn_to(current)
    return _row_form(request, task, form, status=409, who=error.by or "Somebody", current=current)


def _row_form(
    request: UserRequest, task: Task, form: InlineTaskForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    if not request.htmx:
        refuse(request, form.problem or "Somebody else changed the task meanwhile. Look at it again.")
        return redirect("accounts:task-edit", pk=task.pk)
    context |= {"task": task, "form": form}
    return render(request, "accounts/_task_row_form.html", context, status=status)


def _close(request: UserRequest, task: Task, verb: Callable[..., Task], words: str) -> HttpResponse:
    """Closes it, and says when what repeats comes again."""

    def and_tell() -> str:
        again = next_of(task) if task.repeats else None
        return f"{words} · again {timezone.localtime(again.due_at):%a %d %b}" if again and again.due_at else words

    return _do(request, task, verb, and_tell, back="accounts:task-reopen")


def _do(
    request: UserRequest, task: Task, verb: Callable[..., Any], words: str | Callable[[], str], *, back: str = ""
) -> HttpResponse:
    """Does it, says so with the way back, and lets lists and counts be read anew."""
    try:
        verb(by=request.user, task=task)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        told = words if isinstance(words, str) else words()
        toast(request, told, undo=reverse(back, args=[task.pk]) if back else "")
    return answer(request, *EVENTS, to=LIST, close=True)


def _dialog(request: UserRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context["next"] = request.POST.get("next") or request.GET.get("next", "")
    return render_page(request, "accounts/task.html", context, partial="form", target="dialog", status=status)
