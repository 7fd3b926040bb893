"""Rules of churn signals, and the signals they found."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from cs_workspace.common.admin import WorkspaceAdmin
from health.domain.signals import NEEDS, label_of
from health.models import ChurnSignal, SignalRule

FIGURES = ("threshold", "window_days", "quiet_days", "words")


class SignalRuleForm(forms.ModelForm):
    """A rule with what its kind needs; what stands for nothing there is not asked for."""

    class Meta:
        model = SignalRule
        fields = ("active", "severity", "lead_days", *FIGURES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = NEEDS.get(self.instance.kind, {})
        for name in FIGURES:
            if name in needs and name in self.fields:
                self.fields[name].help_text = needs[name]
            else:
                self.fields.pop(name, None)


@admin.register(SignalRule)
class SignalRuleAdmin(WorkspaceAdmin):
    """What counts as a churn signal. Each kind has one rule; switch off what tells you nothing."""

    form = SignalRuleForm
    list_display = ["name", "severity", "lead_days", "threshold", "window_days", "quiet_days", "active"]
    list_editable = ["active"]
    list_filter = ["active", "severity"]

    @admin.display(description="signal")
    def name(self, rule: SignalRule) -> str:
        """What the kind is called."""
        return label_of(rule.kind)

    def get_fields(self, request: HttpRequest, obj: SignalRule | None = None) -> list[str]:
        """Only the figures that count for the kind."""
        needs = NEEDS.get(obj.kind, {}) if obj else {}
        return ["active", "severity", "lead_days", *(name for name in FIGURES if name in needs)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The kinds are fixed: a rule more would find nothing."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SignalRule | None = None) -> bool:
        """A rule is switched off."""
        return False


@admin.register(ChurnSignal)
class ChurnSignalAdmin(WorkspaceAdmin):
    """Every churn signal of the workspace; they are worked on the page of the account."""

    list_display = ["seen_on", "account", "label", "severity", "state", "detected"]
    list_filter = ["state", "severity", "kind"]
    list_select_related = ["account"]
    search_fields = ["account__name", "evidence"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ChurnSignal | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ChurnSignal | None = None) -> bool:
        return False
