"""What save plans came to: of those that ended, how many accounts recovered, by reason or by root cause."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Q, Sum
from django.db.models.fields import DurationField

from accounts.models import User
from accounts.models.account import of_visible_accounts
from health.domain.backtest import Interval
from health.domain.interventions import recovery_rate
from health.models import Intervention
from health.models.intervention import REASONS
from health.queries.interventions import NOBODY, ended_within

GROUPINGS: Mapping[str, tuple[str, list[tuple[str, str]]]] = {
    "reason": ("By reason", REASONS),
    "root_cause": ("By root cause", [*Intervention.RootCause.choices, ("", "Not named")]),
}


@dataclass(frozen=True)
class Result:
    """What plans of one kind came to. Money is in workspace currency; means are None where nothing is known.

    `arr_kept` is the ARR that the accounts had when their plans ended, none for those that were lost.
    """

    key: str
    label: str
    ended: int
    recovered: int
    contracted: int
    churned: int
    arr_at_start: Decimal
    arr_kept: Decimal
    points: float | None
    days: float | None

    @property
    def rate(self) -> float | None:
        """Recovered ÷ ended; unknown below five."""
        found = recovery_rate(self.recovered, self.ended)
        return found[0] if found else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval of the rate; unknown below five."""
        found = recovery_rate(self.recovered, self.ended)
        return found[1] if found else None

    @property
    def kept_share(self) -> float | None:
        """The share of the ARR at stake that was kept."""
        return float(self.arr_kept / self.arr_at_start) if self.arr_at_start else None

    @property
    def wanted(self) -> str:
        """What the filter of the list takes for this kind."""
        return self.key or NOBODY


@dataclass(frozen=True)
class Results:
    """All plans that ended within a period, and the same by reason and by root cause, the most frequent first.

    `agreed_in_time` counts those that were agreed with the customer by their deadline.
    """

    total: Result
    tables: list[tuple[str, str, list[Result]]]
    agreed_in_time: int
    live: int


def save_results(user: User, period: str) -> Results:
    """What the plans that the user sees came to. Four queries."""
    seen = Intervention.objects.filter(of_visible_accounts(user))
    ended = seen.counted().filter(ended_within(period)).order_by()
    total = ended.aggregate(**_figures(), agreed_in_time=Count("pk", filter=Q(agreed_at__lte=F("due_at"))))
    tables = []
    for field, (title, choices) in GROUPINGS.items():
        labels = dict(choices)
        rows = [_result(row[field], labels[row[field]], row) for row in ended.values(field).annotate(**_figures())]
        tables.append((field, title, sorted(rows, key=lambda row: (-row.ended, row.label))))
    return Results(_result("", "All", total), tables, total["agreed_in_time"], seen.live().count())


def _figures() -> dict[str, Any]:
    outcome = Intervention.Outcome
    lasted = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    return {
        "ended": Count("pk"),
        **{one.value: Count("pk", filter=Q(outcome=one)) for one in outcome if one is not outcome.WITHDRAWN},
        "arr_before": Sum("arr_at_start"),
        "arr_after": Sum("arr_at_end"),
        "points": Avg(F("score_at_end") - F("score_at_start"), output_field=FloatField()),
        "lasted": Avg(lasted),
    }


def _result(key: str, label: str, row: Mapping[str, Any]) -> Result:
    lasted: dt.timedelta | None = row["lasted"]
    return Result(
        key=key,
        label=label,
        ended=row["ended"],
        recovered=row["recovered"],
        contracted=row["contracted"],
        churned=row["churned"],
        arr_at_start=row["arr_before"] or Decimal(0),
        arr_kept=row["arr_after"] or Decimal(0),
        points=row["points"],
        days=None if lasted is None else lasted / dt.timedelta(days=1),
    )
