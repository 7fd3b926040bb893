"""The words of a recap."""

from django import forms

from qbr.services.recapping import LONGEST_BODY, LONGEST_SUBJECT


class RecapForm(forms.Form):
    """What is written to the customer; saved as one types. `version` is that of what is kept, 0 for nothing yet."""

    subject = forms.CharField(max_length=LONGEST_SUBJECT, error_messages={"required": "Give it a subject."})
    body = forms.CharField(
        max_length=LONGEST_BODY,
        label="E-mail",
        strip=False,
        error_messages={"required": "Write the recap."},
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
