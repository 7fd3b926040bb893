"""The inbox of alerts: its rows, its counts, and what became of each."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from health.models import Alert

STATE_LABELS: Mapping[str, str] = dict(Alert.State.choices)


@dataclass(frozen=True)
class AlertFilter:
    """What the inbox shows. `mine`: only accounts that the user owns or is on the team of."""

    state: str = Alert.State.OPEN
    severity: int | None = None
    rule_id: int | None = None
    text: str = ""
    mine: bool = False


@dataclass(frozen=True)
class HistoryEntry:
    """One change of an alert: to which state, when, by whom (empty for the system)."""

    state: str
    at: dt.datetime
    by: str


def get_alert_for(user: User, pk: int) -> Alert:
    """The alert if the user sees its account; otherwise 404, as if there were none."""
    return get_object_or_404(
        Alert.objects.visible_to(user).select_related(
            "account__owner", "rule", "task", "acknowledged_by", "resolved_by"
        ),
        pk=pk,
    )


def inbox(user: User, wanted: AlertFilter) -> QuerySet[Alert]:
    """The alerts to show: what matters most first, and in that by ARR; resolved ones by when they were."""
    order = ["-resolved_at"] if wanted.state == Alert.State.RESOLVED else ["severity", "-account__arr"]
    return (
        _in_state(_matching(user, wanted), wanted.state)
        .select_related("account__owner", "rule")
        # Not joined: with each of these tables PostgreSQL takes longer to plan the statement than to run it.
        .prefetch_related("task", "acknowledged_by", "resolved_by")
        .order_by(*order, "pk")
    )


def inbox_counts(user: User, wanted: AlertFilter) -> dict[str, int]:
    """How many alerts each state holds under the other filters. One query."""
    now = clock.now()
    woken = Q(state=Alert.State.SNOOZED, snoozed_until__lte=now)
    return _matching(user, wanted).aggregate(
        open=Count("pk", filter=Q(state=Alert.State.OPEN) | woken),
        acknowledged=Count("pk", filter=Q(state=Alert.State.ACKNOWLEDGED)),
        snoozed=Count("pk", filter=Q(state=Alert.State.SNOOZED, snoozed_until__gt=now)),
        resolved=Count("pk", filter=Q(state=Alert.State.RESOLVED)),
    )


def _matching(user: User, wanted: AlertFilter) -> QuerySet[Alert]:
    """All states under the other filters."""
    accounts = Account.objects.visible_to(user)
    if wanted.mine:
        accounts = accounts.in_books_of([user.pk])
    alerts = Alert.objects.filter(account__in=accounts.values("pk"))
    if wanted.severity is not None:
        alerts = alerts.filter(severity=wanted.severity)
    if wanted.rule_id is not None:
        alerts = alerts.filter(rule=wanted.rule_id)
    if wanted.text.strip():
        alerts = alerts.filter(
            Q(account__name__icontains=wanted.text.strip()) | Q(title__icontains=wanted.text.strip())
        )
    return alerts


def _in_state(alerts: QuerySet[Alert], state: str) -> QuerySet[Alert]:
    """Snoozed alerts whose time has come count as open, also before the sweep has woken them."""
    now = clock.now()
    if state == Alert.State.OPEN:
        return alerts.filter(Q(state=Alert.State.OPEN) | Q(state=Alert.State.SNOOZED, snoozed_until__lte=now))
    if state == Alert.State.SNOOZED:
        return alerts.filter(state=Alert.State.SNOOZED, snoozed_until__gt=now)
    return alerts.filter(state=state)


def history_of(alert: Alert) -> list[HistoryEntry]:
    """What became of an alert since it was first raised, newest first. Two queries."""
    events = list(alert.history.select_related("pgh_context").order_by("-pgh_id"))
    ids = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context}
    names = dict(User.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("pk", "name"))
    return [
        HistoryEntry(
            state=STATE_LABELS[event.state],
            at=event.pgh_created_at,
            by=names.get(event.pgh_context.metadata.get("user"), "") if event.pgh_context else "",
        )
        for event in events
    ]
