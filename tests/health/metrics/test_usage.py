"""Daily use: windows to the day, zero against unknown, seasons."""

import datetime as dt

import pytest

from health.domain.observations import UserDay
from health.metrics import compute
from health.models import SegmentFigures
from health.services.observing import record_user_days
from tests.health.making import TODAY, account, ago, contract, product, reading, usage

pytestmark = pytest.mark.django_db

NOTHING_OBSERVED = [
    "login_days", "logins_per_week_ratio", "login_change", "usage_change", "data_volume_change", "active_user_ratio",
    "dau_mau", "core_actions_per_user", "core_actions_ratio", "last_activity_days", "seat_utilisation",
    "integration_count",
]  # fmt: skip


@pytest.mark.parametrize("metric", NOTHING_OBSERVED)
def test_an_account_that_was_never_seen_is_unknown(metric):
    one = account()
    contract(one, expected_logins_per_week=10)
    assert reading(metric, one) is None


def test_login_days_counts_days_and_not_logins_from_today_to_29_days_back():
    one = account()
    usage(one, [0, 1, 29], logins=5)
    usage(one, [30, 31], logins=9)
    usage(one, [2], logins=0)
    assert reading("login_days", one) == 3


def test_login_days_of_several_products_are_counted_once():
    one = account()
    usage(one, [0, 1], logins=1, product_id=product().pk)
    usage(one, [1, 2], logins=1, product_id=product().pk)
    assert reading("login_days", one) == 3


def test_an_account_that_stopped_logging_in_has_zero_login_days():
    one = account()
    usage(one, [200], logins=5)
    assert reading("login_days", one) == 0


def test_login_days_stay_unknown_where_the_source_reports_no_logins():
    one = account()
    usage(one, range(30), minutes=5)
    assert reading("login_days", one) is None


def test_what_comes_after_the_day_asked_for_does_not_count():
    one = account()
    usage(one, [0, 1, 10], logins=1)
    assert reading("login_days", one, day=ago(5)) == 1
    assert reading("login_days", one, day=ago(11)) is None


def test_logins_per_week_are_measured_against_the_contract_over_28_days():
    one = account()
    contract(one, expected_logins_per_week=10)
    usage(one, [0, 27], logins=16)
    usage(one, [28], logins=100)
    assert reading("logins_per_week_ratio", one) == 0.8


@pytest.mark.parametrize(
    ("now", "before", "change"), [(11, 10, 0.1), (5, 10, -0.5), (0, 10, -1.0), (10, 0, None), (0, 0, None)]
)
def test_usage_change_compares_user_days_of_two_whole_windows(now, before, change):
    one = account()
    usage(one, range(30), active_users=now)
    usage(one, range(30, 60), active_users=before)
    assert reading("usage_change", one) == change


def test_usage_change_waits_until_two_whole_windows_were_seen():
    young, old = account(), account()
    usage(young, range(59), active_users=10)
    usage(old, range(59), active_users=10)
    usage(old, [120], active_users=10)
    assert reading("usage_change", young) is None
    assert reading("usage_change", old) == round(300 / 290 - 1, 6)


def test_a_window_without_a_row_is_a_fall_to_nothing_and_not_unknown():
    one = account()
    usage(one, range(30, 70), active_users=10)
    assert reading("usage_change", one) == -1.0


def test_where_users_are_not_counted_a_day_of_activity_stands_for_one():
    one = account()
    usage(one, range(15), minutes=10)
    usage(one, range(30, 60), minutes=10)
    assert reading("usage_change", one) == -0.5


def test_logins_and_data_volume_have_changes_of_their_own():
    one = account()
    usage(one, range(30), logins=3, data_volume=1.0)
    usage(one, range(30, 60), logins=2, data_volume=4.0)
    assert reading("login_change", one) == 0.5
    assert reading("data_volume_change", one) == -0.75


def test_a_seasonal_account_is_compared_with_the_same_days_a_year_before():
    plain, seasonal = account(), account(seasonal=True, low_season_months=[3])
    for one in (plain, seasonal):
        usage(one, range(30), active_users=6)
        usage(one, range(30, 60), active_users=12)
        usage(one, range(365, 395), active_users=5)
        usage(one, [395], active_users=500)
    assert reading("usage_change", plain) == -0.5
    assert reading("usage_change", seasonal) == 0.2


CHANGES = [("usage_change", "active_users"), ("login_change", "logins"), ("data_volume_change", "data_volume")]


@pytest.mark.parametrize(("metric", "measure"), CHANGES)
@pytest.mark.parametrize("low_season", [[3], [2, 3], [7, 8], []])
def test_every_change_of_a_seasonal_account_is_against_the_year_before_in_its_low_months_and_in_the_others(
    metric, measure, low_season
):
    # As of 15 March: the low season of February and March has halved the use of it, as it did the year before. Whether
    # a season begins, lasts or is over, only last year's window is like this one.
    one = account(seasonal=True, low_season_months=low_season)
    usage(one, range(30), **{measure: 6})
    usage(one, range(30, 60), **{measure: 12})
    usage(one, range(365, 395), **{measure: 5})
    usage(one, range(395, 425), **{measure: 10})
    assert reading(metric, one) == 0.2


