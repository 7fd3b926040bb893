import pytest

from health.domain.observations import FeatureUse
from health.models import Feature
from health.services.observing import record_feature_use
from tests.health.making import account, ago, contract, product, reading

pytestmark = pytest.mark.django_db


def features(count: int, of) -> list[int]:
    return [
        feature.pk
        for feature in Feature.objects.bulk_create(
            Feature(product=of, key=f"feature-{number}", name=f"Feature {number}") for number in range(count)
        )
    ]


def use(one, *uses: tuple[int, int, int]) -> None:
    """Feature, days ago, times."""
    record_feature_use([FeatureUse(one.pk, feature, ago(days), times) for feature, days, times in uses])


def test_breadth_is_features_used_in_30_days_over_those_the_product_states():
    one, crm = account(), product(feature_count=8)
    contract(one, of=crm)
    a, b, c, d = features(4, crm)
    use(one, (a, 0, 1), (a, 20, 3), (b, 29, 1), (c, 30, 9), (d, 0, 0))
    assert reading("feature_breadth", one) == 0.25


def test_without_a_stated_number_the_known_features_count():
    one, crm = account(), product(feature_count=None)
    contract(one, of=crm)
    a, *_ = features(4, crm)
    use(one, (a, 0, 1))
    assert reading("feature_breadth", one) == 0.25


def test_products_under_contract_widen_the_measure_and_used_ones_too():
    one, crm, erp, tried = account(), product(feature_count=4), product(feature_count=4), product(feature_count=2)
    contract(one, of=crm)
    contract(one, of=erp)
    use(one, (features(1, crm)[0], 0, 1), (features(1, tried)[0], 0, 1))
    assert reading("feature_breadth", one) == 0.2


def test_more_features_used_than_stated_is_all_of_them():
    one, crm = account(), product(feature_count=2)
    contract(one, of=crm)
    use(one, *((feature, 0, 1) for feature in features(3, crm)))
    assert reading("feature_breadth", one) == 1


def test_an_account_whose_features_were_never_seen_is_unknown_and_one_that_stopped_is_zero():
    unseen, stopped, crm = account(), account(), product(feature_count=2)
    for one in (unseen, stopped):
        contract(one, of=crm)
    use(stopped, (features(1, crm)[0], 50, 1))
    assert reading("feature_breadth", unseen) is None
    assert reading("feature_breadth", stopped) == 0
    assert reading("feature_breadth", stopped, day=ago(51)) is None
