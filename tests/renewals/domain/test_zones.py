"""The zones of renewals."""

from decimal import Decimal

import pytest

from renewals.domain.zones import Zone, bounds_of, zone_of


@pytest.mark.parametrize(
    ("probability", "zone"),
    [
        ("1", Zone.GREEN), ("0.90", Zone.GREEN), ("0.8999", Zone.YELLOW), ("0.60", Zone.YELLOW), ("0.5999", Zone.RED),
        ("0", Zone.RED),
    ],
)  # fmt: skip
def test_a_zone_begins_at_its_least_probability(probability, zone):
    assert zone_of(Decimal(probability)) is zone


def test_what_is_not_known_has_no_zone():
    assert zone_of(None) is None


@pytest.mark.parametrize("zone", list(Zone))
def test_bounds_say_the_same_as_the_zone_of_a_probability(zone):
    least, above = bounds_of(zone)
    for percent in range(101):
        probability = Decimal(percent) / 100
        is_inside = (least is None or probability >= least) and (above is None or probability < above)
        assert is_inside == (zone_of(probability) is zone), probability
