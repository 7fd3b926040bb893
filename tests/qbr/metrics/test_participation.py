"""Whether customers take part in business reviews."""

import pytest

from tests.factories import TouchFactory
from tests.health.making import account, ago, noon, reading

pytestmark = pytest.mark.django_db


def touch(one, days, **fields):
    return TouchFactory(account=one, at=noon(days), **{"kind": "qbr", "attended": True} | fields)


def test_the_last_review_of_180_days_counts():
    one = account()
    assert reading("review_participation", one) is None
    touch(one, 179, attended=False)
    assert reading("review_participation", one) == 0
    touch(one, 20)
    assert reading("review_participation", one) == 1
    touch(one, 5, attended=False)
    assert reading("review_participation", one) == 0
    assert reading("review_participation", one, day=ago(6)) == 1


@pytest.mark.parametrize("fields", [{"kind": "call"}, {"attended": None}, {"archived_at": noon(1)}])
def test_other_touches_and_what_was_taken_back_say_nothing(fields):
    one = account()
    touch(one, 5, **fields)
    touch(one, 180)
    assert reading("review_participation", one) is None
