"""Proposals begun from a contract, changed as a whole or not at all, sent, withdrawn and made anew."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import ContractLine
from accounts.queries.share_links import is_live
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from renewals.models import Proposal, ProposalLine, ProposalOption
from renewals.queries.proposals import option_count, page_of, terms_of, worth_of
from renewals.services.authority import install_authority
from renewals.services.proposing import (
    edit_proposal,
    revise_proposal,
    send_proposal,
    start_proposal,
    withdraw_proposal,
)
from tests.factories import ContactFactory, ExchangeRateFactory, RoiRecordFactory, SuccessPlanFactory, day
from tests.factories.proposals import ProposalFactory, ProposalShareFactory
from tests.renewals.making import anew, offered, renewal_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _matrix(db):
    install_authority()


def close(renewal):
    renewal.stage, renewal.outcome = "closed", "flat"
    renewal.closed_arr, renewal.closed_at = renewal.current_arr, clock.now()
    renewal.save()


class TestStarting:
    def test_it_begins_with_three_options_made_from_the_contract(self, cast):
        renewal = renewal_of(cast.account, 24_000, 6_000)
        made = anew(start_proposal(by=cast.owner, renewal=renewal))
        page = page_of(made)
        assert [row.option.title for row in page.options] == [
            "Renew as is",
            "Renew and grow",
            "Grow over three years",
        ]
        assert [row.figures.arr for row in page.options] == [Decimal(30_000), Decimal(34_500), Decimal(37_500)]
        assert [row.option.is_recommended for row in page.options] == [False, True, False]
        assert (made.number, made.state, made.author, made.today_arr) == (1, "draft", cast.owner, Decimal(30_000))
        assert option_count(renewal.pk) == 3

    def test_proposals_of_a_renewal_are_counted(self, cast):
        renewal = renewal_of(cast.account)
        assert [start_proposal(by=cast.owner, renewal=renewal).number for _ in range(3)] == [1, 2, 3]

    def test_the_same_form_makes_one(self, cast):
        renewal, key = renewal_of(cast.account), uuid4()
        start_proposal(by=cast.owner, renewal=renewal, key=key)
        with pytest.raises(RepeatedError):
            start_proposal(by=cast.owner, renewal=renewal, key=key)
        assert Proposal.objects.count() == 1

    def test_what_cannot_be_offered_says_why_and_leaves_nothing(self, cast):
        closed, bare, foreign = renewal_of(cast.account), renewal_of(cast.account), renewal_of(cast.account)
        close(closed)
        ContractLine.objects.filter(contract=bare.contract).delete()
        foreign.contract.currency = "ZZZ"
        foreign.contract.save()
        for renewal, reason in [(closed, "closed"), (bare, "no lines"), (foreign, "no exchange rate for ZZZ")]:
            with pytest.raises(RefusedError, match=reason):
                start_proposal(by=cast.owner, renewal=renewal)
        assert (Proposal.objects.count(), ProposalOption.objects.count()) == (0, 0)

    def test_another_currency_is_kept_with_its_rate(self, cast):
        ExchangeRateFactory(currency="USD", rate=Decimal("0.9"))
        made = start_proposal(by=cast.owner, renewal=renewal_of(cast.account, currency="USD"))
        assert (made.currency, made.rate) == ("USD", Decimal("0.9"))


class TestWorth:
    def confirmed(self, cast, amount, currency="EUR", **fields):
        plan = cast.account.success_plans.first() or SuccessPlanFactory(account=cast.account)
        fields = {"confirmed_on": day(-5), "on": day(-10)} | fields
        by = ContactFactory(account=cast.account) if fields["confirmed_on"] else None
        RoiRecordFactory(plan=plan, amount=Decimal(amount), currency=currency, confirmed_by=by, **fields)

    def test_it_is_what_was_confirmed_in_twelve_months_in_the_currency_of_the_proposal(self, cast):
        ExchangeRateFactory(currency="USD", rate=Decimal("0.8"))
        self.confirmed(cast, 60_000)
        self.confirmed(cast, 10_000, "USD")
        self.confirmed(cast, 99_000, confirmed_on=None)
        self.confirmed(cast, 99_000, on=day(-366))
        self.confirmed(cast, 99_000, archived_at=clock.now())
        assert worth_of(cast.account.pk, "EUR", today=clock.today()) == Decimal(68_000)
        assert worth_of(cast.account.pk, "USD", today=clock.today()) == Decimal(85_000)
        made = anew(start_proposal(by=cast.owner, renewal=renewal_of(cast.account)))
        assert page_of(made).options[0].figures.roi == (Decimal(68_000) - 24_000) / 24_000

    def test_without_confirmed_worth_the_return_is_unknown(self, cast):
        self.confirmed(cast, 60_000, confirmed_on=None)
        made = anew(start_proposal(by=cast.owner, renewal=renewal_of(cast.account)))
        assert [made.worth, *(row.figures.roi for row in page_of(made).options)] == [None] * 4

    def test_an_amount_without_a_rate_makes_the_sum_unknown(self, cast):
        self.confirmed(cast, 60_000)
        self.confirmed(cast, 10_000, "ZZZ")
        assert worth_of(cast.account.pk, "EUR", today=clock.today()) is None


class TestEditing:
    def test_what_was_typed_takes_the_place_of_what_there_was(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        edit_proposal(
            by=cast.manager,
            proposal=made,
            options=[offered(renewal, "0.10", term=24, in_return="term")],
            note="Dear Kim",
            version=1,
        )
        saved = anew(made)
        [option] = terms_of(saved)
        assert (option.discount, option.term_months, option.in_return) == (Decimal("0.10"), 24, "term")
        assert option.lines[0].today_price == Decimal(240)
        assert (saved.note, saved.author, saved.version) == ("Dear Kim", cast.manager, 2)
        assert (ProposalOption.objects.count(), ProposalLine.objects.count()) == (1, 1)
        assert saved.history.latest("pgh_id").pgh_context.metadata["user"] == cast.manager.pk

    def test_the_same_twice_changes_nothing(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        for _ in range(2):
            edit_proposal(by=cast.owner, proposal=made, options=[offered(renewal, "0.05")], version=1)
        assert anew(made).version == 2

    def test_words_alone_leave_the_author(self, cast):
        made = start_proposal(by=cast.owner, renewal=renewal_of(cast.account))
        edit_proposal(by=cast.manager, proposal=made, options=terms_of(anew(made)), note="Dear Kim")
        assert anew(made).author == cast.owner

    def test_the_second_writer_is_told(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        edit_proposal(by=cast.manager, proposal=made, options=[offered(renewal)], version=1)
        with pytest.raises(StaleError, match="Mona Manager"):
            edit_proposal(by=cast.owner, proposal=made, options=[offered(renewal, "0.05")], version=1)
        assert terms_of(anew(made))[0].discount == 0

    def test_what_the_customer_pays_today_cannot_be_talked_down(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        cheap = offered(renewal)
        cheap = type(cheap)("Cheap", 12, "yearly", (type(cheap.lines[0])(cheap.lines[0].product, Decimal(180), 100),))
        edit_proposal(by=cast.owner, proposal=made, options=[cheap])
        assert page_of(anew(made)).options[0].figures.discount == Decimal("0.25")
        with pytest.raises(RefusedError, match="above the limit of Olga Owner, 5 %"):
            send_proposal(by=cast.owner, proposal=made)

    @pytest.mark.parametrize("state", ["sent", "accepted", "declined", "withdrawn"])
    def test_what_was_sent_stays_as_it_is(self, cast, state):
        renewal = renewal_of(cast.account)
        made = ProposalFactory(
            renewal=renewal, state=state, sent_at=clock.now(), answered_at=clock.now(), answered_name="Kim"
        )
        with pytest.raises(RefusedError, match="new version"):
            edit_proposal(by=cast.owner, proposal=made, options=[offered(renewal)])

    def test_a_closed_renewal_takes_no_changes(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        close(renewal)
        for act in (
            lambda: edit_proposal(by=cast.owner, proposal=made, options=[offered(renewal)]),
            lambda: send_proposal(by=cast.owner, proposal=made),
            lambda: withdraw_proposal(by=cast.owner, proposal=made),
        ):
            with pytest.raises(RefusedError, match="closed"):
                act()


class TestSending:
    def test_within_the_limit_it_goes_out_and_stays_as_it_is(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        edit_proposal(by=cast.owner, proposal=made, options=[offered(renewal, "0.05")])
        sent = send_proposal(by=cast.owner, proposal=made)
        assert (sent.state, sent.sent_by, sent.sent_at is None) == ("sent", cast.owner, False)
        with pytest.raises(RefusedError, match="sent already"):
            send_proposal(by=cast.owner, proposal=made)

    @pytest.mark.parametrize(
        ("role", "discount", "term", "goes"),
        [
            ("owner", "0.05", 12, True),
            ("owner", "0.0501", 12, False),
            ("owner", "0.10", 24, True),
            ("owner", "0.15", 36, True),
            ("owner", "0.16", 120, False),
            ("ae", "0.05", 12, True),
            ("ae", "0.06", 12, False),
            ("manager", "0.10", 12, True),
            ("manager", "0.11", 12, False),
            ("executive", "0.20", 12, True),
            ("executive", "0.21", 12, False),
            ("admin", "0", 12, True),
            ("admin", "0.01", 12, False),
        ],
    )
    def test_the_limit_of_who_wrote_the_terms_counts(self, cast, role, discount, term, goes):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        edit_proposal(by=getattr(cast, role), proposal=made, options=[offered(renewal, discount, term=term)])
        if goes:
            assert send_proposal(by=cast.owner, proposal=made).state == "sent"
        else:
            with pytest.raises(RefusedError, match="Ask for an approval first"):
                send_proposal(by=cast.owner, proposal=made)

    def test_the_one_before_is_withdrawn_with_its_link(self, cast):
        renewal = renewal_of(cast.account)
        first = start_proposal(by=cast.owner, renewal=renewal)
        send_proposal(by=cast.owner, proposal=first)
        link = ProposalShareFactory(proposal=first)
        second = revise_proposal(by=cast.owner, proposal=first)
        assert (second.number, second.state, is_live(link)) == (2, "draft", True)
        send_proposal(by=cast.owner, proposal=second)
        assert (anew(first).state, anew(first).withdrawn_reason) == ("withdrawn", "Replaced by proposal 2")
        assert not is_live(link)

    def test_beside_an_accepted_one_nothing_is_sent(self, cast):
        renewal = renewal_of(cast.account)
        ProposalFactory(
            renewal=renewal,
            number=9,
            state="accepted",
            sent_at=clock.now(),
            answered_at=clock.now(),
            answered_name="Kim",
        )
        made = start_proposal(by=cast.owner, renewal=renewal)
        with pytest.raises(RefusedError, match="accepted proposal 9"):
            send_proposal(by=cast.owner, proposal=made)


class TestRevising:
    def test_a_new_version_has_the_same_terms_and_leaves_the_old_one(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        send_proposal(by=cast.owner, proposal=made)
        again = revise_proposal(by=cast.team_mate, proposal=made)
        assert terms_of(anew(again)) == terms_of(anew(made))
        assert (again.author, anew(made).state) == (cast.team_mate, "sent")

    def test_what_can_be_changed_needs_none(self, cast):
        made = start_proposal(by=cast.owner, renewal=renewal_of(cast.account))
        with pytest.raises(RefusedError, match="can still be changed"):
            revise_proposal(by=cast.owner, proposal=made)


class TestWithdrawing:
    def test_it_is_no_option_any_more_and_keeps_why(self, cast):
        renewal = renewal_of(cast.account)
        made = start_proposal(by=cast.owner, renewal=renewal)
        withdraw_proposal(by=cast.owner, proposal=made, reason="Other prices")
        assert (anew(made).state, anew(made).withdrawn_reason, option_count(renewal.pk)) == (
            "withdrawn",
            "Other prices",
            0,
        )
        with pytest.raises(RefusedError, match="withdrawn"):
            withdraw_proposal(by=cast.owner, proposal=made)
