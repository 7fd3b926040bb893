"""What the address of the at-risk queue may ask for."""

from django import forms

from health.queries.at_risk import CHIPS, NOBODY, QueueFilter


class QueueForm(forms.Form):
    """What it cannot mean is named and left out."""

    only = forms.ChoiceField(choices=CHIPS, required=False, label="Show")
    owner = forms.CharField(max_length=20, required=False)
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Search accounts", "data-search": ""}),
    )

    def clean_owner(self) -> str:
        """A user's key, or the word for accounts without one."""
        owner: str = self.cleaned_data["owner"]
        if owner and owner != NOBODY and not (owner.isdecimal() and len(owner) < 19):
            raise forms.ValidationError("An owner is named by a number.")
        return owner

    def wanted(self) -> QueueFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return QueueFilter(only=clean.get("only") or "all", owner=clean.get("owner") or "", text=clean.get("q") or "")
