"""Forms over save plans: begun, changed, closed; their steps, checkpoints and promises; whom to escalate to; lists."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from accounts.domain.workdays import END_OF_WORK
from accounts.forms.fields import DayField, EditForm, MomentField, NewForm
from accounts.forms.plan import PersonField
from accounts.models import Account, User
from cs_workspace.common import clock
from health.domain.interventions import Level, SaveReason
from health.forms.judgement import OwnerField, search_field
from health.models import Escalation, Intervention, InterventionCheckpoint, InterventionPromise
from health.models.intervention import REASONS
from health.queries.interventions import NOBODY, PERIODS, STATES, PlanFilter
from health.services.interventions import PlanFields

REASON_CHOICES = [("", "Choose one"), *REASONS]
CAUSES = [("", "Not known yet"), *Intervention.RootCause.choices]
LAYOUT = [["reason", "root_cause"], ["detail"], ["owner", "sponsor"]]


def _words(label: str, *, rows: int, most: int, help_text: str = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        max_length=most,
        required=required,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class PlanFieldsMixin(forms.Form):
    """What a save plan says; who works on it is offered by account."""

    reason = forms.ChoiceField(
        choices=REASON_CHOICES, label="Why they might leave", help_text="The save play of this reason starts with it."
    )
    root_cause = forms.ChoiceField(
        choices=CAUSES, required=False, label="Root cause", help_text="Where it went wrong on our side."
    )
    detail = _words(
        "What is wrong", rows=3, most=500, required=False, help_text="In a sentence or two: who said or did what."
    )

    def offer_people(self, account: Account, *, owner: int | None, sponsor: int | None) -> None:
        """Lets those be chosen who see the account."""
        self.fields["owner"] = PersonField(account, chosen=owner, label="Owner")
        self.fields["sponsor"] = PersonField(
            account, chosen=sponsor, label="Executive sponsor", help_text="Ours, who speaks with theirs."
        )

    def plan_fields(self) -> PlanFields:
        """What was typed, as the service takes it; call after `is_valid()`."""
        clean = self.cleaned_data
        return {
            "reason": clean["reason"],
            "root_cause": clean["root_cause"],
            "detail": clean["detail"],
            "owner": clean["owner"],
            "sponsor": clean["sponsor"],
        }


class StartPlanForm(PlanFieldsMixin, NewForm):
    """A save plan that begins; `suggested` is the reason that the signals speak for."""

    layout: ClassVar[list[list[str]]] = LAYOUT

    def __init__(self, *args: Any, account: Account, suggested: SaveReason | None = None, **kwargs: Any) -> None:
        initial = {"reason": suggested.value if suggested else "", "owner": account.owner_id}
        super().__init__(*args, initial=initial, **kwargs)
        self.offer_people(account, owner=account.owner_id, sponsor=None)


class EditPlanForm(PlanFieldsMixin, EditForm):
    """A save plan that is changed."""

    layout: ClassVar[list[list[str]]] = LAYOUT

    def __init__(self, *args: Any, record: Intervention, **kwargs: Any) -> None:
        initial = {
            "reason": record.reason,
            "root_cause": record.root_cause,
            "detail": record.detail,
            "owner": record.owner_id,
            "sponsor": record.sponsor_id,
        }
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.fields["reason"].help_text = "Another reason has another save play: the one at work makes way for it."
        self.offer_people(record.account, owner=record.owner_id, sponsor=record.sponsor_id)

    def in_words(self, record: Intervention) -> dict[str, str]:
        return {
            "Why they might leave": record.get_reason_display(),
            "Root cause": record.get_root_cause_display(),
            "What is wrong": record.detail,
            "Owner": str(record.owner or ""),
            "Executive sponsor": str(record.sponsor or ""),
        }


class ClosePlanForm(NewForm):
    """What came of a plan."""

    outcome = forms.ChoiceField(choices=Intervention.Outcome.choices, widget=forms.RadioSelect, label="What came of it")
    root_cause = forms.ChoiceField(
        choices=CAUSES, required=False, label="Root cause", help_text="Where it went wrong on our side."
    )
    note = _words(
        "What did it, or what we learnt",
        rows=3,
        most=500,
        required=False,
        help_text="The save play and the open steps end with the plan.",
    )

    layout: ClassVar[list[list[str]]] = [["outcome"], ["root_cause"], ["note"]]

    def __init__(self, *args: Any, plan: Intervention, **kwargs: Any) -> None:
        super().__init__(*args, initial={"root_cause": plan.root_cause}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Says by the field what the service would refuse."""
        clean: dict[str, Any] = super().clean() or {}
        withdrawn = clean.get("outcome") == Intervention.Outcome.WITHDRAWN
        if withdrawn and "note" in clean and not clean["note"]:
            self.add_error("note", "Say why the plan is withdrawn.")
        if clean.get("outcome") and not withdrawn and "root_cause" in clean and not clean["root_cause"]:
            self.add_error("root_cause", "Name the root cause: product, people or process.")
        return clean


