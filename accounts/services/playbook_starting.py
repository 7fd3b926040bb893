"""Starting playbooks: by hand, because something happened, or because a day has come.

Which runs there may be is decided by the database: one live of a playbook on an account, and one ever for what set it
off. Whoever comes second starts nothing.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.domain.playbook_runs import NO_CUSTOMER, Situation, conditions_missed
from accounts.domain.playbooks import Plan, condition_in_words
from accounts.models import Account, BulkChange, Playbook, PlaybookCue, PlaybookRun, User
from accounts.models.account import AccountQuerySet
from accounts.queries.playbook_facts import situations_of, vocabulary
from accounts.services.playbook_advancing import advance_these
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from cs_workspace.common.refusals import RefusedError

BATCH = 500
# A day that was missed, because nothing ran, is made up for so long.
MADE_UP_FOR = dt.timedelta(days=7)
# The triggers of days: which day of the account they count from, and in which direction.
TIMELINES = {"renewal_ahead": ("renewal_date", -1), "customer_for": ("customer_since", 1)}


@dataclass(frozen=True)
class Wanted:
    """A run that is to begin, for a reason that `key` names."""

    playbook: Playbook
    account_id: int
    key: str
    reason: str


@transaction.atomic
def start_run(*, by: User | None, playbook: Playbook, account: Account, key: str, reason: str = "") -> PlaybookRun:
    """Starts a playbook on an account and does what can be done at once; the same key gives the run that is there.

    `by` is None for the system, which says in `reason` why. Raises `RefusedError` where the playbook is switched off or
    live on the account already, and where the account does not meet its conditions.
    """
    there = PlaybookRun.objects.filter(playbook=playbook, account=account, trigger_key=key).first()
    if there is not None:
        return there
    held = Playbook.objects.select_related("current").get(pk=playbook.pk)
    if held.active_since is None or held.current is None:
        raise RefusedError(f"“{held.name}” is switched off.")
    now = clock.now()
    situation = situations_of([account.pk], now=now)[account.pk]
    refusal = refusal_of(held.current.plan, situation)
    if refusal:
        raise RefusedError(refusal)
    wanted = Wanted(held, account.pk, key, reason or f"Started by {by}")
    run = _run(wanted, by=by, at=now, score=situation.facts.get("score"))
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        at_once = PlaybookRun.objects.filter(playbook=playbook, account=account, trigger_key=key).first()
        if at_once is not None:
            return at_once
        raise RefusedError(f"“{held.name}” runs on {account.name} already.") from None
    advance_these([run.pk])
    run.refresh_from_db()
    return run


def refusal_of(plan: Plan, situation: Situation) -> str:
    """Why a plan cannot begin on an account, in a sentence; empty where it can."""
    if _may_begin(plan, situation):
        return ""
    if not situation.is_customer and not plan.is_for_lost:
        return NO_CUSTOMER
    missed = conditions_missed(plan, situation)
    facts = vocabulary()
    return f"It begins only if {' and '.join(condition_in_words(one, facts) for one in missed)}."


@transaction.atomic
def start_runs(*, by: User, playbook: Playbook, accounts: AccountQuerySet, key: UUID) -> BulkChange:
    """Starts a playbook on many accounts; those that do not meet its conditions, or have it live, are left out.

    Their steps begin with the next beat. Raises `RefusedError` where the playbook is switched off.
    """
    change, is_new = BulkChange.objects.get_or_create(
        key=key,
        defaults={
            "by": by,
            "kind": BulkChange.Kind.PLAYBOOK,
            "value": playbook.name,
            "account_ids": [],
            "before": [],
        },
    )
    if not is_new:
        return change
    held = Playbook.objects.select_related("current").get(pk=playbook.pk)
    if held.active_since is None:
        raise RefusedError(f"“{held.name}” is switched off.")
    trigger_key = f"bulk:{key}"
    reason = f"Started by {by}"
    wanted = [Wanted(held, pk, trigger_key, reason) for pk in accounts.order_by("pk").values_list("pk", flat=True)]
    for start in range(0, len(wanted), BATCH):
        _begin(wanted[start : start + BATCH], by=by)
    begun = PlaybookRun.objects.filter(playbook=held, trigger_key=trigger_key)
    change.account_ids = list(begun.order_by("account_id").values_list("account_id", flat=True))
    change.before = list(begun.order_by("pk").values_list("pk", flat=True))
    change.save()
    return change


def start_cued() -> int:
    """Looks into everything that was noticed, and starts what it sets off; gives how many runs began.

    Safe to run twice and at once: what was looked into goes in the same transaction.
    """
    begun = 0
    while True:
        with transaction.atomic():
            cues = list(PlaybookCue.objects.order_by("pk").select_for_update(skip_locked=True)[:BATCH])
            if not cues:
                return begun
            playbooks = active_playbooks()
            begun += _begin(
                [
                    Wanted(playbook, cue.account_id, f"{cue.kind}:{cue.key}"[:200], cue.reason)
                    for cue in cues
                    for playbook, plan in playbooks
                    if plan.trigger.is_met_by(cue.kind, cue.choice, cue.number)
                ]
            )
            PlaybookCue.objects.filter(pk__in=[cue.pk for cue in cues]).delete()


def start_timelines() -> int:
    """Starts what is set off by a day that has come, counted from a day of the account; gives how many runs began."""
    return sum(_start_timeline(playbook, plan) for playbook, plan in active_playbooks(set(TIMELINES)))


@transaction.atomic
def begin_runs(wanted: Sequence[Wanted]) -> int:
    """Begins what another part of the workspace asks for, once each and as far as conditions hold; gives how many."""
    return _begin(wanted)


def active_playbooks(kinds: Collection[str] | None = None) -> list[tuple[Playbook, Plan]]:
    """Those that are switched on, with their plans; of some kinds of trigger only, where they are named. One query."""
    playbooks = Playbook.objects.exclude(active_since=None).select_related("current").order_by("pk")
    if kinds is not None:
        playbooks = playbooks.filter(current__trigger__in=kinds)
    return [(playbook, playbook.current.plan) for playbook in playbooks if playbook.current is not None]


def _start_timeline(playbook: Playbook, plan: Plan) -> int:
    field, direction = TIMELINES[plan.trigger.kind]
    today, offset = clock.today(), dt.timedelta(days=direction * (plan.trigger.number or 0))
    since = max(today - MADE_UP_FOR, clock.day_of(playbook.active_since) if playbook.active_since else today)
    due = Account.objects.active().filter(**{f"{field}__range": (since - offset, today - offset)})
    words = "{} days to the renewal" if direction < 0 else "A customer for {} days"
    wanted = [
        Wanted(playbook, pk, f"day:{day.isoformat()}", words.format(plan.trigger.number))
        for pk, day in due.annotate(day=F(field)).order_by("pk").values_list("pk", "day")
    ]
    begun = 0
    for start in range(0, len(wanted), BATCH):
        with transaction.atomic():
            begun += _begin(wanted[start : start + BATCH])
    return begun


def _begin(wanted: Sequence[Wanted], *, by: User | None = None) -> int:
    """Begins those of the runs for which the conditions hold, once each; gives how many. What the system starts must
    have rested. A fixed number of statements; of two at once, the database lets one through."""
    if not wanted:
        return 0
    now = clock.now()
    earlier = _earlier({one.account_id for one in wanted}, {one.playbook.pk for one in wanted})
    fresh = {
        (one.playbook.pk, one.account_id): one
        for one in reversed(wanted)
        if not any(_bars(run, one, by_hand=by is not None, now=now) for run in earlier.get(_pair(one), ()))
    }
    situations = situations_of({account for _, account in fresh}, now=now) if fresh else {}
    runs = [
        _run(one, by=by, at=now, score=situation.facts.get("score"))
        for one in reversed(fresh.values())
        if (situation := situations.get(one.account_id)) and _may_begin(_plan(one.playbook), situation)
    ]
    PlaybookRun.objects.bulk_create(runs, ignore_conflicts=True)
    return len(runs)


def _earlier(accounts: Collection[int], playbooks: Collection[int]) -> dict[tuple[int, int], list[PlaybookRun]]:
    """The runs there have been, by playbook and account. One query."""
    found: dict[tuple[int, int], list[PlaybookRun]] = {}
    rows = PlaybookRun.objects.filter(among("account_id", accounts), playbook__in=playbooks)
    for run in rows.only("playbook_id", "account_id", "trigger_key", "state", "ended_at"):
        found.setdefault((run.playbook_id, run.account_id), []).append(run)
    return found


def _bars(run: PlaybookRun, wanted: Wanted, *, by_hand: bool, now: dt.datetime) -> bool:
    """Whether an earlier run stands in the way: a live one, one for the same reason, one that ended lately."""
    if run.ended_at is None or run.trigger_key == wanted.key:
        return True
    return not by_hand and now - run.ended_at < dt.timedelta(days=_plan(wanted.playbook).rest_days)


def _may_begin(plan: Plan, situation: Situation) -> bool:
    return (situation.is_customer or plan.is_for_lost) and not conditions_missed(plan, situation)


def _pair(wanted: Wanted) -> tuple[int, int]:
    return wanted.playbook.pk, wanted.account_id


def _plan(playbook: Playbook) -> Plan:
    assert playbook.current is not None  # what is switched on has a version: a constraint
    return playbook.current.plan


def _run(wanted: Wanted, *, by: User | None, at: dt.datetime, score: Decimal | None) -> PlaybookRun:
    return PlaybookRun(
        playbook=wanted.playbook,
        plan_version=wanted.playbook.current,
        account_id=wanted.account_id,
        trigger_key=wanted.key,
        reason=wanted.reason[:300],
        reached_at=at,
        next_at=at,
        started_at=at,
        started_by=by,
        score_at_start=score,
    )
