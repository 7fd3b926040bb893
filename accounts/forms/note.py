"""The form over a note, and the outlines that a note can begin with."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import EditForm, NewForm
from accounts.models import Note

OUTLINES = {
    Note.Template.PLAIN.value: "",
    Note.Template.CHURN_RISK.value: (
        "## What we see\n\n\n## Why: product, people or process\n\n\n"
        "## How likely they leave, and how much ARR\n\n\n## What would turn it\n\n\n## Who does what by when\n\n"
    ),
    Note.Template.HANDOVER.value: (
        "## Who they are and why they bought\n\n\n## People: champion, sponsor, detractors\n\n\n"
        "## What was promised\n\n\n## What is open\n\n\n## Tone, and what to avoid\n\n"
    ),
    Note.Template.MEETING.value: "## Who was there\n\n\n## What was said\n\n\n## Decided\n\n\n## Next steps\n\n",
}


@dataclass(frozen=True)
class Outline:
    """An outline as the dialog offers it."""

    key: str
    label: str
    is_chosen: bool


class NewNoteForm(NewForm):
    """A new note."""

    body = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 10}), help_text="Markdown works here.")
    pinned = forms.BooleanField(required=False, label="Pin above the timeline")
    template = forms.ChoiceField(choices=Note.Template.choices, required=False, widget=forms.HiddenInput)

    layout: ClassVar[list[list[str]]] = [["body"], ["pinned"]]

    @property
    def outlines(self) -> list[Outline]:
        """What a note can begin with."""
        chosen = self["template"].value() or ""
        return [Outline(key, str(label), key == chosen) for key, label in Note.Template.choices]

    def with_outline(self, template: str) -> "NewNoteForm":
        """The form anew, with an outline below what was typed; an outline that nobody filled in makes way."""
        typed = str(self["body"].value() or "").replace("\r\n", "\n").strip()
        template = template if template in OUTLINES else ""
        is_bare = typed in {outline.strip() for outline in OUTLINES.values()}
        body = OUTLINES[template] if is_bare else f"{typed}\n\n{OUTLINES[template]}".rstrip("\n") + "\n"
        kept = {"key": self["key"].value(), "pinned": self["pinned"].value()}
        form = type(self)(initial=kept | {"template": template, "body": body})
        form.fields["body"].widget.attrs["autofocus"] = True
        return form


class NoteForm(EditForm):
    """A note as a whole."""

    body = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 10}), help_text="Markdown works here.")
    pinned = forms.BooleanField(required=False, label="Pin above the timeline")

    layout: ClassVar[list[list[str]]] = [["body"], ["pinned"]]

    def __init__(self, *args: Any, record: Note, **kwargs: Any) -> None:
        super().__init__(*args, record=record, initial={"body": record.body, "pinned": record.pinned}, **kwargs)

    def in_words(self, record: Note) -> dict[str, str]:
        return {"Note": record.body, "Pinned": "yes" if record.pinned else "no"}
