"""Scorecards: drafts are edited with their dimensions, indicators and tiers; published versions are only looked at."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Field, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.http import UserRequest
from cs_workspace.common.admin import StackedInline, TabularInline, WorkspaceAdmin, confirm
from health.admin.in_use import KeepsWhatIsUsed
from health.admin.tuning import TuningPages, page_of, publish_as_asked
from health.domain.scorecards import WEIGHT_TOLERANCE
from health.models import Dimension, Indicator, Scorecard, ScorecardVersion, Tier
from health.queries.in_use import users_of_scorecards
from health.queries.metric_choices import metric_choices
from health.services.presets import install_preset, presets_to_install
from health.services.publishing import draft_from


class WeightsFormSet(forms.BaseInlineFormSet):
    """Weights that do not sum to 100 are refused, with the sum: those of the rows and those inside each row."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and hasattr(form, "cleaned_data")]
        for form in kept:
            for inner in getattr(form, "nested_formsets", []):
                if not inner.formset.is_valid():
                    continue  # A row inside is wrong in itself, and says so.
                try:
                    refuse_wrong_sum(
                        inner.formset, [row for row in inner.formset if not row.cleaned_data.get("DELETE")]
                    )
                except ValidationError as error:
                    form.add_error("weight", error)
        refuse_wrong_sum(self, kept)


def refuse_wrong_sum(formset: forms.BaseInlineFormSet, rows: list[forms.ModelForm]) -> None:
    """Raises `ValidationError` with the sum where the weights of `rows` are not 100 in all; empty lists pass."""
    weights = [row.cleaned_data["weight"] for row in rows if row.cleaned_data.get("weight") is not None]
    total = sum(weights, Decimal(0))
    if weights and abs(total - 100) > Decimal(str(WEIGHT_TOLERANCE)):
        what = formset.model._meta.verbose_name_plural
        raise ValidationError(f"Weights of the {what} must sum to 100; these sum to {total.normalize():f}.")


class IndicatorForm(forms.ModelForm):
    """The metric is one that ships or one that an admin described."""

    metric = forms.ChoiceField(choices=lambda: [("", "—"), *metric_choices()])

    class Meta:
        model = Indicator
        fields = ["label", "metric", "weight", "scorer_kind", "scorer_params", "missing", "ages", "position"]

    def clean_ages(self) -> list[Any]:
        """An emptied field is no band."""
        return self.cleaned_data["ages"] or []


class DraftsOnly:
    """Rows of a version that has judged accounts are history: they are shown and not changed."""

    def has_change_permission(self, request: UserRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]

    def has_add_permission(self, request: UserRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]

    def has_delete_permission(self, request: UserRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]


