"""The prior by use alone, as the table of risk.md gives it."""

from decimal import Decimal

import pytest

from health.domain.use_prior import DAILY, OFTEN, SELDOM, SILENT, WEEKLY, Engagement, engagement_of

NAN = float("nan")


@pytest.mark.parametrize(
    ("login_days", "feature_breadth", "level"),
    [
        (30, 0.9, DAILY),
        (22, 0.5, DAILY),
        (22, 0.49, OFTEN),
        (30, NAN, OFTEN),
        (21, 0.9, OFTEN),
        (13, 0.9, OFTEN),
        (12, 0.9, WEEKLY),
        (5, 0.1, WEEKLY),
        (4, 0.9, SELDOM),
        (1, 0.9, SELDOM),
        (0, 0.0, SILENT),
        (0, NAN, SILENT),
        (NAN, 0.9, None),
    ],
)
def test_use_has_five_levels_and_none_where_logins_are_unknown(
    login_days: float, feature_breadth: float, level: Engagement | None
) -> None:
    assert engagement_of(login_days, feature_breadth) is level


@pytest.mark.parametrize(
    ("level", "churn"), [(DAILY, "0.025"), (OFTEN, "0.10"), (WEEKLY, "0.30"), (SELDOM, "0.70"), (SILENT, "0.90")]
)
def test_expected_churn_is_the_middle_of_those_who_do_not_renew(level: Engagement, churn: str) -> None:
    assert level.expected_churn == Decimal(churn)
