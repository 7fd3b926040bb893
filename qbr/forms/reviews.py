"""What the addresses of the lists of reviews may ask for."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef

from accounts.forms.fields import DayField, KeyField
from accounts.models import Segment, User
from qbr.domain.reviews import KIND_LABELS, Kind
from qbr.models import Review
from qbr.queries.review_list import ALL, SHOWN, SORTS, ReviewFilter


class ReviewFilterForm(forms.Form):
    """What it cannot mean is named and left out. `since` and `until` bound the due day, half-open."""

    scope = forms.ChoiceField(choices=[("all", "All"), ("mine", "Mine")], required=False)
    show = forms.ChoiceField(choices=[(key, label) for key, (label, _) in SHOWN.items()], required=False)
    kind = forms.TypedChoiceField(
        choices=[("", "Any kind"), *((kind.value, KIND_LABELS[kind]) for kind in Kind)],
        coerce=Kind,
        empty_value=None,
        required=False,
    )
    segment = KeyField(Segment.objects.all(), to_field_name="key", empty_label="Any segment", required=False)
    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Any owner", required=False)
    since = DayField(required=False)
    until = DayField(required=False)
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

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(Exists(Review.objects.filter(owner=OuterRef("pk")))).order_by("name", "pk")
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = owners if user.sees_everything else owners.filter(pk__in=user.team_ids)

    def wanted(self) -> ReviewFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        sort = clean.get("sort") or "due"
        return ReviewFilter(
            text=clean.get("q") or "",
            shown=clean.get("show") or ALL,
            mine=clean.get("scope") == "mine",
            owner_id=clean["owner"].pk if clean.get("owner") else None,
            segment_id=clean["segment"].pk if clean.get("segment") else None,
            kind=clean.get("kind"),
            since=clean.get("since"),
            until=clean.get("until"),
            on=clean.get("on"),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )


def chips_of(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """The choices of what is shown, each with how many reviews it has."""
    return [(key, label, counts[key]) for key, (label, _) in SHOWN.items()]
