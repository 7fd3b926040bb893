"""Forms over contacts."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from accounts.forms.fields import DayField, DialogForm, EditForm, NewForm
from accounts.models import Contact
from accounts.services.contacts import ContactFields
from cs_workspace.common import clock


class ContactFieldsMixin(forms.Form):
    """What a new contact and an edited one ask for alike."""

    name = forms.CharField(max_length=120)
    title = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(required=False, label="E-mail")
    phone = forms.CharField(max_length=40, required=False)
    function = forms.CharField(max_length=60, required=False, help_text="Finance, IT, operations …")
    seniority = forms.ChoiceField(choices=[("", "Unknown"), *Contact.Seniority.choices], required=False)
    roles = forms.MultipleChoiceField(
        choices=Contact.Role.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Part they play"
    )
    engagement = forms.ChoiceField(choices=[("", "Unknown"), *Contact.Engagement.choices], required=False)
    sentiment = forms.ChoiceField(choices=[("", "Unknown"), *Contact.Sentiment.choices], required=False)
    influence = forms.IntegerField(min_value=0, max_value=10, required=False, help_text="0 (none) to 10.")
    consent = forms.BooleanField(required=False, label="Agreed to be written to")

    layout: ClassVar[list[list[str]]] = [
        ["name", "title"],
        ["email", "phone"],
        ["function", "seniority"],
        ["roles"],
        ["engagement", "sentiment", "influence"],
        ["consent"],
    ]

    def contact_fields(self) -> ContactFields:
        """What was given, as the service takes it."""
        given = {name: self.cleaned_data[name] for name in FIELDS}
        given["roles"] = list(dict.fromkeys(given["roles"]))
        return ContactFields(**given)  # type: ignore[typeddict-item]


FIELDS = list(ContactFieldsMixin.base_fields)


class NewContactForm(ContactFieldsMixin, NewForm):
    """A new contact."""


class ContactForm(ContactFieldsMixin, EditForm):
    """A contact as a whole."""

    def __init__(self, *args: Any, record: Contact, **kwargs: Any) -> None:
        super().__init__(*args, record=record, initial={name: getattr(record, name) for name in FIELDS}, **kwargs)

    def in_words(self, record: Contact) -> dict[str, str]:
        return {
            "Name": record.name,
            "Title": record.title,
            "E-mail": record.email,
            "Phone": record.phone,
            "Function": record.function,
            "Seniority": record.get_seniority_display(),
            "Part": ", ".join(record.role_labels),
            "Engagement": record.get_engagement_display(),
            "Sentiment": record.get_sentiment_display(),
            "Influence": "" if record.influence is None else str(record.influence),
            "Status": record.get_status_display(),
        }


class LeftForm(DialogForm):
    """On which day a contact left."""

    on = DayField(label="Left or changed job on")

    layout: ClassVar[list[list[str]]] = [["on"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        last = min(clock.today(), timezone.localdate(clock.now()))
        kwargs["initial"] = {"on": last}
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["max"] = clock.today().isoformat()

    def clean_on(self) -> Any:
        on, today = self.cleaned_data["on"], clock.today()
        if on > today:
            raise forms.ValidationError(f"That day is still to come: the workspace has {today.day} {today:%B}.")
        return on
