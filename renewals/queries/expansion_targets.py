"""How much customers grow within a year, beside what is aimed at (renewals.md §2). Each rate names its denominator."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from django.db.models import Count, Q

from accounts.models import User
from renewals.domain.benchmarks import Target
from renewals.domain.opportunities import Share
from renewals.domain.periods import Period
from renewals.domain.retention import measure
from renewals.models import LedgerPack, Renewal
from renewals.queries.movements import movements_of

YEAR: Final = 365
MULTI_YEAR_MONTHS: Final = 24


@dataclass(frozen=True)
class Result:
    """A rate with what it should be above; `of` names the denominator, `is_money` that both are ARR."""

    label: str
    of: str
    rate: Share
    target: Target
    is_money: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether it lies above the target; None where the rate is not known."""
        share = self.rate.share
        return None if share is None else self.target.is_met_by(Decimal(str(share)))


def expansion_results(user: User, *, today: dt.date) -> list[Result]:
    """The four rates of the year up to and including a day, of what the user sees. Two queries."""
    since, until = today - dt.timedelta(days=YEAR - 1), today + dt.timedelta(days=1)
    movements = movements_of(LedgerPack.objects.visible_to(user)).movements
    period = Period(since, until)
    kept = measure(movements, period)
    start, end = movements.arr_before(period.since), movements.arr_before(period.until)
    grown = int(np.count_nonzero((start > 0) & (end > start)))
    renewed = Renewal.objects.visible_to(user).filter(closed_at__isnull=False).exclude(outcome="lost")
    counts = renewed.filter(signed_on__gte=since, signed_on__lt=until).aggregate(
        all=Count("pk"),
        expanded=Count("pk", filter=Q(outcome="expanded")),
        terms=Count("closed_term_months"),
        long=Count("pk", filter=Q(closed_term_months__gte=MULTI_YEAR_MONTHS)),
    )
    return [
        Result("Customers that grew", "customers a year ago", Share(grown, kept.start_logos), Target(Decimal("0.20"))),
        Result(
            "Expansion ARR",
            "ARR a year ago",
            Share(kept.compared.expansion, kept.start_arr),
            Target(Decimal("0.15")),
            is_money=True,
        ),
        Result(
            "Upsell and cross-sell",
            "renewals signed",
            Share(counts["expanded"], counts["all"]),
            Target(Decimal("0.25")),
        ),
        Result("Multi-year", "renewals with a term", Share(counts["long"], counts["terms"]), Target(Decimal("0.30"))),
    ]
