"""Forms in which admins write playbooks: the head, a form for each condition and for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.urls import reverse

from accounts.domain.playbooks import (
    MOST_DAYS,
    OPERATORS,
    ROLE_LABELS,
    STEP_LABELS,
    Condition,
    Fact,
    FactKind,
    Otherwise,
    Plan,
    Role,
    Step,
    StepKind,
    Trigger,
    problems_of,
)
from accounts.domain.workdays import Unit
from accounts.forms.fields import AccountField
from accounts.forms.playbook_draft import Draft, Part
from accounts.models import Contact, Task, User
from accounts.registries import PLAYBOOK_TRIGGERS, PlaybookTrigger

UNITS = [(Unit.WORKING.value, "working days"), (Unit.CALENDAR.value, "calendar days")]
OTHERWISE = [(Otherwise.STOP.value, "end the run"), (Otherwise.SKIP.value, "skip the next steps")]
TITLES = {
    StepKind.TASK: "What is to be done",
    StepKind.EMAIL: "Subject",
    StepKind.NOTICE: "Message in a line",
    StepKind.STOP: "Why the run ends here",
}
ROLES = {StepKind.TASK: "For", StepKind.EMAIL: "Sent by", StepKind.NOTICE: "To"}
BODIES = {StepKind.TASK: "Details", StepKind.EMAIL: "Text of the e-mail", StepKind.NOTICE: "Details"}
# The fields of a step by its kind, in the rows in which they stand.
LAYOUTS: dict[StepKind, list[list[str]]] = {
    StepKind.TASK: [["title"], ["role", "days", "unit", "priority"], ["body"], ["blocks"]],
    StepKind.EMAIL: [["title"], ["to", "role", "days", "unit"], ["body"], ["blocks"]],
    StepKind.NOTICE: [["title"], ["role", "priority"], ["body"]],
    StepKind.WAIT: [["days", "unit"]],
    StepKind.CONDITION: [["fact", "operator", "value"], ["otherwise", "skip"]],
    StepKind.STOP: [["title"]],
}
SHORT_OPERATORS = [("", "…")]


class PartForm(forms.Form):
    """A form of the page: its fields in rows. `refreshes` names those upon whose change others hang."""

    layout: Sequence[Sequence[str]] = ()
    refreshes: tuple[str, ...] = ()

    def __init__(self, values: Mapping[str, Any], *, prefix: str, bound: bool, **kwargs: Any) -> None:
        data = {f"{prefix}-{name}": value for name, value in values.items()} if bound else None
        super().__init__(data, prefix=prefix, initial=dict(values), auto_id=f"{prefix}-%s", **kwargs)

    def make_refreshing(self) -> None:
        """Lets the page ask for the form anew when such a field is changed."""
        for name in self.refreshes:
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "hx-post": "",
                    "hx-trigger": "change",
                    "hx-target": "#editor",
                    "hx-swap": "outerHTML",
                    "hx-vals": '{"do": "refresh"}',
                }

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields in rows, as templates draw them."""
        return [[self[name] for name in row if name in self.fields] for row in self.layout]


