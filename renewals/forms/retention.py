"""What the addresses of the retention report may ask for."""

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.fields import DayField
from cs_workspace.common import clock
from renewals.domain.movements import Kind
from renewals.domain.periods import Period, PeriodError, trailing_year
from renewals.queries.retention import ReportFilter, Rhythm, products
from renewals.queries.retention_accounts import AccountsFilter, Fate
from renewals.queries.retention_groups import Split

RHYTHMS = {
    Rhythm.MONTH: "By month",
    Rhythm.QUARTER: "By quarter",
    Rhythm.YEAR: "By year",
    Rhythm.TRAILING: "Trailing 12 months",
}
SPLITS = {
    Split.SEGMENT: "Segment",
    Split.CSM: "CSM",
    Split.INDUSTRY: "Industry",
    Split.PRODUCT: "Product",
    Split.COHORT: "Year of the first contract",
}
FATES = {
    Fate.START: "Active at the start",
    Fate.EXPANDED: "Expanded",
    Fate.CONTRACTED: "Contracted",
    Fate.LOST: "Lost",
    Fate.CAME: "New or back",
}
# Movements of the ledger in the order of their columns, whatever became of the account by the end of the period.
MOVED = {
    Kind.NEW: "New",
    Kind.EXPANSION: "Expansion",
    Kind.CONTRACTION: "Contraction",
    Kind.CHURN: "Churn",
    Kind.REACTIVATION: "Reactivation",
    Kind.CORRECTION: "Correction",
}


class ReportForm(forms.Form):
    """How to look at the report; what it cannot mean is named and left out."""

    rhythm = forms.ChoiceField(choices=list(RHYTHMS.items()), required=False, label="Periods")
    split = forms.ChoiceField(choices=list(SPLITS.items()), required=False, label="Grouped by")
    product = forms.TypedChoiceField(choices=[], coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [("", "All products"), *products()]  # type: ignore[attr-defined]

    def wanted(self) -> ReportFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return ReportFilter(
            Rhythm(clean.get("rhythm") or Rhythm.MONTH),
            Split(clean.get("split") or Split.SEGMENT),
            clean.get("product"),
        )


class AccountsForm(ReportForm):
    """Which accounts lie behind a figure: by default those of the trailing year's start."""

    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")
    show = forms.ChoiceField(choices=[*FATES.items(), *MOVED.items()], required=False, label="Show")
    group = forms.CharField(max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """The two days make a period."""
        clean: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self._period(clean)
            except PeriodError:
                self.add_error("since", "The first day must lie before the second.")
        return clean

    def behind(self) -> AccountsFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean, report = self.cleaned_data, self.wanted()
        shown = clean.get("show") or Fate.START.value
        days_are_wrong = {"since", "until"} & set(self.errors)
        return AccountsFilter(
            period=self._period({} if days_are_wrong else clean),
            shown=Fate(shown) if shown in FATES else Kind(shown),
            split=report.split,
            group=clean.get("group") or "",
            product=report.product,
        )

    @staticmethod
    def _period(clean: dict[str, Any]) -> Period:
        until: dt.date = clean.get("until") or clock.today() + dt.timedelta(days=1)
        return Period(clean.get("since") or trailing_year(until).since, until)
