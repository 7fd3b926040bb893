"""What is typed while a review goes on: notes, decisions, and the values of goals."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from accounts.forms.fields import EditForm, NewForm
from accounts.forms.plan import NumberField
from qbr.domain.reviews import PART_LABELS, Part
from qbr.models import ReviewNote
from qbr.services.notes import NoteFields

PARTS = [("", "In general"), *((part.value, PART_LABELS[part]) for part in Part)]
LONGEST = 1000
DECIDED = "!"


class NoteForm(NewForm):
    """One line that was said. It was decided where that button is pressed, or the line begins with an exclamation mark,
    so that the keyboard is enough."""

    text = forms.CharField(
        max_length=LONGEST,
        label="What was said or decided",
        error_messages={"required": "Write what was said."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "Enter writes it down; begin with ! for a decision"}
        ),
    )
    part = forms.ChoiceField(choices=PARTS, required=False, label="About")
    kind = forms.ChoiceField(choices=ReviewNote.Kind.choices, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note-%s", **kwargs)

    def clean_text(self) -> str:
        """Something must be left beside the mark of a decision."""
        text: str = self.cleaned_data["text"]
        if not text.removeprefix(DECIDED).strip():
            raise forms.ValidationError("Write what was decided.")
        return text

    def note_fields(self) -> NoteFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        text = clean["text"].removeprefix(DECIDED).lstrip()
        is_decision = clean["kind"] == ReviewNote.Kind.DECISION or clean["text"].startswith(DECIDED)
        kind = ReviewNote.Kind.DECISION if is_decision else ReviewNote.Kind.NOTE
        return {"kind": kind.value, "part": clean["part"], "text": text}


class EditNoteForm(EditForm):
    """A note that is put into better words."""

    text = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(choices=ReviewNote.Kind.choices)
    part = forms.ChoiceField(choices=PARTS, required=False, label="About")

    layout: ClassVar[list[list[str]]] = [["text"], ["kind", "part"]]

    def __init__(self, *args: Any, record: ReviewNote, **kwargs: Any) -> None:
        initial = {"text": record.text, "kind": record.kind, "part": record.part}
        super().__init__(*args, record=record, initial=initial, **kwargs)

    def in_words(self, record: ReviewNote) -> dict[str, str]:
        about = dict(PARTS)[record.part]
        return {"Text": record.text, "Kind": record.get_kind_display(), "About": about}

    def note_fields(self) -> NoteFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {"kind": clean["kind"], "part": clean["part"], "text": clean["text"]}


class ScoreForm(NewForm):
    """What the measure of an objective is today."""

    value = NumberField(label="Value", error_messages={"required": "Give the value."})


def score_form(objective: int, data: QueryDict | None = None) -> ScoreForm:
    """The form of one objective, by its key: there are as many on a page as objectives."""
    return ScoreForm(data, auto_id=f"score-{objective}-%s")
