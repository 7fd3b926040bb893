"""Sequences of e-mails with their steps; templates have pages of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from accounts.domain.merging import problem_with
from accounts.models import MailTemplate, Sequence, SequenceStep
from accounts.queries.letters import fields_of
from accounts.registries import SEQUENCE_SOURCES
from cs_workspace.common.admin import StackedInline, WorkspaceAdmin


class SequenceForm(forms.ModelForm):
    """A sequence; what starts it is one of the causes that there are."""

    source = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget, label="Starts when")
    stops_on = forms.MultipleChoiceField(
        required=False,
        choices=Sequence.StopsOn.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="A bounce, an unsubscription and a contact who leaves stop every sequence.",
    )

    class Meta:
        model = Sequence
        fields = ("name", "key", "purpose", "source", "to_role", "by_itself", "stops_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.choices = [("", "By hand only"), *((one.key, one.label) for one in SEQUENCE_SOURCES.values())]


class SequenceStepForm(forms.ModelForm):
    """A step: an e-mail has a template, a task a title."""

    class Meta:
        model = SequenceStep
        fields = ("key", "offset_days", "kind", "template", "title", "variant", "only_with")

    def clean(self) -> dict[str, Any]:
        """An e-mail names its template, a task its title, and both only fields that the sequence can know."""
        clean: dict[str, Any] = super().clean() or {}
        template: MailTemplate | None = clean.get("template")
        is_email = clean.get("kind") == SequenceStep.Kind.EMAIL
        if is_email and template is None:
            self.add_error("template", "Choose what the e-mail says.")
        if not is_email and template is not None:
            self.add_error("template", "A task has a title instead.")
        if is_email and clean.get("title"):
            self.add_error("title", "An e-mail has the subject of its template.")
        if not is_email and not clean.get("title"):
            self.add_error("title", "Say what is to be done.")
        fields = fields_of(self.instance.sequence.source if self.instance.sequence_id else "")
        if self.instance.sequence_id:
            self._check_fields(clean, template, fields)
        return clean

    def _check_fields(self, clean: dict[str, Any], template: MailTemplate | None, fields: dict[str, str]) -> None:
        if template is not None:
            problem = problem_with(template.subject, fields=fields) or problem_with(template.body, fields=fields)
            if problem:
                self.add_error("template", f"{problem} What starts this sequence does not know it.")
        if problem := problem_with(clean.get("title", ""), fields=fields):
            self.add_error("title", problem)
        if clean.get("only_with") and clean["only_with"] not in fields:
            self.add_error("only_with", f"There is no field “{clean['only_with']}”.")


class SequenceStepInline(StackedInline):
    """The steps, by their days."""

    model = SequenceStep
    form = SequenceStepForm
    extra = 0
    ordering = ["offset_days", "pk"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Templates that are in use."""
        if db_field.name == "template":
            kwargs["queryset"] = MailTemplate.objects.kept()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Sequence)
class SequenceAdmin(WorkspaceAdmin):
    """What is changed counts for steps that come from then on. A sequence is switched on and off on its page."""

    form = SequenceForm
    list_display = ["name", "source", "to_role", "by_itself", "active_since"]
    readonly_fields = ["active_since"]
    inlines = [SequenceStepInline]
    history_with_parts = True
    prepopulated_fields = {"key": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "key", "purpose"]}),
        ("When and how", {"fields": ["source", "to_role", "by_itself", "stops_on", "active_since"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Sequences are switched off, not deleted: e-mails that went out name theirs."""
        return False