class EscalateForm(NewForm):
    """Whom to ask to step in, and for what."""

    level = forms.ChoiceField(widget=forms.RadioSelect, label="Escalate to")
    why = _words("What they are to decide or do", rows=3, most=300)

    layout: ClassVar[list[list[str]]] = [["level"], ["why"]]

    def __init__(self, *args: Any, above: dict[Level, User], user: User, **kwargs: Any) -> None:
        labels = dict(Escalation.Level.choices)
        offered = [
            (level.value, f"{labels[level.value]}: {person.name}") for level, person in above.items() if person != user
        ]
        super().__init__(*args, initial={"level": offered[0][0] if offered else ""}, **kwargs)
        field: Any = self.fields["level"]
        field.choices = offered


class StepForm(NewForm):
    """A step of a plan: what, who, by when."""

    title = forms.CharField(max_length=200, label="What is done")
    user = forms.ModelChoiceField(User.objects.none(), label="By")
    due_at = MomentField(label="By when")

    layout: ClassVar[list[list[str]]] = [["title"], ["user", "due_at"]]

    def __init__(self, *args: Any, plan: Intervention, **kwargs: Any) -> None:
        tomorrow = timezone.localtime(clock.now()).date() + dt.timedelta(days=1)
        due_at = dt.datetime.combine(tomorrow, END_OF_WORK, tzinfo=timezone.get_current_timezone())
        super().__init__(*args, initial={"user": plan.owner_id, "due_at": due_at}, **kwargs)
        person = PersonField(plan.account, chosen=plan.owner_id, label="By")
        person.required = True
        self.fields["user"] = person


class CheckpointForm(NewForm):
    """Another day on which a plan is looked at."""

    due_on = DayField(label="On")

    layout: ClassVar[list[list[str]]] = [["due_on"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"due_on": clock.today() + dt.timedelta(days=7)}, **kwargs)


class HoldForm(NewForm):
    """What was seen at a checkpoint."""

    seen = forms.ChoiceField(
        choices=InterventionCheckpoint.Seen.choices, widget=forms.RadioSelect, label="Since the last one it is"
    )
    note = _words(
        "What shows it",
        rows=3,
        most=500,
        required=False,
        help_text="Was the last step taken, and what is the next one? The score of this moment is kept with it.",
    )

    layout: ClassVar[list[list[str]]] = [["seen"], ["note"]]


class PromiseForm(NewForm):
    """What one side promised."""

    side = forms.ChoiceField(choices=InterventionPromise.Side.choices, widget=forms.RadioSelect, label="Whose promise")
    text = forms.CharField(max_length=300, label="What was promised")
    user = forms.ModelChoiceField(User.objects.none(), required=False)
    due_on = DayField(label="By")

    layout: ClassVar[list[list[str]]] = [["side"], ["text"], ["user", "due_on"]]

    def __init__(self, *args: Any, plan: Intervention, **kwargs: Any) -> None:
        week = clock.today() + dt.timedelta(days=7)
        initial = {"side": InterventionPromise.Side.US.value, "user": plan.owner_id, "due_on": week}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["user"] = PersonField(
            plan.account, chosen=plan.owner_id, label="Who keeps it", help_text="Of ours; theirs have nobody here."
        )


class PlanFilterForm(forms.Form):
    """What the address of the list may ask for; what it cannot mean is named and left out."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False, label="Show")
    reason = forms.ChoiceField(choices=[("", "Any reason"), *REASONS], required=False, label="Reason")
    root_cause = forms.ChoiceField(
        choices=[("", "Any"), *Intervention.RootCause.choices, (NOBODY, "Not named")],
        required=False,
        label="Root cause",
    )
    period = forms.ChoiceField(choices=list(PERIODS.items()), required=False, label="Ended")
    owner = OwnerField()
    q = search_field()

    def wanted(self) -> PlanFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean = self.cleaned_data
        return PlanFilter(
            state=clean.get("state") or "live",
            reason=clean.get("reason") or "",
            root_cause=clean.get("root_cause") or "",
            owner=clean.get("owner") or "",
            text=clean.get("q") or "",
            period=clean.get("period") or "all",
        )


class ResultsForm(forms.Form):
    """The period of the report; what it cannot mean is named and left out."""

    period = forms.ChoiceField(choices=list(PERIODS.items()), required=False, label="Ended")

    def period_wanted(self) -> str:
        """The period, twelve months where none is asked for; call after `is_valid()`."""
        return self.cleaned_data.get("period") or "365"