class IndicatorInline(DraftsOnly, TabularInline):
    """Metrics of a dimension, with scorer and weight."""

    model = Indicator
    form = IndicatorForm
    extra = 0

    def formfield_for_dbfield(self, db_field: Field, request: UserRequest, **kwargs: Any) -> forms.Field | None:
        """Room for the label, and for the scorer's parameters no more than they need: a version has a dozen of them."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "label":
            field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} min-w-32"
        if field is not None and db_field.name in ("scorer_params", "ages"):
            field.widget.attrs["rows"] = 4
        return field


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


class PresetForm(forms.Form):
    """A methodology that ships and is not there yet."""

    preset = forms.ChoiceField(choices=presets_to_install, widget=UnfoldAdminSelectWidget)


class ScorecardForm(forms.ModelForm):
    """A scorecard that something uses keeps its name and its key."""

    class Meta:
        model = Scorecard
        fields = ["name", "key", "is_default", "segment", "stage", "product"]

    def clean(self) -> dict[str, Any]:
        """Refuses another name, with the list of what uses this one."""
        cleaned = super().clean() or {}
        renamed = [name for name in ("name", "key") if self.instance.pk and name in self.changed_data]
        users = users_of_scorecards([self.instance.pk]).get(self.instance.pk, []) if renamed else []
        for name in renamed if users else []:
            self.add_error(name, f"It keeps its {name}, for it is used: {'; '.join(users)}.")
        return cleaned


@admin.register(Scorecard)
class ScorecardAdmin(KeepsWhatIsUsed, WorkspaceAdmin):
    """Which scorecard judges whom."""

    form = ScorecardForm
    actions_list = ["from_preset"]
    list_display = ["name", "is_default", "segment", "stage", "product", "published_version"]
    list_select_related = ["segment", "product"]
    prepopulated_fields = {"key": ["name"]}

    def users_of(self, records: Sequence[Scorecard]) -> dict[Scorecard, list[str]]:
        """Its versions."""
        users = users_of_scorecards([record.pk for record in records])
        return {record: users[record.pk] for record in records if record.pk in users}

    @action(description="New scorecard from preset…", url_path="from-preset", permissions=["install"])
    def from_preset(self, request: UserRequest) -> HttpResponse:
        """Installs a published methodology: it judges those to whom it is bound afterwards, and until then nobody."""
        form = PresetForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            scorecard = install_preset(form.cleaned_data["preset"], by=request.user)
            messages.success(request, f"{scorecard} is there. Say whom it judges, or tune it first.")
            return redirect("admin:health_scorecard_change", scorecard.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "New scorecard from preset",
            "opts": self.opts,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/preset.html", context, status=status)

    def has_install_permission(self, request: UserRequest) -> bool:
        return not request.user.read_only

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scorecard]:
        """With the number of the version that judges."""
        published = Max("versions__number", filter=Q(versions__state=ScorecardVersion.State.PUBLISHED))
        return super().get_queryset(request).annotate(published_number=published)

    @admin.display(description="published", ordering="published_number")
    def published_version(self, scorecard: Any) -> str:
        return f"v{scorecard.published_number}" if scorecard.published_number else "none"


@admin.register(ScorecardVersion)
class ScorecardVersionAdmin(TuningPages, WorkspaceAdmin):
    """Weights, bands and tiers: take a draft, change it, publish it, recompute."""

    list_display = ["scorecard", "number", "state", "published_at", "published_by"]
    list_filter = ["state", "scorecard"]
    list_select_related = ["scorecard", "published_by"]
    readonly_fields = ["scorecard", "number", "state", "published_at", "published_by"]
    inlines = [DimensionInline, TierInline]
    history_with_parts = True
    actions_detail = ["tune", "all_versions", "take_draft", "publish_draft"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScorecardVersion]:
        """With the scorecard: a version is named after it."""
        return super().get_queryset(request).select_related("scorecard")

    def _version(self, request: UserRequest, object_id: str) -> ScorecardVersion:
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        return version

    def has_tune_permission(self, request: UserRequest, object_id: str | None = None) -> bool:
        return not request.user.read_only

    def has_add_permission(self, request: UserRequest) -> bool:
        """Versions begin as drafts taken from another one."""
        return False

    def has_delete_permission(self, request: UserRequest, obj: ScorecardVersion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)

    @action(description="New draft from this", url_path="draft", permissions=["tune"])
    def take_draft(self, request: UserRequest, object_id: str) -> HttpResponse:
        version = self._version(request, object_id)
        if request.method != "POST":
            return confirm(
                self, request, f"Take a new draft from {version}?", "It judges nobody until it is published."
            )
        draft = draft_from(version, by=request.user)
        messages.success(request, f"{draft} is a draft: it judges nobody until you publish it.")
        return redirect(_address(draft.pk))

    @action(description="Publish", url_path="publish", permissions=["tune"])
    def publish_draft(self, request: UserRequest, object_id: str) -> HttpResponse:
        version = self._version(request, object_id)
        if request.method != "POST":
            return confirm(self, request, f"Publish {version}?", "It judges every account from the next recompute on.")
        return publish_as_asked(request, version)

    @action(description="Tune weights", url_path="tune", permissions=["view"])
    def tune(self, request: UserRequest, object_id: str) -> HttpResponse:
        return redirect(page_of(self._version(request, object_id), "tuning"))

    @action(description="All versions", url_path="all-versions", permissions=["view"])
    def all_versions(self, request: UserRequest, object_id: str) -> HttpResponse:
        return redirect(page_of(self._version(request, object_id), "versions"))


def _address(pk: int) -> str:
    return reverse("admin:health_scorecardversion_change", args=[pk])


def _is_draft(obj: Any) -> bool:
    """Whether what hangs on `obj` may change; a list has no object and decides by row, an empty form has no version."""
    if isinstance(obj, Dimension):
        obj = obj.version if obj.version_id else None
    return obj is None or obj.state == ScorecardVersion.State.DRAFT
