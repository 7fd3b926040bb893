"""Forms over one renewal: where it is moved, what its owner says of it, how likely they think it is."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict

from accounts.forms.fields import DayField, DialogForm, EditForm
from accounts.forms.plan import PersonField, plain
from cs_workspace.common.money import exact
from cs_workspace.common.refusals import StaleError
from renewals.domain.stages import OPEN_STAGES, STAGE_LABELS, Stage
from renewals.models import Renewal
from renewals.services.editing import RenewalFields

PERCENT = Decimal(100)


class MoveForm(DialogForm):
    """Where a renewal is moved, and why; `version` is the one that was seen, empty where none was."""

    stage = forms.TypedChoiceField(
        coerce=Stage,
        choices=[(stage.value, STAGE_LABELS[stage]) for stage in Stage],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        max_length=300, required=False, label="Why", help_text="Kept in the history of the renewal; may be empty."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    layout: ClassVar[list[list[str]]] = [["stage"], ["note"]]

    def __init__(self, data: QueryDict | None, *, renewal: Renewal) -> None:
        super().__init__(data, initial={"version": renewal.version, "stage": renewal.stage})

    @property
    def rows(self) -> list[Any]:
        """The fields, with those stages to choose from to which a renewal can be moved: closing has its own form."""
        offered: Any = self.fields["stage"]
        offered.choices = [(stage.value, STAGE_LABELS[stage]) for stage in OPEN_STAGES]
        return super().rows

    @property
    def move(self) -> dict[str, Any]:
        """What was chosen, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {"to": clean["stage"], "note": clean["note"], "version": clean["version"]}

    def turn_to(self, stale: StaleError) -> None:
        """Says that somebody wrote meanwhile, and makes the next answer one to the renewal as it stands now."""
        current: Any = stale.current
        self.add_error(None, f"{stale} It stands at “{current.get_stage_display()}” now. Move it if you still want to.")
        data: Any = self.data
        data = data.copy()
        data["version"] = str(current.version)
        self.data = data


class RenewalForm(EditForm):
    """What the owner says of a renewal."""

    category = forms.ChoiceField(
        choices=[("", "No forecast"), *Renewal.Category.choices], required=False, label="Forecast"
    )
    expected_arr = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        label="Expected ARR",
        help_text="What it will renew at; empty for the current ARR.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    next_step = forms.CharField(max_length=200, required=False, label="Next step")
    next_step_on = DayField(required=False, label="On")
    competitor = forms.CharField(
        max_length=120, required=False, help_text="Who else they look at; empty where nobody is known."
    )

    layout: ClassVar[list[list[str]]] = [
        ["category", "expected_arr"],
        ["next_step", "next_step_on"],
        ["competitor", "owner"],
    ]

    def __init__(self, *args: Any, record: Renewal, **kwargs: Any) -> None:
        initial = {
            "category": record.category,
            "expected_arr": None if record.expected_arr is None else plain(record.expected_arr),
            "next_step": record.next_step,
            "next_step_on": record.next_step_on,
            "competitor": record.competitor,
            "owner": record.owner_id,
        }
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.fields["owner"] = PersonField(record.account, chosen=record.owner_id, label="Owner")

    def clean(self) -> dict[str, Any]:
        """A day belongs to a step."""
        clean: dict[str, Any] = super().clean()
        if clean.get("next_step_on") and not clean.get("next_step"):
            self.add_error("next_step", "Say what happens on that day.")
        return clean

    def in_words(self, record: Renewal) -> dict[str, str]:
        expected = record.expected_arr
        return {
            "Forecast": record.get_category_display(),
            "Expected ARR": "" if expected is None else exact(expected, settings.WORKSPACE_CURRENCY),
            "Next step": record.next_step,
            "On": f"{record.next_step_on:%d %b %Y}" if record.next_step_on else "",
            "Competitor": record.competitor,
            "Owner": str(record.owner or ""),
        }

    def renewal_fields(self) -> RenewalFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {
            "category": clean["category"],
            "expected_arr": clean["expected_arr"],
            "next_step": clean["next_step"],
            "next_step_on": clean["next_step_on"],
            "competitor": clean["competitor"],
            "owner": clean["owner"],
        }


class ProbabilityForm(EditForm):
    """How likely the owner thinks a renewal is, and why they know better than the computed figure."""

    percent = forms.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        required=False,
        label="Probability in percent",
        help_text="Empty lets the computed one count.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": ""}),
    )
    reason = forms.CharField(max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}), label="Why")

    layout: ClassVar[list[list[str]]] = [["percent"], ["reason"]]

    def __init__(self, *args: Any, record: Renewal, **kwargs: Any) -> None:
        chosen = record.chosen_probability
        initial = {"percent": None if chosen is None else plain(chosen * PERCENT), "reason": record.chosen_reason}
        super().__init__(*args, record=record, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Who sets a figure says why."""
        clean: dict[str, Any] = super().clean()
        if clean.get("percent") is not None and not clean.get("reason"):
            self.add_error("reason", "Say why this probability is right.")
        return clean

    def in_words(self, record: Renewal) -> dict[str, str]:
        chosen = record.chosen_probability
        return {
            "Probability": "" if chosen is None else f"{plain(chosen * PERCENT)} %",
            "Why": record.chosen_reason,
        }

    def renewal_fields(self) -> RenewalFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        percent = self.cleaned_data["percent"]
        return {
            "chosen_probability": None if percent is None else percent / PERCENT,
            "chosen_reason": self.cleaned_data["reason"] if percent is not None else "",
        }
