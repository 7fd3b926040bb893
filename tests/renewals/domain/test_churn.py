"""Why customers leave: each reason belongs to one category, as risk.md §4 has them."""

import pytest

from renewals.domain.churn import (
    SUB_REASON_LABELS,
    TAXONOMY,
    Category,
    Preventable,
    SubReason,
    category_of,
    preventable,
)


def test_each_reason_belongs_to_one_category():
    found = [reason for kind in TAXONOMY.values() for reason in kind.reasons]
    assert sorted(found) == sorted(SubReason)
    assert set(TAXONOMY) == set(Category)
    assert set(SUB_REASON_LABELS) == set(SubReason)


@pytest.mark.parametrize(
    ("reason", "category", "how_far"),
    [
        (SubReason.MISSING_FEATURE, Category.PRODUCT, Preventable.PARTLY),
        (SubReason.NO_RETURN, Category.VALUE, Preventable.YES),
        (SubReason.CHAMPION_LEFT, Category.RELATIONSHIP, Preventable.YES),
        (SubReason.PRICE, Category.FINANCIAL, Preventable.SOMETIMES),
        (SubReason.BUILT_IN_HOUSE, Category.COMPETITION, Preventable.PARTLY),
        (SubReason.DEPRIORITISED, Category.STRATEGIC, Preventable.RARELY),
    ],
)
def test_a_reason_says_how_far_the_loss_could_be_prevented(reason, category, how_far):
    assert (category_of(reason), preventable(reason)) == (category, how_far)
