"""What the addresses of the lists of renewals may ask for."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from accounts.forms.fields import DayField, KeyField
from accounts.models import Segment, User
from renewals.domain.stages import CATEGORY_LABELS, OPEN_STAGES, STAGE_LABELS, Stage
from renewals.domain.zones import ZONE_LABELS, Zone
from renewals.models import Renewal
from renewals.queries.renewals import ALL, NO_FORECAST, OVERDUE, SORTS, RenewalFilter, due_choices

OPEN_CHOICES = [("", "Any stage"), *((stage.value, STAGE_LABELS[stage]) for stage in OPEN_STAGES)]
DUE_LABELS = {ALL: "All", OVERDUE: "Overdue"}


class RenewalFilterForm(forms.Form):
    """What it cannot mean is named and left out. `with_closed`: the list shows renewals that are over as well."""

    scope = forms.ChoiceField(choices=[("all", "All"), ("mine", "Mine")], required=False)
    due = forms.ChoiceField(choices=[(key, key) for key in due_choices()], required=False)
    segment = KeyField(Segment.objects.all(), to_field_name="key", empty_label="Any segment", required=False)
    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Any owner", required=False)
    stage = forms.TypedChoiceField(coerce=Stage, empty_value=None, required=False)
    zone = forms.TypedChoiceField(
        choices=[("", "Any zone"), *((zone.value, label) for zone, label in ZONE_LABELS.items())],
        coerce=Zone,
        empty_value=None,
        required=False,
    )
    category = forms.ChoiceField(
        choices=[
            ("", "Any forecast"),
            *((category.value, label) for category, label in CATEGORY_LABELS.items()),
            (NO_FORECAST, "No forecast"),
        ],
        required=False,
        label="Forecast",
    )
    on = DayField(required=False)
    sort = forms.ChoiceField(
        choices=[(key, key) for name in SORTS for key in (name, f"-{name}")], required=False, label="Order"
    )
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Account", "data-search": ""}),
    )

    def __init__(self, *args: Any, user: User, with_closed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(Exists(Renewal.objects.filter(owner=OuterRef("pk")))).order_by("name", "pk")
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = owners if user.sees_everything else owners.filter(pk__in=user.team_ids)
        closed = [(Stage.CLOSED.value, STAGE_LABELS[Stage.CLOSED])] if with_closed else []
        fields["stage"].choices = [*OPEN_CHOICES, *closed]

    def wanted(self) -> RenewalFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        sort = clean.get("sort") or "due"
        return RenewalFilter(
            text=clean.get("q") or "",
            mine=clean.get("scope") == "mine",
            owner_id=clean["owner"].pk if clean.get("owner") else None,
            segment_id=clean["segment"].pk if clean.get("segment") else None,
            stage=clean.get("stage"),
            zone=clean.get("zone"),
            category=clean.get("category") or "",
            due=clean.get("due") or ALL,
            on=clean.get("on"),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )

    def chips(self, counts: dict[str, int]) -> list[tuple[str, str, int]]:
        """The choices of the due day, each with how many renewals it shows."""
        return [(key, DUE_LABELS.get(key, f"Due in {key} d"), counts[key]) for key in due_choices()]
