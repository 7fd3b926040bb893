"""Scorecards: drafts are edited with their dimensions, indicators and tiers; published versions are only looked at."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action

from cs_workspace.common.admin import StackedInline, TabularInline, WorkspaceAdmin
from health.domain.metrics import METRICS
from health.domain.scorecards import WEIGHT_TOLERANCE
from health.models import Dimension, Indicator, Scorecard, ScorecardVersion, Tier
from health.services.publishing import NotADraft, ScorecardError, draft_from, publish


class WeightsFormSet(forms.BaseInlineFormSet):
    """Weights that do not sum to 100 are refused, with the sum."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data.get("weight") is not None]
        if not kept or any(self.errors):
            return
        total = sum((form.cleaned_data["weight"] for form in kept), Decimal(0))
        if abs(total - 100) > Decimal(str(WEIGHT_TOLERANCE)):
            what = self.model._meta.verbose_name_plural
            raise ValidationError(f"Weights of the {what} must sum to 100; these sum to {total.normalize():f}.")


class IndicatorForm(forms.ModelForm):
    """The metric is one of the registry's."""

    metric = forms.ChoiceField(
        choices=lambda: [("", "—")] + [(name, f"{metric.label} ({name})") for name, metric in sorted(METRICS.items())]
    )

    class Meta:
        model = Indicator
        fields = ["label", "metric", "weight", "scorer_kind", "scorer_params", "missing", "position"]


class DraftsOnly:
    """Rows of a version that has judged accounts are history: they are shown and not changed."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]


class IndicatorInline(DraftsOnly, TabularInline):
    """Metrics of a dimension, with scorer and weight."""

    model = Indicator
    form = IndicatorForm
    formset = WeightsFormSet
    extra = 0


class DimensionInline(DraftsOnly, StackedInline):
    """Dimensions of a version, each with its indicators."""

    model = Dimension
    formset = WeightsFormSet
    extra = 0
    fields = [("label", "key"), ("weight", "position")]
    inlines = [IndicatorInline]


class TierInline(DraftsOnly, TabularInline):
    """Bands of the score."""

    model = Tier
    extra = 0
    fields = ["rank", "label", "key", "lower", "churn_low", "churn_high", "action"]


@admin.register(Scorecard)
class ScorecardAdmin(WorkspaceAdmin):
    """Which scorecard judges whom."""

    list_display = ["name", "is_default", "segment", "stage", "product", "published_version"]
    list_select_related = ["segment", "product"]
    prepopulated_fields = {"key": ["name"]}

    @admin.display(description="published")
    def published_version(self, scorecard: Scorecard) -> str:
        return str(scorecard.published or "none")


@admin.register(ScorecardVersion)
class ScorecardVersionAdmin(WorkspaceAdmin):
    """Weights, bands and tiers: take a draft, change it, publish it, recompute."""

    list_display = ["scorecard", "number", "state", "published_at", "published_by"]
    list_filter = ["state", "scorecard"]
    list_select_related = ["scorecard", "published_by"]
    readonly_fields = ["scorecard", "number", "state", "published_at", "published_by"]
    inlines = [DimensionInline, TierInline]
    actions_detail = ["take_draft", "publish_draft"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions begin as drafts taken from another one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ScorecardVersion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)

    @action(description="New draft from this", url_path="draft", permissions=["change"])
    def take_draft(self, request: HttpRequest, object_id: int) -> HttpResponse:
        draft = draft_from(ScorecardVersion.objects.get(pk=object_id), by=request.user)
        messages.success(request, f"{draft} is a draft: it judges nobody until you publish it.")
        return redirect(_address(draft.pk))

    @action(description="Publish", url_path="publish", permissions=["change"])
    def publish_draft(self, request: HttpRequest, object_id: int) -> HttpResponse:
        try:
            version = publish(ScorecardVersion.objects.select_related("scorecard").get(pk=object_id), by=request.user)
        except (NotADraft, ScorecardError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{version} judges from now on. Recompute to see its scores today.")
        return redirect(_address(object_id))


def _address(pk: int) -> str:
    return reverse("admin:health_scorecardversion_change", args=[pk])


def _is_draft(obj: Any) -> bool:
    """Whether what hangs on `obj` may change; a list has no object and decides by row."""
    version = obj.version if isinstance(obj, Dimension) else obj
    return version is None or version.state == ScorecardVersion.State.DRAFT
