"""What the user has done today, whatever kind of work it was."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import Task, Touch, User
from accounts.queries.stand_ins import Viewer, keys_of
from cs_workspace.common import clock
from cs_workspace.common.compiled import kept_for_today, some_moments
from health.models import Alert

MOST = 50
TASK, TOUCH, ALERT = "task", "touch", "alert"


@dataclass(frozen=True)
class Deed:
    """One thing that was done: when, what, and for which account."""

    at: dt.datetime
    kind: str
    pk: int
    text: str
    account: str
    account_id: int | None

    @property
    def url(self) -> str:
        """Where it can be looked at."""
        if self.kind == TOUCH:
            return reverse("accounts:account", args=[self.account_id])
        return reverse("accounts:task-edit" if self.kind == TASK else "health:alert", args=[self.pk])


@dataclass(frozen=True)
class Done:
    """The deeds of the day, newest first; `has_more` where there were too many to name."""

    deeds: list[Deed]
    has_more: bool


def done_today(user: User) -> Done:
    """Tasks finished, touches logged and alerts handled since the day of the person began. One query."""
    now = timezone.localtime(clock.now())
    midnight = dt.datetime.combine(now.date(), dt.time.min, tzinfo=now.tzinfo)
    rows = _deeds_since(Viewer.of(user)).rows(keys_of(user), moments=[midnight])
    labels = dict(Touch.Kind.choices)
    deeds = [
        Deed(at, kind, pk, str(labels.get(text, text)) if kind == TOUCH else text, account or "", account_id)
        for at, kind, pk, text, account, account_id in rows[:MOST]
    ]
    return Done(deeds, has_more=len(rows) > MOST)


@kept_for_today
def _deeds_since(viewer: Viewer) -> QuerySet[Any, Any]:
    """Deeds of the user since the moment that a run gives, newest first."""
    user, (midnight,) = viewer.user, some_moments(1)
    tasks = Task.objects.visible_to(user).filter(done_by=user, done_at__gte=midnight)
    touches = Touch.objects.visible_to(user).filter(by=user, created_at__gte=midnight)
    alerts = Alert.objects.visible_to(user).filter(
        Q(acknowledged_by=user, acknowledged_at__gte=midnight) | Q(resolved_by=user, resolved_at__gte=midnight)
    )
    parts = [
        _as_deeds(tasks, TASK, at=F("done_at"), text=F("title")),
        _as_deeds(touches, TOUCH, at=F("created_at"), text=F("kind")),
        _as_deeds(alerts, ALERT, at=Coalesce("resolved_at", "acknowledged_at"), text=F("title")),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-_at", "-id")[: MOST + 1]


def _as_deeds(records: QuerySet, kind: str, *, at: F | Coalesce, text: F) -> QuerySet:
    return (
        records.order_by()
        .annotate(_at=at, _kind=Value(kind, output_field=CharField()), _text=text)
        .values_list("_at", "_kind", "id", "_text", "account__name", "account_id")
    )
