"""What a CSM says of a renewal at a checkpoint, and what a manager decides."""

from typing import Any

from django import forms

from renewals.domain.assessments import Risk
from renewals.models import RenewalCheckpoint
from renewals.queries.checkpoints import risk_choices

MOST = 4_000


class CheckpointForm(forms.Form):
    """A risk with its words, and the plan that "at risk" asks for; `version` is that of what was read."""

    risk = forms.ChoiceField(choices=(), widget=forms.RadioSelect, error_messages={"required": "Choose how it stands."})
    words = forms.CharField(
        label="Why", required=False, max_length=MOST, strip=True, widget=forms.Textarea(attrs={"rows": 2})
    )
    plan = forms.CharField(
        label="Action plan",
        required=False,
        max_length=MOST,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is done about it, by whom and by when. At risk needs one.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, checkpoint: RenewalCheckpoint, data: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"checkpoint-{checkpoint.days}")
        kwargs.setdefault(
            "initial",
            {
                "risk": checkpoint.assessed,
                "words": checkpoint.assessed_words,
                "plan": checkpoint.action_plan,
                "version": checkpoint.version,
            },
        )
        super().__init__(data, **kwargs)
        field: Any = self.fields["risk"]
        field.choices = risk_choices(checkpoint.days)

    def clean_risk(self) -> Risk:
        """The risk as the rules know it."""
        return Risk(self.cleaned_data["risk"])


class DecisionForm(CheckpointForm):
    """The word of a manager, who says why."""

    words = forms.CharField(
        label="What decides it",
        max_length=MOST,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what decides it."},
    )

    def __init__(self, checkpoint: RenewalCheckpoint, data: Any = None, **kwargs: Any) -> None:
        started = {"plan": checkpoint.action_plan, "version": checkpoint.version}
        super().__init__(checkpoint, data, prefix=f"decision-{checkpoint.days}", initial=started, **kwargs)