class HeadForm(PartForm):
    """What a playbook is called, what sets it off, and the rules of its runs."""

    layout = [["name"], ["aim"], ["trigger", "choice", "number"], ["rest_days"], ["stops_when_left"]]
    refreshes = ("trigger",)

    name = forms.CharField(max_length=120)
    aim = forms.CharField(max_length=300, required=False, label="What it is for")
    trigger = forms.ChoiceField(label="Starts when")
    choice = forms.ChoiceField(required=False)
    number = forms.IntegerField(required=False, max_value=3650)
    rest_days = forms.IntegerField(
        min_value=0,
        max_value=MOST_DAYS,
        label="Days to rest",
        help_text="So long after a run nothing sets it off again on the account. By hand it always starts.",
    )
    stops_when_left = forms.BooleanField(
        required=False, label="Stop the run as soon as a condition does not hold any more"
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, values: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(values, prefix="head", **kwargs)
        fields: dict[str, Any] = self.fields
        fields["trigger"].choices = [(key, trigger.label) for key, trigger in PLAYBOOK_TRIGGERS.items()]
        self.of_trigger(PLAYBOOK_TRIGGERS.get(str(values.get("trigger"))), fields)
        self.make_refreshing()

    def of_trigger(self, trigger: PlaybookTrigger | None, fields: dict[str, Any]) -> None:
        """Choice and number, as the trigger has them."""
        if trigger is None or not trigger.choice_label:
            del fields["choice"]
        else:
            fields["choice"].label = trigger.choice_label
            fields["choice"].required = not trigger.any_choice
            fields["choice"].choices = [("", trigger.any_choice or "Choose one"), *trigger.choices()]
        if trigger is None or not trigger.number_label:
            del fields["number"]
        else:
            fields["number"].label = trigger.number_label
            fields["number"].min_value = trigger.least
            fields["number"].required = trigger.needs_number
            fields["number"].help_text = "" if trigger.needs_number else "Empty for any."

    def clean_number(self) -> int | None:
        number: int | None = self.cleaned_data["number"]
        trigger = PLAYBOOK_TRIGGERS[self.cleaned_data["trigger"]]
        if number is not None and number < trigger.least:
            raise forms.ValidationError(f"Give {trigger.least} or more.")
        return number

    def set_off_by(self) -> Trigger:
        """What sets it off, as it was chosen."""
        given = self.cleaned_data
        return Trigger(given["trigger"], given.get("choice", ""), given.get("number"))


class ConditionForm(PartForm):
    """A fact compared with a value."""

    layout = [["fact", "operator", "value"]]
    refreshes = ("fact",)

    fact = forms.ChoiceField(required=False, label="What")
    operator = forms.ChoiceField(required=False, label="How")
    value = forms.CharField(required=False, max_length=60)

    def __init__(self, values: Mapping[str, Any], *, facts: Mapping[str, Fact], **kwargs: Any) -> None:
        super().__init__(values, **kwargs)
        compare(self.fields, facts, facts.get(str(values.get("fact"))))
        self.make_refreshing()


class StepForm(PartForm):
    """A step: the fields that its kind has."""

    refreshes = ("fact",)

    title = forms.CharField(required=False, max_length=200)
    role = forms.ChoiceField(choices=[(role.value, label) for role, label in ROLE_LABELS.items()])
    to = forms.ChoiceField(required=False, choices=[("", "Nobody in particular"), *Contact.Role.choices])
    days = forms.IntegerField(label="Due in")
    unit = forms.ChoiceField(choices=UNITS, label="Days are")
    priority = forms.TypedChoiceField(choices=Task.Priority.choices, coerce=int)
    body = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    blocks = forms.BooleanField(required=False, label="The next step begins when this task is closed")
    fact = forms.ChoiceField(required=False, label="Go on if")
    operator = forms.ChoiceField(required=False, label="How")
    value = forms.CharField(required=False, max_length=60)
    otherwise = forms.ChoiceField(choices=OTHERWISE)
    skip = forms.IntegerField(label="Steps to skip", required=False)

    def __init__(
        self, values: Mapping[str, Any], *, kind: StepKind, facts: Mapping[str, Fact], prefix: str, bound: bool
    ) -> None:
        super().__init__(values, prefix=prefix, bound=bound)
        self.kind, self.layout = kind, LAYOUTS[kind]
        fields: dict[str, Any] = self.fields
        wanted = {name for row in self.layout for name in row}
        for name in set(fields) - wanted:
            del fields[name]
        for name, labels in (("title", TITLES), ("role", ROLES), ("body", BODIES)):
            if name in fields:
                fields[name].label = labels[kind]
        if kind is StepKind.WAIT:
            fields["days"].label = "Wait for"
        if kind is StepKind.CONDITION:
            compare(fields, facts, facts.get(str(values.get("fact"))))
        self.make_refreshing()

    @property
    def label(self) -> str:
        """What the step is called by its kind."""
        return STEP_LABELS[self.kind]

    def step(self) -> Step:
        """What was written, as a step."""
        given = dict(self.cleaned_data)
        if self.kind is StepKind.CONDITION:
            given["condition"] = condition_of(given)
            given["skip"] = given["skip"] or 1
        parts = {name: value for name, value in given.items() if name not in ("fact", "operator", "value")}
        for name, kind in (("role", Role), ("unit", Unit), ("otherwise", Otherwise)):
            if name in parts:
                parts[name] = kind(parts[name])
        return Step(self.kind, **parts)


def compare(fields: dict[str, Any], facts: Mapping[str, Fact], fact: Fact | None) -> None:
    """Lets the three fields of a condition offer what can be compared with what, and in which way."""
    fields["fact"].choices = [("", "Choose one"), *((one.key, one.label) for one in facts.values())]
    operators = OPERATORS[fact.kind] if fact else {}
    fields["operator"].choices = list(operators.items()) or SHORT_OPERATORS
    if fact is not None and fact.choices:
        fields["value"] = forms.ChoiceField(required=False, choices=[("", "Choose one"), *fact.choices])
    elif fact is not None and fact.kind is FactKind.NUMBER:
        fields["value"].widget.attrs["inputmode"] = "decimal"


def condition_of(given: Mapping[str, Any]) -> Condition:
    """A condition out of cleaned fields."""
    return Condition(given.get("fact", ""), given.get("operator", ""), given.get("value", "").strip())


class RehearseForm(forms.Form):
    """On which account a playbook is run through."""

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.fields["account"] = AccountField(user=user, url=reverse("accounts:account-options"), label="Account")


@dataclass
class PlaybookEditor:
    """The page's forms over a draft; `bound` ones say what is wrong, by the field."""

    draft: Draft
    facts: Mapping[str, Fact]
    bound: bool

    @cached_property
    def head(self) -> HeadForm:
        """Name, trigger and rules."""
        return HeadForm(self.draft.head, bound=self.bound)

    @cached_property
    def conditions(self) -> list[tuple[Part, ConditionForm]]:
        """The conditions, each with its part of the draft."""
        return [
            (part, ConditionForm(part.values, prefix=f"c{part.uid}", bound=self.bound, facts=self.facts))
            for part in self.draft.conditions
        ]

    @cached_property
    def steps(self) -> list[tuple[Part, StepForm]]:
        """The steps, each with its part of the draft."""
        return [
            (
                part,
                StepForm(
                    part.values, kind=StepKind(part.kind), facts=self.facts, prefix=f"s{part.uid}", bound=self.bound
                ),
            )
            for part in self.draft.steps
        ]

    def plan(self) -> Plan | None:
        """What was written, where it makes sense; otherwise None, and the forms say what does not."""
        forms_of_page = [self.head, *(form for _, form in (*self.conditions, *self.steps))]
        valid = [form.is_valid() for form in forms_of_page]  # all of them, for each is to say what is wrong
        if not all(valid):
            return None
        plan = Plan(
            trigger=self.head.set_off_by(),
            steps=tuple(form.step() for _, form in self.steps),
            conditions=tuple(condition_of(form.cleaned_data) for _, form in self.conditions),
            stops_when_left=self.head.cleaned_data["stops_when_left"],
            rest_days=self.head.cleaned_data["rest_days"],
        )
        problems = problems_of(plan, self.facts)
        for problem in problems:
            parts: dict[str, list[PartForm]] = {
                "step": [form for _, form in self.steps],
                "condition": [form for _, form in self.conditions],
            }
            form = self.head if problem.place is None else parts[problem.part][problem.place]
            form.add_error(problem.field if problem.field in form.fields else None, problem.text)
        return None if problems else plan
