"""Every form of daily work with what makes it valid, for tests that hold them all to the same manners."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import transaction
from django.forms import ChoiceField, DateTimeField
from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.forms.feature_request import label_of as label_of_request
from accounts.forms.fields import label_of
from tests import factories as make
from tests.cast import Cast, logged_in
from tests.factories.playbooks import CALL, WRITE

serial = count(1)
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@dataclass(frozen=True)
class Filled:
    """A form by its address, and what is typed over what it begins with so that it is accepted.

    `by` is whose hands it is in. `other` is what somebody else would type who has the same record open.
    """

    url: str
    typed: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
    by: str = "owner"


Builder = Callable[[Cast], Filled]


def url(name: str, **arguments: Any) -> str:
    return reverse(f"accounts:{name}", kwargs=arguments)


def of_task(cast: Cast) -> Any:
    return make.TaskFactory(account=cast.account, assignees=[cast.owner])


def of_champion(cast: Cast) -> Any:
    return make.ContactFactory(account=cast.account, roles=["champion"])


def of_onboarding(cast: Cast) -> Any:
    """One that runs, with a step to do in each of two stages."""
    one = make.OnboardingFactory(account=cast.account)
    make.OnboardingStepFactory(onboarding=one)
    make.OnboardingStepFactory(onboarding=one, stage="core")
    return one


def of_run(cast: Cast) -> Any:
    return make.PlaybookRunFactory(account=cast.account)


def of_ask(cast: Cast) -> Any:
    return make.FeatureAskFactory(account=cast.account)


def new_part(kind: str, **typed: Any) -> Builder:
    def build(cast: Cast) -> Filled:
        make.SuccessPlanFactory(account=cast.account)
        return Filled(url("plan-part-new", pk=cast.account.pk, kind=kind), typed)

    return build


def part(kind: str, factory: type, **typed: Any) -> Builder:
    def build(cast: Cast) -> Filled:
        found = factory(account=cast.account)
        (name, value), *_ = typed.items()
        return Filled(url("plan-part", kind=kind, pk=found.pk), typed, {name: f"{value}, says another"})

    return build


def of(address: str, record: Callable[[Cast], Any], /, *, other: dict[str, Any] | None = None, **typed: Any) -> Builder:
    """The form of a record, at the address of that name."""
    return lambda cast: Filled(url(address, pk=record(cast).pk), typed, other or {})


def bulk(action: str, typed: Callable[[Cast], dict[str, Any]]) -> Builder:
    """A bulk action on one account, in the hands of its manager."""
    return lambda cast: Filled(
        f"{url('bulk', action=action)}?account={cast.account.pk}",
        {"account": str(cast.account.pk), **typed(cast)},
        by="manager",
    )


FORMS: dict[str, Builder] = {
    "a new task": lambda cast: Filled(url("task-new"), {"title": "Call them", "account": label_of(cast.account)}),
    "a task": of("task-edit", of_task, title="Call them twice", other={"title": "Write to them"}),
    "a snooze": of("task-snooze", of_task, until=str(make.day(5))),
    "a new touch": of(
        "touch-new", lambda cast: cast.account, summary="All well", next_step="Call", follow_up_on=str(make.day(3))
    ),
    "a touch": of(
        "touch-edit",
        lambda cast: make.TouchFactory(account=cast.account),
        summary="All well",
        other={"summary": "Not so well"},
    ),
    "a new note": of("note-new", lambda cast: cast.account, body="They grow"),
    "a note": of(
        "note-edit", lambda cast: make.NoteFactory(account=cast.account), body="They grow", other={"body": "They pause"}
    ),
    "a new contact": of("contact-new", lambda cast: cast.account, name="Ann Abt"),
    "a contact": of("contact-edit", of_champion, name="Ann Abt", other={"name": "Anna Abt"}),
    "a place on the map": of("contact-place", of_champion, function="Finance", other={"function": "IT"}),
    "who left": of("contact-left", of_champion, to="Elsewhere", new_name="Bob Beck"),
    "a plan": of(
        "plan-edit",
        lambda cast: make.SuccessPlanFactory(account=cast.account),
        next_review_on=str(make.day(40)),
        other={"next_review_on": str(make.day(50))},
    ),
    "a review": of("plan-review", lambda cast: make.SuccessPlanFactory(account=cast.account), summary="On track"),
    "a link to a plan": of("plan-share", lambda cast: make.SuccessPlanFactory(account=cast.account)),
    "a new objective": new_part("objectives", title="Fewer hours", measure="Hours", baseline="10", target="2"),
    "an objective": part("objectives", make.ObjectiveFactory, title="Fewer hours"),
    "a new use case": new_part("use-cases", title="Invoices"),
    "a use case": part("use-cases", make.UseCaseFactory, title="Invoices"),
    "a new milestone": new_part("milestones", title="Go-live"),
    "a milestone": part("milestones", make.MilestoneFactory, title="Go-live"),
    "a new risk": new_part("risks", text="Nobody has time"),
    "a risk": part("risks", make.PlanRiskFactory, text="Nobody has time"),
    "a new ROI record": new_part("roi", amount="1000", method="Hours saved"),
    "an ROI record": part("roi", make.RoiRecordFactory, method="Hours saved"),
    "a measured value": of(
        "objective-measure", lambda cast: make.ObjectiveFactory(account=cast.account), value="3", note="By them"
    ),
    "a new onboarding": lambda cast: Filled(
        url("onboarding-start", pk=cast.account.pk),
        {
            "kind": "department",
            "about": "Finance",
            "template": make.TemplateStepFactory().template.pk,
        },
    ),
    "a move to another stage": of("onboarding-move", of_onboarding, stage="core", rest="skip", reason="Not needed"),
    "the end of an onboarding": of("onboarding-complete", of_onboarding, reason="They are live"),
    "an onboarding that is given up": of("onboarding-cancel", of_onboarding, reason="They pause"),
    "a step that is skipped": lambda cast: Filled(
        url("onboarding-skip", pk=make.OnboardingStepFactory(account=cast.account).pk), {"reason": "Not needed"}
    ),
    "a link to a checklist": of("onboarding-share", of_onboarding),
    "a sequence that is started": lambda cast: Filled(
        url("sequence-start", pk=cast.account.pk),
        {
            "sequence": make.SequenceStepFactory().sequence_id,
            "contact": make.ContactFactory(account=cast.account).pk,
        },
    ),
    "a playbook that is started": lambda cast: Filled(
        url("playbook-start", pk=cast.account.pk), {"playbook": make.PlaybookFactory().pk}
    ),
    "a step of a run that is skipped": of("run-skip", of_run, reason="Not needed"),
    "a run that is cancelled": of("run-cancel", of_run, reason="Not needed"),
    "a new feature request": lambda cast: Filled(url("feature-request-new"), {"title": "Dark mode", "body": "Please"}),
    "a feature request": of(
        "feature-request-edit",
        lambda cast: make.FeatureRequestFactory(),
        title="Dark mode",
        other={"title": "Darker mode"},
    ),
    "the status of a feature request": of(
        "feature-request-status", lambda cast: make.FeatureRequestFactory(), status="planned", note="Next spring"
    ),
    "a merge": lambda cast: Filled(
        url("feature-request-merge", pk=make.FeatureRequestFactory().pk),
        {"into": label_of_request(make.FeatureRequestFactory())},
    ),
    "an account that asks": lambda cast: Filled(
        url("feature-ask-new", pk=make.FeatureRequestFactory().pk),
        {"account": label_of(cast.account), "words": "We need it"},
    ),
    "what an account asks for": lambda cast: Filled(
        url("account-feature-new", pk=cast.account.pk), {"what": f"Dark mode {next(serial)}", "words": "Please"}
    ),
    "an ask": of("feature-ask-edit", of_ask, words="We need it"),
    "a new view": lambda cast: Filled(f"{url('view-new')}?q=hald", {"name": "Mine", "state": "q=hald"}),
    "a view": of("view-edit", lambda cast: make.SavedViewFactory(owner=cast.owner), name="Mine"),
    "a new owner of many": bulk("assign", lambda cast: {"owner": cast.team_mate.pk}),
    "a tag on many": bulk("tag", lambda cast: {"tag": "pilot"}),
    "a tag off many": bulk("untag", lambda cast: {"tag": "pilot"}),
    "a task for many": bulk("task", lambda cast: {"text": "Call them"}),
    "a playbook for many": bulk("playbook", lambda cast: {"playbook": make.PlaybookFactory().pk}),
    "a course": lambda cast: Filled(
        reverse("health:training-assign", args=[cast.account.pk]),
        {"course": "Basics", "contacts": [make.ContactFactory(account=cast.account).pk]},
    ),
    "an event": lambda cast: Filled(reverse("health:event-new", args=[cast.account.pk]), {"name": "Summit"}),
    "a playbook": lambda cast: Filled(
        url("playbook-edit", pk=make.PlaybookFactory(plan__steps=(CALL, WRITE)).pk),
        {"head-name": "Mine", "do": "publish"},
        {"head-name": "Theirs"},
        by="admin",
    ),
}


class Opened:
    """A form that somebody has open: what it holds, and how it is sent."""

    def __init__(self, cast: Cast, name: str) -> None:
        self.cast = cast
        self.filled = FORMS[name](cast)
        self.client: Client = logged_in(getattr(cast, self.filled.by))
        self.data = values_of(self.client.get(self.filled.url, headers=DIALOG)) | self.filled.typed

    @property
    def fields(self) -> list[str]:
        """The names of the fields in which somebody types or chooses."""
        unseen = {"key", "version", "seen", "count", "account-state", "state", "place", "do", "head-version"}
        return [name for name in self.names if name not in unseen]

    @property
    def names(self) -> list[str]:
        """The names of all of its fields."""
        return [bound.html_name for bound in fields_of(self.client.get(self.filled.url, headers=DIALOG))]

    def send(self, **typed: Any) -> HttpResponse:
        """Sends it with something else typed."""
        return self.client.post(self.filled.url, self.data | typed, headers=DIALOG)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """What is sent inside is undone at the end, so that one form can be tried many times."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)


