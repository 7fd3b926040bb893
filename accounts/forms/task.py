"""Forms over tasks."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.domain.recurring import LAST_DAY_OF_MONTH, WEEKDAYS, Rule, Unit, ordinal, rule_from
from accounts.domain.workdays import END_OF_WORK
from accounts.forms.fields import AccountField, DayField, EditForm, MomentField, NewForm, moment_in_words
from accounts.models import Account, Task, User
from accounts.services.tasks import TaskFields
from cs_workspace.common import clock


class AssigneesField(forms.ModelMultipleChoiceField):
    """People who can be given a task: those who are active and may change things, oneself first."""

    def __init__(self, *, user: User, **kwargs: Any) -> None:
        super().__init__(workers(), widget=forms.CheckboxSelectMultiple, **kwargs)
        self.choices = assignable(user)


def assignable(user: User) -> list[tuple[int, str]]:
    """Keys and names of those who can be given a task, `user` first. One query."""
    people = sorted(workers(), key=lambda person: (person != user, person.name.lower()))
    return [(person.pk, person.name if person != user else f"{person.name} (you)") for person in people]


def workers() -> models.QuerySet[User]:
    """Those who can be given a task."""
    return User.objects.filter(is_active=True, read_only=False)


# On which day of a week or month; the letter says of which.
REPEAT_ON = [
    ("", "the day on which it is due"),
    ("Weeks", [(f"w{number}", name) for number, name in enumerate(WEEKDAYS)]),
    (
        "Months and quarters",
        [
            *((f"d{day}", f"the {ordinal(day)}") for day in range(1, LAST_DAY_OF_MONTH)),
            (f"d{LAST_DAY_OF_MONTH}", "the last day"),
        ],
    ),
]
REPEAT_UNITS = [("", "Does not repeat"), *((unit.value, f"By {unit}s") for unit in Unit)]


class RepeatFieldsMixin(forms.Form):
    """By which rule a task comes again; `clean` leaves a `Rule` or None in `repeats`."""

    repeat_unit = forms.ChoiceField(choices=REPEAT_UNITS, required=False, label="Repeat")
    repeat_every = forms.IntegerField(
        min_value=1, max_value=99, required=False, initial=1, label="Every", help_text="1 for each, 2 for every other."
    )
    repeat_on = forms.ChoiceField(choices=REPEAT_ON, required=False, label="On")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["repeats"] = None
        if not cleaned.get("repeat_unit") or self.errors:
            return cleaned
        unit, on, due_at = Unit(cleaned["repeat_unit"]), cleaned["repeat_on"], cleaned.get("due_at")
        if due_at is None:
            self.add_error("due_at", "What repeats needs a day on which it is due.")
        elif on.startswith("w") and unit is not Unit.WEEK:
            self.add_error("repeat_on", "A weekday goes with weeks.")
        elif on.startswith("d") and unit not in (Unit.MONTH, Unit.QUARTER):
            self.add_error("repeat_on", "A day of the month goes with months and quarters.")
        else:
            cleaned["repeats"] = rule_from(
                unit,
                cleaned.get("repeat_every") or 1,
                first=timezone.localtime(due_at).date(),
                weekday=int(on[1:]) if on.startswith("w") else None,
                day=int(on[1:]) if on.startswith("d") else None,
            )
        return cleaned


def repeat_initial(rule: Rule | None) -> dict[str, Any]:
    """What the fields of a rule begin with."""
    if rule is None:
        return {}
    on = f"w{rule.weekday}" if rule.weekday is not None else f"d{rule.day}" if rule.day is not None else ""
    return {"repeat_unit": rule.unit.value, "repeat_every": rule.every, "repeat_on": on}


class TaskFieldsMixin(RepeatFieldsMixin):
    """What a new task and an edited one ask for alike."""

    title = forms.CharField(max_length=200, label="What is to be done")
    due_at = MomentField(label="Due", required=False)
    priority = forms.TypedChoiceField(choices=Task.Priority.choices, coerce=int)
    body = forms.CharField(label="Details", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    layout: ClassVar[list[list[str]]] = [
        *(["title"], ["account"], ["due_at", "priority"]),
        ["repeat_unit", "repeat_every", "repeat_on"],
        *(["body"], ["assignees"]),
    ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["account"] = AccountField(
            user=user, url=reverse("accounts:account-options"), required=False, label="Account"
        )
        self.fields["assignees"] = AssigneesField(user=user, required=True, label="For")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        account, people = cleaned.get("account"), cleaned.get("assignees") or ()
        if isinstance(account, Account):
            blind = [one.name for one in people if not Account.objects.visible_to(one).filter(pk=account.pk).exists()]
            if blind:
                self.add_error("assignees", f"{' and '.join(blind)} may not see {account.name}.")
        return cleaned

    def task_fields(self) -> TaskFields:
        """What was given, as the service takes it."""
        given = self.cleaned_data
        return TaskFields(
            title=given["title"],
            body=given["body"],
            account=given["account"],
            due_at=given["due_at"],
            priority=given["priority"],
            assignees=list(given["assignees"]),
            repeats=given["repeats"],
        )


class NewTaskForm(TaskFieldsMixin, NewForm):
    """A new task, one's own by default, due at the end of the next working day."""

    def __init__(self, *args: Any, user: User, account: Account | None = None, **kwargs: Any) -> None:
        initial = {
            "account": account,
            "priority": Task.Priority.NORMAL,
            "assignees": [user.pk],
            "due_at": next_working_end(timezone.localtime(clock.now())),
        }
        super().__init__(*args, user=user, initial=initial, **kwargs)


