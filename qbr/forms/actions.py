"""What one side promises: a title, one person of either side, a day."""

import datetime as dt
from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import DayField, EditForm, NewForm
from accounts.forms.plan import day_in_words
from cs_workspace.common import clock
from qbr.models import ActionItem, Review
from qbr.queries.actions import People
from qbr.services.actions import ActionFields

AHEAD = dt.timedelta(days=14)
US, CUSTOMER = ActionItem.Side.US.value, ActionItem.Side.CUSTOMER.value


class WhoField(forms.ChoiceField):
    """Somebody of either side, which the choice says as well: `us:12` is a user, `customer:34` a contact, `customer:`
    the customer without a name. Gives the side and the person, or None."""

    def __init__(self, people: People, *, side: str = "", **kwargs: Any) -> None:
        self.people = people
        groups = []
        if side != CUSTOMER:
            groups.append(("Us", [(f"{US}:{user.pk}", user.name) for user in people.users]))
        if side != US:
            theirs = [(f"{CUSTOMER}:{contact.pk}", contact.name) for contact in people.contacts]
            groups.append(("The customer", [*theirs, (f"{CUSTOMER}:", "Nobody named yet")]))
        super().__init__(choices=groups, **kwargs)

    def clean(self, value: Any) -> Any:
        side, _, key = super().clean(value).partition(":")
        known = self.people.users if side == US else self.people.contacts
        return side, next((one for one in known if str(one.pk) == key), None)


def _title() -> forms.CharField:
    return forms.CharField(max_length=160, label="What", widget=forms.TextInput(attrs={"autocomplete": "off"}))


class NewActionForm(NewForm):
    """What somebody promised just now."""

    title = _title()
    due_on = DayField(label="Until")

    layout: ClassVar[list[list[str]]] = [["title"], ["who", "due_on"]]

    def __init__(self, *args: Any, review: Review, people: People, **kwargs: Any) -> None:
        first = people.users[0].pk if people.users else ""
        initial = {"due_on": clock.today() + AHEAD, "who": f"{US}:{first}" if first else f"{CUSTOMER}:"}
        super().__init__(*args, initial=initial, auto_id="action-%s", **kwargs)
        self.fields["who"] = WhoField(people, label="Who")

    @property
    def side(self) -> str:
        """Who promised it: us or the customer; call after `is_valid()`."""
        side: str = self.cleaned_data["who"][0]
        return side

    def action_fields(self) -> ActionFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        return _said(self.cleaned_data)


class ActionForm(EditForm):
    """An action item that is changed; it stays with its side."""

    title = _title()
    due_on = DayField(label="Until")

    layout: ClassVar[list[list[str]]] = [["title"], ["who", "due_on"]]

    def __init__(self, *args: Any, record: ActionItem, people: People, **kwargs: Any) -> None:
        self.people = people
        who = record.user_id if record.side == US else record.contact_id
        initial = {"title": record.title, "due_on": record.due_on, "who": f"{record.side}:{who or ''}"}
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.fields["who"] = WhoField(people, side=record.side, label="Who")

    def over(self, current: Any) -> "ActionForm":
        return ActionForm(self.data, record=current, people=self.people)

    def in_words(self, record: ActionItem) -> dict[str, str]:
        who = record.user if record.side == US else record.contact
        return {"What": record.title, "Who": str(who or ""), "Until": day_in_words(record.due_on)}

    def action_fields(self) -> ActionFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        return _said(self.cleaned_data)


def _said(clean: dict[str, Any]) -> ActionFields:
    side, person = clean["who"]
    fields: ActionFields = {"title": clean["title"], "due_on": clean["due_on"]}
    return fields | ({"user": person} if side == US else {"contact": person})
