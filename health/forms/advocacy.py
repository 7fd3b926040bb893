"""Forms about advocates: named, changed, asked, what they said and did; and the filter of their list."""

from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import DayField, EditForm, NewForm
from accounts.models import Account, Contact, Segment
from cs_workspace.common import clock
from health.domain.advocacy import REST_DAYS
from health.models import AdvocacyAsk, Advocate
from health.models.advocacy import KINDS
from health.queries.advocacy import STATES, AdvocateFilter
from health.services.advocacy import Came

WORDS = {
    "reference": "With whom they speak, and about what.",
    "case_study": "What it is to show.",
    "testimonial": "What they are to say a few words on.",
    "review_site": "On which site.",
    "referral": "To whom they could lead us.",
    "advisory_board": "For which meetings, and what is expected.",
}


def _note(**more: Any) -> forms.CharField:
    return forms.CharField(
        max_length=300,
        required=False,
        label="What they can speak of",
        help_text="A result, a use, their trade: by this they are found.",
        widget=forms.Textarea(attrs={"rows": 2}),
        **more,
    )


class NewAdvocateForm(NewForm):
    """Who of an account speaks for us, and in which way."""

    layout: ClassVar[list[list[str]]] = [["contact", "kind"], ["note"]]

    contact = forms.ModelChoiceField(Contact.objects.none(), label="Who")
    kind = forms.ChoiceField(choices=KINDS, label="In which way")
    note = _note()

    def __init__(self, *args: Any, account: Account, contact: str = "", kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, initial={"contact": contact, "kind": kind}, **kwargs)
        field: Any = self.fields["contact"]
        field.queryset = Contact.objects.present().filter(account=account)


class AdvocateForm(EditForm):
    """What an advocate can speak of."""

    layout: ClassVar[list[list[str]]] = [["note"]]

    note = _note()

    def __init__(self, *args: Any, record: Advocate, **kwargs: Any) -> None:
        super().__init__(*args, record=record, initial={"note": record.note}, **kwargs)

    def in_words(self, record: Advocate) -> dict[str, str]:
        return {"What they can speak of": record.note}


class AdvocacyAskForm(NewForm):
    """What an advocate was asked for."""

    layout: ClassVar[list[list[str]]] = [["about"]]

    about = forms.CharField(max_length=200, label="What for")

    def __init__(self, *args: Any, advocate: Advocate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = REST_DAYS.get(advocate.sort)
        limit = f" They rest for {days} days after it." if days else ""
        self.fields["about"].help_text = WORDS[advocate.kind] + limit


class DeclineForm(NewForm):
    """Why somebody declined."""

    layout: ClassVar[list[list[str]]] = [["outcome"]]

    outcome = forms.CharField(
        max_length=500, required=False, label="Why", widget=forms.Textarea(attrs={"rows": 2}), help_text="If they said."
    )


class FinishForm(NewForm):
    """What came of an ask that was done."""

    layout: ClassVar[list[list[str]]] = [["used_on", "link"], ["outcome"]]

    used_on = DayField(label="On")
    link = forms.URLField(
        required=False, assume_scheme="https", label="Link", help_text="Where it can be read, if it can."
    )
    outcome = forms.CharField(
        max_length=500, required=False, label="What came of it", widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, ask: AdvocacyAsk, **kwargs: Any) -> None:
        initial = {"used_on": clock.today(), "link": ask.link, "outcome": ask.outcome}
        super().__init__(*args, initial=initial, **kwargs)
        self.asked_on = ask.asked_on

    def clean_used_on(self) -> Any:
        """Says by the field what the service would refuse."""
        day = self.cleaned_data["used_on"]
        if not self.asked_on <= day <= clock.today():
            raise forms.ValidationError(f"Give a day from {self.asked_on:%d %b %Y}, when they were asked, to today.")
        return day

    def came(self) -> Came:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {"used_on": clean["used_on"], "outcome": clean["outcome"], "link": clean["link"]}


class AdvocateFilterForm(forms.Form):
    """What the address of the list may ask for; what it cannot mean is named and left out."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False, label="Show")
    kind = forms.ChoiceField(choices=[("", "Any kind"), *KINDS], required=False, label="Kind")
    segment = forms.ModelChoiceField(
        Segment.objects.order_by("-lower_arr"),
        to_field_name="key",
        required=False,
        empty_label="Any segment",
        label="Segment",
    )
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Account, person, what they can speak of", "data-search": ""}
        ),
    )

    def wanted(self) -> AdvocateFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return AdvocateFilter(
            state=clean.get("state") or "current",
            kind=clean.get("kind") or "",
            segment=clean["segment"].key if clean.get("segment") else "",
            text=clean.get("q") or "",
        )
