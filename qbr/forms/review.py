"""Forms over one review: asking for it, when and where it takes place, that it does not, and who takes part."""

from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone

from accounts.forms.fields import DayField, DialogForm, EditForm, MomentField, NewForm, moment_in_words
from accounts.models import Contact, User
from qbr.domain.invitation import zone_of
from qbr.domain.reviews import KIND_LABELS, Kind
from qbr.models import Review
from qbr.services.attendees import Guest
from qbr.services.scheduling import Meeting

SHORTEST, LONGEST = 15, 480
MEETING = ("starts_at", "minutes", "time_zone", "place", "agenda")


@cache
def zone_choices() -> list[tuple[str, str]]:
    """All zones by their names."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class RequestForm(NewForm):
    """A review that somebody asks for."""

    kind = forms.TypedChoiceField(choices=[(kind.value, KIND_LABELS[kind]) for kind in Kind], coerce=Kind)
    due_on = DayField(label="Due", help_text="By which day it should be held.")
    reason = forms.CharField(
        max_length=300, required=False, label="Why", widget=forms.Textarea(attrs={"rows": 2}), help_text="May be empty."
    )

    layout: ClassVar[list[list[str]]] = [["kind", "due_on"], ["reason"]]


class ScheduleForm(EditForm):
    """When, how long and where a review takes place, and what is talked about."""

    starts_at = MomentField(label="Begins")
    minutes = forms.IntegerField(
        min_value=SHORTEST, max_value=LONGEST, label="Minutes", widget=forms.NumberInput(attrs={"step": 15})
    )
    time_zone = forms.ChoiceField(
        choices=zone_choices, label="Customer's time zone", help_text="The invitation is written in it."
    )
    place = forms.CharField(max_length=300, required=False, help_text="A room, or the address of a call.")
    agenda = forms.ChoiceField(choices=Review.Agenda.choices)

    layout: ClassVar[list[list[str]]] = [["starts_at", "minutes"], ["time_zone", "agenda"], ["place"]]

    def __init__(self, *args: Any, record: Review, **kwargs: Any) -> None:
        initial = {name: getattr(record, name) for name in MEETING}
        initial["time_zone"] = zone_of(record.time_zone or record.account.time_zone).key
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.fields["starts_at"].help_text = f"In your time zone, {timezone.get_current_timezone_name()}."

    def in_words(self, record: Review) -> dict[str, str]:
        return {
            "Begins": moment_in_words(record.starts_at),
            "Minutes": str(record.minutes),
            "Time zone": record.time_zone,
            "Place": record.place,
            "Agenda": record.get_agenda_display(),
        }

    @property
    def meeting(self) -> Meeting:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {
            "starts_at": clean["starts_at"],
            "minutes": clean["minutes"],
            "time_zone": clean["time_zone"],
            "place": clean["place"],
            "agenda": clean["agenda"],
        }


class CancelForm(EditForm):
    """Why a review does not take place."""

    reason = forms.CharField(max_length=300, label="Why", widget=forms.Textarea(attrs={"rows": 2, "autofocus": ""}))

    layout: ClassVar[list[list[str]]] = [["reason"]]

    def __init__(self, *args: Any, record: Review, **kwargs: Any) -> None:
        super().__init__(*args, record=record, initial={"reason": record.cancelled_reason}, **kwargs)

    def in_words(self, record: Review) -> dict[str, str]:
        return {"Status": record.get_status_display(), "Begins": moment_in_words(record.starts_at)}


class AttendeeForm(DialogForm):
    """Somebody who takes part: one of the customer's people, one of ours, or a guest of theirs by name."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, label="Of the customer", empty_label="Nobody"
    )
    user = forms.ModelChoiceField(User.objects.none(), required=False, label="Of ours", empty_label="Nobody")
    guest = forms.CharField(
        max_length=120, required=False, label="Or a guest of theirs", help_text="Who is none of their contacts."
    )
    guest_email = forms.EmailField(
        required=False, label="Guest's e-mail", help_text="Without it, no invitation reaches them."
    )

    layout: ClassVar[list[list[str]]] = [["contact", "user"], ["guest", "guest_email"]]

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there, fields = review.attendees.all(), dict[str, Any](self.fields)
        contacts = Contact.objects.present().filter(account=review.account_id)
        taken = there.filter(contact__isnull=False).values("contact")
        fields["contact"].queryset = contacts.exclude(pk__in=taken).order_by("name", "pk")
        users = User.objects.filter(is_active=True).exclude(pk__in=there.filter(user__isnull=False).values("user"))
        fields["user"].queryset = users.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Exactly one person at a time."""
        clean: dict[str, Any] = super().clean() or {}
        given = [name for name in ("contact", "user", "guest") if clean.get(name)]
        if not given and not self.errors:
            self.add_error(None, "Say who takes part.")
        elif len(given) > 1:
            self.add_error(given[1], "One at a time: choose one of them, and then the next.")
        if clean.get("guest_email") and not clean.get("guest"):
            self.add_error("guest", "Say whose address this is.")
        return clean

    @property
    def who(self) -> Contact | User | Guest:
        """The person, as the service takes them; call after `is_valid()`."""
        clean = self.cleaned_data
        return clean["contact"] or clean["user"] or Guest(clean["guest"], clean["guest_email"])
