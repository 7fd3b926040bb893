"""What the owners of the demo say of their renewals."""

from decimal import Decimal

import pytest

from cs_workspace.web.demo.forecasting import SAID_DAYS, say_what_comes
from renewals.models import Renewal
from tests.factories import AccountFactory, RenewalFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def renewals(probability, count=30, due=20, owner=None):
    for number in range(count):
        account = AccountFactory(owner=owner, external_id=f"{probability}-{number}")
        RenewalFactory(account=account, due_on=day(due), computed_probability=probability and Decimal(probability))


def test_owners_say_what_their_probabilities_let_them_hope_and_some_say_nothing():
    owner = UserFactory()
    for probability in ("0.9", "0.7", "0.5", "0.1", None):
        renewals(probability, owner=owner)
    say_what_comes(day(0), 7)
    said = [
        set(Renewal.objects.filter(account__external_id__startswith=f"{one}-").values_list("category", flat=True))
        for one in ("0.9", "0.7", "0.5", "0.1", None)
    ]
    assert [words - {""} for words in said] == [
        {"commit"}, {"best_case"}, {"at_risk"}, {"omitted"}, {"best_case"},
    ]  # fmt: skip
    assert all("" in words for words in said)
    again = list(Renewal.objects.order_by("pk").values_list("category", "version"))
    say_what_comes(day(0), 7)
    assert list(Renewal.objects.order_by("pk").values_list("category", "version")) == again


def test_nothing_is_said_of_what_is_far_or_has_no_owner():
    renewals("0.9", count=5, due=SAID_DAYS, owner=UserFactory())
    renewals("0.8", count=5)
    say_what_comes(day(0), 7)
    assert set(Renewal.objects.values_list("category", flat=True)) == {""}
