"""What is to be expected of an account of which nothing is known but how often it is used (risk.md §2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WINDOW_DAYS: Final = 30
# From this share of the product's features on, use counts as use of many features.
MANY_FEATURES: Final = 0.5


@dataclass(frozen=True)
class Engagement:
    """A level of use in words, and the shares of such accounts that renew."""

    label: str
    renews_low: Decimal
    renews_high: Decimal

    @property
    def expected_churn(self) -> Decimal:
        """1 − the middle of the range of renewals."""
        return 1 - (self.renews_low + self.renews_high) / 2


DAILY: Final = Engagement("used daily, many features", Decimal("0.95"), Decimal("1.00"))
OFTEN: Final = Engagement("used 3 to 4 times a week", Decimal("0.85"), Decimal("0.95"))
WEEKLY: Final = Engagement("used once or twice a week", Decimal("0.60"), Decimal("0.80"))
SELDOM: Final = Engagement("used less than weekly", Decimal("0.20"), Decimal("0.40"))
SILENT: Final = Engagement("not used for 30 days", Decimal("0.00"), Decimal("0.20"))


def engagement_of(login_days: float, feature_breadth: float) -> Engagement | None:
    """The level of use by days with a login out of 30 and the share of features that are used; None where logins are
    not known (NaN).

    Five days a week are daily use, for weekends are free; daily use of a few features only, or of one does not know
    how many, is no better than 3 to 4 times a week.
    """
    if math.isnan(login_days):
        return None
    if login_days <= 0:
        return SILENT
    a_week = login_days * 7 / WINDOW_DAYS
    if a_week < 1:
        return SELDOM
    if a_week < 3:
        return WEEKLY
    return DAILY if a_week >= 5 and feature_breadth >= MANY_FEATURES else OFTEN
