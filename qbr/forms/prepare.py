"""What is typed while a review is prepared: its period, the words of its parts, goals and ideas."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from accounts.domain.success_plans import in_words
from accounts.forms.fields import DayField, DialogForm, EditForm, NewForm
from accounts.forms.plan import NumberField, PersonField
from accounts.models import Contact
from cs_workspace.common.money import exact
from qbr.models import ChecklistItem, Review, ReviewGoal, ReviewIdea
from qbr.services.ideas import IdeaFields
from qbr.services.review_goals import GoalFields
from qbr.services.texts import LONGEST, TextFields

DAY = dt.timedelta(days=1)


class PeriodForm(forms.Form):
    """The first and the last day that a review looks at."""

    since = DayField(label="From")
    last = DayField(label="To")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, review: Review) -> "PeriodForm":
        """The period as it is."""
        last = review.until - DAY
        return cls(initial={"since": review.since, "last": last, "version": review.version})

    @property
    def until(self) -> dt.date:
        """The first day after the period; call after `is_valid()`."""
        last: dt.date = self.cleaned_data["last"]
        return last + DAY


class TextForm(forms.Form):
    """The words of a part; saved as one types. `version` is that of what is kept, 0 for nothing yet."""

    text = forms.CharField(max_length=LONGEST, required=False, strip=False)
    speaker_notes = forms.CharField(max_length=LONGEST, required=False, strip=False)
    is_left_out = forms.BooleanField(required=False)
    version = forms.IntegerField(min_value=0)

    def text_fields(self) -> TextFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        words = {name: clean[name].replace("\r\n", "\n") for name in ("text", "speaker_notes")}
        return {"text": words["text"], "speaker_notes": words["speaker_notes"], "is_left_out": clean["is_left_out"]}


class OwnerForm(DialogForm):
    """Who sees to a point of the list; nobody is whoever owns the review."""

    layout: ClassVar[list[list[str]]] = [["owner"]]

    def __init__(self, *args: Any, item: ChecklistItem, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"owner": item.owner_id}} | kwargs)
        owner = PersonField(item.review.account, chosen=item.owner_id, label="Owner")
        owner.empty_label = "Whoever owns the review"
        self.fields["owner"] = owner


class ContactField(forms.ModelChoiceField):
    """Somebody of the customer who is there; who was chosen before stays on the list."""

    def __init__(self, review: Review, *, chosen: int | None, **kwargs: Any) -> None:
        people = Contact.objects.present().filter(account=review.account_id)
        if chosen is not None:
            people = people | Contact.objects.filter(pk=chosen)
        super().__init__(people.order_by("name", "pk"), required=False, empty_label="Nobody", **kwargs)


class GoalFieldsMixin(forms.Form):
    """What a goal says: what is to be achieved, by which measure, from where to where, until when, by whom."""

    title = forms.CharField(max_length=160, label="What the customer wants to achieve")
    measure = forms.CharField(max_length=160, label="Measured by", help_text="Hours per invoice run, active teams …")
    unit = forms.CharField(max_length=30, required=False, help_text="h, %, teams …")
    baseline = NumberField(label="Baseline")
    target = NumberField(label="Target", help_text="Below the baseline where less is better.")
    due_on = DayField(label="Due")

    layout: ClassVar[list[list[str]]] = [
        ["title"],
        ["measure", "unit"],
        ["baseline", "target"],
        ["due_on"],
        ["owner", "contact"],
    ]

    def add_people(self, review: Review, *, owner: int | None, contact: int | None) -> None:
        """Who sees to it, on both sides."""
        self.fields["owner"] = PersonField(review.account, chosen=owner, label="Owner")
        self.fields["contact"] = ContactField(review, chosen=contact, label="At the customer")

    def clean(self) -> dict[str, Any]:
        """A goal that changes nothing is none."""
        clean: dict[str, Any] = super().clean() or {}
        baseline, target = clean.get("baseline"), clean.get("target")
        if baseline is not None and baseline == target:
            self.add_error("target", "It must differ from the baseline: which of them is larger says what is better.")
        return clean

    def goal_fields(self) -> GoalFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {
            "title": clean["title"],
            "measure": clean["measure"],
            "unit": clean["unit"],
            "baseline": clean["baseline"],
            "target": clean["target"],
            "due_on": clean["due_on"],
            "owner": clean["owner"],
            "contact": clean["contact"],
        }


class NewGoalForm(GoalFieldsMixin, NewForm):
    """A new goal, due a quarter after the review, for the owner of the review to see to."""

    layout = GoalFieldsMixin.layout

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        initial = {"due_on": review.until + dt.timedelta(days=90), "owner": review.owner_id}
        super().__init__(*args, initial=initial, **kwargs)
        self.add_people(review, owner=review.owner_id, contact=None)


class EditGoalForm(GoalFieldsMixin, EditForm):
    """A goal as it stands."""

    layout = GoalFieldsMixin.layout

    def __init__(self, *args: Any, record: ReviewGoal, **kwargs: Any) -> None:
        names = ("title", "measure", "unit", "baseline", "target", "due_on")
        initial = {name: getattr(record, name) for name in names}
        initial |= {"owner": record.owner_id, "contact": record.contact_id}
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.add_people(record.review, owner=record.owner_id, contact=record.contact_id)

    def in_words(self, record: ReviewGoal) -> dict[str, str]:
        return {
            "Goal": record.title,
            "Measured by": record.measure,
            "Baseline": in_words(record.baseline, record.unit),
            "Target": in_words(record.target, record.unit),
            "Due": f"{record.due_on:%d %b %Y}",
            "Owner": str(record.owner or ""),
            "At the customer": str(record.contact or ""),
        }


class IdeaFieldsMixin(forms.Form):
    """What an idea says: how they may grow, why, and what it is worth a year."""

    title = forms.CharField(max_length=160, label="Idea")
    reason = forms.CharField(max_length=300, label="Why it is good for them", widget=forms.Textarea(attrs={"rows": 3}))
    value = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        label="Worth a year",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    layout: ClassVar[list[list[str]]] = [["title"], ["reason"], ["value"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = f"In {settings.WORKSPACE_CURRENCY}; empty where nobody knows it."

    def idea_fields(self) -> IdeaFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {"title": clean["title"], "reason": clean["reason"], "value": clean["value"]}


class NewIdeaForm(IdeaFieldsMixin, NewForm):
    """A new idea; `signal` is the key of the signal that it comes from, empty for none."""

    signal = forms.IntegerField(min_value=1, max_value=2**62, required=False, widget=forms.HiddenInput)

    layout = IdeaFieldsMixin.layout


class EditIdeaForm(IdeaFieldsMixin, EditForm):
    """An idea as it stands."""

    layout = IdeaFieldsMixin.layout

    def __init__(self, *args: Any, record: ReviewIdea, **kwargs: Any) -> None:
        initial = {"title": record.title, "reason": record.reason, "value": record.value}
        super().__init__(*args, record=record, initial=initial, **kwargs)

    def in_words(self, record: ReviewIdea) -> dict[str, str]:
        value = "" if record.value is None else exact(record.value, settings.WORKSPACE_CURRENCY)
        return {"Idea": record.title, "Why": record.reason, "Worth a year": value}
