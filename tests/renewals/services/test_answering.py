"""The customer's answer: once, with a name, and told to those who care for the renewal."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Notification
from accounts.queries.share_links import is_live
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.models import ProposalOption
from renewals.queries.proposals import page_of
from renewals.services.answering import accept_option, decline_proposal, share_proposal
from renewals.services.authority import install_authority
from renewals.services.proposing import send_proposal, start_proposal, withdraw_proposal
from tests.factories.proposals import ProposalFactory, ProposalOptionFactory, ProposalShareFactory
from tests.renewals.making import anew, renewal_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _matrix(db):
    install_authority()


def sent(cast):
    made = start_proposal(by=cast.owner, renewal=renewal_of(cast.account, owner=cast.manager))
    return anew(send_proposal(by=cast.owner, proposal=made))


class TestAccepting:
    def test_an_option_is_marked_and_the_renewal_stays_as_it_is(self, cast):
        made = sent(cast)
        option = made.options.all()[1]
        accept_option(by=None, proposal=made, option=option, name="Kim Roth", note="From March on")
        after = anew(made)
        assert (after.state, after.answered_name, after.answer_note) == ("accepted", "Kim Roth", "From March on")
        assert page_of(after).chosen.option == option
        assert (after.renewal.stage, after.renewal.is_open) == (made.renewal.stage, True)

    def test_owner_and_author_are_told_once(self, cast):
        made = sent(cast)
        option = made.options.first()
        for _ in range(2):
            accept_option(by=None, proposal=made, option=option, name="Kim Roth")
        told = Notification.objects.filter(key__startswith="proposal:")
        assert {(one.user, one.title, one.severity) for one in told} == {
            (cast.manager, "Kim Roth accepted “Renew as is” for Halden Logistics", 2),
            (cast.owner, "Kim Roth accepted “Renew as is” for Halden Logistics", 2),
        }

    def test_another_option_after_that_is_refused(self, cast):
        made = sent(cast)
        first, second, _ = made.options.all()
        accept_option(by=None, proposal=made, option=first, name="Kim")
        for act in (
            lambda: accept_option(by=None, proposal=made, option=second, name="Kim"),
            lambda: decline_proposal(by=None, proposal=made, name="Kim"),
        ):
            with pytest.raises(RefusedError, match="has answered"):
                act()
        assert ProposalOption.objects.filter(is_chosen=True).get() == first

    def test_a_stranger_option_no_name_and_a_closed_renewal_are_refused(self, cast):
        made, other = sent(cast), ProposalOptionFactory(proposal=ProposalFactory())
        with pytest.raises(RefusedError, match="no such option"):
            accept_option(by=None, proposal=made, option=other, name="Kim")
        with pytest.raises(RefusedError, match="Say who"):
            accept_option(by=None, proposal=made, option=made.options.first(), name="  ")
        renewal = made.renewal
        renewal.stage, renewal.outcome, renewal.closed_arr, renewal.closed_at = "closed", "lost", 0, clock.now()
        renewal.save()
        with pytest.raises(RefusedError, match="closed"):
            accept_option(by=None, proposal=made, option=made.options.first(), name="Kim")

    def test_what_was_not_sent_cannot_be_answered(self, cast):
        made = start_proposal(by=cast.owner, renewal=renewal_of(cast.account))
        with pytest.raises(RefusedError, match="does not have it yet"):
            accept_option(by=cast.owner, proposal=made, option=made.options.first(), name="Kim")

    def test_the_database_holds_one_choice(self, cast):
        made = sent(cast)
        with pytest.raises(IntegrityError, match="proposal_one_chosen"), transaction.atomic():
            made.options.update(is_chosen=True)


class TestDeclining:
    def test_it_is_told_with_the_reason(self, cast):
        made = sent(cast)
        decline_proposal(by=cast.owner, proposal=made, name="Kim Roth", note="Too dear")
        assert (anew(made).state, anew(made).answer_note) == ("declined", "Too dear")
        told = Notification.objects.get(key__startswith="proposal:")
        assert (told.user, told.body) == (cast.manager, "Too dear")


class TestSharing:
    def test_a_link_opens_what_was_sent_until_it_is_withdrawn(self, cast):
        made = sent(cast)
        link = share_proposal(by=cast.owner, proposal=made, days=30)
        assert is_live(link)
        withdraw_proposal(by=cast.owner, proposal=made)
        assert not is_live(link)

    @pytest.mark.parametrize("state", ["draft", "awaiting", "approved", "withdrawn"])
    def test_what_the_customer_is_not_to_have_has_no_link(self, cast, state):
        made = ProposalFactory(renewal=renewal_of(cast.account), state=state)
        with pytest.raises(RefusedError, match="Only a proposal that was sent"):
            share_proposal(by=cast.owner, proposal=made, days=30)
        assert not is_live(ProposalShareFactory(proposal=made))
