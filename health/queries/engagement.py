"""What the tier of one account asks for, counted from the day on which it was entered."""

import datetime as dt

from django.db.models import Max, Min

from accounts.models import Account
from health.domain.eligibility import skipped_because
from health.domain.engagement import Asked, asked_of
from health.models import Snapshot


def engagement_of(account: Account, *, today: dt.date) -> Asked | None:
    """The actions, deadlines, phase and next check-in; None for an account without a tier. Two queries."""
    skipped = skipped_because(
        churned_on=account.churned_on,
        is_trial=account.is_trial,
        is_archived=account.archived_at is not None,
        customer_since=account.customer_since,
        day=today,
    )
    if account.health_rank is None or skipped is not None:
        return None
    return asked_of(account.health_rank, since=_entered_on(account.pk, account.health_rank), today=today)


def _entered_on(account_id: int, rank: int) -> dt.date | None:
    """The first day in this tier since another one; days without a score end no stay. None where none was kept."""
    scores = Snapshot.objects.filter(account=account_id)
    other = scores.exclude(rank=None).exclude(rank=rank).aggregate(last=Max("day"))["last"]
    stay = scores.filter(rank=rank, day__gt=other) if other else scores.filter(rank=rank)
    entered: dt.date | None = stay.aggregate(first=Min("day"))["first"]
    return entered
