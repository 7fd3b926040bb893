"""What observations prove of onboardings, and what risk signals learn from them."""

import datetime as dt

import pytest

from accounts.domain.onboarding_proofs import Case, Proved
from health.domain.observations import UserDay
from health.queries import onboarding
from health.services.observing import record_user_days
from tests.factories import ContactFactory, FeatureFactory, FeatureMonthFactory, TicketFactory, TrainingRecordFactory
from tests.health.making import TODAY, account, ago, contract, noon, product, usage

pytestmark = pytest.mark.django_db


def case(one, *, days: int = 20, **fields) -> Case:
    return Case(1, one.pk, ago(days), **fields)


def proved(load, *cases: Case) -> Proved | None:
    return load(cases, TODAY).get(1)


def users(one, *days: int, of: str = "") -> None:
    """A user for each day, active from that many days ago on."""
    record_user_days([UserDay(one.pk, f"user-{of}{place}", ago(day)) for place, day in enumerate(days)])


def test_the_first_login_counts_from_the_start():
    one = account()
    usage(one, [30], logins=4)
    assert proved(onboarding.first_login, case(one)) is None
    usage(one, [18, 12], logins=2)
    assert proved(onboarding.first_login, case(one)) == Proved(ago(18), "First login on 25 Feb")


def test_the_nth_user_proves_the_day_on_which_so_many_had_been_active():
    one = account()
    users(one, 19, 15, 9, 40)
    assert proved(onboarding.active_users, case(one, number=3)) == Proved(ago(9), "3 users active on 6 Mar")
    assert proved(onboarding.active_users, case(one, number=4)) is None


def test_users_are_counted_over_the_turn_of_the_month_and_not_from_the_future():
    one = account()
    users(one, 14, 15, -3)
    assert proved(onboarding.active_users, case(one, number=2)) == Proved(ago(14), "2 users active on 1 Mar")
    assert proved(onboarding.active_users, case(one, number=3)) is None


def test_a_source_that_names_no_users_proves_it_by_its_busiest_day():
    one = account()
    usage(one, [10], active_users=2)
    usage(one, [5], active_users=4)
    assert proved(onboarding.active_users, case(one, number=3)) == Proved(ago(5), "3 users active on 10 Mar")


def test_licences_are_measured_against_the_seats_under_contract():
    one = account()
    users(one, 12, 11, 10, 9)
    assert proved(onboarding.licences_active, case(one, number=80)) is None
    contract(one, seats=5)
    assert proved(onboarding.licences_active, case(one, number=80)) == Proved(ago(9), "4 of 5 licences active on 6 Mar")


def test_core_use_wants_actions_and_users():
    one = account()
    users(one, 12, 11, 10)
    assert proved(onboarding.core_use, case(one, number=3)) is None
    usage(one, [7], core_actions=5)
    assert proved(onboarding.core_action, case(one, number=3)) == Proved(ago(7), "5 core actions on 8 Mar")
    shown = proved(onboarding.core_use, case(one, number=3))
    assert shown == Proved(ago(7), "3 users active on 5 Mar, core actions since 8 Mar")


@pytest.mark.parametrize(("number", "expected"), [(1, 12), (2, 4), (3, None)])
def test_integrations_are_proved_on_the_first_day_with_so_many(number, expected):
    one = account()
    usage(one, [12], integrations=1)
    usage(one, [4], integrations=2)
    shown = proved(onboarding.integrations, case(one, number=number))
    assert (shown.on if shown else None) == (ago(expected) if expected else None)


def test_a_feature_beyond_the_core_is_proved_by_its_first_use_since_the_start():
    one, crm = account(), product()
    core, extra = FeatureFactory(product=crm, core=True), FeatureFactory(product=crm, name="Forecasts")
    month = dt.date(2026, 3, 1)
    FeatureMonthFactory(account=one, feature=core, month=month, days=0b1)
    assert proved(onboarding.advanced_feature, case(one)) is None
    FeatureMonthFactory(account=one, feature=extra, month=month, days=0b1000100)
    assert proved(onboarding.advanced_feature, case(one)) == Proved(dt.date(2026, 3, 3), "“Forecasts” used on 3 Mar")
    late = Case(1, one.pk, dt.date(2026, 3, 5))
    assert proved(onboarding.advanced_feature, late) == Proved(dt.date(2026, 3, 7), "“Forecasts” used on 7 Mar")


