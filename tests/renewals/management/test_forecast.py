"""`manage.py forecast`: the year ahead of the whole workspace, as JSON."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories import AccountFactory, ContractFactory, RenewalFactory, day, days_ago

pytestmark = pytest.mark.django_db


def forecast(*flags):
    out = StringIO()
    call_command("forecast", *flags, stdout=out)
    return json.loads(out.getvalue())


def test_it_prints_the_year_by_month_and_the_windows():
    account = AccountFactory()
    contract = ContractFactory(account=account, start=day(-300), end=day(20))
    RenewalFactory(
        account=account, contract=contract, category="commit", current_arr=Decimal(1000), expected_arr=Decimal(1500)
    )
    ContractFactory(account=account, start=day(-10), end=day(70), with_line=200)
    gone = AccountFactory(archived_at=days_ago(3))
    ContractFactory(account=gone, start=day(-10), end=day(70), with_line=90_000)
    found = forecast()
    assert len(found["months"]) == 12
    assert [window["due"] for window in found["windows"]] == [1, 1, 2]
    figures = ("due", "due_arr", "commit", "not_opened", "low", "likely", "high", "expected", "expansion")
    assert [found[name] for name in figures] == [2, 1200, 1000, 200, 1000, 1000, 1200, 900, 500]
    assert (found["unknown"], found["unknown_arr"]) == (1, 200)
    assert sum(month["due_arr"] for month in found["months"]) == found["due_arr"]


def test_an_empty_workspace_has_nothing_due():
    found = forecast("--json")
    assert (found["due"], found["likely"]) == (0, 0)
