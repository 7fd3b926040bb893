"""What people do with signals of expansion, logged, dismissed and opened again; what they heard of the budget."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Account, User
from accounts.services.once import claim
from accounts.services.playbook_cues import Cue, note_cues
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.expansion import KINDS, REST_DAYS, SignalKind, Strength
from renewals.models import BudgetAnswer, ExpansionSignal
from renewals.services.spotting import TRIGGER


@transaction.atomic
def log_signal(
    *,
    by: User,
    account: Account,
    kind: str,
    evidence: str,
    seen_on: dt.date,
    strength: str = "",
    key: UUID | None = None,
) -> ExpansionSignal:
    """Writes down what somebody saw or heard; its strength is that of the kind where none is given.

    Raises `RefusedError` for an account that is no customer and where one of the kind is live already;
    `RepeatedError` for a form (`key`) that was sent before.
    """
    claim(key, by=by)
    if account.status != Account.Status.ACTIVE:
        raise RefusedError("The account is no customer any more.")
    about = KINDS[SignalKind(kind)]
    signal = ExpansionSignal(
        account=account,
        kind=kind,
        strength=strength or about.strength.value,
        evidence=evidence.strip(),
        seen_on=seen_on,
        opened_at=clock.now(),
        by=by,
    )
    _save_live(signal, by=by, is_new=True)
    if signal.strength == Strength.HOT:
        reason = f"{about.label}: {signal.evidence}"
        note_cues([Cue(TRIGGER, account.pk, str(signal.pk), reason, choice=kind)])
    return signal


@transaction.atomic
def dismiss_signal(*, by: User, signal: ExpansionSignal, reason: str, version: int | None = None) -> ExpansionSignal:
    """It means nothing, for a reason; the kind is not raised again for the account for a while.

    Raises `RefusedError` where it is not open, `StaleError`.
    """
    held = locked(signal, version=version)
    if not held.is_open:
        raise RefusedError(f"This signal is {held.get_state_display().lower()} already.")
    held.state, held.reason = ExpansionSignal.State.DISMISSED, reason.strip()
    return settle(held, by=by, quiet_until=clock.today() + dt.timedelta(days=REST_DAYS))


@transaction.atomic
def reopen_signal(*, by: User, signal: ExpansionSignal) -> ExpansionSignal:
    """Takes a dismissal back. Raises `RefusedError` where it was not dismissed, or another one is live by now."""
    held = locked(signal)
    if held.state != ExpansionSignal.State.DISMISSED:
        raise RefusedError(f"This signal is {held.get_state_display().lower()}, not dismissed.")
    held.state, held.reason, held.quiet_until = ExpansionSignal.State.OPEN, "", None
    held.changed_at, held.changed_by = clock.now(), by
    _save_live(held, by=by, is_new=False)
    return held


@transaction.atomic
def retract_signal(*, by: User, signal: ExpansionSignal) -> ExpansionSignal:
    """Takes back what was logged by hand: it is put away and kept, and its kind does not rest.

    Raises `RefusedError` where it was detected, or is not open.
    """
    held = locked(signal)
    if held.origin_key or not held.is_open:
        raise RefusedError("That cannot be taken back any more. Dismiss it, and say why.")
    held.state, held.reason = ExpansionSignal.State.DISMISSED, "Taken back"
    return settle(held, by=by)


def settle(held: ExpansionSignal, *, by: User, quiet_until: dt.date | None = None) -> ExpansionSignal:
    """Saves a locked signal in the state that it was given, with who gave it and until when its kind rests."""
    held.changed_at, held.changed_by, held.quiet_until = clock.now(), by, quiet_until
    return save_next(held, by=by)


@transaction.atomic
def note_budget(
    *, by: User, account: Account, is_confirmed: bool, note: str = "", key: UUID | None = None
) -> BudgetAnswer:
    """Writes down what the customer said of the budget for more. Raises `RepeatedError`."""
    claim(key, by=by)
    return BudgetAnswer.objects.create(
        account=account, is_confirmed=is_confirmed, note=note.strip(), by=by, at=clock.now()
    )


@transaction.atomic
def take_back_budget(*, by: User, answer: BudgetAnswer) -> None:
    """Removes what was noted just now. Raises `RefusedError` for what somebody else heard, or heard on another day."""
    if answer.by_id != by.pk or clock.day_of(answer.at) != clock.today():
        raise RefusedError("That can only be taken back on the day, by who noted it. Note what they say now.")
    answer.delete()


def _save_live(signal: ExpansionSignal, *, by: User, is_new: bool) -> None:
    """Saves a signal that is to be the live one of its kind; the database decides whether there is room for it."""
    try:
        with transaction.atomic():
            (save_first if is_new else save_next)(signal, by=by)
    except IntegrityError:
        raise RefusedError(f"There is a signal “{signal.get_kind_display()}” already.") from None
