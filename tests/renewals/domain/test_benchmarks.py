from decimal import Decimal

import pytest

from renewals.domain.benchmarks import Level, Rate, nrr_level, target_of


@pytest.mark.parametrize(
    ("rate", "segment", "value", "met"),
    [
        (Rate.GRR, "", "0.901", True),
        (Rate.GRR, "", "0.90", False),
        (Rate.GRR, "smb", "0.901", True),
        (Rate.GRR, "enterprise", "0.915", False),
        (Rate.GRR, "enterprise", "0.925", True),
        (Rate.GRR, "mid_market", "0.86", True),
        (Rate.NRR, "", "1.10", False),
        (Rate.NRR, "enterprise", "1.11", True),
        (Rate.LOGO, "", "0.86", True),
        (Rate.LOGO, "", "0.85", False),
        (Rate.CHURN, "", "0.09", True),
        (Rate.CHURN, "", "0.10", False),
    ],
)
def test_a_target_is_met_beyond_its_bound(rate, segment, value, met):
    assert target_of(rate, segment).is_met_by(Decimal(value)) is met


def test_of_logos_one_wishes_for_more_than_the_target():
    assert target_of(Rate.LOGO).aim == Decimal("0.95")


@pytest.mark.parametrize(
    ("segment", "nrr", "level"),
    [
        ("enterprise", "1.09", Level.BELOW),
        ("enterprise", "1.10", Level.GOOD),
        ("enterprise", "1.20", Level.GREAT),
        ("enterprise", "1.30", Level.BEST),
        ("mid_market", "1.05", Level.GOOD),
        ("mid_market", "1.10", Level.GREAT),
        ("mid_market", "1.20", Level.BEST),
        ("smb", "0.94", Level.BELOW),
        ("smb", "0.95", Level.GOOD),
        ("smb", "1.00", Level.GREAT),
        ("smb", "1.10", Level.BEST),
        ("self_serve", "1.10", None),
    ],
)
def test_an_nrr_has_a_level_by_segment(segment, nrr, level):
    assert nrr_level(Decimal(nrr), segment) is level
