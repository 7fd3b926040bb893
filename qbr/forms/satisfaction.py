"""How somebody found a review."""

from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import DialogForm
from qbr.queries.satisfaction import Wording
from qbr.services.satisfaction import LONGEST_COMMENT

WORDS = {5: "Very good", 4: "Good", 3: "So so", 2: "Poor", 1: "Very poor"}


class SatisfactionForm(DialogForm):
    """A score from 1 to 5, and words for those who have some, asked for in the `wording` of the survey."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=[(number, f"{number} – {words}") for number, words in WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the five."},
    )
    comment = forms.CharField(
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="May be empty. Whoever looks after you reads it.",
    )

    layout: ClassVar[list[list[str]]] = [["score"], ["comment"]]

    def __init__(self, *args: Any, wording: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score"].label, self.fields["comment"].label = wording.question, wording.reason_question