def test_courses_prove_that_training_is_planned_and_done():
    one = account()
    lead = ContactFactory(account=one, name="Tom Tech", roles=["technical_lead"])
    TrainingRecordFactory(account=one, course="Basics", assigned_on=ago(10))
    assert proved(onboarding.training_planned, case(one)) == Proved(ago(10), "“Basics” assigned on 5 Mar")
    assert proved(onboarding.course_done, case(one)) is None
    TrainingRecordFactory(account=one, course="Basics", assigned_on=ago(10), completed_on=ago(3))
    assert proved(onboarding.course_done, case(one)) == Proved(ago(3), "“Basics” finished on 12 Mar")
    assert proved(onboarding.admin_trained, case(one)) is None
    TrainingRecordFactory(account=one, course="Admin", assigned_on=ago(9), completed_on=ago(2), contact=lead)
    assert proved(onboarding.admin_trained, case(one)) == Proved(ago(2), "Tom Tech finished “Admin” on 13 Mar")


def test_with_a_product_only_what_was_observed_of_it_counts():
    one, mine, other = account(), product(), product()
    usage(one, [9], logins=1, product_id=other.pk)
    assert proved(onboarding.first_login, case(one, product_id=mine.pk)) is None
    usage(one, [4], logins=1, product_id=mine.pk)
    assert proved(onboarding.first_login, case(one, product_id=mine.pk)) == Proved(ago(4), "First login on 11 Mar")


def fact(load, one, **fields):
    return load([case(one, **fields)], TODAY).get(1)


def test_that_nobody_logged_in_is_known_only_while_others_are_heard():
    one, other = account(), account()
    assert fact(onboarding.logins, one) is None
    usage(other, [1], logins=3)
    assert fact(onboarding.logins, one) == {"logged_in": False}
    usage(one, [5], logins=1)
    assert fact(onboarding.logins, one) == {"logged_in": True}


def test_integrations_that_fell_away_are_seen_and_silence_is_unknown():
    one = account()
    usage(one, [16], integrations=2)
    assert fact(onboarding.connected, one) is None
    usage(one, [2], integrations=1)
    assert fact(onboarding.connected, one) == {"integrations": (2, 1)}


def test_active_users_are_those_of_thirty_days_against_seats():
    one = account()
    users(one, 50, 28, 3)
    assert fact(onboarding.active, one, days=60) is None
    contract(one, seats=10)
    assert fact(onboarding.active, one, days=60) == {"active": (2, 10)}


def test_the_oldest_open_ticket_of_weight_is_the_blocker():
    one = account()
    TicketFactory(account=one, subject="A question", severity="low", opened_at=noon(20))
    assert fact(onboarding.blockers, one) is None
    TicketFactory(account=one, subject="SSO fails", severity="high", opened_at=noon(9))
    TicketFactory(account=one, subject="Repaired", severity="critical", opened_at=noon(19), closed_at=noon(18))
    assert fact(onboarding.blockers, one) == {"blocker": ("SSO fails", 9)}


def test_courses_count_as_missed_after_two_weeks():
    one = account()
    TrainingRecordFactory(account=one, assigned_on=ago(5))
    assert fact(onboarding.training, one) is None
    TrainingRecordFactory(account=one, assigned_on=ago(14))
    TrainingRecordFactory(account=one, assigned_on=ago(15), completed_on=ago(10))
    assert fact(onboarding.training, one) == {"training": (1, 2)}


LOADS = [
    onboarding.first_login, onboarding.active_users, onboarding.licences_active, onboarding.core_action,
    onboarding.integrations, onboarding.advanced_feature, onboarding.course_done, onboarding.logins,
    onboarding.connected, onboarding.blockers, onboarding.training,
]  # fmt: skip


@pytest.mark.parametrize("load", LOADS, ids=lambda load: load.__name__)
def test_one_statement_answers_for_all(load, django_assert_num_queries):
    accounts = [account() for _ in range(5)]
    cases = [Case(place, one.pk, ago(20), number=2) for place, one in enumerate(accounts)]
    with django_assert_num_queries(1):
        load(cases, TODAY)
    with django_assert_num_queries(0):
        load([], TODAY)
