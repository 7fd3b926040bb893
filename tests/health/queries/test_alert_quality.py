"""Which alerts led to an action, and which came before a loss."""

from decimal import Decimal

import pytest

from accounts.models import ExchangeRate
from health.models import AlertRule
from health.queries.alert_quality import Quality, alert_quality
from tests.factories import AccountFactory, AlertFactory, ContractFactory, ContractLineFactory, day, days_ago

pytestmark = pytest.mark.django_db


def rule(key):
    return AlertRule.objects.get(key=key)


def under_contract(account, *periods, currency="EUR"):
    """Periods of (first day, end or None, ARR), in days from today."""
    for start, end, arr in periods:
        contract = ContractFactory(
            account=account, start=day(start), end=None if end is None else day(end), currency=currency,
            status="active" if end is None or end > 0 else "ended",
        )  # fmt: skip
        ContractLineFactory(contract=contract, arr=Decimal(arr))
    return account


def opened(account, days, **fields):
    return AlertFactory(account=account, opened_on=day(-days), opened_at=days_ago(days), **fields)


def test_shares_are_of_what_is_closed_and_of_what_is_mature(cast):
    opened(cast.account, 1, rule=rule("score-drop"), resolved=True, acted=True)
    opened(AccountFactory(owner=cast.owner), 1, rule=rule("score-drop"), resolved=True)
    opened(AccountFactory(owner=cast.owner), 1, rule=rule("score-drop"))
    report = alert_quality(cast.manager)
    assert report.total == Quality(closed=2, acted=1)
    assert (report.total.acted_share, report.total.loss_share) == (0.5, None)


@pytest.mark.parametrize(
    ("periods", "lost"),
    [
        ([(-400, -50, 1000), (-50, 300, 600)], True),  # renewed for less
        ([(-400, -50, 1000)], True),  # ran out, and nothing follows
        ([(-400, -50, 1000), (-50, 300, 1000)], False),
        ([(-400, -50, 1000), (-50, 300, 1500)], False),
        ([(-400, 300, 1000), (-400, -5, 500)], False),  # the smaller contract ended after the 90 days
        ([(-400, 300, 1000), (-400, -20, 500)], True),
        ([(-400, 300, 1000), (-60, -20, 500)], False),  # begun and ended in between
        ([], False),
    ],
)
def test_a_contraction_is_less_arr_90_days_later(cast, periods, lost):
    opened(under_contract(cast.account, *periods), 100, rule=rule("enters-at-risk"), resolved=True)
    assert alert_quality(cast.manager).total == Quality(closed=1, mature=1, before_contraction=int(lost))


@pytest.mark.parametrize(("left", "lost"), [(100, 1), (10, 1), (9, 0), (101, 0)])
def test_a_churn_counts_within_90_days_of_the_alert(cast, left, lost):
    account = AccountFactory(owner=cast.owner, churned=True, churned_on=day(-left))
    opened(account, 100, rule=rule("enters-critical"), resolved=True)
    found = alert_quality(cast.manager).total
    assert (found.before_churn, found.mature) == (lost, 1)


def test_a_churn_is_not_a_contraction_as_well(cast):
    account = under_contract(AccountFactory(owner=cast.owner, churned=True, churned_on=day(-50)), (-400, -50, 1000))
    opened(account, 100, rule=rule("enters-critical"), resolved=True)
    assert alert_quality(cast.manager).total == Quality(closed=1, mature=1, before_churn=1)


def test_what_is_not_90_days_old_counts_for_neither_side(cast):
    account = AccountFactory(owner=cast.owner, churned=True, churned_on=day(-1))
    opened(account, 89, resolved=True)
    assert alert_quality(cast.manager).total == Quality(closed=1)


def test_a_rate_that_moved_is_no_contraction(cast):
    ExchangeRate.objects.create(currency="USD", valid_from=day(-500), rate=Decimal(2))
    ExchangeRate.objects.create(currency="USD", valid_from=day(-30), rate=Decimal(1))
    opened(under_contract(cast.account, (-400, 300, 1000), currency="USD"), 100, resolved=True)
    assert alert_quality(cast.manager).total.before_loss == 0


def test_lines_are_converted_to_the_cent_as_the_ledger_books_them(cast):
    ExchangeRate.objects.create(currency="USD", valid_from=day(-500), rate=Decimal("0.01"))
    periods = (-400, -50, "0.50"), (-400, -50, "0.50"), (-50, 300, "1.00")
    opened(under_contract(cast.account, *periods, currency="USD"), 100, resolved=True)
    assert alert_quality(cast.manager).total.before_contraction == 1


def test_gaps_in_the_data_say_nothing_of_health(cast):
    account = AccountFactory(owner=cast.owner, churned=True, churned_on=day(-50))
    opened(account, 100, rule=rule("data-gap"), resolved=True)
    report = alert_quality(cast.manager)
    assert report.total == Quality(closed=1)
    assert [line.label for line in report.rules if not line.says_of_health] == ["Data gap"]


def test_it_stands_by_rule_and_by_severity_of_what_the_user_sees(cast):
    opened(cast.account, 1, rule=rule("score-drop"), severity=2, resolved=True)
    opened(cast.account, 1, rule=rule("declining"), severity=3, resolved=True, acted=True)
    report = alert_quality(cast.owner)
    assert {line.label: line.quality.closed for line in report.rules if line.quality.closed} == {
        "Sudden drop": 1,
        "Declining for 30 days": 1,
    }
    assert {line.label: line.quality.closed for line in report.severities} == {"Critical": 0, "High": 1, "Normal": 1}
    assert alert_quality(cast.outsider).total == Quality()


@pytest.mark.parametrize("count", [1, 20])
def test_many_alerts_cost_two_queries(cast, django_assert_num_queries, count):
    for _ in range(count):
        opened(AccountFactory(owner=cast.owner), 100, resolved=True)
    with django_assert_num_queries(2):
        alert_quality(cast.executive)
