"""Filters of the list of success plans, as its address says them."""

from django import forms

from accounts.queries.plan_list import ALL, CHIPS, NOBODY, SORTS, PlanFilter


class PlanFilterForm(forms.Form):
    """What the address of the list may ask for; what it cannot mean is named and left out."""

    only = forms.ChoiceField(choices=list(CHIPS.items()), required=False)
    owner = forms.RegexField(rf"^(\d{{1,18}}|{NOBODY})$", required=False)
    sort = forms.ChoiceField(choices=[(one, one) for one in SORTS], required=False)
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Account", "data-search": ""}),
    )

    def wanted(self) -> PlanFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return PlanFilter(
            only=clean.get("only") or ALL,
            owner=clean.get("owner") or "",
            text=(clean.get("q") or "").strip(),
            sort=clean.get("sort") or SORTS[0],
        )
