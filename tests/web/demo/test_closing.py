"""The renewals that the demo has closed in the last days."""

import pytest

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.web.demo.closing import close_renewals
from renewals.models import ChurnRecord, Renewal
from renewals.services.ledger import check_ledger
from tests.factories import AccountFactory, UserFactory, day
from tests.renewals.services.closings import to_close

pytestmark = pytest.mark.django_db


def test_renewals_are_closed_in_every_way_and_the_ledger_stays_in_step():
    owner = UserFactory()
    for rank in (1, 1, 2, 2, 3, 4):
        to_close(AccountFactory(owner=owner, health_rank=rank), ends_in=40)
    left_alone = to_close(AccountFactory(owner=owner, health_rank=1, strategic=True), ends_in=20)
    close_renewals(day(0), at_moment=clock.set_to)
    outcomes = sorted(Renewal.objects.closed().values_list("outcome", flat=True))
    assert outcomes == ["contracted", "expanded", "expanded", "flat", "lost", "lost"]
    assert Renewal.objects.get(pk=left_alone.pk).is_open
    assert set(ChurnRecord.objects.values_list("day", flat=True)) == {day(40), day(-1)}
    assert Account.objects.filter(status="churned").count() == 1
    assert check_ledger(today=day(0)) == []


def test_a_company_without_renewals_closes_none():
    close_renewals(day(0), at_moment=clock.set_to)
    assert not Renewal.objects.exists()
