"""The steps of renewals: made when their day is near, moved with the renewal date, dropped when the renewal closes.

A task is made `LEAD_DAYS` before the day of its step and is due on it, so that a list shows what can be begun and not
what comes in half a year. Which steps those are decides `renewals.domain.timelines.sort_out`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.domain.playbook_runs import Situation
from accounts.domain.workdays import END_OF_WORK
from accounts.models import Account, Mail, PlaybookRun, Task, User
from accounts.models.playbook import LIVE
from accounts.queries.playbook_facts import situations_of
from accounts.services.playbook_advancing import cancel_tasks, cancel_tasks_of
from accounts.services.playbook_starting import Wanted, begin_runs
from accounts.services.task_letters import TaskLetter, put_task_letters
from cs_workspace.common import clock
from cs_workspace.common.expressions import among, array
from renewals.domain.timelines import LEAD_DAYS, Applies, Due, Sorted, StepKind, moved_due, sort_out
from renewals.models import Approval, Renewal, RenewalStep
from renewals.queries.step_texts import letter_of, text_of

# Renewals of one transaction.
BATCH = 500
CLOSED = "The renewal is closed."
# What is asked because of a renewal beside its steps: how the keys of such tasks go on after the renewal's own.
ASKED_BESIDE = ("red", "assess", "decide")
State = RenewalStep.State

# The day of every step that is not where its renewal, its contract and its offset put it.
DAYS = """
    UPDATE renewals_renewalstep s SET day = due.day, state = CASE
        WHEN s.state = 'passed' AND due.day > %(today)s::date + %(lead)s THEN 'waiting' ELSE s.state END
    FROM (
        SELECT s.id, r.due_on - s.offset_days
            - CASE WHEN s.applies = 'auto_renewing' THEN c.notice_days ELSE 0 END AS day
        FROM renewals_renewal r
        JOIN accounts_contract c ON c.id = r.contract_id
        JOIN renewals_renewalstep s ON s.renewal_id = r.id
        WHERE r.id = ANY(%(ids)s::bigint[]) AND r.stage <> 'closed' AND s.state <> 'dropped'
    ) due
    WHERE due.id = s.id AND due.day <> s.day
    RETURNING s.task_id, s.day
"""
MOVE_TASKS = """
    UPDATE accounts_task t SET due_at = given.due_at, version = t.version + 1, updated_at = now()
    FROM unnest(%(ids)s::bigint[], %(moments)s::timestamptz[]) AS given (id, due_at)
    WHERE t.id = given.id AND t.status = 'open' AND t.due_at IS DISTINCT FROM given.due_at
"""
HANDED = ("renewals", "before", "after")
HAND_OVER = """
    WITH given AS (
        SELECT * FROM unnest(%(renewals)s::bigint[], %(before)s::bigint[], %(after)s::bigint[])
            AS g (renewal_id, before, after)
    ), task AS (
        SELECT t.id, g.before, g.after
        FROM given g
        JOIN renewals_renewal r ON r.id = g.renewal_id
        JOIN accounts_task t ON t.account_id = r.account_id AND t.status = 'open' AND t.origin = 'renewal'
        WHERE t.origin_key ~ ('^renewal:' || r.id || ':') AND t.origin_key !~ ':(red|decide)(:|$)'
    ), gone AS (
        DELETE FROM accounts_task_assignees a USING task WHERE a.task_id = task.id AND a.user_id = task.before
        RETURNING a.task_id
    )
    INSERT INTO accounts_task_assignees (task_id, user_id)
    SELECT task.id, u.id FROM task JOIN accounts_user u ON u.id = task.after AND u.is_active
    WHERE task.id IN (SELECT task_id FROM gone)
        OR NOT EXISTS (SELECT FROM accounts_task_assignees a WHERE a.task_id = task.id)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Step:
    """A step that is to be made now, with its renewal and the day on which it is due."""

    step: RenewalStep
    renewal: Renewal
    due_on: dt.date


