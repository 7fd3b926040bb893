"""The proposals that the demo makes: one in each state, by the real services."""

import pytest

from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.offering import WAYS, offer_renewals
from renewals.models import Approval, Proposal, Renewal
from tests.factories import AccountFactory, ContactFactory, UserFactory, day
from tests.renewals.making import renewal_of

pytestmark = pytest.mark.django_db


def test_the_renewals_that_come_next_are_offered_in_every_way():
    executive = UserFactory(as_executive=True)
    UserFactory(as_admin=True, email=LOGINS[3].email)
    owner = UserFactory(manager=UserFactory(as_manager=True, manager=executive))
    for _ in WAYS:
        account = AccountFactory(owner=owner)
        ContactFactory(account=account)
        renewal_of(account, due_on=day(60))
    offer_renewals(day(0), at_moment=clock.set_to)
    states = sorted(Proposal.objects.values_list("state", flat=True))
    assert states == [
        "accepted", "awaiting", "awaiting", "awaiting", "declined", "draft", "draft", "draft", "sent", "sent",
    ]  # fmt: skip
    assert sorted(Approval.objects.values_list("part", "verdict")) == [
        ("finance", "pending"),
        ("line", "approved"),
        ("line", "pending"),
        ("line", "pending"),
        ("line", "pending"),
        ("line", "refused"),
    ]
    assert set(Renewal.objects.values_list("stage", flat=True)) == {"proposal", "negotiation"}


def test_a_company_without_renewals_offers_nothing():
    offer_renewals(day(0), at_moment=clock.set_to)
    assert not Proposal.objects.exists()
