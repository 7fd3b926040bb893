"""How good alerts are: which share led to an action, and which share came before a loss, by rule and severity.

A loss is a churn, or a contraction: less ARR under contract 90 days after the alert was opened than on that day, at
one rate for both days. It is known once the 90 days are over, whatever happened before; so a young alert counts for
neither side. What a contract was worth is read from its lines and dates as they stand: a line that was lowered in place
does not show.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from django.conf import settings
from django.db import connection
from django.db.models import F

from accounts.models import User
from accounts.queries.terms import line_arr
from cs_workspace.common import clock
from health.models import Alert, AlertRule

MATURE_DAYS = 90
# `seen` is the query of the alerts that the user sees.
STATEMENT = f"""
    WITH seen AS ({{seen}}), mature AS (
        SELECT * FROM seen WHERE opened_on <= %(today)s::date - %(days)s AND trigger <> 'data_gap'
    ), worth AS (
        SELECT m.id,
            sum(line.arr) FILTER (
                WHERE c.start <= m.opened_on AND (c."end" IS NULL OR c."end" > m.opened_on)) AS before,
            sum(line.arr) FILTER (
                WHERE c.start <= m.opened_on + %(days)s
                AND (c."end" IS NULL OR c."end" > m.opened_on + %(days)s)) AS after
        FROM mature m
        JOIN accounts_contract c ON c.account_id = m.account_id
            AND (c.status = 'active' OR c.status = 'ended' AND c."end" <= %(today)s::date)
        JOIN accounts_contractline l ON l.contract_id = c.id
        CROSS JOIN LATERAL (SELECT {line_arr("%(today)s::date")} AS arr) line
        GROUP BY m.id
    )
    SELECT s.rule_id, s.severity,
        count(*) FILTER (WHERE s.state = 'resolved'),
        count(*) FILTER (WHERE s.state = 'resolved' AND s.acted),
        count(m.id),
        count(m.id) FILTER (WHERE m.churned_on BETWEEN m.opened_on AND m.opened_on + %(days)s),
        count(m.id) FILTER (WHERE (m.churned_on BETWEEN m.opened_on AND m.opened_on + %(days)s) IS NOT TRUE
            AND COALESCE(w.after, 0) < w.before)
    FROM seen s LEFT JOIN mature m ON m.id = s.id LEFT JOIN worth w ON w.id = s.id
    GROUP BY s.rule_id, s.severity
"""  # noqa: S608  its parts are constants


@dataclass(frozen=True)
class Quality:
    """Numbers of alerts: closed, of those acted upon; mature, of those before a churn and before a contraction only.

    Shares are None where there is nothing to take them of.
    """

    closed: int = 0
    acted: int = 0
    mature: int = 0
    before_churn: int = 0
    before_contraction: int = 0

    def __add__(self, other: "Quality") -> "Quality":
        return Quality(
            self.closed + other.closed,
            self.acted + other.acted,
            self.mature + other.mature,
            self.before_churn + other.before_churn,
            self.before_contraction + other.before_contraction,
        )

    @property
    def before_loss(self) -> int:
        """Mature alerts before a churn or a contraction."""
        return self.before_churn + self.before_contraction

    @property
    def acted_share(self) -> float | None:
        """Of the closed alerts, those that led to an action."""
        return self.acted / self.closed if self.closed else None

    @property
    def loss_share(self) -> float | None:
        """Of the mature alerts, those before a churn or a contraction."""
        return self.before_loss / self.mature if self.mature else None


@dataclass(frozen=True)
class Line:
    """The quality of the alerts of one rule, or of one severity."""

    label: str
    quality: Quality
    rule: AlertRule | None = None
    says_of_health: bool = True
    """False for gaps in the data: a loss after one says nothing of it."""


@dataclass(frozen=True)
class Report:
    """All alerts together, by rule (all rules, also those without an alert) and by severity."""

    total: Quality
    rules: list[Line]
    severities: list[Line]


def alert_quality(user: User) -> Report:
    """How good the alerts on the user's accounts were. Two queries."""
    found = _counted(user, today=clock.today())
    rules = [
        Line(
            rule.name,
            _sum(quality for (rule_id, _), quality in found.items() if rule_id == rule.pk),
            rule,
            says_of_health=rule.trigger != AlertRule.Trigger.DATA_GAP,
        )
        for rule in AlertRule.objects.order_by("severity", "pk")
    ]
    severities = [
        Line(label, _sum(quality for (_, severity), quality in found.items() if severity == value))
        for value, label in AlertRule.Severity.choices
    ]
    return Report(_sum(found.values()), rules, severities)


def _counted(user: User, *, today: dt.date) -> dict[tuple[int, int], Quality]:
    """By rule and severity. One query."""
    alerts = Alert.objects.visible_to(user).order_by().annotate(
        trigger=F("rule__trigger"), churned_on=F("account__churned_on")
    )  # fmt: skip
    columns = ("id", "rule_id", "severity", "account_id", "opened_on", "state", "acted", "trigger", "churned_on")
    seen, params = alerts.values(*columns).query.sql_with_params()
    named = {f"p{place}": value for place, value in enumerate(params)}
    seen = seen % tuple(f"%(p{place})s" for place in range(len(params)))
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT.format(seen=seen),
            named | {"today": today, "days": MATURE_DAYS, "currency": settings.WORKSPACE_CURRENCY},
        )
        return {(rule, severity): Quality(*counts) for rule, severity, *counts in cursor.fetchall()}


def _sum(parts: Iterable[Quality]) -> Quality:
    return reduce(Quality.__add__, parts, Quality())
