"""Opportunities: begun from a signal or by hand, changed, moved from stage to stage, lost; and the ways back.

Winning, which writes contract and ledger, stands in `renewals.services.winning`.
"""

import datetime as dt
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Account, Playbook, Product, User
from accounts.services.once import claim
from accounts.services.playbook_starting import start_run
from accounts.services.success_plans import check_sees
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import last_writer, locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.expansion import REST_DAYS
from renewals.domain.opportunities import STAGE_LABELS, Stage, move_refused
from renewals.models import ExpansionSignal, Opportunity, OpportunityMove
from renewals.services.expansion_signals import settle


class OpportunityFields(TypedDict, total=False):
    """What may be said of an opportunity; what is not named stays."""

    name: str
    kind: str
    value: Decimal
    chosen_probability: Decimal | None
    expected_close: dt.date
    owner: User | None
    product: Product | None
    seats: int | None
    department: str
    next_step: str


@transaction.atomic
def take_up(*, by: User, signal: ExpansionSignal, fields: OpportunityFields, key: UUID | None = None) -> Opportunity:
    """Makes an opportunity of a signal and starts its play, where that is switched on and does not run already.

    Raises `RefusedError` where somebody else took it up or closed it; `RepeatedError` for a form sent before.
    """
    claim(key, by=by)
    held = locked(signal)
    if not held.is_open:
        raise RefusedError(f"{last_writer(held) or 'Somebody'} was faster: it is {held.get_state_display().lower()}.")
    play = Playbook.objects.filter(key=held.about.play).first()
    begun = _begin(Opportunity(account=held.account, signal=held, play=play), fields, by=by)
    held.state = ExpansionSignal.State.TAKEN_UP
    settle(held, by=by)
    if play is not None:
        _play(play, held, by=by)
    return begun


@transaction.atomic
def create_opportunity(
    *, by: User, account: Account, fields: OpportunityFields, key: UUID | None = None
) -> Opportunity:
    """Begins one by hand. Raises `RefusedError` for an account that is no customer, `RepeatedError`."""
    claim(key, by=by)
    return _begin(Opportunity(account=account), fields, by=by)


