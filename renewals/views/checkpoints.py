"""Checkpoints of a renewal: three judgements side by side, what the CSM says and what a manager decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import User
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import StaleError
from cs_workspace.common.toasts import toast
from renewals.domain.assessments import Judgements, Refusal, may_assess, may_decide
from renewals.forms.checkpoints import CheckpointForm, DecisionForm
from renewals.models import Renewal, RenewalCheckpoint
from renewals.queries.checkpoints import Column, checkpoints_of, columns_of, get_checkpoint_for, standing_to
from renewals.queries.renewals import get_renewal_for
from renewals.services.assessing import (
    UnfitError,
    judgements_of,
)
from renewals.services.assessing import (
    assess as assess_checkpoint,
)
from renewals.services.assessing import (
    decide as decide_checkpoint,
)

EVENTS = ("checkpointsChanged", "renewalChanged", "tasksChanged", "countsChanged")
Say = Callable[..., RenewalCheckpoint]


@dataclass(frozen=True)
class Row:
    """A checkpoint with its judgements, and the forms of those who may say something there."""

    checkpoint: RenewalCheckpoint
    said: Judgements
    columns: list[Column]
    assess: CheckpointForm | None
    decide: CheckpointForm | None


@require_safe
def checkpoints(request: UserRequest, pk: int) -> HttpResponse:
    """What was said at the checkpoints of a renewal, and the forms to say more."""
    return _panel(request, get_renewal_for(request.user, pk))


@require_POST
@changes
def assess(request: UserRequest, pk: int) -> HttpResponse:
    """The CSM says how the renewal stands."""
    found = get_checkpoint_for(request.user, pk)
    _allow(may_assess(standing_to(request.user, found.renewal)))
    form = CheckpointForm(found, request.POST)
    return _say(request, found, form, assess_checkpoint, "assessed")


@require_POST
@changes
def decide(request: UserRequest, pk: int) -> HttpResponse:
    """A manager decides where the data and the CSM differ."""
    found = get_checkpoint_for(request.user, pk)
    _allow(may_decide(standing_to(request.user, found.renewal)))
    form = DecisionForm(found, request.POST)
    return _say(request, found, form, decide_checkpoint, "decided")


def _say(request: UserRequest, found: RenewalCheckpoint, form: CheckpointForm, do: Say, word: str) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            do(by=request.user, checkpoint=found, **form.cleaned_data)
        except StaleError as stale:
            form.add_error(None, f"{stale} What you typed is kept: look at it again and send it once more.")
            status = 409
        except UnfitError as unfit:
            form.add_error({"action_plan": "plan", "": None}.get(unfit.field, "risk"), str(unfit))
        else:
            toast(request, f"{found.renewal.account}: {found.days}-day checkpoint {word}")
            return answer(request, *EVENTS, to=reverse("renewals:renewal", args=[found.renewal_id]))
    return _panel(request, found.renewal, bound=(found.pk, form), status=status)


def _panel(
    request: UserRequest, renewal: Renewal, *, bound: tuple[int, CheckpointForm] | None = None, status: int = 200
) -> HttpResponse:
    panel = checkpoints_of(renewal)
    rows = _rows(request.user, renewal, panel.reached, bound)
    context: dict[str, Any] = {"renewal": renewal, "account": renewal.account, "panel": panel, "rows": rows}
    return render_page(
        request, "renewals/checkpoints.html", context, partial="panel", target="renewal-checkpoints", status=status
    )


def _rows(user: User, renewal: Renewal, reached: Any, bound: tuple[int, CheckpointForm] | None) -> list[Row]:
    """The checkpoints with the forms; one that was sent and refused takes the place of its empty one."""
    who = standing_to(user, renewal) if reached and renewal.is_open else None
    assesses, decides = who is not None and may_assess(who) is None, who is not None and may_decide(who) is None
    rows = []
    for one in reached:
        said = judgements_of(one)
        sent = bound[1] if bound and bound[0] == one.pk else None
        if sent is not None:
            # The next try is one that has seen what stands there now.
            sent.data = {**sent.data.dict(), sent.add_prefix("version"): one.version}  # type: ignore[attr-defined]
        is_decision = isinstance(sent, DecisionForm)
        may_say = assesses and not (said.differ and said.final is not None)
        empty, waits = CheckpointForm(one) if may_say else None, decides and said.waits_for_manager
        rows.append(
            Row(
                one,
                said,
                columns_of(one),
                assess=sent if sent and not is_decision else empty,
                decide=sent if is_decision else DecisionForm(one) if waits else None,
            )
        )
    return rows


def _allow(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise PermissionDenied(refusal.reason)
