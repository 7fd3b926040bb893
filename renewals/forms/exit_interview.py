"""The form of an exit interview: when, who, and questions with their answers.

It is sent as a whole with the name of what is to be done, and comes back changed; nothing is kept in between. So
questions are added and taken out by buttons alone, without a script as with one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.http import QueryDict

from accounts.forms.fields import DayField, NewForm
from accounts.forms.plan import PersonField
from accounts.models import Contact, User
from cs_workspace.common import clock
from renewals.domain.churn import Category
from renewals.domain.exit_interviews import MOST_ANSWER, MOST_QUESTION, MOST_QUESTIONS, questions_for
from renewals.models import ChurnRecord, ExitInterview
from renewals.services.churn_records import InterviewFields


class AnswerForm(forms.Form):
    """One question and what was answered."""

    question = forms.CharField(max_length=MOST_QUESTION, required=False)
    answer = forms.CharField(max_length=MOST_ANSWER, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: QueryDict | None = None, *, uid: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, prefix=f"answer-{uid}")
        self.uid = uid

    def clean(self) -> dict[str, Any]:
        """An answer belongs to a question."""
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("answer") and not clean.get("question") and not self.errors:
            self.add_error("question", "Say what was asked.")
        return clean


class InterviewForm(NewForm):
    """When it was held, who asked and who answered."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    held_on = DayField(label="Held on")
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(), required=False, label="Who answered", widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        max_length=300, required=False, label="Who else took part", help_text="Names, of their people or of ours."
    )

    layout: ClassVar[list[list[str]]] = [["held_on", "by"], ["contacts"], ["others"]]

    def __init__(self, data: QueryDict | None, *, record: ChurnRecord, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        known = initial.get("contacts") or []
        field: Any = self.fields["contacts"]
        people = Contact.objects.filter(account=record.account_id)
        # Who answered and left since stays on the list.
        field.queryset = (people.filter(archived_at=None) | people.filter(pk__in=known)).order_by("name", "pk")
        self.fields["by"] = PersonField(record.account, chosen=initial.get("by"), label="Asked by")

    def clean_held_on(self) -> Any:
        """A day that has come."""
        day = self.cleaned_data["held_on"]
        if day > clock.today():
            raise forms.ValidationError("That day is still to come.")
        return day


class InterviewDraft:
    """The whole form: its head and its questions."""

    def __init__(self, head: InterviewForm, answers: list[AnswerForm]) -> None:
        self.head, self.answers = head, answers

    @classmethod
    def begun(cls, record: ChurnRecord, interview: ExitInterview | None, *, by: User) -> InterviewDraft:
        """The form as it stands, or with the questions that belong to the category of the loss."""
        if interview is None:
            pairs = [(question, "") for question in questions_for(Category(record.category))]
        else:
            pairs = [(one["question"], one["answer"]) for one in interview.answers]
        head = InterviewForm(None, record=record, initial=_initial(interview, by=by))
        rows = [AnswerForm(uid=_uid(), initial={"question": asked, "answer": said}) for asked, said in pairs]
        return cls(head, rows)

    @classmethod
    def sent(
        cls, data: QueryDict, record: ChurnRecord, interview: ExitInterview | None, *, by: User, do: str = ""
    ) -> InterviewDraft:
        """What a form brought. A `do` of `add` or `remove:<uid>` changes its questions, and nothing is judged yet."""
        uids = [uid for uid in data.getlist("row") if uid.isalnum()][: MOST_QUESTIONS + 1]
        if not do:
            head = InterviewForm(data, record=record, initial=_initial(interview, by=by))
            return cls(head, [AnswerForm(data, uid=uid) for uid in uids])
        verb, _, target = do.partition(":")
        uids = [uid for uid in uids if not (verb == "remove" and uid == target)]
        typed: dict[str, Any] = {name: data[name] for name in data} | {"contacts": data.getlist("contacts")}
        head = InterviewForm(None, record=record, initial=typed)
        rows = [AnswerForm(uid=uid, initial=_typed(data, f"answer-{uid}-")) for uid in uids]
        if verb == "add" and len(uids) < MOST_QUESTIONS:
            new = AnswerForm(uid=_uid())
            new.fields["question"].widget.attrs["autofocus"] = True
            rows.append(new)
        return cls(head, rows)

    def is_valid(self) -> bool:
        """Whether every part can be read; what is wrong stands by its field."""
        return all([self.head.is_valid(), *(row.is_valid() for row in self.answers)])

    @property
    def fields(self) -> InterviewFields:
        """What was typed, as the service takes it; call where it is valid."""
        clean = self.head.cleaned_data
        return {
            "held_on": clean["held_on"],
            "by": clean["by"],
            "contacts": list(clean["contacts"]),
            "others": clean["others"],
            "answers": [(row.cleaned_data["question"], row.cleaned_data["answer"]) for row in self.answers],
        }

    @property
    def has_room(self) -> bool:
        """Whether another question may be added."""
        return len(self.answers) < MOST_QUESTIONS

    def over(self, version: int) -> None:
        """Makes the next try one over the interview as it stands now."""
        data: Any = self.head.data
        data = data.copy()
        data["version"] = str(version)
        self.head.data = data


def _initial(interview: ExitInterview | None, *, by: User) -> dict[str, Any]:
    if interview is None:
        return {"held_on": clock.today(), "by": by.pk}
    return {
        "version": interview.version,
        "held_on": interview.held_on,
        "by": interview.by_id,
        "contacts": _keys(interview.contacts.all()),
        "others": interview.others,
    }


def _keys(people: Sequence[Contact] | Any) -> list[int]:
    return [person.pk for person in people]


def _typed(data: QueryDict, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix)}


def _uid() -> str:
    return uuid4().hex[:8]