@transaction.atomic
def edit_opportunity(
    *, by: User, opportunity: Opportunity, fields: OpportunityFields, version: int | None = None
) -> Opportunity:
    """Changes what is named in `fields`, while it is open. Raises `RefusedError`, `StaleError`."""
    held = locked(opportunity, version=version)
    _must_be_open(held)
    before = as_it_stands(held, [f"{name}_id" if name in _RELATED else name for name in fields])
    _fill(held, fields)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_edit(*, by: User, opportunity: Opportunity, version: int) -> Opportunity:
    """Puts back what was there before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    return put_back(opportunity, by=by, version=version)


@transaction.atomic
def move_opportunity(
    *, by: User, opportunity: Opportunity, to: str, version: int | None = None, note: str = ""
) -> Opportunity:
    """Moves it to another open stage, forward or back. Raises `RefusedError`, `StaleError`."""
    held = locked(opportunity, version=version)
    refusal = move_refused(Stage(held.stage), Stage(to))
    if refusal:
        raise RefusedError(refusal)
    return enter_stage(held, Stage(to), by=by, note=note)


@transaction.atomic
def take_back_move(*, by: User, opportunity: Opportunity, version: int) -> Opportunity:
    """Puts it back where it stood before the move that made `version`. Raises `RefusedError`, `StaleError`."""
    held = locked(opportunity, version=version)
    latest = held.moves.order_by("-at", "-pk").first()
    if latest is None or not latest.before or not held.is_open:
        raise RefusedError("That cannot be taken back any more. Move it yourself.")
    return enter_stage(held, Stage(latest.before), by=by, note="Taken back")


@transaction.atomic
def lose_opportunity(*, by: User, opportunity: Opportunity, reason: str, version: int | None = None) -> Opportunity:
    """Nothing came of it, for a reason; its signal is over. Raises `RefusedError`, `StaleError`."""
    held = locked(opportunity, version=version)
    _must_be_open(held)
    if not reason.strip():
        raise RefusedError("Say why it was lost.")
    held.lost_reason = reason.strip()[:300]
    close(held, Stage.LOST, by=by, note=held.lost_reason)
    return held


@transaction.atomic
def reopen_lost(*, by: User, opportunity: Opportunity) -> Opportunity:
    """Goes on with one that was lost, where it stood before. Raises `RefusedError` where it was not lost."""
    held = locked(opportunity)
    if held.stage != Opportunity.Stage.LOST:
        raise RefusedError("Only what was lost can be opened again.")
    held.lost_reason = ""
    return reopen(held, by=by)


def close(held: Opportunity, stage: Stage, *, by: User, note: str = "") -> None:
    """Ends a locked opportunity, and its signal with it, whose kind rests for a while."""
    held.closed_at, held.closed_by = clock.now(), by
    enter_stage(held, stage, by=by, note=note)
    if held.signal_id is not None:
        signal = ExpansionSignal.objects.select_for_update(of=("self",)).get(pk=held.signal_id)
        signal.state, signal.reason = ExpansionSignal.State.OVER, f"{STAGE_LABELS[stage]}: {held.name}"[:300]
        settle(signal, by=by, quiet_until=clock.today() + dt.timedelta(days=REST_DAYS))


def reopen(held: Opportunity, *, by: User) -> Opportunity:
    """Puts a locked opportunity that was closed back where it stood, and its signal to those that are taken up.

    Raises `RefusedError` where another signal of the kind is live by now.
    """
    latest = held.moves.exclude(before="").order_by("-at", "-pk").first()
    held.closed_at, held.closed_by = None, None
    enter_stage(held, Stage(latest.before if latest else Stage.IDENTIFIED), by=by, note="Open again")
    if held.signal_id is not None:
        signal = ExpansionSignal.objects.select_for_update(of=("self",)).get(pk=held.signal_id)
        signal.state, signal.reason = ExpansionSignal.State.TAKEN_UP, ""
        try:
            with transaction.atomic():
                settle(signal, by=by)
        except IntegrityError:
            raise RefusedError("Another signal of this kind is live by now. Take that one up.") from None
    return held


def enter_stage(held: Opportunity, stage: Stage, *, by: User, note: str = "") -> Opportunity:
    """Writes the stage of a locked opportunity, with the move."""
    before, held.stage, held.stage_since = held.stage, stage.value, clock.now()
    save_next(held, by=by)
    OpportunityMove.objects.create(
        opportunity=held, before=before, after=stage.value, at=held.stage_since, by=by, note=note[:300]
    )
    return held


_RELATED = ("owner", "product")


def _begin(opportunity: Opportunity, fields: OpportunityFields, *, by: User) -> Opportunity:
    if opportunity.account.status != Account.Status.ACTIVE:
        raise RefusedError("The account is no customer any more.")
    opportunity.stage_since = clock.now()
    _fill(opportunity, fields)
    save_first(opportunity, by=by)
    OpportunityMove.objects.create(opportunity=opportunity, after=opportunity.stage, at=opportunity.stage_since, by=by)
    return opportunity


def _fill(opportunity: Opportunity, fields: OpportunityFields) -> None:
    if "owner" in fields:
        check_sees(fields["owner"], opportunity.account)
    for name, value in fields.items():
        setattr(opportunity, name, value)


def _play(play: Playbook, signal: ExpansionSignal, *, by: User) -> None:
    """Starts the play under the key that the night would have used, so that it runs once for the signal."""
    reason = f"{signal.about.label}: {signal.evidence}"
    try:
        with transaction.atomic():
            start_run(by=by, playbook=play, account=signal.account, key=f"expansion_signal:{signal.pk}", reason=reason)
    except RefusedError:
        # It is switched off, or runs already: the opportunity is begun all the same.
        return


def _must_be_open(opportunity: Opportunity) -> None:
    """Raises `RefusedError` for one that is closed."""
    if not opportunity.is_open:
        raise RefusedError(f"{_who(opportunity)} closed it: {opportunity.get_stage_display().lower()}.")


def _who(opportunity: Opportunity) -> str:
    return opportunity.closed_by.name if opportunity.closed_by else "Somebody"