def fields_of(answer: HttpResponse) -> list[BoundField]:
    """The fields of the form that an answer shows; the editor of playbooks has several forms in one."""
    context: Any = answer.context
    if "editor" not in context:
        return list(context["form"])
    editor = context["editor"]
    return [bound for form in forms_of(editor) for bound in form]


def forms_of(editor: Any) -> list[Any]:
    """The head, then conditions and steps."""
    return [editor.head, *(form for _, form in (*editor.conditions, *editor.steps))]


def values_of(answer: HttpResponse) -> dict[str, Any]:
    """What the form of an answer would send if nobody touched it."""
    context: Any = answer.context
    values = {bound.html_name: sent_by(bound) for bound in fields_of(answer)}
    if "editor" in context:
        draft = context["editor"].draft
        values["steps"] = [f"{one.uid}:{one.kind}" for one in draft.steps]
        values["conditions"] = [one.uid for one in draft.conditions]
    return {name: value for name, value in values.items() if value not in (None, "")}


def sent_by(bound: BoundField) -> Any:
    """What a browser sends for a field: of a list in which nobody has chosen the first, of a moment what is shown."""
    value = bound.value()
    if isinstance(bound.field, DateTimeField) and value:
        return bound.field.widget.format_value(value)
    if value in (None, "") and type(bound.field) is ChoiceField:
        return next((key for key, _ in bound.field.choices), None)
    return value


def errors_of(answer: HttpResponse) -> dict[str, list[str]]:
    """What the form of an answer says is wrong."""
    context: Any = answer.context
    forms = forms_of(context["editor"]) if "editor" in context else [context["form"]]
    return {form.add_prefix(name): list(words) for form in forms for name, words in form.errors.items()}


def is_done(answer: HttpResponse) -> bool:
    """The form was accepted: the dialog closes, the row is shown, or the browser is led on."""
    return answer.status_code in (200, 302)
