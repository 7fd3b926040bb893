"""The rules in force, as the engine of alerts runs them."""

import math

from health.domain import alerting as domain
from health.models import AlertRule


def active_rules() -> dict[int, domain.AlertRule]:
    """Rules over scores that are switched on, by their key in the database. One query.

    Those that wait for a churn signal are left to `health.services.signal_alerts`.
    """
    rows = AlertRule.objects.filter(active=True).exclude(trigger=AlertRule.Trigger.SIGNAL)
    return {row.pk: domain_rule(row) for row in rows.order_by("severity", "pk")}


def domain_rule(row: AlertRule) -> domain.AlertRule:
    """A rule as `health.domain.alerting` takes it."""
    return domain.AlertRule(
        key=row.key,
        name=row.name,
        trigger=domain.Trigger(row.trigger),
        threshold=math.nan if row.threshold is None else float(row.threshold),
        window_days=row.window_days or 0,
        tier_rank=row.tier_rank or 0,
        severity=domain.Severity(row.severity),
        to_csm=row.to_csm,
        to_manager=row.to_manager,
        to_executive=row.to_executive,
        to_admin=row.to_admin,
        task_title=row.task_title,
        task_due_hours=row.task_due_hours,
        next_action=row.next_action,
    )
