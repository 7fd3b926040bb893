"""What is to be done with many accounts."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone

from accounts.forms.fields import DialogForm, MomentField
from accounts.forms.playbook_run import offer_playbooks
from accounts.forms.task import next_working_end
from accounts.models import BulkChange, Playbook, Task, User
from accounts.models.account import AccountQuerySet
from accounts.services import bulk
from accounts.services.playbook_starting import start_runs
from cs_workspace.common import clock


class BulkForm(DialogForm):
    """One action. `key` lets it act once; `count` is the number of accounts that the person was told."""

    title: ClassVar[str]
    button: ClassVar[str]
    left_out: ClassVar[str] = "had it already"

    key = forms.UUIDField(widget=forms.HiddenInput)
    count = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, count: int) -> None:
        self.user = user
        super().__init__(data, initial={"key": uuid4(), "count": count} | self.first_values())

    def first_values(self) -> dict[str, Any]:
        """What the fields hold before anything is typed."""
        return {}

    def carry_out(self, accounts: AccountQuerySet) -> BulkChange:
        """Does it. Raises `RefusedError` with the reason where it may not be done."""
        raise NotImplementedError

    def in_words(self, change: BulkChange, many: str) -> str:
        """What was done, for the toast."""
        raise NotImplementedError

    def tell_count(self, count: int) -> None:
        """Lets the next answer be one to a new number of accounts."""
        self.data = {**self.data, "count": str(count)}


class AssignForm(BulkForm):
    """A new owner for the accounts."""

    title, button = "Assign", "Assign"
    layout: ClassVar[list[list[str]]] = [["owner"]]

    owner = forms.ModelChoiceField(User.objects.none(), label="New owner", empty_label="Choose …")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        people = [person.pk for person in bulk.assignable_by(user)]
        self.fields["owner"].queryset = User.objects.filter(pk__in=people)  # type: ignore[attr-defined]

    def carry_out(self, accounts: AccountQuerySet) -> BulkChange:
        given = self.cleaned_data
        return bulk.assign_owner(by=self.user, accounts=accounts, owner=given["owner"], key=given["key"])

    def in_words(self, change: BulkChange, many: str) -> str:
        return f"{self.cleaned_data['owner']} now owns {many}"


class TagField(forms.CharField):
    """A tag: one line without commas, spaces made single."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        tag = " ".join(str(super().clean(value)).split())
        if "," in tag or ";" in tag:
            raise forms.ValidationError("One tag at a time, without commas.")
        return tag

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {
            "list": "bulk-tag-options",
            "autocomplete": "off",
            "hx-get": reverse_lazy("accounts:book-tags"),
            "hx-trigger": "focus once",
            "hx-target": "#bulk-tag-options",
            "hx-params": "none",
        }


class TagForm(BulkForm):
    """A tag to be put on."""

    title, button = "Add a tag to", "Add tag"
    layout: ClassVar[list[list[str]]] = [["tag"]]

    tag = TagField(label="Tag")

    def carry_out(self, accounts: AccountQuerySet) -> BulkChange:
        return bulk.add_tag(by=self.user, accounts=accounts, tag=self.cleaned_data["tag"], key=self.cleaned_data["key"])

    def in_words(self, change: BulkChange, many: str) -> str:
        return f"Tagged {many} “{change.value}”"


class UntagForm(TagForm):
    """A tag to be taken off."""

    title, button = "Remove a tag from", "Remove tag"

    def carry_out(self, accounts: AccountQuerySet) -> BulkChange:
        given = self.cleaned_data
        return bulk.remove_tag(by=self.user, accounts=accounts, tag=given["tag"], key=given["key"])

    def in_words(self, change: BulkChange, many: str) -> str:
        return f"Took “{change.value}” off {many}"


class TaskForEachForm(BulkForm):
    """A task for each of the accounts."""

    title, button = "Create a task for", "Create tasks"
    layout: ClassVar[list[list[str]]] = [["text"], ["due_at", "priority"], ["assignee"]]

    text = forms.CharField(max_length=200, label="What is to be done")
    due_at = MomentField(label="Due", required=False)
    priority = forms.TypedChoiceField(choices=Task.Priority.choices, coerce=int)
    assignee = forms.ModelChoiceField(
        User.objects.none(), required=False, label="For", empty_label="The owner of each account"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        people = User.objects.filter(is_active=True, read_only=False)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]

    def first_values(self) -> dict[str, Any]:
        return {"priority": Task.Priority.NORMAL, "due_at": next_working_end(timezone.localtime(clock.now()))}

    def carry_out(self, accounts: AccountQuerySet) -> BulkChange:
        given = self.cleaned_data
        return bulk.create_tasks(
            by=self.user,
            accounts=accounts,
            title=given["text"],
            due_at=given["due_at"],
            priority=given["priority"],
            assignee=given["assignee"],
            key=given["key"],
        )

    def in_words(self, change: BulkChange, many: str) -> str:
        return f"A task for each of {many} · {change.value}"


class PlaybookForEachForm(BulkForm):
    """A playbook that is started on each of the accounts on which it can begin."""

    title, button, left_out = "Start a playbook on", "Start", "left out"
    layout: ClassVar[list[list[str]]] = [["playbook"]]

    playbook = forms.ModelChoiceField(
        Playbook.objects.none(),
        help_text="Accounts that do not meet its conditions, or on which it runs already, are left out.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        offer_playbooks(self.fields["playbook"])

    def carry_out(self, accounts: AccountQuerySet) -> BulkChange:
        given = self.cleaned_data
        return start_runs(by=self.user, accounts=accounts, playbook=given["playbook"], key=given["key"])

    def in_words(self, change: BulkChange, many: str) -> str:
        return f"“{change.value}” started on {many}; its first steps come within a minute"


FORMS: dict[str, type[BulkForm]] = {
    "assign": AssignForm,
    "tag": TagForm,
    "untag": UntagForm,
    "task": TaskForEachForm,
    "playbook": PlaybookForEachForm,
}
