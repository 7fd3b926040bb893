"""Checkpoints of renewals: reached with what the data say, assessed by the CSM, decided where the two differ."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.urls import reverse

from accounts.models import Account, Task, User
from accounts.services.notifying import Message, notify
from accounts.services.playbook_advancing import cancel_tasks
from accounts.services.tasks import complete_tasks
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.templatetags.ui import percent, signed
from renewals.domain import assessments as domain
from renewals.domain.assessments import CHECKPOINTS, Judgements, Refusal, Risk, automated_risk, reached
from renewals.domain.zones import zone_of
from renewals.models import Renewal, RenewalCheckpoint
from renewals.services.escalating import manager_of
from renewals.services.timelines import due_moment, give

HIGH = 2
# Renewals of one transaction.
BATCH = 1_000
# Days that the CSM has for the assessment, and the manager for the decision.
ASSESS_WITHIN, DECIDE_WITHIN = 7, 3
# What moved the probability most is told in so many words.
REASONS = 3


class UnfitError(RefusedError):
    """What cannot be said at a checkpoint; `field` names what of the form it is about, empty for the whole."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.field = refusal.field


def reach_checkpoints(*, today: dt.date, account_ids: Collection[int] | None = None) -> int:
    """Writes down what the data say of renewals that have come to a checkpoint and asks their CSMs; gives how many.

    Only segments whose timeline has checkpoints are asked. Of two at once the database lets one through.
    """
    found = Renewal.objects.open().filter(
        segment__timeline__has_checkpoints=True,
        due_on__range=(today, today + dt.timedelta(days=CHECKPOINTS[0])),
        account__in=Account.objects.active(),
    )
    if account_ids is not None:
        found = found.filter(among("account_id", account_ids))
    there: dict[int, set[int]] = {}
    kept = RenewalCheckpoint.objects.filter(renewal__in=found.order_by().values("pk"))
    for renewal_id, at in kept.order_by().values_list("renewal_id", "days"):
        there.setdefault(renewal_id, set()).add(at)
    come = [
        (pk, days)
        for pk, due_on in found.order_by("pk").values_list("pk", "due_on")
        if (days := reached(due_on, today=today, there=there.get(pk, set()))) is not None
    ]
    return sum(_reach(dict(come[start : start + BATCH]), today) for start in range(0, len(come), BATCH))


@transaction.atomic
def _reach(come: dict[int, int], today: dt.date) -> int:
    held = Renewal.objects.open().filter(pk__in=list(come)).order_by("pk").select_for_update(of=("self",), no_key=True)
    renewals = list(held.select_related("account", "owner"))
    # Whoever held them before may have been here.
    there = set(RenewalCheckpoint.objects.filter(renewal__in=renewals).values_list("renewal_id", "days"))
    new = [one for one in renewals if (one.pk, come[one.pk]) not in there]
    RenewalCheckpoint.objects.bulk_create([_looked_at(one, come[one.pk], today) for one in new])
    tasks = Task.objects.bulk_create(_assess_task(one, come[one.pk], today) for one in new)
    give(dict(zip([task.pk for task in tasks], new, strict=True)))
    return len(new)


def _looked_at(one: Renewal, days: int, today: dt.date) -> RenewalCheckpoint:
    probability = one.computed_probability
    risk = automated_risk(zone_of(probability), days)
    words = (
        f"Probability {percent(probability)}. " if probability is not None else "Nothing is known of its probability."
    )
    moved = sorted(one.adjustments[1:], key=lambda part: part[1])[:REASONS]
    reasons = "; ".join(f"{part} ({signed(points, 0)})" for part, points in moved if points < 0)
    return RenewalCheckpoint(
        renewal=one,
        days=days,
        reached_on=today,
        automated=risk.value if risk else "",
        automated_words=f"{words}{reasons}".strip()[:300],
    )


def _assess_task(one: Renewal, days: int, today: dt.date) -> Task:
    return Task(
        title=f"Assess the renewal of {one.account}: {days}-day checkpoint"[:200],
        body="Say how it stands in your eyes. Where the data say otherwise, your manager decides.",
        account_id=one.account_id,
        due_at=due_moment(min(today + dt.timedelta(days=ASSESS_WITHIN), one.due_on), one.owner),
        priority=Task.Priority.HIGH,
        origin=Task.Origin.RENEWAL,
        origin_key=_key(one.pk, "assess", days),
    )


