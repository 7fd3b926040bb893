"""Starting, pausing, resuming and closing win-back campaigns, and taking customers out of them.

Locks are taken in this order: account, campaign, targets, enrolments.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import pghistory
from django.db import transaction

from accounts.models import Account, Enrolment, User
from accounts.models import Sequence as MailSequence
from accounts.services.sequencing import pause_enrolments, resume_enrolments, start, stop_enrolments
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.win_back import MOVES, CampaignState, Move, guarantee_until, lacks, move_refused
from renewals.models import AccountReturn, Campaign, CampaignTarget
from renewals.models.win_back import CampaignTargetQuerySet
from renewals.queries.win_back_sequence import SEQUENCE_KEY, start_for, told_of

NEVER_LOST = "The loss was taken back."


@transaction.atomic
def move_campaign(*, by: User, campaign: Campaign, move: Move) -> Campaign:
    """Starts, pauses, resumes or closes a campaign with everybody in it.

    A pause lets e-mails that wait to be sent wait as drafts; closing takes everybody out who did not come back. Raises
    `RefusedError` where it cannot be, or lacks something to be started with.
    """
    held = locked(campaign)
    refused = move_refused(CampaignState(held.state), move)
    if refused:
        raise RefusedError(refused)
    now = clock.now()
    held.state = MOVES[CampaignState(held.state), move].value
    held.paused_at = now if move is Move.PAUSE else None
    enrolled = Enrolment.objects.running().filter(win_back_target__campaign=held)
    if move is Move.START:
        held.started_at = now
        _start(held, by=by)
    elif move is Move.PAUSE:
        pause_enrolments(enrolled, by=by)
    elif move is Move.RESUME:
        resume_enrolments(enrolled, by=by)
    else:
        held.closed_at, held.closed_by = now, by
        _take_out(held.targets.live(), CampaignTarget.OutBecause.CLOSED, stop=Enrolment.Because.BY_HAND, by=by)
    return save_next(held, by=by)


@transaction.atomic
def start_chosen(*, by: User, campaign: Campaign) -> int:
    """Starts the customers that were chosen while the campaign was under way already; gives how many.

    Raises `RefusedError` where it is not under way, or lacks something.
    """
    held = locked(campaign)
    if held.state != Campaign.State.RUNNING:
        raise RefusedError(f"This campaign is {held.get_state_display().lower()}.")
    return _start(held, by=by)


@transaction.atomic
def take_out(*, by: User, target: CampaignTarget, reason: str) -> CampaignTarget:
    """Takes a customer out of its campaign for a reason; what was not sent is cancelled.

    Raises `RefusedError` for one that is out or won back already.
    """
    held = locked(target)
    if not held.is_live:
        raise RefusedError(f"{held.account} is {held.get_state_display().lower()} already.")
    if held.enrolment_id is not None:
        stop_enrolments(Enrolment.objects.filter(pk=held.enrolment_id), because=Enrolment.Because.BY_HAND.value, by=by)
    held.state, held.out_because = CampaignTarget.State.OUT, CampaignTarget.OutBecause.BY_HAND
    held.reason, held.ended_on, held.ended_by = reason.strip(), clock.today(), by
    return save_next(held, by=by)


@transaction.atomic
def follow_campaigns(*, today: dt.date) -> tuple[int, int]:
    """Takes out who left more than a year ago and whose loss was taken back, and notes who came back by another way
    than a form of ours.

    Gives how many were taken out, and how many came back. Doing it again changes nothing.
    """
    late = _take_out(
        CampaignTarget.objects.too_late(today=today),
        CampaignTarget.OutBecause.TOO_LATE,
        stop=Enrolment.Because.TOO_LATE,
    )
    late += _take_out(
        CampaignTarget.objects.never_lost(),
        CampaignTarget.OutBecause.BY_HAND,
        stop=Enrolment.Because.GOAL,
        reason=NEVER_LOST,
    )
    back = CampaignTarget.objects.returned()
    _take_out(
        back.filter(state=CampaignTarget.State.CHOSEN),
        CampaignTarget.OutBecause.RETURNED,
        stop=Enrolment.Because.GOAL,
    )
    return late, _note_returns(back.running(), today=today)


def _start(campaign: Campaign, *, by: User) -> int:
    """Puts the chosen customers of a locked campaign into the sequence; raises `RefusedError` where something lacks.

    A contact to whom the sequence went for the same loss before, in another campaign, gets none of it again.
    """
    chosen = campaign.targets.filter(state=CampaignTarget.State.CHOSEN, account__status=Account.Status.CHURNED)
    held = list(_locked(chosen.select_related("record")))
    if not held:
        raise RefusedError("Nobody is chosen who could be started.")
    missing = lacks(told_of(campaign), [one.variant for one in held])
    if missing:
        raise RefusedError(" ".join(missing))
    enrolments = _enrol(campaign, held, by=by)
    for one in held:
        one.state, one.started_on = CampaignTarget.State.RUNNING, clock.today()
        one.enrolment = enrolments.get(one.contact_id or 0)
        one.version += 1
    with pghistory.context(user=by.pk):
        CampaignTarget.objects.bulk_update(held, ["state", "started_on", "enrolment", "version"], batch_size=500)
    return len(held)


def _enrol(campaign: Campaign, targets: Sequence[CampaignTarget], *, by: User) -> dict[int, Enrolment]:
    """The new enrolments, by contact."""
    sequence = win_back_sequence()
    starts = [start_for(campaign, one, one.contact_id) for one in targets if one.contact_id is not None]
    return {one.contact_id: one for one in start(starts, sequence=sequence, by=by)}


def win_back_sequence() -> MailSequence:
    """The sequence of all campaigns; raises `RefusedError` where it is not there."""
    sequence = MailSequence.objects.filter(key=SEQUENCE_KEY).first()
    if sequence is None:
        raise RefusedError("The win-back sequence is not there. Ask an admin.")
    return sequence


def _take_out(
    targets: CampaignTargetQuerySet,
    because: CampaignTarget.OutBecause,
    *,
    stop: Enrolment.Because,
    reason: str = "",
    by: User | None = None,
) -> int:
    held = list(_locked(targets))
    stop_enrolments(_enrolments_of(held), because=stop.value, by=by)
    for one in held:
        one.state, one.out_because, one.reason = CampaignTarget.State.OUT, because, reason
        one.ended_on, one.ended_by = clock.today(), by
        one.version += 1
    names = ["state", "out_because", "reason", "ended_on", "ended_by", "version"]
    with pghistory.context(**({"user": by.pk} if by else {})):
        CampaignTarget.objects.bulk_update(held, names, batch_size=500)
    return len(held)


def _note_returns(targets: CampaignTargetQuerySet, *, today: dt.date) -> int:
    """Those whose contract came by import or from another system: the day is that on which we see it."""
    held = list(_locked(targets.select_related("account")))
    stop_enrolments(_enrolments_of(held), because=Enrolment.Because.GOAL.value)
    for one in held:
        one.state, one.ended_on = CampaignTarget.State.WON, today
        one.version += 1
    CampaignTarget.objects.bulk_update(held, ["state", "ended_on", "version"], batch_size=500)
    AccountReturn.objects.bulk_create(
        [
            AccountReturn(
                account_id=one.account_id,
                target=one,
                lost_on=one.lost_on,
                arr_lost=one.arr_lost,
                signed_on=today,
                arr=one.account.arr,
                guarantee_until=guarantee_until(today),
                at=clock.now(),
            )
            for one in held
        ],
        ignore_conflicts=True,
    )
    return len(held)


def _locked(targets: CampaignTargetQuerySet) -> CampaignTargetQuerySet:
    return targets.order_by("pk").select_for_update(of=("self",), no_key=True)


def _enrolments_of(targets: Iterable[CampaignTarget]) -> list[Enrolment]:
    return list(Enrolment.objects.filter(pk__in=[one.enrolment_id for one in targets if one.enrolment_id]))