def make_due_tasks(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Makes what is near or was missed of the steps of open renewals; gives how many tasks.

    Each batch of renewals is one transaction. Safe to run twice and at once: a step is made once, and renewals that
    somebody else holds are left to them.
    """
    made, last = 0, 0
    while True:
        with transaction.atomic():
            held = _held(last, today=today, account_ids=account_ids)
            if not held:
                return made
            made += _make(held, today=today)
            last = held[-1].pk


def _held(after: int, *, today: dt.date, account_ids: Sequence[int] | None) -> list[Renewal]:
    """The next renewals that have something to be made, locked."""
    near = RenewalStep.objects.waiting().filter(renewal=OuterRef("pk"), day__lte=today + dt.timedelta(days=LEAD_DAYS))
    found = Renewal.objects.open().filter(Exists(near), pk__gt=after, account__in=Account.objects.active())
    if account_ids is not None:
        found = found.filter(among("account_id", account_ids))
    locked = found.order_by("pk").select_for_update(of=("self",), skip_locked=True, no_key=True)
    return list(locked.select_related("contract", "owner")[:BATCH])


def _make(renewals: Sequence[Renewal], *, today: dt.date) -> int:
    """A number of statements that does not hang on how many renewals there are."""
    steps: dict[int, list[RenewalStep]] = defaultdict(list)
    rows = RenewalStep.objects.filter(among("renewal_id", [one.pk for one in renewals]))
    for step in rows.select_related("step__playbook"):
        steps[step.renewal_id].append(step)
    sorted_out = {one.pk: _sorted(one, steps[one.pk], today=today) for one in renewals}
    changed: list[RenewalStep] = []
    wanted: list[Step] = []
    for renewal in renewals:
        what = sorted_out[renewal.pk]
        for step in steps[renewal.pk]:
            if step.pk in what.passed:
                step.state = State.PASSED
                changed.append(step)
            elif step.pk in what.make:
                # What an admin took out of the timeline meanwhile is not asked of anybody any more.
                step.state = State.MADE if step.step else State.DROPPED
                changed.append(step)
                wanted += [Step(step, renewal, what.make[step.pk])] if step.step else []
    number = _write(wanted, today=today)
    # An upsert that never inserts: of thousands of rows it takes a tenth of the time of a bulk_update.
    RenewalStep.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["pk"], update_fields=["state", "task", "title"]
    )
    return number


def _sorted(renewal: Renewal, steps: Sequence[RenewalStep], *, today: dt.date) -> Sorted:
    due = [Due(one.pk, one.day, Applies(one.applies), waits=one.state == State.WAITING) for one in steps]
    return sort_out(due, decision_on=decision_of(renewal), today=today)


def decision_of(renewal: Renewal) -> dt.date:
    """The last day on which the contract can be left; without a notice period the renewal date itself."""
    return renewal.due_on - dt.timedelta(days=renewal.contract.notice_days)


def _write(wanted: Sequence[Step], *, today: dt.date) -> int:
    """Makes tasks and starts playbooks; names the tasks on their steps (unsaved). Gives how many tasks."""
    if not wanted:
        return 0
    situations = situations_of({one.renewal.account_id for one in wanted}, now=clock.now())
    by_task = [one for one in wanted if one.step.step and one.step.step.kind != StepKind.PLAYBOOK]
    tasks = Task.objects.bulk_create(_task(one, situations[one.renewal.account_id], today=today) for one in by_task)
    for one, task in zip(by_task, tasks, strict=True):
        one.step.task, one.step.title = task, task.title
    give(dict(zip([task.pk for task in tasks], [one.renewal for one in by_task], strict=True)))
    put_task_letters(
        [
            letter
            for one, task in zip(by_task, tasks, strict=True)
            if (letter := _letter(one, task, situations[one.renewal.account_id], today=today))
        ]
    )
    begin_runs(
        [
            Wanted(
                one.step.step.playbook, one.renewal.account_id, run_key(one.renewal.pk, one.step.key), one.step.title
            )
            for one in wanted
            if one.step.step and one.step.step.playbook
        ]
    )
    return len(tasks)


def run_key(renewal_id: int, step: str) -> str:
    """By which a run of a playbook, and a task, are known to come from a step of a renewal."""
    return f"renewal:{renewal_id}:{step}"


def _task(one: Step, situation: Situation, *, today: dt.date) -> Task:
    assert one.step.step is not None  # those without are dropped
    text = text_of(one.step.step, one.renewal, situation, today=today)
    return Task(
        title=text.title[:200],
        body=text.body,
        account_id=one.renewal.account_id,
        due_at=due_moment(one.due_on, one.renewal.owner),
        priority=one.step.step.priority,
        origin=Task.Origin.RENEWAL,
        origin_key=run_key(one.renewal.pk, one.step.key),
    )


def _letter(one: Step, task: Task, situation: Situation, *, today: dt.date) -> TaskLetter | None:
    """The draft of a step that is an e-mail; approved ahead of time it goes out on the day of the step."""
    assert one.step.step is not None  # those without are dropped
    found = letter_of(one.step.step, one.renewal, situation, today=today)
    if found is None:
        return None
    contact_id, wording = found
    owner = one.renewal.owner
    return TaskLetter(
        task,
        Mail.Cause.RENEWAL,
        contact_id,
        wording,
        sender_id=owner.pk if owner else None,
        sender=owner.name if owner else "",
        due_at=clock.start_of(one.due_on),
    )


def give(tasks: Mapping[int, Renewal]) -> None:
    """Gives tasks, by their keys, to the owners of their renewals; nobody gets those of an owner who left."""
    through = Task.assignees.through
    through.objects.bulk_create(
        through(task_id=pk, user_id=renewal.owner_id)
        for pk, renewal in tasks.items()
        if renewal.owner is not None and renewal.owner.is_active
    )


def due_moment(day: dt.date, owner: User | None) -> dt.datetime:
    """When something is due on a day: at the end of work where its owner is."""
    zone = owner.zone if owner is not None else clock.workspace_zone()
    return dt.datetime.combine(day, END_OF_WORK, tzinfo=zone)


def move_steps(renewal_ids: Collection[int], *, today: dt.date) -> None:
    """Brings the steps of open renewals, and their open tasks, to where date and notice period put them.

    Call it in the transaction that moved the date. What is done stays; a step that was passed over and lies ahead again
    waits. Two statements and a read.
    """
    with connection.cursor() as cursor:
        cursor.execute(DAYS, {"ids": array(renewal_ids), "today": today, "lead": LEAD_DAYS})
        days = {task_id: day for task_id, day in cursor.fetchall() if task_id is not None}
    if not days:
        return
    steps = RenewalStep.objects.filter(task__in=list(days)).select_related("renewal__owner")
    moments = {
        one.task_id: due_moment(moved_due(days[one.task_id], today=today), one.renewal.owner)
        for one in steps
        if one.task_id is not None
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE_TASKS, {"ids": list(moments), "moments": list(moments.values())})


def hand_over(changes: Sequence[tuple[int, int | None, int | None]]) -> None:
    """Gives the open tasks of renewals that the former owner had, or nobody, to the one who owns them now: renewal,
    owner before and after, by their keys. What somebody else was given stays with them.

    Call it in the transaction that changes the owner. One statement, or none.
    """
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            HAND_OVER, {name: list(keys) for name, keys in zip(HANDED, zip(*changes, strict=True), strict=True)}
        )


def drop_open_tasks(renewal: Renewal) -> list[int]:
    """Gives up what is still open of the steps of a renewal that closes; gives the keys of the tasks.

    Call it in the transaction that closes it.
    """
    return drop_tasks_of([renewal.pk], reason=CLOSED)


def drop_tasks_of(renewal_ids: Collection[int], *, reason: str) -> list[int]:
    """Gives up the open tasks of renewals that are over, ends the playbooks that their steps started, and lets nothing
    more come of them; gives the keys of the tasks."""
    ids = list(renewal_ids)
    tasks = _open_tasks(ids)
    dropped = list(tasks.order_by("pk").values_list("pk", flat=True))
    cancel_tasks(tasks, reason=reason)
    RenewalStep.objects.waiting().filter(renewal__in=ids).update(state=State.DROPPED)
    RenewalStep.objects.made().filter(task__in=dropped).update(state=State.DROPPED)
    _end_runs(ids, reason=reason)
    return dropped


def take_up_again(renewal: Renewal, *, today: dt.date) -> None:
    """What was dropped when the renewal was closed waits, or is open, again: the closing was taken back."""
    dropped = RenewalStep.objects.filter(renewal=renewal, state=State.DROPPED)
    tasks = Task.objects.filter(renewal_step__in=dropped, status=Task.Status.CANCELLED)
    tasks.update(status=Task.Status.OPEN, outcome="", version=F("version") + 1, updated_at=timezone.now())
    dropped.filter(task=None).update(state=State.WAITING)
    dropped.exclude(task=None).update(state=State.MADE)
    move_steps([renewal.pk], today=today)


def _open_tasks(renewal_ids: Collection[int]) -> QuerySet[Task]:
    """All that was made because of the renewals and is not done: steps, checkpoints, escalations, decisions."""
    # Of their accounts, which have an index; the keys alone would have all open tasks looked at.
    accounts = Renewal.objects.filter(pk__in=renewal_ids).order_by().values("account")
    tasks = Task.objects.unfinished().filter(origin=Task.Origin.RENEWAL, account__in=accounts)
    asked = rf"^renewal:({'|'.join(map(str, renewal_ids))}):({'|'.join(ASKED_BESIDE)})(:|$)"
    approvals = Approval.objects.filter(proposal__renewal__in=renewal_ids, verdict=Approval.Verdict.PENDING)
    decisions = [f"approval:{pk}" for pk in approvals.values_list("pk", flat=True)]
    made = Q(renewal_step__renewal__in=renewal_ids) | Q(origin_key__regex=asked) | Q(origin_key__in=decisions)
    return tasks.filter(made)


def _end_runs(renewal_ids: Collection[int], *, reason: str) -> None:
    """Ends the live playbooks that steps of the renewals started. A statement where there are none."""
    started = RenewalStep.objects.made().filter(renewal__in=renewal_ids, step__kind=StepKind.PLAYBOOK)
    keys = [run_key(renewal_id, key) for renewal_id, key in started.values_list("renewal_id", "key")]
    if not keys:
        return
    end_runs(PlaybookRun.objects.filter(trigger_key__in=keys, state__in=LIVE), reason=reason)


def end_runs(runs: QuerySet[PlaybookRun], *, reason: str) -> None:
    """Ends live runs of playbooks, with their open tasks. Call it in a transaction. A fixed number of statements."""
    ids = list(runs.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    cancel_tasks_of(ids, reason=reason)
    now = clock.now()
    PlaybookRun.objects.filter(pk__in=ids).update(
        state=PlaybookRun.State.CANCELLED, next_at=None, waits_until=None, problem="", ended_at=now, end_reason=reason,
        updated_at=now, version=F("version") + 1,
    )  # fmt: skip
