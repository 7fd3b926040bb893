"""Forms over onboardings: what the board shows, how one begins, where it is led, and why a step is not done."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from accounts.domain.onboarding import STAGE_LABELS, STANDING_LABELS, Stage
from accounts.forms.fields import DayField, DialogForm, KeyField, NewForm
from accounts.models import Onboarding, OnboardingTemplate, Product, Segment, User
from accounts.queries.onboarding import OnboardingFilter
from cs_workspace.common import clock

VIEWS = [("board", "Board"), ("table", "Table"), ("completed", "Completed")]


class OnboardingFilterForm(forms.Form):
    """What the address of the board may ask for; what it cannot mean is named and left out."""

    view = forms.ChoiceField(choices=VIEWS, required=False)
    scope = forms.ChoiceField(choices=[("team", "My team"), ("mine", "My accounts")], required=False)
    standing = forms.ChoiceField(
        choices=[("", "Any"), *((key.value, label) for key, label in STANDING_LABELS.items())], required=False
    )
    risk = forms.BooleanField(required=False)
    segment = KeyField(Segment.objects.all(), to_field_name="key", empty_label="Any segment", required=False)
    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Any owner", required=False)
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Account", "data-search": ""}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = User.objects.filter(is_active=True).exclude(owned_accounts=None).distinct().order_by("name", "pk")
        field: Any = self.fields["owner"]
        field.queryset = owners if user.sees_everything else owners.filter(pk__in=user.team_ids)

    @property
    def chosen_view(self) -> str:
        """Board, table or completed; call after `is_valid()`."""
        return self.cleaned_data.get("view") or "board"

    def wanted(self) -> OnboardingFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        return OnboardingFilter(
            text=clean.get("q") or "",
            segment_id=clean["segment"].pk if clean.get("segment") else None,
            owner_id=clean["owner"].pk if clean.get("owner") else None,
            standing=clean.get("standing") or "",
            at_risk=bool(clean.get("risk")),
            mine=clean.get("scope") == "mine",
            completed=clean.get("view") == "completed",
        )


class StartForm(NewForm):
    """An onboarding that somebody starts by hand."""

    kind = forms.ChoiceField(choices=Onboarding.Kind.choices, initial=Onboarding.Kind.PRODUCT, label="What for")
    product = forms.ModelChoiceField(Product.objects.all(), required=False, empty_label="None")
    about = forms.CharField(max_length=120, required=False, label="Department")
    template = forms.ModelChoiceField(OnboardingTemplate.objects.select_related("segment"))
    started_on = DayField(label="Day 0", help_text="The first day of the contract; steps are due from there.")

    layout: ClassVar[list[list[str]]] = [["kind"], ["product", "about"], ["template", "started_on"]]

    def __init__(self, *args: Any, segment: Segment | None = None, **kwargs: Any) -> None:
        template = OnboardingTemplate.objects.filter(segment=segment, is_active=True).first() if segment else None
        super().__init__(*args, initial={"started_on": clock.today(), "template": template}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A product onboarding names its product, one of a department the department; others name neither."""
        clean: dict[str, Any] = super().clean() or {}
        kind = clean.get("kind")
        if kind == Onboarding.Kind.PRODUCT and not clean.get("product"):
            self.add_error("product", "Choose the product.")
        if kind == Onboarding.Kind.DEPARTMENT and not (clean.get("about") or "").strip():
            self.add_error("about", "Name the department.")
        if kind != Onboarding.Kind.PRODUCT:
            clean["product"] = None
        if kind != Onboarding.Kind.DEPARTMENT:
            clean["about"] = ""
        return clean


class ReasonForm(DialogForm):
    """Why."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2, "autofocus": ""}))

    layout: ClassVar[list[list[str]]] = [["reason"]]


class FinishForm(ReasonForm):
    """Why what is still open is not done; asked only where something is."""

    def __init__(self, *args: Any, open_steps: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_steps = open_steps
        if not open_steps:
            del self.fields["reason"]


class MoveForm(DialogForm):
    """Where an onboarding is led, and what becomes of the open steps that are left behind."""

    KEEP, SKIP = "keep", "skip"

    stage = forms.TypedChoiceField(
        coerce=Stage, error_messages={"invalid_choice": "Nothing is left to do there, or it is there already."}
    )
    rest = forms.ChoiceField(
        label="Open steps before it",
        required=False,
        choices=[(KEEP, "Stay open"), (SKIP, "Are skipped")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(max_length=300, required=False, label="Why they are skipped")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    layout: ClassVar[list[list[str]]] = [["stage"], ["rest"], ["reason"]]

    def __init__(
        self, data: QueryDict | None, *, onboarding: Onboarding, stages: list[Stage], stage: Stage | None = None
    ) -> None:
        super().__init__(data, initial={"version": onboarding.version, "rest": self.KEEP, "stage": stage})
        field: Any = self.fields["stage"]
        field.choices = [(one.value, STAGE_LABELS[one]) for one in stages]

    def clean(self) -> dict[str, Any]:
        """Who skips says why."""
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("rest") == self.SKIP and not (clean.get("reason") or "").strip():
            self.add_error("reason", "Say why they are skipped.")
        return clean

    @property
    def skip_reason(self) -> str:
        """The reason where the open steps are skipped; empty where they stay open. Call after `is_valid()`."""
        return str(self.cleaned_data["reason"]) if self.cleaned_data["rest"] == self.SKIP else ""

    @property
    def chosen_stage(self) -> Stage | None:
        """Where it would be led, as far as that is known."""
        chosen: Stage | None = self.cleaned_data.get("stage") if self.is_bound else self.initial["stage"]
        return chosen


class ShareForm(DialogForm):
    """How long a link opens the customer's checklist."""

    days = forms.TypedChoiceField(
        choices=[(30, "30 days"), (90, "90 days"), (180, "180 days")],
        coerce=int,
        initial=90,
        label="The link opens the checklist for",
    )

    layout: ClassVar[list[list[str]]] = [["days"]]
