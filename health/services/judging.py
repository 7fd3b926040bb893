"""Every write to the pulse: a CSM judges an account, and takes it back."""

from django.db import transaction

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.judgement import PulseValue, may_judge
from health.models import Pulse
from health.queries.judgement import standing_of
from health.services.alerting import lock_accounts
from health.services.disagreeing import refresh_disagreements
from health.services.observing import mark_dirty


@transaction.atomic
def judge(*, by: User, account: Account, value: PulseValue, comment: str = "") -> Pulse:
    """Judges an account, from now on and under the one who owns it now. Raises `RefusedError` for who may not.

    The score is computed anew in the background, for a scorecard may use the pulse.
    """
    refusal = may_judge(standing_of(by, account))
    if refusal is not None:
        raise RefusedError(refusal.reason)
    held = lock_accounts([account.pk])[account.pk]
    Pulse.objects.filter(account=held, is_latest=True).update(is_latest=False)
    pulse = Pulse.objects.create(
        account=held, value=value, comment=comment, by=by, owner_id=held.owner_id, at=clock.now()
    )
    _spread(account.pk)
    return pulse


@transaction.atomic
def withdraw(*, by: User, pulse: Pulse) -> Pulse:
    """Takes the latest judgement back, by the one who made it; the one before holds again.

    Raises `RefusedError` for another person and where somebody has judged since.
    """
    lock_accounts([pulse.account_id])
    pulse = Pulse.objects.get(pk=pulse.pk)
    if pulse.by_id != by.pk:
        raise RefusedError("Only the one who judged can take it back.")
    if not pulse.is_latest:
        raise RefusedError("There is a newer judgement, or this one was taken back already.")
    pulse.is_latest, pulse.withdrawn_at = False, clock.now()
    pulse.save(update_fields=["is_latest", "withdrawn_at"])
    kept = Pulse.objects.filter(account=pulse.account_id, withdrawn_at=None)
    before = kept.order_by("-at", "-pk").first()
    if before is not None:
        Pulse.objects.filter(pk=before.pk).update(is_latest=True)
    _spread(pulse.account_id)
    return pulse


def _spread(account_id: int) -> None:
    refresh_disagreements([account_id], day=clock.today())
    mark_dirty([account_id])