def test_where_users_are_not_counted_the_days_of_activity_of_a_seasonal_account_are_those_of_the_year_before():
    one = account(seasonal=True, low_season_months=[3])
    usage(one, range(15), minutes=10)
    usage(one, range(30, 60), minutes=10)
    usage(one, range(365, 377), minutes=10)
    usage(one, [400], minutes=10)
    assert reading("usage_change", one) == 0.25  # 15 days against 12


def test_the_first_year_of_a_seasonal_account_is_no_fall_in_any_change():
    one = account(seasonal=True, low_season_months=[3])
    usage(one, range(30), active_users=1, logins=1, data_volume=1)
    usage(one, range(30, 300), active_users=9, logins=9, data_volume=9)
    assert [reading(metric, one) for metric, _ in CHANGES] == [None, None, None]


def test_a_seasonal_account_without_last_year_is_unknown():
    one = account(seasonal=True)
    usage(one, range(365), active_users=6)
    assert reading("usage_change", one) is None


def test_active_users_are_counted_once_in_30_days_across_months():
    one = account()
    contract(one, seats=10)
    record_user_days(
        [UserDay(one.pk, "anna", ago(day)) for day in (0, 20, 29)]
        + [UserDay(one.pk, "ben", ago(29)), UserDay(one.pk, "gone", ago(30))]
    )
    assert reading("active_user_ratio", one) == 0.2
    assert reading("dau_mau", one) == round(4 / 30 / 2, 6)


def test_users_seen_before_the_window_make_zero_and_not_unknown():
    one = account()
    contract(one, seats=10)
    record_user_days([UserDay(one.pk, "anna", ago(45))])
    assert reading("active_user_ratio", one) == 0
    assert reading("dau_mau", one) is None


def test_users_seen_later_in_the_month_of_the_day_asked_for_are_not_known_yet():
    one = account()
    contract(one, seats=10, start=ago(400))
    record_user_days([UserDay(one.pk, "anna", TODAY)])
    assert reading("active_user_ratio", one, day=ago(3)) is None


def test_active_users_need_licensed_seats_to_be_a_share():
    one = account()
    contract(one, seats=None)
    record_user_days([UserDay(one.pk, "anna", TODAY)])
    assert reading("active_user_ratio", one) is None


def test_a_source_that_names_no_users_gives_its_busiest_day():
    one = account()
    contract(one, seats=20)
    usage(one, [0, 1], active_users=4, core_actions=30)
    usage(one, [2], active_users=6, core_actions=0)
    assert reading("active_user_ratio", one) == 0.3
    assert reading("core_actions_per_user", one) == 10
    assert reading("dau_mau", one) is None


def test_core_actions_are_measured_against_the_mean_of_the_segment_on_that_day():
    one, homeless = account(), account()
    contract(one)
    SegmentFigures.objects.create(day=TODAY, means={"core_actions_per_user": {"smb": 5.0, "": 20.0}})
    for each in (one, homeless):
        usage(each, [0], active_users=2, core_actions=20)
    one.segment_id = smb()
    one.save()
    readings = compute(["core_actions_ratio"], [homeless.pk, one.pk], TODAY)["core_actions_ratio"]
    assert readings.tolist() == [0.5, 2.0]
    assert reading("core_actions_ratio", one, day=ago(1)) is None


def test_days_since_activity_and_the_newest_counts_of_each_product():
    one = account()
    contract(one, seats=100)
    crm, erp = product().pk, product().pk
    usage(one, [40], product_id=crm, logins=1, seats_assigned=90, integrations=3)
    usage(one, [10], product_id=crm, logins=0, seats_assigned=50)
    usage(one, [5], product_id=erp, minutes=3, seats_assigned=10, integrations=1)
    assert reading("last_activity_days", one) == 5
    assert reading("seat_utilisation", one) == 0.6
    assert reading("integration_count", one) == 4


def test_seats_assigned_are_taken_from_the_contract_where_usage_says_nothing():
    one = account()
    contract(one, seats=40).lines.update(seats_assigned=30)
    assert reading("seat_utilisation", one) == 0.75


def test_readings_come_in_the_order_of_the_accounts():
    first, second, third = account(), account(), account()
    usage(first, [0], logins=1)
    usage(third, [0, 1], logins=1)
    found = compute(["login_days"], [third.pk, second.pk, first.pk], TODAY)["login_days"]
    assert found[[0, 2]].tolist() == [2, 1]
    assert found[1] != found[1]


@pytest.mark.parametrize("day", [dt.date(2024, 2, 29), dt.date(2026, 3, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 1)])
def test_windows_hold_over_leap_days_and_turns_of_the_year(day):
    one = account()
    record_user_days([UserDay(one.pk, "in", day - dt.timedelta(29)), UserDay(one.pk, "out", day - dt.timedelta(30))])
    contract(one, seats=10, start=day - dt.timedelta(9), end=None)
    assert reading("active_user_ratio", one, day=day) == 0.1


def smb() -> int:
    from accounts.models import Segment

    return Segment.objects.get(key="smb").pk
