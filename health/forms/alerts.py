"""Filters of the inbox, and until when an alert sleeps."""

from typing import Any

from django import forms

from accounts.forms.fields import KeyField
from accounts.forms.snooze import SnoozeForm
from cs_workspace.common import clock
from health.domain.alert_handling import check_snooze
from health.models import Alert, AlertRule
from health.queries.alerts import AlertFilter


class AlertFilterForm(forms.Form):
    """What the address of the inbox may ask for; what it cannot mean is named and left out."""

    scope = forms.ChoiceField(choices=[("team", "My team"), ("mine", "My accounts")], required=False)
    state = forms.ChoiceField(choices=Alert.State, required=False)
    severity = forms.TypedChoiceField(
        choices=[("", "Any severity"), *AlertRule.Severity.choices], coerce=int, empty_value=None, required=False
    )
    rule = KeyField(
        AlertRule.objects.order_by("severity", "pk"), to_field_name="key", empty_label="Any rule", required=False
    )
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Account or alert", "data-search": ""}),
    )

    def wanted(self) -> AlertFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        return AlertFilter(
            state=clean.get("state") or Alert.State.OPEN,
            severity=clean.get("severity"),
            rule_id=clean["rule"].pk if clean.get("rule") else None,
            text=clean.get("q") or "",
            mine=clean.get("scope") == "mine",
        )


class AlertSnoozeForm(SnoozeForm):
    """Until when an alert sleeps: a moment to come, of the next 90 days."""

    def clean(self) -> dict[str, Any]:
        clean = super().clean()
        if not self.errors:
            refusal = check_snooze(self.moment(), now=clock.now())
            if refusal is not None:
                self.add_error("until", refusal.reason)
        return clean
