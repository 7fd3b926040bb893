"""Forms of losses: what is given up and why, why the ledger tells one, and what is said of one afterwards."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict

from accounts.forms.fields import DayField, EditForm, NewForm
from cs_workspace.common.money import exact
from renewals.domain.churn import PREVENTABLE_LABELS, Preventable, SubReason, Why
from renewals.domain.closing import Lost, Problem
from renewals.forms.closing import REASONS
from renewals.models import ChurnRecord
from renewals.queries.losing import Losable
from renewals.services.churn_records import RecordFields

JUDGEMENTS = [(one.value, label) for one, label in PREVENTABLE_LABELS.items()]


class WhyForm(NewForm):
    """Why something was lost."""

    sub_reason = forms.ChoiceField(label="Reason", choices=REASONS)
    preventable = forms.ChoiceField(
        choices=[("", "As its category says"), *JUDGEMENTS],
        required=False,
        help_text="Could we have done something about it?",
    )
    competitor = forms.CharField(max_length=120, required=False, help_text="Who is used in our place.")
    notes = forms.CharField(
        label="What happened",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In your words. It goes into the churn record.",
    )

    @property
    def why(self) -> Why:
        """What was typed, as the services take it; call after `is_valid()`."""
        clean = self.cleaned_data
        judged = clean["preventable"]
        return Why(
            SubReason(clean["sub_reason"]),
            Preventable(judged) if judged else None,
            clean["competitor"],
            clean["notes"],
        )


class LoseForm(WhyForm):
    """Which contracts of an account are given up, until when, and why."""

    contracts = forms.TypedMultipleChoiceField(
        coerce=int,
        label="What is given up",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one contract.", "invalid_choice": "That contract is settled."},
        help_text="All of them, and the account is lost; some of them, and it contracts.",
    )
    last_day = DayField(
        label="Last day under contract",
        required=False,
        help_text="Empty for the end of each contract. One that ends earlier ends then.",
    )

    layout: ClassVar[list[list[str]]] = [
        ["contracts"],
        ["last_day"],
        ["sub_reason", "preventable"],
        ["competitor"],
        ["notes"],
    ]

    def __init__(self, data: QueryDict | None, *, found: Sequence[Losable]) -> None:
        super().__init__(data, initial={"contracts": [one.contract.pk for one in found]})
        self.found = {one.contract.pk: one for one in found}
        field: Any = self.fields["contracts"]
        field.choices = [(pk, _called(one)) for pk, one in self.found.items()]

    @property
    def chosen(self) -> set[int]:
        """The contracts that are chosen, also where the rest is not valid, and those to begin with."""
        if not self.is_bound:
            return set(self.found)
        if not hasattr(self, "cleaned_data"):
            self.is_valid()
        return set(self.cleaned_data.get("contracts") or [])

    @property
    def until(self) -> dt.date | None:
        """The last day that was typed, where it can be read."""
        day: dt.date | None = self.cleaned_data.get("last_day") if self.is_bound else None
        return day

    def clean(self) -> dict[str, Any]:
        """What runs on without an end ends on a day that somebody names."""
        clean: dict[str, Any] = super().clean() or {}
        endless = [one for pk, one in self.found.items() if pk in clean.get("contracts", []) and not one.contract.end]
        if endless and not clean.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", f"{endless[0].contract} has no end: give its last day.")
        return clean

    @property
    def lost(self) -> Lost:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean, why = self.cleaned_data, self.why
        ends = [self.found[pk].contract.end for pk in clean["contracts"]]
        last_day = clean["last_day"] or max(end for end in ends if end) - dt.timedelta(days=1)
        return Lost(why.sub_reason, last_day, competitor=why.competitor, notes=why.notes, preventable=why.preventable)

    def show(self, problems: Sequence[Problem]) -> None:
        """Puts what the domain found by the fields."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.words)


class NoteLossForm(WhyForm):
    """Why the ledger tells a loss."""

    day = forms.TypedChoiceField(coerce=dt.date.fromisoformat, label="The loss", empty_value=None)

    layout: ClassVar[list[list[str]]] = [["day"], ["sub_reason", "preventable"], ["competitor"], ["notes"]]

    def __init__(
        self, data: QueryDict | None, *, losses: Sequence[tuple[dt.date, Decimal, bool]], chosen: str = ""
    ) -> None:
        """`losses` are day, ARR and whether the account was lost; `chosen` is the day to begin with, in ISO."""
        super().__init__(data, initial={"day": chosen})
        field: Any = self.fields["day"]
        field.choices = [
            (day.isoformat(), f"{day:%d %b %Y}: {'lost' if is_lost else 'less'}, {_money(arr)}")
            for day, arr, is_lost in losses
        ]


class RecordForm(EditForm):
    """What is said of a loss."""

    sub_reason = forms.ChoiceField(label="Reason", choices=REASONS[1:])
    preventable = forms.ChoiceField(choices=JUDGEMENTS, help_text="Could we have done something about it?")
    competitor = forms.CharField(max_length=120, required=False)
    notes = forms.CharField(
        label="What happened", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    lessons = forms.CharField(
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What we do otherwise from now on, so that the next one stays.",
    )
    eligible = forms.BooleanField(label="Worth winning back", required=False)
    eligible_reason = forms.CharField(label="Why, or why not", max_length=300, required=False)

    layout: ClassVar[list[list[str]]] = [
        ["sub_reason", "preventable"],
        ["competitor"],
        ["notes"],
        ["lessons"],
        ["eligible"],
        ["eligible_reason"],
    ]

    def __init__(self, *args: Any, record: ChurnRecord, **kwargs: Any) -> None:
        initial = {name: getattr(record, name) for row in self.layout for name in row}
        super().__init__(*args, record=record, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Whoever is not to be won back is so for a reason."""
        clean = super().clean()
        if "eligible" in clean and not clean["eligible"] and not clean.get("eligible_reason"):
            self.add_error("eligible_reason", "Say why it is not worth being won back.")
        return clean

    def in_words(self, record: ChurnRecord) -> dict[str, str]:
        return {
            "Reason": record.get_sub_reason_display(),
            "Preventable": record.get_preventable_display(),
            "Competitor": record.competitor,
            "What happened": record.notes,
            "Lessons": record.lessons,
            "Worth winning back": "yes" if record.eligible else "no",
            "Why, or why not": record.eligible_reason,
        }

    def record_fields(self) -> RecordFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {
            "sub_reason": clean["sub_reason"],
            "preventable": clean["preventable"],
            "competitor": clean["competitor"],
            "notes": clean["notes"],
            "lessons": clean["lessons"],
            "eligible": clean["eligible"],
            "eligible_reason": clean["eligible_reason"],
        }


def _called(one: Losable) -> str:
    end = f"to {one.contract.end:%d %b %Y}" if one.contract.end else "without an end"
    return f"{one.contract}: {one.products or 'no product'}, {_money(one.arr)}, {end}"


def _money(amount: Decimal) -> str:
    return exact(amount, settings.WORKSPACE_CURRENCY)
