"""Forms over churn signals: what somebody has seen, and why one means nothing."""

from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import DayField, NewForm
from cs_workspace.common import clock
from health.domain.signals import KINDS
from health.models import AlertRule


class NewSignalForm(NewForm):
    """A signal that somebody has seen."""

    kind = forms.ChoiceField(label="What was seen")
    severity = forms.TypedChoiceField(choices=AlertRule.Severity.choices, coerce=int, initial=AlertRule.Severity.HIGH)
    seen_on = DayField(label="Seen on")
    evidence = forms.CharField(
        max_length=500,
        label="Evidence",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who said or did what, and where it can be looked up.",
    )

    layout: ClassVar[list[list[str]]] = [["kind"], ["severity", "seen_on"], ["evidence"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen_on": clock.today()}, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [
            ("", "Choose one"),
            *sorted(((one.key, one.label) for one in KINDS.values()), key=lambda p: p[1]),
        ]

    def clean_seen_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["seen_on"]
        if day > clock.today():
            raise forms.ValidationError("Give a day that has come.")
        return day


class CloseSignalForm(NewForm):
    """Why a signal means nothing, or how it was settled."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}), label="Why")

    layout: ClassVar[list[list[str]]] = [["reason"]]