class TaskForm(TaskFieldsMixin, EditForm):
    """An open task as a whole."""

    def __init__(self, *args: Any, user: User, record: Task, **kwargs: Any) -> None:
        initial = {
            "title": record.title,
            "body": record.body,
            "account": record.account,
            "due_at": record.due_at,
            "priority": record.priority,
            "assignees": [person.pk for person in record.assignees.all()],
            **repeat_initial(record.repeats.rule if record.repeats else None),
        }
        super().__init__(*args, user=user, record=record, initial=initial, **kwargs)

    def over(self, current: Task) -> "TaskForm":
        return TaskForm(self.data, user=self.user, record=current)

    def in_words(self, record: Task) -> dict[str, str]:
        return {
            "Title": record.title,
            "Details": record.body,
            "Account": record.account.name if record.account else "none",
            "Due": moment_in_words(record.due_at),
            "Priority": record.get_priority_display(),
            "For": ", ".join(person.name for person in record.assignees.all()),
            "Repeats": str(record.repeats or "no"),
            "Status": record.get_status_display(),
        }


class InlineTaskForm(forms.Form):
    """One or more fields of a task, changed in its row; `task_fields` names only what was sent."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        max_length=200, required=False, widget=forms.TextInput(attrs={"aria-label": "Title", "autofocus": True})
    )
    due_on = DayField(required=False)
    priority = forms.TypedChoiceField(
        choices=Task.Priority.choices,
        coerce=int,
        required=False,
        widget=forms.Select(attrs={"aria-label": "Priority"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="row_%s", **kwargs)
        self.fields["due_on"].widget.attrs["aria-label"] = "Due"

    @property
    def problem(self) -> str:
        """Everything that is wrong, in one line."""
        return " ".join(str(message) for messages in self.errors.values() for message in messages)

    def turn_to(self, current: Task) -> None:
        """Makes the next save one over the `current` task."""
        data: Any = self.data
        self.data = data = data.copy()
        data["version"] = str(current.version)

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if "title" in self.data and not title:
            raise forms.ValidationError("A task needs a title.")
        return title

    def task_fields(self, task: Task) -> TaskFields:
        """What was sent, as the service takes it; a new day keeps the hour of the old one."""
        fields = TaskFields()
        if "title" in self.data:
            fields["title"] = self.cleaned_data["title"]
        if "priority" in self.data and self.cleaned_data["priority"]:
            fields["priority"] = self.cleaned_data["priority"]
        if "due_on" in self.data:
            fields["due_at"] = at_hour_of(task.due_at, self.cleaned_data["due_on"])
        return fields


def at_hour_of(old: dt.datetime | None, day: dt.date | None) -> dt.datetime | None:
    """A day at the hour of an older moment, or at the end of work, in the zone of the person."""
    if day is None:
        return None
    hour = timezone.localtime(old).time() if old else END_OF_WORK
    return timezone.make_aware(dt.datetime.combine(day, hour))


def next_working_end(now: dt.datetime) -> dt.datetime:
    """The end of work on the next day from Monday to Friday."""
    day = now.date() + dt.timedelta(days=1)
    while day.weekday() >= 5:
        day += dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, END_OF_WORK))
