"""Templates of onboardings with their steps. What runs keeps the steps with which it began."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import OnboardingTemplate, TemplateStep
from accounts.registries import ONBOARDING_PROOFS
from cs_workspace.common.admin import StackedInline, WorkspaceAdmin


class TemplateStepForm(forms.ModelForm):
    """A step; the proof is one that the data can give."""

    proof = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget, label="Ticks itself when")

    class Meta:
        model = TemplateStep
        fields = (
            "place", "key", "stage", "title", "detail", "owner", "due_day", "longest_day", "proof", "proof_number",
            "is_first_value",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["proof"]
        field.choices = [("", "By hand"), *((proof.key, proof.label) for proof in ONBOARDING_PROOFS.values())]

    def clean(self) -> dict[str, Any]:
        """A proof that counts needs its number, others have none; the longest day is not before the one it is due."""
        clean: dict[str, Any] = super().clean() or {}
        proof = ONBOARDING_PROOFS.get(clean.get("proof", ""))
        if proof is not None and proof.number_label and not clean.get("proof_number"):
            self.add_error("proof_number", f"Give the number of {proof.number_label}.")
        due, longest = clean.get("due_day"), clean.get("longest_day")
        if due is not None and longest is not None and longest < due:
            self.add_error("longest_day", "It cannot be before the day on which the step is due.")
        return clean


class TemplateStepInline(StackedInline):
    """The steps, in their order."""

    model = TemplateStep
    form = TemplateStepForm
    extra = 0
    ordering = ["place", "pk"]


@admin.register(OnboardingTemplate)
class OnboardingTemplateAdmin(WorkspaceAdmin):
    """One active template a segment. New onboardings begin by it; those that run keep theirs."""

    list_display = ["name", "segment", "is_active", "is_guided", "first_value"]
    list_select_related = ["segment"]
    inlines = [TemplateStepInline]
    history_with_parts = True
    fieldsets = [
        (None, {"fields": ["name", "segment", "is_active", "is_guided"]}),
        ("First value", {"fields": ["first_value", "first_value_within"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Templates are switched off, not deleted: onboardings name the one by which they began."""
        return False
