"""What people say beside the score: the pulse, and a tier in place of the computed one; and what their lists show."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from accounts.forms.fields import DayField, DialogForm
from cs_workspace.common import clock
from health.domain.judgement import LONGEST_OVERRIDE, PULSE_LABELS, PulseValue, check_override
from health.models import Disagreement, Tier
from health.queries.disagreements import SEEN, SORTS, DisagreementFilter
from health.queries.overrides import STATES, OverrideFilter

NOBODY = "none"
STANDARD_DAYS = 30


def search_field() -> forms.CharField:
    """Searches a list by account."""
    return forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Search accounts", "data-search": ""}),
    )


class OwnerField(forms.CharField):
    """A user's key, or the word for accounts without an owner."""

    def __init__(self) -> None:
        super().__init__(max_length=20, required=False, label="Owner")

    def clean(self, value: Any) -> str:
        owner: str = super().clean(value)
        if owner and owner != NOBODY and not (owner.isdecimal() and len(owner) < 19):
            raise forms.ValidationError("An owner is named by a number.")
        return owner


class PulseForm(forms.Form):
    """How the CSM feels about the account, and why."""

    value = forms.TypedChoiceField(
        choices=[(int(value), label) for value, label in PULSE_LABELS.items()],
        coerce=lambda value: PulseValue(int(value)),
        widget=forms.RadioSelect,
        label="How is it going?",
        error_messages={"required": "Choose one of the five.", "invalid_choice": "There is no such pulse."},
    )
    comment = forms.CharField(
        max_length=300,
        required=False,
        label="Why",
        widget=forms.TextInput(attrs={"placeholder": "One line for those who read it", "autocomplete": "off"}),
    )


class OverrideForm(DialogForm):
    """A tier in place of the computed one, with a reason and its last day."""

    rank = forms.TypedChoiceField(coerce=int, label="Tier", widget=forms.RadioSelect)
    last_day = DayField(label="Until", help_text=f"Its last day, at most {LONGEST_OVERRIDE} days from now.")
    reason = forms.CharField(
        max_length=300,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you know that the score does not. Everybody who sees the account reads it.",
    )

    layout: ClassVar[list[list[str]]] = [["rank"], ["last_day"], ["reason"]]

    def __init__(self, *args: Any, tiers: Sequence[Tier], current: int | None, **kwargs: Any) -> None:
        today = timezone.localtime(clock.now()).date()
        kwargs["initial"] = {"last_day": today + dt.timedelta(days=STANDARD_DAYS)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.current, self.today = current, today
        self.fields["rank"].choices = [  # type: ignore[attr-defined]  # a choice field
            (tier.rank, tier.label) for tier in tiers if tier.rank != current
        ]
        bounds = {"min": today.isoformat(), "max": (today + dt.timedelta(days=LONGEST_OVERRIDE)).isoformat()}
        self.fields["last_day"].widget.attrs |= bounds

    def clean(self) -> dict[str, Any]:
        """Refuses what the service would refuse, by the field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if {"rank", "last_day"} <= cleaned.keys():
            refusal = check_override(
                rank=cleaned["rank"], current=self.current, last_day=cleaned["last_day"], today=self.today
            )
            if refusal is not None:
                self.add_error("last_day", refusal.reason)
        return cleaned


class DisagreementFilterForm(forms.Form):
    """What the address of the disagreements may ask for; what it cannot mean is named and left out."""

    only = forms.ChoiceField(
        choices=[("all", "All"), *Disagreement.Kind.choices, (SEEN, "Agreed")], required=False, label="Show"
    )
    owner = OwnerField()
    sort = forms.ChoiceField(choices=[(key, key) for key in SORTS], required=False, label="Order")
    q = search_field()

    def wanted(self) -> DisagreementFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return DisagreementFilter(
            only=clean.get("only") or "all",
            owner=clean.get("owner") or "",
            sort=clean.get("sort") or "-arr",
            text=clean.get("q") or "",
        )


class OverrideFilterForm(forms.Form):
    """What the address of the overrides may ask for; what it cannot mean is named and left out."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False, label="Show")
    owner = OwnerField()
    q = search_field()

    def wanted(self) -> OverrideFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return OverrideFilter(
            state=clean.get("state") or "live", owner=clean.get("owner") or "", text=clean.get("q") or ""
        )
