"""Who took part in a review."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.forms.fields import DialogForm
from qbr.models import Attendee, Review


class HoldForm(DialogForm):
    """Who of the attendees came, of both sides; at first all of them, for most who are invited come."""

    attended = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label="Who took part"
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, review: Review, attendees: Sequence[Attendee]) -> None:
        came = [one.pk for one in attendees if one.attended is not False]
        super().__init__(data, initial={"attended": came, "version": review.version})
        field: Any = self.fields["attended"]
        field.choices = [(one.pk, f"{one} ({_side(one)})") for one in attendees]


def _side(one: Attendee) -> str:
    if one.user_id is not None:
        return "us"
    return "guest" if one.guest else one.contact.title or "customer" if one.contact else "customer"
