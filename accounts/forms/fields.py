"""Fields and manners that the forms of daily work share."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any, ClassVar, cast
from uuid import uuid4

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from accounts.models import Account, User

# Days outside of these are slips of the keyboard; some of them no database can read back.
FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
# No key of a record has more digits.
PICKED = re.compile(r"\(#(\d{1,18})\)\s*$")
QUOTED = 60


class DialogForm(forms.Form):
    """A form in a dialog: `rows` says which fields stand side by side, top to bottom."""

    layout: ClassVar[list[list[str]]] = []

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields in rows, as templates draw them."""
        return [[self[name] for name in row if name in self.fields] for row in self.layout]

    @property
    def is_broken(self) -> bool:
        """Something is wrong with a part that nobody sees or types, so no field can say it."""
        return any(bound.errors for bound in self.hidden_fields())


class NewForm(DialogForm):
    """A form that makes something; `key` lets it do so once, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4()} | (initial or {})
        super().__init__(*args, **kwargs)


class SeenField(forms.JSONField):
    """What a record said when its form was opened, by label, as the page brings it back; anything else says nothing.

    Gives texts by label.
    """

    def to_python(self, value: Any) -> Any:
        try:
            seen = super().to_python(value)
        except (forms.ValidationError, ValueError, RecursionError):  # of JSON, of the length of a number, of its depth
            return {}
        words = seen.items() if isinstance(seen, dict) else ()
        return {label: said.encode(errors="replace").decode() for label, said in words if isinstance(said, str)}

    def bound_data(self, data: Any, initial: Any) -> Any:
        return self.to_python(data)


@dataclass(frozen=True)
class Change:
    """What somebody else changed while the form was open, in words."""

    label: str
    was: str
    now: str


class EditForm(DialogForm):
    """A form over a record that others may change meanwhile: it brings the version that was read, and what it said."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = SeenField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, record: Any, initial: dict[str, Any], **kwargs: Any) -> None:
        self.record = record
        kwargs["initial"] = initial | {"version": record.version, "seen": self.in_words(record)}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A moment that nobody touched stays as it was: the picker shows no seconds, nor which of two equal hours."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, field in self.fields.items():
            if isinstance(field, MomentField) and name in cleaned and name not in self.changed_data:
                cleaned[name] = self.initial[name]
        return cleaned

    def over(self, current: Any) -> "EditForm":
        """What was typed, as a form over the `current` record."""
        form: type[Any] = type(self)  # each kind of record has its own, which knows what to begin with
        return cast("EditForm", form(self.data, record=current))

    def in_words(self, record: Any) -> dict[str, str]:
        """What a record says, by label, as it is compared and shown in a conflict."""
        raise NotImplementedError

    def turn_to(self, current: Any) -> list[Change]:
        """Makes the next save one over the `current` record, and gives what changed since the form was opened."""
        now, seen = self.in_words(current), self.cleaned_data.get("seen", {})
        data: Any = self.data
        data = data.copy()
        data[self.add_prefix("version")], data[self.add_prefix("seen")] = str(current.version), json.dumps(now)
        self.data = data
        return [Change(label, seen.get(label, ""), words) for label, words in now.items() if seen.get(label) != words]


def moment_in_words(moment: dt.datetime | None) -> str:
    """A moment in the zone of the person, for a conflict."""
    return f"{timezone.localtime(moment):%a %d %b %Y %H:%M}" if moment else "none"


class MomentField(forms.DateTimeField):
    """A day and time as the browser's own picker gives it, in the zone of the person.

    Where clocks go back, an hour comes twice and the first one is meant; where they go forward, one is not there.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(widget=widget, error_messages={"invalid": "Give a day and a time."}, **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        if value in self.empty_values:
            return None
        try:
            typed = dt.datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        _check_day(typed.date())
        moment = typed if typed.tzinfo else typed.replace(tzinfo=timezone.get_current_timezone())
        utc = moment.astimezone(dt.UTC)
        if utc.astimezone(moment.tzinfo) != moment or utc.astimezone(moment.tzinfo).hour != moment.hour:
            raise forms.ValidationError("That hour was skipped when the clocks went forward.")
        return utc

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares what the picker shows."""
        shown = self.widget.format_value(self.prepare_value(initial)) if initial else ""
        return bool(shown != (data or ""))


class DayField(forms.DateField):
    """A day as the browser's own picker gives it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, error_messages={"invalid": "Give a day."}, **kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day is not None:
            _check_day(day)
        return day


class KeyField(forms.ModelChoiceField):
    """A record by a key that is text; what no database takes for text names none."""

    def to_python(self, value: Any) -> Any:
        if "\0" in str(value):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class AccountField(forms.CharField):
    """An account by name, with suggestions as one types; what was picked ends in its number: "Halden (#12)".

    `user` decides what can be found; a name that several accounts have must be picked from the list.
    """

    def __init__(self, *, user: User, url: str, **kwargs: Any) -> None:
        self.user = user
        super().__init__(**kwargs)
        self.widget.attrs |= {
            "list": "account-options",
            "autocomplete": "off",
            "placeholder": "Type a name",
            "hx-get": url,
            "hx-trigger": "input changed delay:150ms",
            "hx-target": "#account-options",
            "hx-sync": "this:replace",
            "hx-params": "account",
        }

    def prepare_value(self, value: Any) -> Any:
        return label_of(value) if isinstance(value, Account) else value

    def to_python(self, value: Any) -> Account | None:  # type: ignore[override]  # a field of accounts, typed as text
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        self.run_validators(text)  # before the database is asked, which takes no NUL
        accounts = Account.objects.visible_to(self.user)
        picked = PICKED.search(text)
        found = list(accounts.filter(pk=int(picked[1])) if picked else accounts.filter(name__iexact=text)[:2])
        if not found:
            called = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
            raise forms.ValidationError(f"You have no account called “{called}”.")
        if len(found) > 1:
            raise forms.ValidationError("Several accounts have this name: pick one from the list.")
        return found[0]


def _check_day(day: dt.date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise forms.ValidationError(f"Give a day between {FIRST_DAY.year} and {LAST_DAY.year}.")


def label_of(account: Account) -> str:
    """How an account stands in the list of suggestions."""
    return f"{account.name} (#{account.pk})"
