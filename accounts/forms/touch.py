"""The form over a touch."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.forms.fields import DayField, EditForm, MomentField, NewForm, moment_in_words
from accounts.forms.task import at_hour_of
from accounts.models import Account, Contact, Touch
from accounts.services.touches import AHEAD, FollowUp, TouchFields
from cs_workspace.common import clock

HELD, MISSED, NOT_SCHEDULED = "held", "missed", ""


class TouchFieldsMixin(forms.Form):
    """What a new touch and an edited one ask for alike."""

    kind = forms.ChoiceField(choices=Touch.Kind.choices)
    direction = forms.ChoiceField(choices=Touch.Direction.choices, label="Who began it")
    at = MomentField(label="When")
    result = forms.ChoiceField(
        choices=[(HELD, "It took place"), (MISSED, "They did not come"), (NOT_SCHEDULED, "Not scheduled")],
        required=False,
        label="Scheduled?",
        help_text="For calls, meetings, visits and reviews.",
    )
    answered = forms.BooleanField(required=False, label="They answered", help_text="For e-mail and chat from us.")
    attendees = forms.ModelMultipleChoiceField(
        Contact.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Who from their side"
    )
    sentiment = forms.ChoiceField(choices=[("", "Not said"), *Contact.Sentiment.choices], required=False, label="Tone")
    summary = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    next_step = forms.CharField(max_length=200, required=False, label="Next step")

    layout: ClassVar[list[list[str]]] = [
        ["kind", "at"],
        ["result", "direction"],
        ["sentiment", "answered"],
        ["attendees"],
        ["summary"],
        ["next_step", "follow_up_on"],
    ]

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)
        people = self.people()
        self.fields["attendees"].queryset = people  # type: ignore[attr-defined]
        if not people:
            del self.fields["attendees"]

    def people(self) -> QuerySet[Contact]:
        """Who can have taken part: those who are there."""
        return Contact.objects.filter(account=self.account).present()

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at > clock.now() + AHEAD:
            raise forms.ValidationError("A touch has happened. Make a task for what is still to come.")
        return at

    def touch_fields(self) -> TouchFields:
        """What was given, as the service takes it; attendance counts for scheduled kinds only."""
        given = self.cleaned_data
        scheduled = given["kind"] in Touch.SCHEDULED
        answered = given["answered"] and not scheduled and given["direction"] == Touch.Direction.OUTBOUND
        return TouchFields(
            kind=given["kind"],
            direction=given["direction"],
            at=given["at"],
            attendees=list(given.get("attendees", ())),
            attended={HELD: True, MISSED: False}.get(given["result"]) if scheduled else None,
            answered_at=self.answered_at() if answered else None,
            sentiment=given["sentiment"],
            summary=given["summary"],
            next_step=given["next_step"],
        )

    def answered_at(self) -> Any:
        """When they answered: known to the minute for none of them, so the moment of the touch."""
        return self.cleaned_data["at"]


class NewTouchForm(TouchFieldsMixin, NewForm):
    """A touch that has just been: now, by us, held; the next step becomes a task if it gets a day."""

    follow_up_on = DayField(required=False, label="Make it a task for", help_text="Leave empty for no task.")

    def __init__(self, *args: Any, account: Account, kind: str = Touch.Kind.CALL, **kwargs: Any) -> None:
        initial = {
            "kind": kind,
            "direction": Touch.Direction.OUTBOUND,
            "at": timezone.localtime(clock.now()).replace(second=0, microsecond=0),
            "result": HELD,
        }
        super().__init__(*args, account=account, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day = cleaned.get("follow_up_on")
        if day and day < timezone.localdate(clock.now()):
            self.add_error("follow_up_on", "That day is over.")
        if day and not cleaned.get("next_step"):
            self.add_error("next_step", "Say what the task is.")
        return cleaned

    def follow_up(self) -> FollowUp | None:
        """The task that the next step becomes; None without a day."""
        day = self.cleaned_data["follow_up_on"]
        return FollowUp(self.cleaned_data["next_step"], at_hour_of(None, day)) if day else None


class TouchForm(TouchFieldsMixin, EditForm):
    """A touch as a whole."""

    def __init__(self, *args: Any, record: Touch, **kwargs: Any) -> None:
        initial = {
            "kind": record.kind,
            "direction": record.direction,
            "at": record.at,
            "result": {True: HELD, False: MISSED, None: NOT_SCHEDULED}[record.attended],
            "answered": record.answered_at is not None,
            "attendees": [person.pk for person in record.attendees.all()],
            "sentiment": record.sentiment,
            "summary": record.summary,
            "next_step": record.next_step,
        }
        super().__init__(*args, account=record.account, record=record, initial=initial, **kwargs)

    def people(self) -> QuerySet[Contact]:
        """Those who took part stay on the list though they have left since."""
        took_part = Q(pk__in=[person.pk for person in self.record.attendees.all()])
        return Contact.objects.filter(Q(pk__in=super().people().values("pk")) | took_part, account=self.account)

    def answered_at(self) -> Any:
        """The moment that is known stays."""
        return self.record.answered_at or self.cleaned_data["at"]

    def in_words(self, record: Touch) -> dict[str, str]:
        return {
            "Kind": record.get_kind_display(),
            "Who began it": record.get_direction_display(),
            "When": moment_in_words(record.at),
            "Took place": {True: "yes", False: "no", None: "not scheduled"}[record.attended],
            "Answered": "yes" if record.answered_at else "no",
            "Tone": record.get_sentiment_display(),
            "Who": ", ".join(person.name for person in record.attendees.all()),
            "Summary": record.summary,
            "Next step": record.next_step,
        }
