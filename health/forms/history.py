"""What the address of an account's health history may ask for."""

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.fields import DayField
from cs_workspace.common import clock
from health.queries.history import SPANS, HistoryFilter

DEFAULT_SPAN = 90
COMPARED_DAYS = 30


class HistoryForm(forms.Form):
    """A span, and two days to compare; what it cannot mean is named by its field and left out."""

    days = forms.TypedChoiceField(choices=[(span, f"{span} days") for span in SPANS], coerce=int, required=False)
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")

    def clean_until(self) -> dt.date | None:
        """A day that has come."""
        until: dt.date | None = self.cleaned_data["until"]
        if until is not None and until > clock.today():
            raise forms.ValidationError("That day is still to come.")
        return until

    def clean(self) -> dict[str, Any]:
        """The first day lies before the second, also where one of them was left to its default."""
        clean: dict[str, Any] = super().clean() or {}
        if not self.errors:
            since, until = self._two_days(clean)
            if since >= until:
                self.add_error("since", "The first day must lie before the second.")
        return clean

    def wanted(self) -> HistoryFilter:
        """What to show, with what is valid; call after `is_valid()`."""
        clean = {} if {"since", "until"} & set(self.errors) else self.cleaned_data
        since, until = self._two_days(clean)
        return HistoryFilter(self.cleaned_data.get("days") or DEFAULT_SPAN, since, until)

    @staticmethod
    def _two_days(clean: dict[str, Any]) -> tuple[dt.date, dt.date]:
        """The days asked for; by default today, and 30 days before the second."""
        until: dt.date = clean.get("until") or clock.today()
        return clean.get("since") or until - dt.timedelta(days=COMPARED_DAYS), until
