"""Until when something sleeps."""

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.fields import DayField
from cs_workspace.common import clock

SNOOZES = {"1": "1 day", "3": "3 days", "7": "7 days"}


class SnoozeForm(forms.Form):
    """A number of days, or a day of one's own choice; what sleeps wakes at the start of that day."""

    days = forms.ChoiceField(choices=SNOOZES, required=False)
    until = DayField(required=False, label="Another day")

    def clean(self) -> dict[str, Any]:
        """Either the one or the other must be given."""
        clean = super().clean() or {}
        if not self.errors and not clean.get("days") and not clean.get("until"):
            self.add_error("until", "Choose until when.")
        return clean

    def moment(self) -> dt.datetime:
        """When it wakes, aware."""
        if self.cleaned_data.get("days"):
            return clock.now() + dt.timedelta(days=int(self.cleaned_data["days"]))
        return clock.start_of(self.cleaned_data["until"])
