"""What the database itself holds proposals, their options and lines, limits and approvals to."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cs_workspace.common import clock
from renewals.models import DiscountAuthority, ProposalLine
from tests.factories import (
    ApprovalFactory,
    ProductFactory,
    ProposalFactory,
    ProposalLineFactory,
    ProposalOptionFactory,
    ProposalShareFactory,
    RenewalFactory,
)

pytestmark = pytest.mark.django_db


def refused(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


def test_the_proposals_of_a_renewal_have_numbers_of_their_own():
    renewal = RenewalFactory()
    ProposalFactory(renewal=renewal, number=1)
    refused("proposal_number_once", lambda: ProposalFactory(renewal=renewal, number=1))


def test_the_customer_holds_one_at_a_time():
    renewal = RenewalFactory()
    ProposalFactory(renewal=renewal, as_sent=True)
    refused("proposal_one_sent", lambda: ProposalFactory(renewal=renewal, as_sent=True))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("proposal_money_positive", {"rate": 0}),
        ("proposal_money_positive", {"today_arr": -1}),
        ("proposal_sent_is_whole", {"state": "sent"}),
        ("proposal_sent_is_whole", {"state": "declined", "answered_name": "Kim", "answered_at": "2026-01-01T00:00Z"}),
        ("proposal_answer_is_whole", {"state": "accepted", "sent_at": "2026-01-01T00:00Z", "answered_name": "Kim"}),
        (
            "proposal_answer_is_whole",
            {"state": "declined", "sent_at": "2026-01-01T00:00Z", "answered_at": "2026-01-01T00:00Z"},
        ),
    ],
)
def test_a_proposal_is_whole(constraint, fields):
    refused(constraint, lambda: ProposalFactory(**fields))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("proposal_option_discount_share", {"discount": Decimal("1.01")}),
        ("proposal_option_discount_share", {"discount": Decimal("-0.01")}),
        ("proposal_option_has_a_term", {"term_months": 0}),
        ("proposal_option_has_a_term", {"term_months": 121}),
    ],
)
def test_an_option_has_a_term_and_a_discount_that_is_a_share(constraint, fields):
    refused(constraint, lambda: ProposalOptionFactory(proposal=ProposalFactory(), **fields))


def test_one_option_stands_at_each_place_and_one_is_recommended():
    proposal = ProposalFactory()
    ProposalOptionFactory(proposal=proposal, position=1, is_recommended=True)
    refused("proposal_option_once", lambda: ProposalOptionFactory(proposal=proposal, position=1))
    refused("proposal_one_recommended", lambda: ProposalOptionFactory(proposal=proposal, is_recommended=True))


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("proposal_line_discount_share", {"discount": Decimal("1.01")}),
        ("proposal_line_price_not_negative", {"price": -1}),
        ("proposal_line_price_not_negative", {"today_price": -1}),
        ("proposal_line_seats_positive", {"seats": 0}),
    ],
)
def test_a_line_offers_something(constraint, fields):
    option = ProposalOptionFactory(proposal=ProposalFactory())
    refused(constraint, lambda: ProposalLineFactory(option=option, **fields))


def test_one_line_stands_at_each_place():
    option = ProposalOptionFactory(proposal=ProposalFactory())
    taken = option.lines.get().position
    refused(
        "proposal_line_once",
        lambda: ProposalLine.objects.create(option=option, position=taken, product=ProductFactory(), price=1),
    )


def test_a_limit_is_a_share():
    refused("discount_authority_share", lambda: DiscountAuthority.objects.create(role="admin", limit=Decimal("1.5")))


def test_an_approval_is_asked_for_once_a_round_and_once_at_a_time():
    one = ApprovalFactory()
    refused("approval_once_a_round", lambda: ApprovalFactory(proposal=one.proposal))
    refused("approval_one_pending", lambda: ApprovalFactory(proposal=one.proposal, round=2))
    refused("approval_shares", lambda: ApprovalFactory(discount=Decimal("1.5")))


def test_one_link_that_lasts_opens_a_proposal():
    share = ProposalShareFactory()
    refused("proposal_share_one_unrevoked", lambda: ProposalShareFactory(proposal=share.proposal))
    refused("proposal_share_lasts", lambda: ProposalShareFactory(expires_at=clock.now(), created_at=clock.now()))
