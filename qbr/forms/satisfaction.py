"""How somebody found a review."""

from typing import ClassVar

from django import forms

from accounts.forms.fields import DialogForm
from qbr.services.satisfaction import LONGEST_COMMENT

WORDS = {5: "Very good", 4: "Good", 3: "So so", 2: "Poor", 1: "Very poor"}


class SatisfactionForm(DialogForm):
    """A score from 1 to 5, and words for those who have some."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=[(number, f"{number} – {words}") for number, words in WORDS.items()],
        widget=forms.RadioSelect,
        label="How useful was the review for you?",
        error_messages={"required": "Choose one of the five."},
    )
    comment = forms.CharField(
        max_length=LONGEST_COMMENT,
        required=False,
        label="What should we do better?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="May be empty. Whoever looks after you reads it.",
    )

    layout: ClassVar[list[list[str]]] = [["score"], ["comment"]]