@transaction.atomic
def assess(
    *, by: User, checkpoint: RenewalCheckpoint, risk: Risk, words: str, plan: str, version: int | None = None
) -> RenewalCheckpoint:
    """What the CSM says of a renewal at a checkpoint; where the data say the same, or nothing, that is the final word.

    Raises `UnfitError`, and `StaleError` where somebody else wrote since `version`.
    """
    held = _held(checkpoint, version)
    _allow(domain.assessment_refused(judgements_of(held), risk, plan))
    held.assessed, held.assessed_words, held.action_plan = risk.value, words.strip(), plan.strip()
    held.assessed_by, held.assessed_at = by, clock.now()
    said = judgements_of(held)
    final = domain.final_word(said)
    held.final, held.final_words = final.value if final else "", ""
    held.decided_by, held.decided_at = None, None
    save_next(held, by=by)
    _close_tasks(held, "assess", by=by)
    if said.differ:
        _ask_manager(held)
    else:
        tasks = Task.objects.unfinished().filter(origin_key=_key(held.renewal_id, "decide", held.days))
        cancel_tasks(tasks, reason="The data and the CSM say the same by now.")
    return held


@transaction.atomic
def decide(
    *, by: User, checkpoint: RenewalCheckpoint, risk: Risk, words: str, plan: str, version: int | None = None
) -> RenewalCheckpoint:
    """The word of a manager where the data and the CSM differ. Raises `UnfitError`, `StaleError`."""
    held = _held(checkpoint, version)
    _allow(domain.decision_refused(judgements_of(held), risk, plan))
    held.final, held.final_words, held.decided_by, held.decided_at = risk.value, words.strip(), by, clock.now()
    held.action_plan = plan.strip() or held.action_plan
    save_next(held, by=by)
    _close_tasks(held, "decide", by=by)
    return held


def judgements_of(checkpoint: RenewalCheckpoint) -> Judgements:
    """The three judgements as the rules know them."""
    automated, assessed, final = (
        Risk(value) if value else None for value in (checkpoint.automated, checkpoint.assessed, checkpoint.final)
    )
    return Judgements(checkpoint.days, automated, assessed, final, checkpoint.action_plan)


def _held(checkpoint: RenewalCheckpoint, version: int | None) -> RenewalCheckpoint:
    """The checkpoint, locked after its renewal, as closing locks them."""
    renewal = locked(checkpoint.renewal)
    if not renewal.is_open:
        raise UnfitError(Refusal("", "The renewal is closed."))
    return locked(checkpoint, version=version)


def _allow(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise UnfitError(refusal)


def _ask_manager(held: RenewalCheckpoint) -> None:
    """A task and a message for who leads the owner; one that is open already stays."""
    renewal = held.renewal
    people = {user.pk: user for user in User.objects.order_by("pk")}
    manager = manager_of(renewal, people)
    key = _key(renewal.pk, "decide", held.days)
    task, _ = Task.objects.get_or_create(
        origin_key=key,
        defaults={
            "title": f"Decide how the renewal of {renewal.account} stands"[:200],
            "body": f"The data say “{held.get_automated_display()}”, {held.assessed_by} says "
            f"“{held.get_assessed_display()}”.\n\n{held.assessed_words}".strip(),
            "account_id": renewal.account_id,
            "due_at": due_moment(clock.today() + dt.timedelta(days=DECIDE_WITHIN), manager),
            "priority": Task.Priority.HIGH,
            "origin": Task.Origin.RENEWAL,
        },
    )
    if task.status == Task.Status.CANCELLED:
        Task.objects.filter(pk=task.pk).update(status=Task.Status.OPEN, outcome="")
    if manager is None:
        return
    task.assignees.set([manager])
    notify(
        [
            Message(
                user=manager,
                key=f"{key}:{held.version}",
                title=task.title,
                body=task.body,
                url=reverse("renewals:renewal", args=[renewal.pk]),
                severity=HIGH,
                account_id=renewal.account_id,
            )
        ]
    )


def _close_tasks(held: RenewalCheckpoint, what: str, *, by: User) -> None:
    tasks = Task.objects.unfinished().filter(origin_key=_key(held.renewal_id, what, held.days))
    complete_tasks(by=by, tasks=list(tasks))


def _key(renewal_id: int, what: str, days: int) -> str:
    return f"renewal:{renewal_id}:{what}:{days}"
