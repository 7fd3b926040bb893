"""Forms over contacts."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from accounts.domain.stakeholders import PARTS
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
    """On which day a contact left, and where to; of somebody in a key role also who follows."""

    on = DayField(label="Left or changed job on")
    to = forms.CharField(max_length=120, required=False, label="Where to", help_text="If known.")
    successor = forms.ModelChoiceField(
        Contact.objects.none(), required=False, label="Who follows", empty_label="Not known yet"
    )
    new_name = forms.CharField(max_length=120, required=False, label="Or somebody new", help_text="Their name.")

    layout: ClassVar[list[list[str]]] = [["on", "to"], ["successor", "new_name"]]

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        last = min(clock.today(), timezone.localdate(clock.now()))
        kwargs["initial"] = {"on": last}
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["max"] = clock.today().isoformat()
        parts = [label for role, label in zip(contact.roles, contact.role_labels, strict=True) if role in PARTS]
        if not parts:
            del self.fields["successor"], self.fields["new_name"]
            return
        people = Contact.objects.filter(account=contact.account_id).present().exclude(pk=contact.pk)
        self.fields["successor"].queryset = people  # type: ignore[attr-defined]
        self.fields["successor"].help_text = f"Takes over as {' and '.join(parts).lower()}."

    def succession(self) -> dict[str, Any]:
        """Where they went and who follows, as the service takes it."""
        given = self.cleaned_data
        return {"to": given["to"], "successor": given.get("successor"), "new_name": given.get("new_name", "")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("successor") and cleaned.get("new_name"):
            self.add_error("new_name", "Choose one of the contacts, or name somebody new.")
        return cleaned

    def clean_on(self) -> Any:
        on, today = self.cleaned_data["on"], clock.today()
        if on > today:
            raise forms.ValidationError(f"That day is still to come: the workspace has {today.day} {today:%B}.")
        return on


class MailForm(DialogForm):
    """Why a contact gets no more e-mail, or gets it again."""

    note = forms.CharField(
        max_length=300, required=False, label="How they said so", help_text="On the phone, in a meeting …"
    )

    layout: ClassVar[list[list[str]]] = [["note"]]


class MoveForm(forms.Form):
    """To which cell of the map of stakeholders a contact moves, and the version of the contact that was seen."""

    function = forms.CharField(max_length=60, required=False)
    seniority = forms.ChoiceField(choices=[("", "Unknown"), *Contact.Seniority.choices], required=False)
    version = forms.IntegerField(required=False)

    def contact_fields(self) -> ContactFields:
        """What was given, as the service takes it."""
        return ContactFields(function=self.cleaned_data["function"], seniority=self.cleaned_data["seniority"])


class PlaceForm(EditForm):
    """What the map of stakeholders says about a contact, changed in its place: the cell, the part, how they stand."""

    function = forms.CharField(max_length=60, required=False)
    seniority = forms.ChoiceField(choices=[("", "Unknown"), *Contact.Seniority.choices], required=False)
    roles = forms.MultipleChoiceField(
        choices=Contact.Role.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Part they play"
    )
    influence = forms.IntegerField(min_value=0, max_value=10, required=False, label="Influence, 0 to 10")
    sentiment = forms.ChoiceField(choices=[("", "Unknown"), *Contact.Sentiment.choices], required=False)

    PLACE: ClassVar[list[str]] = ["function", "seniority", "roles", "influence", "sentiment"]
    layout: ClassVar[list[list[str]]] = [["function", "seniority"], ["influence", "sentiment"], ["roles"]]

    def __init__(self, *args: Any, record: Contact, **kwargs: Any) -> None:
        initial = {name: getattr(record, name) for name in self.PLACE}
        # Many of them may be open on one page.
        super().__init__(*args, record=record, initial=initial, auto_id=f"place-{record.pk}-%s", **kwargs)
        self.fields["function"].widget.attrs["list"] = "map-functions"

    def contact_fields(self) -> ContactFields:
        """What was given, as the service takes it."""
        given = {name: self.cleaned_data[name] for name in self.PLACE}
        given["roles"] = list(dict.fromkeys(given["roles"]))
        return ContactFields(**given)  # type: ignore[typeddict-item]

    def in_words(self, record: Contact) -> dict[str, str]:
        return {
            "Function": record.function,
            "Seniority": record.get_seniority_display(),
            "Part": ", ".join(record.role_labels),
            "Influence": "" if record.influence is None else str(record.influence),
            "Sentiment": record.get_sentiment_display(),
        }
