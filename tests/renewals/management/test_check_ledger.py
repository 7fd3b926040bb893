"""`manage.py check_ledger`: who differs, and the code with which it ends."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.factories import AccountFactory, ContractFactory

pytestmark = pytest.mark.django_db


def check(**options):
    out = StringIO()
    try:
        call_command("check_ledger", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_who_differs_is_named_until_the_ledger_is_written():
    account = AccountFactory(name="Halden")
    ContractFactory(account=account, with_line=1000)
    reason = "The ledger differs from the contracts of 1 account."
    assert check() == (f"Halden ({account.pk}): €0 in the ledger, €1,000 under contract\n", reason)
    out, said = check(json=True)
    assert json.loads(out) == {
        "differences": [{"account": account.pk, "name": "Halden", "ledger": 0.0, "contracts": 1000.0}]
    }
    assert said == reason
    assert check(write=True) == ("The ledger is in step with the contracts.\n", "")
    assert check(json=True) == ('{"differences": []}\n', "")
