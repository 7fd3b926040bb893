"""Who gets a score: churned customers, trials and those who are not customers yet have none (health.md §2)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class Skipped(StrEnum):
    """Why an account is not scored, as reports count it."""

    CHURNED = "churned"
    TRIAL = "trial"
    ARCHIVED = "archived"
    NOT_YET = "not a customer yet"
    NO_SCORECARD = "no scorecard"
    NOT_ENOUGH_DATA = "not enough data"


def skipped_because(
    *,
    churned_on: dt.date | None,
    is_trial: bool,
    is_archived: bool,
    customer_since: dt.date | None,
    day: dt.date,
) -> Skipped | None:
    """The reason not to score an account on a day, or None. A churned account was a customer before it churned."""
    if is_archived:
        return Skipped.ARCHIVED
    if churned_on is not None and churned_on <= day:
        return Skipped.CHURNED
    if is_trial:
        return Skipped.TRIAL
    if customer_since is not None and customer_since > day:
        return Skipped.NOT_YET
    return None


def months_since(start: dt.date | None, day: dt.date) -> float:
    """Months of 30.4 days from the start of a customer to a day; NaN where the start is unknown."""
    return float("nan") if start is None else (day - start).days / 30.4375
