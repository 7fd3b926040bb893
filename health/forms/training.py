"""Courses given to people of an account, finished, and events that they came to."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse_lazy

from accounts.forms.fields import DayField, NewForm
from accounts.models import Account, Contact
from cs_workspace.common import clock
from health.models import Event, TrainingRecord


class PeopleField(forms.ModelMultipleChoiceField):
    """People of an account who are still there."""

    def __init__(self, *, account: Account, **kwargs: Any) -> None:
        people = Contact.objects.present().filter(account=account).order_by("name", "pk")
        super().__init__(people, widget=forms.CheckboxSelectMultiple, **kwargs)


class AssignForm(NewForm):
    """A course for some of an account's people."""

    course = forms.CharField(
        max_length=120,
        widget=forms.TextInput(
            attrs={
                "list": "course-options",
                "autocomplete": "off",
                "hx-get": reverse_lazy("health:course-options"),
                "hx-trigger": "input changed delay:150ms",
                "hx-target": "#course-options",
                "hx-swap": "innerHTML",
                "hx-sync": "this:replace",
                "hx-params": "course",
            }
        ),
    )
    assigned_on = DayField(label="Given on")
    layout: ClassVar[list[list[str]]] = [["course", "assigned_on"], ["contacts"]]

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, initial={"assigned_on": clock.today()}, **kwargs)
        self.fields["contacts"] = PeopleField(
            account=account, label="For", error_messages={"required": "Tick who is to take it."}
        )


class EventForm(NewForm):
    """An event, and who of an account came to it or was invited."""

    name = forms.CharField(max_length=120, label="Webinar or event")
    on = DayField(label="Day")
    kind = forms.ChoiceField(
        choices=[(Event.Kind.ATTENDED, "Came to it"), (Event.Kind.INVITED, "Were invited")], label="They"
    )
    layout: ClassVar[list[list[str]]] = [["name"], ["on", "kind"], ["contacts"]]

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": clock.today()}, **kwargs)
        self.fields["contacts"] = PeopleField(account=account, label="Who", required=False)


class RecordsForm(forms.Form):
    """Ticked records of training, and the day on which they were finished."""

    records = forms.ModelMultipleChoiceField(
        TrainingRecord.objects.none(), error_messages={"required": "Tick the courses first."}
    )
    on = DayField(required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["records"].queryset = TrainingRecord.objects.filter(account=account)  # type: ignore[attr-defined]

    @property
    def keys(self) -> list[int]:
        """Of the records that were ticked."""
        return [one.pk for one in self.cleaned_data["records"]]

    @property
    def problem(self) -> str:
        """Everything that is wrong, in one line."""
        return " ".join(str(message) for messages in self.errors.values() for message in messages)


class EventsForm(forms.Form):
    """Events of an account that are taken back."""

    events = forms.ModelMultipleChoiceField(Event.objects.none())

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].queryset = Event.objects.filter(account=account)  # type: ignore[attr-defined]
