"""What an alert brings about: tasks, messages, the count on the account's row. Set-wise, in one transaction with it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import Account, Task, User
from accounts.queries.people import line_above
from accounts.services.notifying import Message, notify
from health.domain.alerting import AlertRule, Severity
from health.domain.changes import Reason
from health.models import Alert
from health.models import AlertRule as StoredRule
from health.queries.acting import acted

# What is done about an alert says its rule, be it of a score or, as it is stored, of a signal.
AnyRule = AlertRule | StoredRule
Spoken = tuple[Alert, AnyRule, Account]


def make_tasks(spoken: Sequence[Spoken], *, at: dt.datetime) -> None:
    """A task for the CSM per alert that was opened, due in the hours that its rule says; named on the alert (unsaved).

    An alert that was reopened while its task is still open gets no second one. Three statements, or none.
    """
    wanting = [one for one in spoken if one[0].task is None or one[0].task.status != Task.Status.OPEN]
    if not wanting:
        return
    owners = User.objects.in_bulk({account.owner_id for *_, account in wanting if account.owner_id})
    tasks = Task.objects.bulk_create([_task(*one, at=at) for one in wanting])
    assignees = []
    for task, (alert, _, account) in zip(tasks, wanting, strict=True):
        alert.task = task
        owner = owners.get(account.owner_id) if account.owner_id else None
        if owner is not None and owner.is_active:
            assignees.append(Task.assignees.through(task_id=task.pk, user_id=owner.pk))
    Task.assignees.through.objects.bulk_create(assignees)


def _task(alert: Alert, rule: AnyRule, account: Account, *, at: dt.datetime) -> Task:
    return Task(
        title=rule.task_title,
        body=f"{alert.title}\n\n{body_of(alert)}",
        account=account,
        due_at=at + dt.timedelta(hours=rule.task_due_hours or 0),
        priority=Task.Priority.URGENT if rule.severity == Severity.CRITICAL else Task.Priority.HIGH,
        origin=Task.Origin.ALERT,
        origin_key=f"alert:{alert.pk}:{alert.reopened}",
    )


def tell(spoken: Sequence[Spoken]) -> None:
    """Messages to everyone whom the rule names, once per opening of the alert. Two statements, or none."""
    if not spoken:
        return
    people = {user.pk: user for user in User.objects.order_by("pk")}
    notify(
        [
            Message(
                user=people[user_id],
                key=_message_key(alert, user_id),
                title=f"{account.name}: {alert.title}",
                body=body_of(alert),
                url=reverse("health:alert", args=[alert.pk]),
                severity=alert.severity,
                account_id=account.pk,
            )
            for alert, rule, account in spoken
            for user_id in sorted(receivers(rule, account, people))
        ]
    )


def _message_key(alert: Alert, user_id: int) -> str:
    """Names this opening of the alert; an acknowledged alert that speaks again does so at a score of its own."""
    return f"alert:{alert.pk}:{alert.reopened}:{alert.worst_score}:{user_id}"


def body_of(alert: Alert) -> str:
    """Why, and what to do next, as lines of text."""
    reasons = "\n".join(_line(reason) for reason in alert.reasons)
    return "\n\n".join(filter(None, [reasons, f"Next: {alert.next_action}"]))


def _line(reason: Reason) -> str:
    points = reason.get("points")
    moved = "" if not points else f" ({'+' if points > 0 else '−'}{abs(points):.1f} points)"
    return f"{reason['label']}: {reason['detail']}{moved}"


def receivers(rule: AnyRule, account: Account, people: Mapping[int, User]) -> set[int]:
    """Who is told: the CSM is the owner, the manager the next above who leads, the VP the nearest executive above.

    Where an account has no owner (or one who left) the admins are told in the CSM's place, for they can give it one;
    where no executive stands above, all executives are.
    """
    active = [user for user in people.values() if user.is_active]
    admins = {user.pk for user in active if user.role == User.Role.ADMIN}
    owner = people.get(account.owner_id) if account.owner_id else None
    above = list(line_above(owner, people))
    told: set[int] = set()
    if rule.to_csm:
        told |= {owner.pk} if owner is not None and owner.is_active else admins
    if rule.to_manager:
        told |= {user.pk for user in [user for user in above if user.leads][:1]}
    if rule.to_executive:
        nearest = [user for user in above if user.role == User.Role.EXECUTIVE][:1]
        told |= {user.pk for user in nearest or active if user.role == User.Role.EXECUTIVE}
    if rule.to_admin:
        told |= admins
    return told


def count_open_alerts(account_ids: Collection[int]) -> None:
    """Brings `open_alerts` on the accounts' rows up to date: alerts that want attention. One statement."""
    counted = (
        Alert.objects.filter(account=OuterRef("pk"), state=Alert.State.OPEN)
        .order_by()
        .values("account")
        .annotate(count=Count("pk"))
        .values("count")
    )
    Account.objects.filter(pk__in=list(account_ids)).update(open_alerts=Coalesce(Subquery(counted), Value(0)))


def mark_acted(alert_ids: Collection[int]) -> None:
    """Says of resolved alerts whether a touch or a finished task came while they stood. One statement."""
    followed = acted(account="account", since="opened_at", until="resolved_at")
    Alert.objects.filter(pk__in=list(alert_ids)).update(acted=followed)
