"""What the addresses of the measures may ask for."""

from typing import Any

from django import forms

from cs_workspace.common import clock
from qbr.domain.measures import SHOWN_LABELS, Shown, quarter_key, quarter_label, quarters_until
from qbr.queries.measured import NOBODY, MeasuredFilter
from renewals.domain.periods import Period

KEY = rf"^({NOBODY}|[0-9]{{1,12}})$"


class MeasuresForm(forms.Form):
    """Which quarter is measured: by default the present one. What it cannot mean is named and left out."""

    quarter = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quarters = {quarter_key(one): one for one in quarters_until(clock.today())}
        fields: dict[str, Any] = self.fields
        fields["quarter"].choices = [(key, quarter_label(one)) for key, one in self.quarters.items()]

    def chosen(self) -> Period:
        """The quarter; call after `is_valid()`."""
        return self.quarters.get(self.cleaned_data.get("quarter") or "") or next(iter(self.quarters.values()))


class MeasuredForm(MeasuresForm):
    """Which reviews lie behind a figure: by default all that were due in the present quarter."""

    show = forms.ChoiceField(choices=list(SHOWN_LABELS.items()), required=False)
    segment = forms.RegexField(KEY, required=False)
    owner = forms.RegexField(KEY, required=False)

    def behind(self) -> MeasuredFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return MeasuredFilter(
            self.chosen(), Shown(clean.get("show") or Shown.DUE), clean.get("segment") or "", clean.get("owner") or ""
        )
