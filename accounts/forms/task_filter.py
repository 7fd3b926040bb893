"""Filters of the list of tasks, as its address says them."""

from typing import Any

from django import forms
from django.urls import reverse

from accounts.forms.fields import AccountField
from accounts.models import Account, Task, User
from accounts.queries.tasks import BY, BY_DUE, GROUPS, NOBODY, OPEN, SORTS, TaskFilter


class NamedAccountField(AccountField):
    """An account by name or, in links, by its key."""

    def to_python(self, value: Any) -> Account | None:  # type: ignore[override]  # a field of accounts, typed as text
        text = str(value or "").strip()
        return super().to_python(f"(#{text})" if text.isdecimal() else text)


class TaskFilterForm(forms.Form):
    """What the address of the list may ask for; what it cannot mean is named and left out."""

    scope = forms.ChoiceField(choices=[("mine", "Mine"), ("team", "My team's")], required=False)
    group = forms.ChoiceField(choices=list(GROUPS.items()), required=False)
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Task or account", "data-search": ""}),
    )
    priority = forms.TypedChoiceField(
        choices=[("", "Any priority"), *Task.Priority.choices], coerce=int, empty_value=None, required=False
    )
    origin = forms.ChoiceField(choices=[("", "Any origin"), *Task.Origin.choices], required=False)
    by = forms.ChoiceField(
        choices=[(key if key != BY_DUE else "", label) for key, label in BY.items()], required=False, label="Group"
    )
    sort = forms.ChoiceField(choices=[(f"{sign}{key}", key) for key in SORTS for sign in ("", "-")], required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["account"] = NamedAccountField(
            user=user, url=reverse("accounts:account-options"), required=False, label="Account"
        )
        self.fields["account"].widget.attrs |= {
            "list": "task-account-options",
            "hx-target": "#task-account-options",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
            "placeholder": "Any account",
        }
        if user.leads:
            people = [("", "Anybody"), (NOBODY, "Nobody yet"), *((str(one.pk), one.name) for one in _people(user))]
            self.fields["assignee"] = forms.ChoiceField(choices=people, required=False, label="Assignee")

    def wanted(self) -> TaskFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        sort = clean.get("sort") or "due"
        return TaskFilter(
            group=clean.get("group") or OPEN,
            mine=clean.get("scope") != "team",
            text=(clean.get("q") or "").strip(),
            account=clean.get("account"),
            assignee=clean.get("assignee") or "",
            priority=clean.get("priority"),
            origin=clean.get("origin") or "",
            by=clean.get("by") or BY_DUE,
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )


def _people(user: User) -> list[User]:
    """Whose tasks the user may ask for: those below, or everybody's."""
    if user.sees_everything:
        return list(User.objects.filter(is_active=True).only("pk", "name"))
    return [one for one in user.team if one.is_active]
