"""Training of one account: what was given, to whom, what is finished; and the events that its people came to."""

from collections.abc import Callable, Iterable
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import Account
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import searched
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from health.forms.training import AssignForm, EventForm, EventsForm, RecordsForm
from health.queries.training import courses_like, records_page, training_of
from health.services import training as service

FORM_OR_PAGE = ["GET", "HEAD", "POST"]
EVENTS = ("trainingChanged", "timelineChanged")
FIELDS = "health/_training_fields.html"


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The share that is finished, by course and person; as a page with every record."""
    account = get_account_for(request.user, pk)
    is_panel = request.htmx and not request.htmx.boosted and request.htmx.target == "training"
    context = {
        "account": account,
        "training": training_of(account),
        "today": clock.today(),
        "is_own_page": not is_panel or urlsplit(request.htmx.current_url or "").path == request.path,
    }
    if is_panel:
        return render(request, "health/account_training.html#panel", context)
    context["page"] = records_page(account, request.GET.get("page", "1"))
    return render_page(request, "health/account_training.html", context, partial="records", target="training-records")


@require_safe
def course_options(request: UserRequest) -> HttpResponse:
    """Courses that were given before, as suggestions of the field."""
    options = courses_like(searched(request.GET, "course"))
    return render(request, "health/course_options.html", {"options": options})


@require_http_methods(FORM_OR_PAGE)
@changes
def assign(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for the course and who is to take it, and gives it to them."""
    account = get_account_for(request.user, pk)
    form = AssignForm(sent(request), account=account)
    dialog = Dialog("Assign a course", account, "Assign", body=FIELDS)
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.assign_course(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made is not None:
        course = form.cleaned_data["course"]
        words = f"“{course}” assigned to {_people(len(made))}" if made else f"All of them have “{course}” already"
        toast(request, words, undo=_undo("health:training-withdraw", account, "records", [one.pk for one in made]))
    return _changed(request, account, close=True)


@require_POST
@changes
def complete(request: UserRequest, pk: int) -> HttpResponse:
    """The ticked courses are finished, today or on the day that is given."""
    account = get_account_for(request.user, pk)

    def do(form: RecordsForm) -> None:
        on = form.cleaned_data["on"] or clock.today()
        keys = service.complete_courses(by=request.user, account=account, records=form.keys, on=on)
        toast(
            request, f"{_courses(len(keys))} finished", undo=_undo("health:training-reopen", account, "records", keys)
        )

    return _with_records(request, account, do)


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """The ticked courses are not finished after all."""
    account = get_account_for(request.user, pk)

    def do(form: RecordsForm) -> None:
        keys = service.reopen_courses(by=request.user, account=account, records=form.keys)
        toast(request, f"{_courses(len(keys))} open again")

    return _with_records(request, account, do)


@require_POST
@changes
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """The ticked courses were given by mistake."""
    account = get_account_for(request.user, pk)

    def do(form: RecordsForm) -> None:
        number, ticked = service.withdraw_courses(by=request.user, account=account, records=form.keys), len(form.keys)
        left = f"; {ticked - number} finished or brought by a source stay" if number < ticked else ""
        toast(request, f"{_courses(number)} taken back{left}")

    return _with_records(request, account, do)


@require_http_methods(FORM_OR_PAGE)
@changes
def event_new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for an event and who came to it, and notes it."""
    account = get_account_for(request.user, pk)
    form = EventForm(sent(request), account=account)
    dialog = Dialog("Note an event", account, "Note it", body=FIELDS)
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.note_event(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        undo = _undo("health:events-remove", account, "events", [one.pk for one in made])
        toast(request, f"Noted · {form.cleaned_data['name']}", undo=undo)
    return _changed(request, account, close=True)


@require_POST
@changes
def events_remove(request: UserRequest, pk: int) -> HttpResponse:
    """Events were noted by mistake."""
    account = get_account_for(request.user, pk)
    form = EventsForm(request.POST if "events" in request.POST else request.GET, account=account)
    if not form.is_valid():
        if form.has_error("events", "invalid_choice"):
            raise Http404("There is no such event.")
        return _refused(request, account, "Choose the events first.")
    events = [one.pk for one in form.cleaned_data["events"]]
    number = service.remove_events(by=request.user, account=account, events=events)
    toast(request, f"{number} event{'' if number == 1 else 's'} taken back")
    return _changed(request, account)


def _with_records(request: UserRequest, account: Account, do: Callable[[RecordsForm], object]) -> HttpResponse:
    """Does it to the records that the form or, for an undo, the address names; others than the account's are 404."""
    form = RecordsForm(request.POST if "records" in request.POST else request.GET or request.POST, account=account)
    if not form.is_valid():
        if form.has_error("records", "invalid_choice"):
            raise Http404("There is no such record.")
        return _refused(request, account, form.problem)
    try:
        do(form)
    except RefusedError as refused:
        return _refused(request, account, str(refused))
    return _changed(request, account)


def _refused(request: UserRequest, account: Account, words: str) -> HttpResponse:
    refuse(request, words)
    response = answer(request, to=_page(account))
    if request.htmx:
        response.status_code = 422
    return response


def _changed(request: UserRequest, account: Account, *, close: bool = False) -> HttpResponse:
    return answer(request, *EVENTS, to=_page(account), close=close)


def _undo(name: str, account: Account, field: str, keys: Iterable[int]) -> str:
    query = urlencode([(field, key) for key in keys])
    return f"{reverse(name, args=[account.pk])}?{query}" if query else ""


def _page(account: Account) -> str:
    return reverse("health:account-training", args=[account.pk])


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _courses(number: int) -> str:
    return "1 course" if number == 1 else f"{number} courses"
