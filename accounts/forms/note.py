"""The form over a note, and the outlines that a note can begin with."""

from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import DialogForm, EditForm
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


class NewNoteForm(DialogForm):
    """A new note; `template` fills the text with an outline."""

    body = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 10}), help_text="Markdown works here.")
    pinned = forms.BooleanField(required=False, label="Pin above the timeline")
    template = forms.ChoiceField(choices=Note.Template.choices, required=False, widget=forms.HiddenInput)

    layout: ClassVar[list[list[str]]] = [["body"], ["pinned"]]

    def __init__(self, *args: Any, template: str = "", **kwargs: Any) -> None:
        template = template if template in OUTLINES else ""
        super().__init__(*args, initial={"template": template, "body": OUTLINES[template]}, **kwargs)


class NoteForm(EditForm):
    """A note as a whole."""

    body = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 10}), help_text="Markdown works here.")
    pinned = forms.BooleanField(required=False, label="Pin above the timeline")

    layout: ClassVar[list[list[str]]] = [["body"], ["pinned"]]

    def __init__(self, *args: Any, record: Note, **kwargs: Any) -> None:
        super().__init__(*args, record=record, initial={"body": record.body, "pinned": record.pinned}, **kwargs)

    def in_words(self, record: Note) -> dict[str, str]:
        return {"Note": record.body, "Pinned": "yes" if record.pinned else "no"}
