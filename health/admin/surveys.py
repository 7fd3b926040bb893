"""Surveys: what is asked, whom, how often; switched on and off."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Contact
from cs_workspace.common import clock
from cs_workspace.common.admin import TabularInline, WorkspaceAdmin
from health.domain.surveys import MOST_EXTRA
from health.models import Survey, SurveyAnswer, SurveyQuestion

AFTER = "Asked after the answer"


class SurveyForm(forms.ModelForm):
    """A survey; the questions by class are asked one at a time, so that nobody answers six."""

    to_roles = forms.MultipleChoiceField(
        choices=Contact.Role,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Goes to",
        help_text="Nobody ticked: everybody. After a ticket it is whoever opened it, after a review who took part.",
    )

    class Meta:
        model = Survey
        fields = (
            "name", "subject", "intro", "question", "reason_question", "detractor_question", "passive_question",
            "promoter_question", "to_roles", "every_days", "most_a_year", "needs_days", "needs_active_days",
            "open_days",
        )  # fmt: skip


class QuestionInline(TabularInline):
    """The few more questions."""

    model = SurveyQuestion
    extra = 0
    max_num = MOST_EXTRA
    verbose_name_plural = f"more questions, at most {MOST_EXTRA}"


@admin.register(Survey)
class SurveyAdmin(WorkspaceAdmin):
    """What customers are asked. Switch on what you want to hear of; nobody is asked about what was before that."""

    form = SurveyForm
    inlines = [QuestionInline]
    history_with_parts = True
    list_display = ["name", "kind", "is_on", "every_days", "most_a_year", "needs_days", "needs_active_days"]
    readonly_fields = ["active_since"]
    actions = ["switch_on", "switch_off"]
    fieldsets = [
        (None, {"fields": ["name", "active_since"]}),
        ("The e-mail", {"fields": ["subject", "intro"]}),
        ("The questions", {"fields": ["question", "reason_question"]}),
        (AFTER, {"fields": ["detractor_question", "passive_question", "promoter_question"]}),
        ("Whom and how often", {
            "fields": ["to_roles", ("every_days", "most_a_year"), ("needs_days", "needs_active_days"), "open_days"]
        }),
    ]  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A review is asked about on a page of its own, which has its two questions and no more."""
        found = super().get_fieldsets(request, obj)
        return [one for one in found if one[0] != AFTER] if _is_of_reviews(obj) else found

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """The same of the few more questions."""
        return [] if _is_of_reviews(obj) else super().get_inlines(request, obj)

    @admin.display(description="on", boolean=True)
    def is_on(self, survey: Survey) -> bool:
        """Whether anybody is asked by it."""
        return survey.is_active

    @admin.action(description="Switch on")
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Survey]) -> None:
        """From now on; those that are on already stay so from when they were."""
        changed = queryset.filter(active_since=None).update(active_since=clock.now())
        self.message_user(request, f"{changed} switched on.", messages.SUCCESS)

    @admin.action(description="Switch off")
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Survey]) -> None:
        """Nobody is asked any more; what was asked can still be answered."""
        changed = queryset.exclude(active_since=None).update(active_since=None)
        self.message_user(request, f"{changed} switched off.", messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one of each kind."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is not wanted is switched off: its answers name it."""
        return False


def _is_of_reviews(survey: Survey | None) -> bool:
    return survey is not None and survey.kind == SurveyAnswer.Kind.REVIEW
