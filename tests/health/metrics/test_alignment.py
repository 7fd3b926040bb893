import pytest

from tests.factories import PulseFactory, UserFactory
from tests.health.making import account as make_account
from tests.health.making import ago, noon, reading

pytestmark = pytest.mark.django_db


def test_the_pulse_is_the_latest_that_was_not_taken_back():
    one = make_account(owner=UserFactory())
    assert reading("csm_pulse", one) is None
    PulseFactory(account=one, value=1, at=noon(20), is_latest=False)
    assert reading("csm_pulse", one) == 1
    PulseFactory(account=one, value=4, at=noon(2))
    assert reading("csm_pulse", one) == 4
    assert reading("csm_pulse", one, day=ago(10)) == 1
    one.pulses.filter(value=4).update(is_latest=False, withdrawn_at=noon(1))
    assert reading("csm_pulse", one) == 1


@pytest.mark.parametrize(("days", "expected"), [(44, 2), (46, None)])
def test_a_stale_pulse_says_nothing(days, expected):
    one = make_account(owner=UserFactory())
    PulseFactory(account=one, value=2, at=noon(days))
    assert reading("csm_pulse", one) == expected


def test_a_new_owner_begins_without_a_pulse_and_the_days_of_the_old_one_keep_theirs():
    one = make_account(owner=UserFactory())
    PulseFactory(account=one, value=2, at=noon(20))
    one.owner, one.owner_since = UserFactory(), ago(3)
    one.save()
    assert reading("csm_pulse", one) is None
    assert reading("csm_pulse", one, day=ago(4)) == 2
