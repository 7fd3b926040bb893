"""Where a renewal stands: moved from stage to stage, each move kept with who made it and when."""

from django.db import transaction

from accounts.models import User
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.stages import Stage, move_refused
from renewals.models import Renewal, StageMove
from renewals.queries.proposals import option_count
from renewals.services.probabilities import refresh_probabilities

TAKEN_BACK = "Taken back"


@transaction.atomic
def move_stage(*, by: User, renewal: Renewal, to: Stage, version: int | None = None, note: str = "") -> Renewal:
    """Moves an open renewal to another stage, ahead or back, and keeps that it was moved.

    Raises `RefusedError` where the rules forbid it (`renewals.domain.stages.move_refused`), `StaleError` where the
    renewal was changed since `version`.
    """
    return _move(locked(renewal, version=version), to, by=by, note=note)


@transaction.atomic
def take_back_move(*, by: User, renewal: Renewal, version: int) -> Renewal:
    """Moves a renewal back to where it stood before the move that made `version`; that is kept as a move, too.

    Raises `StaleError` where it was changed since, `RefusedError` where there was no such move or the rules forbid it.
    """
    held = locked(renewal, version=version)
    last = held.moves.order_by("-at", "-pk").first()
    if last is None or not last.before or last.after != held.stage:
        raise RefusedError("There is no move to take back.")
    return _move(held, Stage(last.before), by=by, note=TAKEN_BACK)


def _move(held: Renewal, to: Stage, *, by: User, note: str) -> Renewal:
    refusal = move_refused(Stage(held.stage), to, options=option_count(held.pk))
    if refusal is not None:
        raise RefusedError(refusal.reason)
    now = clock.now()
    StageMove.objects.create(renewal=held, before=held.stage, after=to.value, at=now, by=by, note=note)
    held.stage, held.stage_since = to.value, now
    moved = save_next(held, by=by)
    refresh_probabilities(today=clock.today(), account_ids=[held.account_id])
    return moved
