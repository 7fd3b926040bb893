"""Metrics that are sent from outside: what a name means, so that a scorecard can judge by it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from cs_workspace.common.admin import WorkspaceAdmin
from health.admin.in_use import KeepsWhatIsUsed
from health.models import CustomMetric
from health.queries.in_use import users_of_metrics
from health.queries.metric_choices import undescribed_names

KINDS = (
    "Values are numbers. Send a category (gold, silver, bronze) as the number of its step (3, 2, 1), described as a "
    "number and scored in bands."
)


class CustomMetricForm(forms.ModelForm):
    """Names that were sent already are offered; the name of a metric that something uses stays."""

    class Meta:
        model = CustomMetric
        fields = ["name", "label", "kind", "unit", "direction", "source", "window", "definition"]
        widgets = {"name": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].help_text = KINDS
        names = undescribed_names() if "name" in self.fields and self.instance.pk is None else []
        if names:
            self.fields["name"].help_text = f"Sent and not described yet: {', '.join(names)}."

    def clean_name(self) -> str:
        """Refuses another name for a metric that something uses."""
        name, before = self.cleaned_data["name"], self.initial.get("name")
        users = users_of_metrics([before]).get(before, []) if before and name != before else []
        if users:
            raise forms.ValidationError(f"“{before}” keeps its name, for it is used: {'; '.join(users)}.")
        return name


@admin.register(CustomMetric)
class CustomMetricAdmin(KeepsWhatIsUsed, WorkspaceAdmin):
    """Values come in by name; here a name gets its meaning."""

    form = CustomMetricForm
    list_display = ["label", "name", "kind", "unit", "direction", "source"]
    list_filter = ["kind", "direction"]
    search_fields = ["name", "label"]

    def users_of(self, records: Sequence[CustomMetric]) -> dict[CustomMetric, list[str]]:
        """Indicators, and what other modules say."""
        users = users_of_metrics([record.name for record in records])
        return {record: users[record.name] for record in records if record.name in users}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        """The name from the address, where one is described that was sent."""
        return {"name": request.GET.get("name", "").replace("\0", "")}
