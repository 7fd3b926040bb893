"""What stands in a success plan, changed in its place: objectives with their values, use cases, milestones, risks, ROI.

All kinds of entries share their verbs; `KINDS` says what each of them is, by its word in the address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from accounts.forms import plan as forms
from accounts.http import UserRequest
from accounts.models import MeasuredValue, Milestone, Objective, PlanPart, PlanRisk, RoiRecord, SuccessPlan, UseCase
from accounts.queries.accounts import get_account_for
from accounts.queries.success_plans import goals_of
from accounts.services import plan_parts as service
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast

FORM_OR_PAGE = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class PartKind:
    """A kind of entry: its word in addresses, its table, what one is called, its forms, the event when they change."""

    key: str
    model: type[PlanPart]
    noun: str
    new_form: type[forms.PartFormMixin]
    edit_form: type[forms.PartEditForm]
    event: str

    @property
    def section(self) -> str:
        """The part of the page where they stand."""
        return f"plan-{self.key}"

    @property
    def row(self) -> str:
        """The template of one of them."""
        return f"accounts/plan/_{self.key.replace('-', '_')}_row.html"


KINDS: Mapping[str, PartKind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            PartKind(
                "objectives", Objective, "objective", forms.NewObjectiveForm, forms.ObjectiveForm, "objectivesChanged"
            ),
            PartKind("use-cases", UseCase, "use case", forms.NewUseCaseForm, forms.UseCaseForm, "useCasesChanged"),
            PartKind(
                "milestones", Milestone, "milestone", forms.NewMilestoneForm, forms.MilestoneForm, "milestonesChanged"
            ),
            PartKind("risks", PlanRisk, "risk", forms.NewRiskForm, forms.RiskForm, "risksChanged"),
            PartKind("roi", RoiRecord, "ROI record", forms.NewRoiForm, forms.RoiForm, "roiChanged"),
        )
    }
)


@require_http_methods(FORM_OR_PAGE)
@changes
def new(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    """Asks for an entry in the place where it will stand, and adds it."""
    account, of = get_account_for(request.user, pk), _kind(kind)
    plan = get_object_or_404(SuccessPlan.objects.visible_to(request.user).select_related("account"), account=account)
    form = of.new_form(sent(request), account=account, auto_id=f"{of.key}-new-%s")
    if request.method != "POST":
        return _form(request, of, plan, form)
    made, status = attempt(
        request,
        form,
        lambda: service.add_part(
            by=request.user, plan=plan, part=of.model, fields=form.part_fields(), key=form.cleaned_data.get("key")
        ),
    )
    if status != 200:
        return _form(request, of, plan, form, status=status)
    if made:
        toast(request, f"Added · {made}", undo=_url("plan-part-archive", of, made))
    return _changed(request, of, account.pk)


@require_http_methods(FORM_OR_PAGE)
@changes
def part(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    """An entry's form in its place; with `?row` the entry as it stands, without changing anything."""
    of, found = _found(request, kind, pk)
    if request.method != "POST" and "row" in request.GET and request.htmx:
        return _row(request, of, found)
    form = of.edit_form(sent(request), record=found, account=found.plan.account, auto_id=f"{of.key}-{pk}-%s")
    if request.method != "POST":
        return _form(request, of, found.plan, form, found)
    saved, status = attempt(
        request,
        form,
        lambda: service.edit_part(
            by=request.user, part=found, fields=form.part_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return _form(request, of, found.plan, form, found, status=status)
    if saved:
        undo = f"{_url('plan-part-back', of, saved)}?version={saved.version}"
        toast(request, f"Saved · {saved}", undo=undo)
    if not request.htmx:
        return _changed(request, of, found.plan.account_id)
    return trigger_client_event(_row(request, of, saved or found), "planChanged")


@require_POST
@changes
def back(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    """Takes the change back that made `?version` of an entry, unless somebody changed it again."""
    of, found = _found(request, kind, pk)
    try:
        saved = service.step_back(by=request.user, part=found, version=whole_number(request.GET, "version"))
    except StaleError as stale:
        refuse(request, f"{stale} Look into the history of the plan.")
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"As before · {saved}")
    return _changed(request, of, found.plan.account_id)


@require_POST
@changes
def archive(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    """Takes an entry out of the plan."""
    of, found = _found(request, kind, pk)
    service.archive_part(by=request.user, part=found)
    toast(request, f"Taken out · {found}", undo=_url("plan-part-restore", of, found))
    return _changed(request, of, found.plan.account_id)


@require_POST
@changes
def restore(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    """Brings an entry back."""
    of = _kind(kind)
    parts = of.model._default_manager.of_accounts_of(request.user)
    found = get_object_or_404(parts.select_related("plan__account"), pk=pk)
    service.restore_part(by=request.user, part=found)
    toast(request, f"Back in the plan · {found}")
    return _changed(request, of, found.plan.account_id)


@require_http_methods(FORM_OR_PAGE)
@changes
def measure(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what an objective's measure is, and keeps it with its day."""
    of, objective = _found(request, "objectives", pk)
    form = forms.MeasureForm(sent(request))
    form.fields["value"].label = f"{objective.measure}{f', {objective.unit}' if objective.unit else ''}"
    dialog = Dialog(objective.title, objective.plan.account, "Record value")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.measure(by=request.user, objective=objective, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        undo = reverse("accounts:measured-value-archive", args=[made.pk])
        toast(request, f"{forms.plain(made.value)} {objective.unit} recorded · {objective}", undo=undo)
    return _changed(request, of, objective.plan.account_id, close=True)


@require_POST
@changes
def archive_value(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a measured value back."""
    back_to = reverse("accounts:measured-value-restore", args=[pk])
    values = MeasuredValue.objects.visible_to(request.user)
    return _value(request, values, pk, service.archive_value, "Value taken back", undo=back_to)


@require_POST
@changes
def restore_value(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a value that was taken back hold again."""
    values = MeasuredValue.objects.of_accounts_of(request.user)
    return _value(request, values, pk, service.restore_value, "The value holds again")


def _value(
    request: UserRequest, values: Any, pk: int, do: Callable[..., MeasuredValue], words: str, *, undo: str = ""
) -> HttpResponse:
    found = get_object_or_404(values.select_related("objective__plan__account"), pk=pk)
    do(by=request.user, value=found)
    toast(request, f"{words} · {found.objective}", undo=undo)
    return _changed(request, KINDS["objectives"], found.objective.plan.account_id)


def _kind(key: str) -> PartKind:
    if key not in KINDS:
        raise Http404("A plan has no such entries.")
    return KINDS[key]


def _found(request: UserRequest, kind: str, pk: int) -> tuple[PartKind, Any]:
    of = _kind(kind)
    parts = of.model._default_manager.visible_to(request.user)
    return of, get_object_or_404(parts.select_related("plan__account__owner"), pk=pk)


def _row(request: UserRequest, of: PartKind, found: Any) -> HttpResponse:
    """The entry as the page shows it."""
    shown = found
    if of.model is Objective:
        shown = goals_of(Objective.objects.filter(pk=found.pk), today=clock.today())[0]
    context = {"kind": of, "row": shown, "account": found.plan.account, "today": clock.today(), "is_fresh": True}
    return render(request, "accounts/plan/_row.html", context)


def _form(
    request: UserRequest, of: PartKind, plan: SuccessPlan, form: Any, found: Any = None, *, status: int = 200
) -> HttpResponse:
    place = f"{of.key}-{found.pk if found else 'new'}"
    context = {"kind": of, "plan": plan, "account": plan.account, "form": form, "part": found, "place": place}
    return render_page(request, "accounts/plan/part.html", context, partial="form", target=place, status=status)


def _url(name: str, of: PartKind, found: PlanPart) -> str:
    return reverse(f"accounts:{name}", args=[of.key, found.pk])


def _changed(request: UserRequest, of: PartKind, account_id: int, *, close: bool = False) -> HttpResponse:
    to = f"{reverse('accounts:account-plan', args=[account_id])}#{of.section}"
    return answer(request, of.event, "planChanged", "timelineChanged", to=to, close=close)
