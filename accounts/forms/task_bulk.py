"""One change of the ticked tasks."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from accounts.forms.fields import DayField
from accounts.forms.snooze import SNOOZES
from accounts.forms.task import at_hour_of, workers
from accounts.models import Account, BulkChange, Task, User
from accounts.services import bulk_tasks
from accounts.services import tasks as service
from accounts.services.bulk import count_of
from cs_workspace.common import clock


class BulkTaskForm(forms.Form):
    """What is to be done with which tasks; `carry_out` does it once the form is valid."""

    DONE, REOPEN, REASSIGN, DUE, SNOOZE = "done", "reopen", "reassign", "due", "snooze"

    action = forms.ChoiceField(
        choices=[
            (DONE, "Done"),
            (REOPEN, "Open again"),
            (REASSIGN, "Hand over"),
            (DUE, "New due day"),
            (SNOOZE, "Snooze"),
        ]
    )
    tasks = forms.ModelMultipleChoiceField(Task.objects.none(), error_messages={"required": "Tick the tasks first."})
    assignee = forms.ModelChoiceField(User.objects.none(), required=False)
    due_on = DayField(required=False)
    days = forms.ChoiceField(choices=SNOOZES, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["tasks"].queryset = Task.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = workers()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        action, person = cleaned.get("action"), cleaned.get("assignee")
        if action == self.REASSIGN and person is None and "assignee" not in self.errors:
            self.add_error("assignee", "Choose who gets them.")
        if action == self.DUE and cleaned.get("due_on") is None and "due_on" not in self.errors:
            self.add_error("due_on", "Choose the new day.")
        if action == self.SNOOZE and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", "Choose for how long.")
        if action == self.REASSIGN and person is not None:
            hidden = self._hidden_from(person, cleaned.get("tasks") or ())
            if hidden:
                self.add_error("assignee", f"{person} may not see {', '.join(hidden)}.")
        return cleaned

    @property
    def problem(self) -> str:
        """Everything that is wrong, in one line."""
        return " ".join(str(message) for messages in self.errors.values() for message in messages)

    def carry_out(self) -> tuple[str, str]:
        """Does it to those of the tasks whose state allows it; gives what was done in words, and the way back."""
        given, chosen = self.cleaned_data, list(self.cleaned_data["tasks"])
        match given["action"]:
            case self.REASSIGN:
                change = bulk_tasks.hand_over(by=self.user, tasks=chosen, assignee=given["assignee"])
                return self._told(f"handed to {given['assignee']}", change.size), self._undo(change)
            case self.DUE:
                due_at = at_hour_of(None, given["due_on"])
                assert due_at is not None
                change = bulk_tasks.move(by=self.user, tasks=chosen, due_at=due_at)
                return self._told(f"now due {timezone.localtime(due_at):%a %d %b}", change.size), self._undo(change)
            case self.SNOOZE:
                until = clock.now() + dt.timedelta(days=int(given["days"]))
                change = bulk_tasks.put_to_sleep(by=self.user, tasks=chosen, until=until)
                return self._told(f"asleep until {timezone.localtime(until):%a %d %b}", change.size), self._undo(change)
            case self.REOPEN:
                return self._told("open again", len(service.reopen_tasks(by=self.user, tasks=chosen))), ""
            case _:
                done = service.complete_tasks(by=self.user, tasks=chosen)
                return self._told("done", len(done)), self._way_back(done) if done else ""

    def _told(self, what: str, changed: int) -> str:
        left = len(self.cleaned_data["tasks"]) - changed
        left_out = f" ({left} {'was' if left == 1 else 'were'} not in a state for it)" if left else ""
        return f"{count_of(changed, 'task')} {what}{left_out}"

    def _undo(self, change: BulkChange) -> str:
        return reverse("accounts:bulk-undo", args=[change.key]) if change.size else ""

    def _way_back(self, done: list[Task]) -> str:
        query = [("action", self.REOPEN), *(("tasks", task.pk) for task in done)]
        return f"{reverse('accounts:tasks-bulk')}?{urlencode(query)}"

    def _hidden_from(self, person: User, tasks: Any) -> list[str]:
        ids = {task.account_id for task in tasks if task.account_id}
        seen = set(Account.objects.visible_to(person).filter(pk__in=ids).values_list("pk", flat=True))
        return sorted(Account.objects.filter(pk__in=ids - seen).values_list("name", flat=True))
