"""What is written down while a review goes on: notes and decisions, values of goals, and who took part."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.success_plans import Goal
from accounts.services.plan_parts import measure
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.actions import NewActionForm
from qbr.forms.holding import HoldForm
from qbr.forms.notes import EditNoteForm, NoteForm, ScoreForm, score_form
from qbr.models import Review, ReviewNote
from qbr.queries.actions import actions_of, people_of
from qbr.queries.notes import attendees_of, get_note_for, get_objective_for, said_in, scored_goals
from qbr.queries.reviews import get_review_for
from qbr.services import notes as service
from qbr.services.holding import holding_refused

ALL, SAID, LIST = "review-notes", "notes-said", "notes-list"
CHANGED = ("reviewNotesChanged", "reviewChanged")


@dataclass(frozen=True)
class ScoreRow:
    """An objective, and the form that scores it."""

    goal: Goal
    form: ScoreForm


@require_safe
def notes(request: UserRequest, pk: int) -> HttpResponse:
    """All that is written down while presenting, as a page or beside the slides; or only the notes."""
    review = get_review_for(request.user, pk)
    if request.htmx and request.htmx.target in (SAID, LIST):
        return _said(request, review, NoteForm(initial=_about(request)))
    people = people_of(review, request.user)
    context = {
        **_context(review),
        "form": NoteForm(initial=_about(request)),
        "said": said_in(review),
        "action_form": NewActionForm(review=review, people=people),
        "actions": actions_of(review),
        "scores": _score_rows(review),
        "hold_form": HoldForm(None, review=review, attendees=attendees_of(review)),
        "refusal": holding_refused(review),
    }
    return render_page(request, "qbr/notes.html", context, partial="panel", target=ALL)


@require_POST
@changes
def note_new(request: UserRequest, pk: int) -> HttpResponse:
    """Writes one line down, and is ready for the next."""
    review = get_review_for(request.user, pk)
    form = NoteForm(request.POST)
    made, status = attempt(
        request,
        form,
        lambda: service.add_note(
            by=request.user, review=review, fields=form.note_fields(), key=form.cleaned_data["key"]
        ),
    )
    if status != 200:
        return _said(request, review, form, status=status)
    if made:
        toast(request, f"Written down · {made}", undo=reverse("qbr:note-archive", args=[made.pk]))
    if not request.htmx:
        return answer(request, to=f"{reverse('qbr:notes', args=[pk])}?part={form.cleaned_data['part']}#{SAID}")
    return _said(request, review, NoteForm(initial={"part": form.cleaned_data["part"]}))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def note_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Puts a note into better words."""
    note = get_note_for(request.user, pk)
    form = EditNoteForm(sent(request), record=note)
    dialog = Dialog("Edit the note", note.review.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_note(
            by=request.user, note=note, fields=form.note_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        toast(request, f"Saved · {edited}", undo=f"{reverse('qbr:note-back', args=[pk])}?version={edited.version}")
    return answer(request, *CHANGED, to=reverse("qbr:notes", args=[note.review_id]), close=True)


@require_POST
@changes
def note_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version` of a note."""
    do = partial(service.take_back_note, version=whole_number(request.GET, "version"))
    return _handle(request, pk, do, "As before")


@require_POST
@changes
def note_archive(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a note out of the review."""
    return _handle(request, pk, service.archive_note, "Taken out", undo="qbr:note-restore")


@require_POST
@changes
def note_restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings a note back."""
    return _handle(request, pk, service.restore_note, "Back again")


@require_safe
def scores(request: UserRequest, pk: int) -> HttpResponse:
    """The objectives of the success plan, and the value of each."""
    return _scores(request, get_review_for(request.user, pk))


@require_POST
@changes
def score(request: UserRequest, pk: int, objective: int) -> HttpResponse:
    """Writes down what the measure of an objective is today."""
    review = get_review_for(request.user, pk)
    goal, form = get_objective_for(review, objective), score_form(objective, request.POST)
    note = f"Said in the {review.get_kind_display().lower()}"
    made, status = attempt(
        request,
        form,
        lambda: measure(
            by=request.user,
            objective=goal,
            on=clock.today(),
            value=form.cleaned_data["value"],
            note=note,
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return _scores(request, review, bound=(goal.pk, form), status=status)
    if made:
        toast(request, f"Scored · {goal}", undo=reverse("accounts:measured-value-archive", args=[made.pk]))
    return answer(request, "objectivesChanged", "planChanged", to=reverse("qbr:notes", args=[pk]))


def _handle(
    request: UserRequest, pk: int, do: Callable[..., ReviewNote], words: str, *, undo: str = ""
) -> HttpResponse:
    note = get_note_for(request.user, pk)
    try:
        do(by=request.user, note=note)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{words} · {note}", undo=reverse(undo, args=[pk]) if undo else "")
    return answer(request, *CHANGED, to=reverse("qbr:notes", args=[note.review_id]))


def _said(request: UserRequest, review: Review, form: NoteForm, *, status: int = 200) -> HttpResponse:
    context = {**_context(review), "form": form, "said": said_in(review), "part": "qbr/_said.html", "title": "Notes"}
    target = LIST if request.htmx and request.htmx.target == LIST else SAID
    return render_page(request, "qbr/part.html", context, partial="panel", target=target, status=status)


def _score_rows(review: Review, bound: tuple[int, ScoreForm] | None = None) -> list[ScoreRow]:
    """The objectives with a form each, of which one may be `bound` to what was refused."""
    refused = dict([bound] if bound else [])
    goals = scored_goals(review)
    return [ScoreRow(goal, refused.get(goal.objective.pk) or score_form(goal.objective.pk)) for goal in goals]


def _scores(
    request: UserRequest, review: Review, *, bound: tuple[int, ScoreForm] | None = None, status: int = 200
) -> HttpResponse:
    context = {**_context(review), "scores": _score_rows(review, bound), "part": "qbr/_scores.html", "title": "Goals"}
    return render_page(request, "qbr/part.html", context, partial="panel", target="review-scores", status=status)


def _context(review: Review) -> dict[str, Any]:
    return {
        "review": review,
        "account": review.account,
        "can_write": review.status not in service.CLOSED,
    }


def _about(request: UserRequest) -> dict[str, str]:
    """The part that is being shown, as the address names it."""
    return {"part": request.GET.get("part", "")}
