"""Triggers ask for a list of those to be passed over; who writes many rows answers beforehand."""

import pgtrigger
import pytest
from django.db import connection, transaction

from accounts.models import Account
from cs_workspace.common.triggers import answer_triggers
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db(transaction=True)


def passed_over() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore', true)")
        return cursor.fetchone()[0]


def test_the_answer_holds_until_the_transaction_ends_and_can_be_given_again():
    for _ in range(2):
        with transaction.atomic():
            answer_triggers()
            assert passed_over() == "{}"
        assert passed_over() in (None, "")


def test_changes_are_kept_as_before_and_what_is_to_be_passed_over_still_is():
    account = AccountFactory()
    with transaction.atomic():
        answer_triggers()
        Account.objects.update(name="Acme")
        with pgtrigger.ignore("accounts.Account:update_update"):
            answer_triggers()
            Account.objects.update(name="Beta")
        Account.objects.update(name="Gamma")
    assert list(account.history.order_by("pgh_id").values_list("name", flat=True)) == ["Acme", "Gamma"]
