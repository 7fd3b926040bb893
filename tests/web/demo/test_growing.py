"""How the demo's customers grow: by the real night and the real services."""

import pytest

from cs_workspace.common import clock
from cs_workspace.web.demo.growing import grow_book
from renewals.models import ExpansionSignal, Opportunity
from renewals.services.ledger import check_ledger, write_ledger
from tests.factories import AccountFactory, ContactFactory, ContractFactory, ContractLineFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def test_signals_arise_and_some_go_their_ways_to_win_and_loss():
    owner = UserFactory()
    for number in range(8):
        account = AccountFactory(owner=owner, health_score=70 + number, external_id=f"a{number}", arr=24000)
        ContractLineFactory(contract=ContractFactory(account=account), seats=100, seats_assigned=90)
        ContactFactory(account=account, roles=["champion"], seniority="manager")
    grow_book(day(0), at_moment=clock.set_to)
    stages = sorted(Opportunity.objects.values_list("stage", flat=True))
    assert stages == ["identified", "lost", "negotiation", "qualified", "won", "won"]
    kinds = set(ExpansionSignal.objects.values_list("kind", flat=True))
    assert kinds == {"limit", "champion", "growth", "department"}
    assert Opportunity.objects.get(stage="lost").moves.first().at < clock.now()
    write_ledger(today=day(0))
    assert check_ledger(today=day(0)) == []


def test_a_company_without_accounts_grows_not():
    grow_book(day(0), at_moment=clock.set_to)
    assert not ExpansionSignal.objects.exists()
