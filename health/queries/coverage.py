"""How many customers have a score, and why the others have none. Of the whole workspace: for those who see all."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from accounts.models import Account
from health.domain.eligibility import Skipped

AIM = 0.95
SCORED = "scored"
NOT_COMPUTED = "not computed yet"
# Of customers without a score: what the recompute left on their rows says why.
WITHOUT = (str(Skipped.NOT_ENOUGH_DATA), str(Skipped.NO_SCORECARD), NOT_COMPUTED)
# No customers that could have a score, as `health.domain.eligibility` has it.
OTHERS = (str(Skipped.TRIAL), str(Skipped.CHURNED), str(Skipped.ARCHIVED), str(Skipped.NOT_YET))


@dataclass(frozen=True)
class Coverage:
    """Accounts by whether they have a score, or why not."""

    counts: Counter[str]

    @property
    def scored(self) -> int:
        """Customers with a score."""
        return self.counts[SCORED]

    @property
    def customers(self) -> int:
        """Customers, with a score or without."""
        return self.scored + sum(self.counts[reason] for reason in WITHOUT)

    @property
    def share(self) -> float | None:
        """Customers with a score ÷ customers; None without customers."""
        return self.scored / self.customers if self.customers else None

    @property
    def is_reached(self) -> bool:
        """The aim is met."""
        return self.share is None or self.share >= AIM

    @property
    def without(self) -> Sequence[tuple[str, int]]:
        """Customers without a score, by reason."""
        return [(reason, self.counts[reason]) for reason in WITHOUT]

    @property
    def others(self) -> Sequence[tuple[str, int]]:
        """Accounts that get no score because they are no customers now, by reason."""
        return [(reason, self.counts[reason]) for reason in OTHERS]


def coverage(*, today: dt.date) -> Coverage:
    """Every account of the workspace, archived ones too. One query."""
    rows = Account.objects.annotate(why=_why(today)).order_by().values("why").annotate(count=Count("pk"))
    return Coverage(Counter({row["why"]: row["count"] for row in rows}))


def customers_without(*, today: dt.date) -> QuerySet[Account]:
    """Customers without a score and `why`, the dearest first."""
    return (
        Account.objects.annotate(why=_why(today)).filter(why__in=WITHOUT).select_related("owner").order_by("-arr", "pk")
    )


def _why(today: dt.date) -> Case:
    """Whether an account has a score, or why not: the order is that of `eligibility.skipped_because`."""
    return Case(
        When(archived_at__isnull=False, then=Value(str(Skipped.ARCHIVED))),
        When(churned_on__lte=today, then=Value(str(Skipped.CHURNED))),
        When(is_trial=True, then=Value(str(Skipped.TRIAL))),
        When(customer_since__gt=today, then=Value(str(Skipped.NOT_YET))),
        When(health_score__isnull=False, then=Value(SCORED)),
        When(health_confidence__isnull=False, then=Value(str(Skipped.NOT_ENOUGH_DATA))),
        When(Q(health_updated__isnull=False), then=Value(str(Skipped.NO_SCORECARD))),
        default=Value(NOT_COMPUTED),
        output_field=CharField(),
    )
