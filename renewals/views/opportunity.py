"""One opportunity: its page, and what people do with it: begun by hand, changed, moved, won, lost, and taken back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.opportunities import OPEN_STAGES, STAGE_LABELS
from renewals.forms.expansion import MoveForm, NewOpportunityForm, OpportunityForm, ReasonForm, VersionForm, WinForm
from renewals.models import Opportunity
from renewals.queries.pipeline import get_opportunity_for
from renewals.queries.proposals import rates_on
from renewals.queries.readiness import readiness_for
from renewals.services import opportunities as service
from renewals.services.winning import undo_win, win_opportunity

CHANGED = ("expansionChanged", "timelineChanged", "tasksChanged", "countsChanged")


@require_safe
def opportunity(request: UserRequest, pk: int) -> HttpResponse:
    """What may be sold, how far it is, how ready the customer is, and the way it went."""
    found = get_opportunity_for(request.user, pk)
    context = {
        "one": found,
        "moves": list(found.moves.select_related("by").order_by("-at", "-pk")),
        "readiness": readiness_for([found.account_id], today=clock.today())[found.account_id],
        "stages": [(stage.value, STAGE_LABELS[stage]) for stage in OPEN_STAGES],
        "can_undo_win": found.closed_at is not None and clock.day_of(found.closed_at) == clock.today(),
    }
    return render(request, "renewals/opportunity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what may be sold, and begins it."""
    account = get_account_for(request.user, pk)
    form, dialog = NewOpportunityForm(sent(request), account=account), Dialog("New opportunity", account, "Begin")
    if request.method != "POST":
        return show(request, dialog, form)
    begun, status = attempt(
        request,
        form,
        lambda: service.create_opportunity(
            by=request.user, account=account, fields=form.opportunity_fields(), key=form.sent_key
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if begun:
        toast(request, f"Begun · {begun.name}")
    return answer(request, *CHANGED, to=reverse("renewals:account-expansion", args=[pk]), close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes what is said of it."""
    found = get_opportunity_for(request.user, pk)
    form = OpportunityForm(sent(request), record=found)
    dialog = Dialog("Edit the opportunity", found.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_opportunity(
            by=request.user,
            opportunity=found,
            fields=form.opportunity_fields(),
            version=form.cleaned_data["version"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        undo = f"{reverse('renewals:opportunity-put-back', args=[pk])}?version={edited.version}"
        toast(request, f"Saved · {edited.name}", undo=undo)
    return _changed(request, pk, close=True)


@require_POST
@changes
def put_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version`."""
    version = whole_number(request.GET, "version")
    return _take_back(request, pk, service.take_back_edit, version=version)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def move(request: UserRequest, pk: int) -> HttpResponse:
    """Moves it to another stage; asks for which one where none is named."""
    found = get_opportunity_for(request.user, pk)
    form = MoveForm(sent(request), opportunity=found)
    if request.method != "POST":
        return _ask(request, found, form)
    moved, status = _attempt(
        request, form, lambda: service.move_opportunity(by=request.user, opportunity=found, **form.move)
    )
    if moved is None:
        return _ask(request, found, form, status)
    back = f"{reverse('renewals:opportunity-move-back', args=[pk])}?version={moved.version}"
    toast(request, f"Moved to {moved.get_stage_display()} · {found.name}", undo=back)
    return _changed(request, pk, close=True)


@require_POST
@changes
def move_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the move back that made `?version`."""
    return _take_back(request, pk, service.take_back_move, version=whole_number(request.GET, "version"))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def win(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was sold, and writes it into contract and ledger."""
    found = get_opportunity_for(request.user, pk)
    form = WinForm(sent(request), opportunity=found, rates=rates_on(clock.today()))
    dialog = Dialog("Won: what was sold", found.account, "Win", body="renewals/_win_fields.html")
    if request.method != "POST":
        return show(request, dialog, form, opportunity=found)
    won, status = _attempt(
        request,
        form,
        lambda: win_opportunity(
            by=request.user,
            opportunity=found,
            terms=form.terms(),
            version=form.cleaned_data["version"],
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status, opportunity=found)
    if won:
        toast(request, f"Won · {won.name}", undo=reverse("renewals:opportunity-win-back", args=[pk]))
    return _changed(request, pk, close=True)


@require_POST
@changes
def win_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a win back, on its day."""
    return _take_back(request, pk, undo_win)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def lose(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why nothing came of it, and closes it."""
    found = get_opportunity_for(request.user, pk)
    form, dialog = ReasonForm(sent(request), record=found), Dialog(f"Lost: {found.name}", found.account, "Lose")
    if request.method != "POST":
        return show(request, dialog, form)
    lost, status = _attempt(
        request,
        form,
        lambda: service.lose_opportunity(by=request.user, opportunity=found, **form.cleaned_data),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if lost:
        toast(request, f"Lost · {lost.name}", undo=reverse("renewals:opportunity-reopen", args=[pk]))
    return _changed(request, pk, close=True)


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Goes on with one that was lost."""
    return _take_back(request, pk, service.reopen_lost)


def _take_back(request: UserRequest, pk: int, do: Callable[..., Opportunity], **wanted: Any) -> HttpResponse:
    found = get_opportunity_for(request.user, pk)
    try:
        do(by=request.user, opportunity=found, **wanted)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Taken back · {found.name}")
    return _changed(request, pk)


def _attempt(request: UserRequest, form: VersionForm, do: Callable[[], Opportunity]) -> tuple[Opportunity | None, int]:
    """As `attempt`, of a form over a record as it was read: where somebody changed that since, the form says who (409),
    and the next answer is one to what stands there now."""
    told: list[StaleError] = []

    def tell() -> Opportunity:
        try:
            return do()
        except StaleError as stale:
            told.append(stale)
            raise RefusedError(f"{stale} Look again, and send it once more if you still want to.") from stale

    done, status = attempt(request, form, tell)
    if told:
        form.read_again(told[0].current)
        return None, 409
    return done, status


def _changed(request: UserRequest, pk: int, *, close: bool = False) -> HttpResponse:
    return answer(request, *CHANGED, to=reverse("renewals:opportunity", args=[pk]), close=close)


def _ask(request: UserRequest, found: Opportunity, form: MoveForm, status: int = 200) -> HttpResponse:
    dialog = Dialog("Move the opportunity", found.account, "Move")
    return show(request, dialog, form, status)
