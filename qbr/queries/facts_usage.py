"""How the product was used in the period of a review, by the definitions of the account's usage panel."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from accounts.models import Account
from health.queries.usage_panel import adoption_of, by_week, use_by_day
from qbr.domain.facts import FeatureFact, Point, UsageFacts
from qbr.domain.spans import Span

# Active users are the mean of so many days, at the end of the period and before it.
MONTH: Final = dt.timedelta(days=30)
TENTH: Final = Decimal("0.1")


def usage_facts(account: Account, span: Span, *, seats: int | None) -> UsageFacts:
    """Use by week, active users at both ends, and the features. Two queries."""
    weeks = span.weeks
    rows = use_by_day(account, since=min([*weeks[:1], span.since - MONTH]), last=span.last)
    within = [row for row in rows if row["day"] >= span.since]
    late = [row for row in within if row["day"] >= span.until - MONTH]
    features = adoption_of(account, today=span.last, within=span.days)
    return UsageFacts(
        active_users=_mean_users(late),
        active_before=_mean_users(row for row in rows if span.since - MONTH <= row["day"] < span.since),
        seats=seats,
        logins=_total(row["logged"] for row in within),
        weekly_users=_series(weeks, rows, "users"),
        weekly_logins=_series(weeks, rows, "logged"),
        used=tuple(FeatureFact(one.name, one.days) for one in features if one.days),
        unused=tuple(one.name for one in features if not one.days),
    )


def _mean_users(rows: Iterable[dict[str, Any]]) -> Decimal | None:
    """The mean of the days with use, to a tenth; 0 where reports say that nobody came, None where there are none."""
    known = [row["users"] for row in rows if row["users"] is not None]
    with_use = [users for users in known if users]
    if not known:
        return None
    return (Decimal(sum(with_use)) / max(len(with_use), 1)).quantize(TENTH)


def _series(weeks: Sequence[dt.date], rows: Iterable[dict[str, Any]], name: str) -> tuple[Point, ...]:
    if not weeks:
        return ()
    sums = by_week(weeks, ((row["day"], row[name]) for row in rows if row["day"] >= weeks[0]))
    return tuple(Point(day, None if one is None else float(one)) for day, one in zip(weeks, sums, strict=True))


def _total(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
