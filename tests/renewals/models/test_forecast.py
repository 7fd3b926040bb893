"""Kept forecasts: what the database holds them to."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from renewals.models import ForecastLine
from tests.cast import Cast
from tests.factories import AccountFactory, ForecastLineFactory, ForecastSnapshotFactory, day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("fields", "constraint"), [
    ({"part": "hoped for"}, "forecast_line_part_is_known"),
    ({"probability": Decimal("1.5")}, "forecast_line_probability_is_share"),
])  # fmt: skip
def test_a_line_that_cannot_be_is_refused(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ForecastLineFactory(**fields)


def test_a_contract_stands_once_in_a_forecast_for_each_day():
    line = ForecastLineFactory()
    again = {"forecast": line.forecast, "account": line.account, "contract": line.contract}
    ForecastLineFactory(**again, due_on=day(5))
    with pytest.raises(IntegrityError, match="forecast_line_once"), transaction.atomic():
        ForecastLineFactory(**again)


def test_a_month_has_one_forecast_and_begins_with_its_first_day():
    ForecastSnapshotFactory(month=dt.date(2026, 10, 1))
    with pytest.raises(IntegrityError, match="month"), transaction.atomic():
        ForecastSnapshotFactory(month=dt.date(2026, 10, 1))
    with pytest.raises(IntegrityError, match="forecast_month_is_first_day"), transaction.atomic():
        ForecastSnapshotFactory(month=dt.date(2026, 11, 2))


def test_lines_are_found_by_who_sees_their_accounts_and_by_their_day(cast: Cast):
    ours = ForecastLineFactory(account=cast.account, due_on=day(3))
    ForecastLineFactory(forecast=ours.forecast, account=cast.strangers, due_on=day(4))
    assert list(ForecastLine.objects.visible_to(cast.owner)) == [ours]
    assert list(ForecastLine.objects.due_between(day(3), day(4))) == [ours]


def test_an_account_that_is_erased_takes_its_lines_along():
    account = AccountFactory()
    ForecastLineFactory(account=account)
    account.delete()
    assert not ForecastLine.objects.exists()
