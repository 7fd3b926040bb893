"""What the addresses of the churn report, of the list of records and of the lessons may ask for."""

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.fields import DayField
from accounts.models import Segment
from cs_workspace.common import clock
from renewals.domain.churn import PREVENTABLE_LABELS, SUB_REASON_LABELS, TAXONOMY
from renewals.domain.periods import Period, Step, trailing_year
from renewals.queries.churn_analysis import ReportFilter
from renewals.queries.churn_records import AHEAD, CHURN, CONTRACTION, SORTS, WITH, WITHOUT, ChurnFilter
from renewals.queries.retention import products

YEARS = {1: "Last 12 months", 2: "Last 24 months", 3: "Last 36 months"}
STEPS = {Step.MONTH: "By month", Step.QUARTER: "By quarter"}
EXTENTS = {CHURN: "Accounts lost", CONTRACTION: "Contractions", AHEAD: "Still to come"}
# Filters that are empty where nothing is asked for; the others are None then.
WORDS = ("extent", "category", "sub_reason", "preventable", "interview", "competitor")
SEARCH = {"type": "search", "placeholder": "Account or word", "data-search": ""}


def _segments() -> list[tuple[str, str]]:
    return [("", "All segments"), *((str(pk), name) for pk, name in Segment.objects.values_list("pk", "name"))]


class ReportForm(forms.Form):
    """How to look at the report; what it cannot mean is named and left out."""

    years = forms.TypedChoiceField(choices=list(YEARS.items()), coerce=int, empty_value=None, required=False)
    step = forms.TypedChoiceField(
        choices=list(STEPS.items()), coerce=Step, empty_value=Step.MONTH, required=False, label="Periods"
    )
    segment = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    product = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = self.fields
        offered["segment"].choices = _segments()
        offered["product"].choices = [("", "All products"), *products()]

    def wanted(self) -> ReportFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return ReportFilter(
            clean.get("years") or 1, clean.get("step") or Step.MONTH, clean.get("segment"), clean.get("product")
        )


class ChurnListForm(forms.Form):
    """Which records the list shows; what it cannot mean is named and left out."""

    q = forms.CharField(max_length=100, required=False, label="Search", widget=forms.TextInput(attrs=SEARCH))
    extent = forms.ChoiceField(choices=[("", "All"), *EXTENTS.items()], required=False, label="What")
    category = forms.ChoiceField(
        choices=[("", "Any category"), *((key.value, kind.label) for key, kind in TAXONOMY.items())], required=False
    )
    sub_reason = forms.ChoiceField(
        choices=[("", "Any reason"), *((key.value, label) for key, label in SUB_REASON_LABELS.items())],
        required=False,
        label="Reason",
    )
    preventable = forms.ChoiceField(
        choices=[("", "Preventable or not"), *((key.value, label) for key, label in PREVENTABLE_LABELS.items())],
        required=False,
    )
    interview = forms.ChoiceField(
        choices=[("", "With or without interview"), (WITH, "With an interview"), (WITHOUT, "Without an interview")],
        required=False,
    )
    segment = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    product = forms.TypedChoiceField(coerce=int, empty_value=None, required=False)
    cohort = forms.IntegerField(min_value=0, max_value=2199, required=False, label="Customer since")
    competitor = forms.CharField(max_length=120, required=False)
    account = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")
    sort = forms.ChoiceField(
        choices=[(key, key) for name in SORTS for key in (name, f"-{name}")], required=False, label="Order"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = self.fields
        offered["segment"].choices = [*_segments(), ("0", "No segment")]
        offered["product"].choices = [("", "All products"), *products()]

    def wanted(self) -> ChurnFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        sort = clean.get("sort") or "-day"
        said: dict[str, Any] = {name: clean.get(name) or "" for name in WORDS}
        said |= {name: clean.get(name) for name in ("segment", "product", "cohort", "account", "since", "until")}
        return ChurnFilter(
            text=clean.get("q") or "",
            **said,
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )


class UntoldForm(forms.Form):
    """Of which period the losses without a reason are looked for; by default the last twelve months."""

    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")

    def clean(self) -> dict[str, Any]:
        """The two days make a period."""
        clean: dict[str, Any] = super().clean() or {}
        since, until = clean.get("since"), clean.get("until")
        if not self.errors and since and since >= (until or clock.today() + dt.timedelta(days=1)):
            self.add_error("since", "The first day must lie before the second.")
        return clean

    def period(self) -> Period:
        """The period with what is valid; call after `is_valid()`."""
        clean = {} if self.errors else self.cleaned_data
        until: dt.date = clean.get("until") or clock.today() + dt.timedelta(days=1)
        return Period(clean.get("since") or trailing_year(until).since, until)
