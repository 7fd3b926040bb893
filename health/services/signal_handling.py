"""What people do with churn signals: log one, confirm, dismiss for a reason, resolve, take back."""

import datetime as dt
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction

from accounts.models import Account, User
from accounts.services.once import claim
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.alert_handling import Refusal
from health.domain.signal_handling import SignalVerb, signal_after
from health.domain.signals import KINDS, label_of
from health.models import ChurnSignal
from health.services.alerting import lock_accounts
from health.services.playbook_cues import note_signals
from health.services.risk_episodes import follow_up
from health.services.signal_alerts import alert_of_signals, close_alerts_of_signals
from health.services.signal_effects import tell_critical


@transaction.atomic
def log_signal(
    *,
    by: User | None,
    account: Account,
    kind: str,
    evidence: str,
    seen_on: dt.date,
    severity: int | None = None,
    key: UUID | None = None,
) -> ChurnSignal:
    """Writes down what somebody, or a source outside of us (`by` None), has seen.

    Without a `severity` that of the kind counts; `key` is that of the form. Raises `RepeatedError` for a form that was
    sent already, `RefusedError` where such a signal is open already, and for a day to come and a kind that is none.
    """
    if by is not None:
        claim(key, by=by)
    if kind not in KINDS:
        raise RefusedError("There is no such kind of signal.")
    if seen_on > clock.today():
        raise RefusedError("The day it was seen lies in the future.")
    held = lock_accounts([account.pk])[account.pk]
    _refuse_twin(held, kind)
    signal = ChurnSignal.objects.create(
        account=held,
        kind=kind,
        severity=severity or KINDS[kind].severity,
        evidence=evidence.strip()[:500],
        seen_on=seen_on,
        lead_days=KINDS[kind].lead_days,
        owner_id=held.owner_id,
        detected=False,
        opened_at=clock.now(),
        opened_by=by,
    )
    tell_critical([signal])
    note_signals([signal])
    alert_of_signals([signal], {held.pk: held}, at=clock.now())
    follow_up({held.pk: held}, at=clock.now())
    return signal


def confirm(*, by: User, signal: ChurnSignal) -> ChurnSignal:
    """Somebody looked, and it is so. See `_handle` for what is raised."""
    return _handle(SignalVerb.CONFIRM, signal, by=by, reason="")


def dismiss(*, by: User, signal: ChurnSignal, reason: str) -> ChurnSignal:
    """It means nothing, for a reason; the same evidence does not bring it back."""
    if not reason.strip():
        raise RefusedError("Say why it means nothing.")
    return _handle(SignalVerb.DISMISS, signal, by=by, reason=reason.strip()[:300])


def resolve(*, by: User, signal: ChurnSignal, reason: str = "") -> ChurnSignal:
    """What it was about is settled; the same evidence does not bring it back."""
    return _handle(SignalVerb.RESOLVE, signal, by=by, reason=reason.strip()[:300])


def reopen(*, by: User, signal: ChurnSignal) -> ChurnSignal:
    """Takes back what was done: open again, and nobody is told anew."""
    return _handle(SignalVerb.REOPEN, signal, by=by, reason="", gone_on=None)


def retract(*, by: User, signal: ChurnSignal) -> ChurnSignal:
    """Takes back what was logged by mistake; it stays on record as dismissed."""
    return dismiss(by=by, signal=signal, reason="Logged by mistake.")


@transaction.atomic
def _handle(verb: SignalVerb, signal: ChurnSignal, *, by: User, **fields: Any) -> ChurnSignal:
    """Does it, keeps who did it when and why, and ends or begins what hangs on the number of signals.

    Raises `RefusedError` where the state does not allow it, and where a newer signal of the kind is live.
    """
    held_account = lock_accounts([signal.account_id])[signal.account_id]
    held = ChurnSignal.objects.select_for_update(of=("self",)).get(pk=signal.pk)
    outcome = signal_after(held.state, verb)
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome.reason)
    if verb is SignalVerb.REOPEN and not held.is_live:
        _refuse_twin(held_account, held.kind)
    held.account, held.state = held_account, outcome.value
    held.changed_at, held.changed_by, held.version = clock.now(), by, held.version + 1
    for name, value in fields.items():
        setattr(held, name, value)
    with pghistory.context(user=by.pk):
        held.save()
    if not held.is_live:
        close_alerts_of_signals([held], at=clock.now())
    follow_up({held_account.pk: held_account}, at=clock.now())
    return held


def _refuse_twin(account: Account, kind: str) -> None:
    if ChurnSignal.objects.live().filter(account=account, kind=kind).exists():
        raise RefusedError(f"“{label_of(kind)}” is open already on {account.name}.")
