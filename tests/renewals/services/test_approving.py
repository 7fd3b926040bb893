"""Discounts above a limit: who is asked, who may decide, and what a change does to it."""

import dataclasses
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Notification, Task, User
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.models import Approval, DiscountAuthority
from renewals.queries.approvals import refusal_for, waiting_for
from renewals.queries.proposals import terms_of
from renewals.services.approving import approve, ask_approval, refuse
from renewals.services.authority import install_authority
from renewals.services.closing import close_renewal, undo_closing
from renewals.services.proposing import edit_proposal, send_proposal, start_proposal, withdraw_proposal
from tests.factories import UserFactory
from tests.factories.proposals import ApprovalFactory
from tests.renewals.making import anew, offered, renewal_of
from tests.renewals.services.closings import lost, to_close

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _matrix(db):
    install_authority()


def asked(cast, discount="0.15", *, by=None, note="They asked for it"):
    """A proposal with a discount that waits for an approval."""
    renewal = renewal_of(cast.account)
    author = by or cast.owner
    made = start_proposal(by=author, renewal=renewal)
    edit_proposal(by=author, proposal=made, options=[offered(renewal, discount)])
    return ask_approval(by=author, proposal=made, note=note)


def pending(proposal):
    return list(proposal.approvals.filter(verdict="pending").order_by("pk"))


class TestMatrix:
    def test_it_ships_once_and_what_an_admin_took_away_stays_away(self):
        assert install_authority() == 0
        DiscountAuthority.objects.exclude(role="csm").delete()
        install_authority()
        assert [one.role for one in DiscountAuthority.objects.all()] == ["csm"]


class TestAsking:
    @pytest.mark.parametrize(
        ("discount", "asks"),
        [
            ("0.08", [("line", "0.0800", "manager")]),
            ("0.15", [("line", "0.1500", "executive")]),
            ("0.30", [("line", "0.2000", "executive"), ("finance", "0.2000", "finance")]),
        ],
    )
    def test_the_nearest_above_who_may_give_it_gets_a_task_and_a_message(self, cast, discount, asks):
        people = {
            "manager": cast.manager,
            "executive": cast.executive,
            "finance": UserFactory(as_executive=True, approves_discounts=True),
        }
        made = asked(cast, discount)
        assert made.state == "awaiting"
        found = [(one.part, str(one.needed)) for one in pending(made)]
        assert found == [(part, needed) for part, needed, _ in asks]
        for one, (_, _, who) in zip(pending(made), asks, strict=True):
            task = Task.objects.get(origin_key=f"approval:{one.pk}")
            assert (list(task.assignees.all()), task.status, task.body) == ([people[who]], "open", "They asked for it")
            told = Notification.objects.get(key=f"approval:{one.pk}:{people[who].pk}")
            assert told.title == f"Decide on {discount[2:].lstrip('0')} % discount for Halden Logistics"

    def test_all_executives_are_asked_where_the_author_reports_to_nobody(self, cast):
        other = UserFactory(as_executive=True)
        made = asked(cast, "0.15", by=cast.ae)
        [task] = Task.objects.filter(origin_key=f"approval:{pending(made)[0].pk}")
        assert set(task.assignees.all()) == {cast.executive, other}

    def test_within_the_limit_nobody_is_asked(self, cast):
        with pytest.raises(RefusedError, match="alone"):
            asked(cast, "0.05")

    def test_where_nobody_is_finance_it_says_so_and_nothing_is_asked(self, cast):
        with pytest.raises(RefusedError, match="nobody is marked as finance"):
            asked(cast, "0.30")
        assert Approval.objects.count() == 0

    def test_where_nobody_above_may_give_it_it_says_so(self, cast):
        cast.executive.is_active = False
        cast.executive.save()
        with pytest.raises(RefusedError, match="Nobody above Olga Owner"):
            asked(cast, "0.15")

    def test_it_is_asked_once(self, cast):
        made = asked(cast)
        with pytest.raises(RefusedError, match="already"):
            ask_approval(by=cast.owner, proposal=made)

    def test_what_waits_cannot_be_sent(self, cast):
        with pytest.raises(RefusedError, match="waits for the approval"):
            send_proposal(by=cast.owner, proposal=asked(cast))


class TestDeciding:
    def test_approved_with_a_reason_it_can_be_sent(self, cast):
        made = asked(cast)
        [one] = pending(made)
        approve(by=cast.executive, approval=one, reason="A reference customer")
        one.refresh_from_db()
        assert (one.verdict, one.decided_by, one.reason) == ("approved", cast.executive, "A reference customer")
        assert one.decided_at is not None
        task = Task.objects.get(origin_key=f"approval:{one.pk}")
        assert (task.status, task.outcome) == ("done", "Approved: A reference customer")
        told = Notification.objects.get(user=cast.owner, key=f"approval:{one.pk}:decided")
        assert told.title == "Edda Executive approved 15 % discount for Halden Logistics"
        assert send_proposal(by=cast.owner, proposal=made).state == "sent"

    def test_refused_with_a_reason_it_is_a_draft_again(self, cast):
        made = asked(cast)
        refuse(by=cast.executive, approval=pending(made)[0], reason="Too much")
        assert (anew(made).state, made.approvals.get().verdict) == ("draft", "refused")
        with pytest.raises(RefusedError, match="Ask for an approval first"):
            send_proposal(by=cast.owner, proposal=made)

    def test_a_decision_takes_a_reason(self, cast):
        [one] = pending(asked(cast))
        for verb in (approve, refuse):
            with pytest.raises(RefusedError, match="Say why"):
                verb(by=cast.executive, approval=one, reason="  ")

    def test_it_is_decided_once(self, cast):
        [one] = pending(asked(cast))
        approve(by=cast.executive, approval=one, reason="Yes")
        with pytest.raises(RefusedError, match="approved already"):
            refuse(by=cast.executive, approval=one, reason="No")

    def test_above_every_limit_two_people_decide(self, cast):
        finance = UserFactory(as_executive=True, approves_discounts=True)
        made = asked(cast, "0.30")
        line, money = pending(made)
        assert approve(by=finance, approval=line, reason="Yes").state == "awaiting"
        with pytest.raises(RefusedError, match="takes another person"):
            approve(by=finance, approval=money, reason="Yes, too")
        with pytest.raises(RefusedError, match="for finance"):
            approve(by=cast.executive, approval=money, reason="Yes")
        other = UserFactory(as_executive=True, approves_discounts=True)
        assert approve(by=other, approval=money, reason="Yes").state == "approved"

    def test_one_refusal_of_two_ends_it(self, cast):
        UserFactory(as_executive=True, approves_discounts=True)
        made = asked(cast, "0.30")
        refuse(by=cast.executive, approval=pending(made)[0], reason="No")
        assert [one.verdict for one in made.approvals.order_by("pk")] == ["refused", "withdrawn"]
        assert {task.status for task in Task.objects.filter(origin_key__startswith="approval:")} == {
            "done",
            "cancelled",
        }

    def test_an_executive_above_every_limit_asks_finance_alone_and_not_themselves(self, cast):
        cast.executive.approves_discounts = True
        cast.executive.save()
        finance = UserFactory(as_executive=True, approves_discounts=True)
        made = asked(cast, "0.30", by=cast.executive)
        [one] = pending(made)
        assert one.part == "finance"
        with pytest.raises(RefusedError, match="of their own"):
            approve(by=cast.executive, approval=one, reason="Mine")
        assert approve(by=finance, approval=one, reason="Yes").state == "approved"

    @pytest.mark.parametrize(
        ("who", "reason"),
        [
            ("owner", "of their own"),
            ("team_mate", "to whom the author reports"),
            ("ae", "to whom the author reports"),
            ("other_manager", "to whom the author reports"),
            ("manager", "takes a limit of 15 %, and yours is 10 %"),
            ("admin", "takes a limit of 15 %, and yours is 0 %"),
        ],
    )
    def test_who_may_not_decide_is_told_why(self, cast, who, reason):
        [one] = pending(asked(cast))
        with pytest.raises(RefusedError, match=reason):
            approve(by=getattr(cast, who), approval=one, reason="Yes")
        assert Approval.objects.get().verdict == "pending"

    @pytest.mark.parametrize("discount", ["0.08", "0.15", "0.30"])
    def test_the_queue_holds_what_one_may_decide_and_nothing_else(self, cast, discount):
        finance = UserFactory(as_executive=True, approves_discounts=True)
        made = asked(cast, discount)
        people = [*cast.insiders, cast.outsider, cast.other_manager, finance]
        for one in pending(made):
            for user in (User.objects.get(pk=person.pk) for person in people):
                sees = user not in (cast.outsider, cast.other_manager) and not user.read_only
                may = refusal_for(user, one) is None and sees
                assert waiting_for(user).filter(pk=one.pk).exists() == may, (user, one)
        approve(by=finance, approval=pending(made)[0], reason="Yes")
        assert not waiting_for(finance).exists()

    def test_the_database_refuses_ones_own(self, cast):
        one = ApprovalFactory(proposal__renewal__account=cast.account)
        one.verdict, one.decided_at, one.decided_by, one.reason = "approved", clock.now(), cast.owner, "Mine"
        with pytest.raises(IntegrityError, match="approval_not_ones_own"), transaction.atomic():
            one.save()

    def test_the_database_refuses_a_decision_without_a_reason(self, cast):
        one = ApprovalFactory(proposal__renewal__account=cast.account)
        one.verdict, one.decided_at, one.decided_by = "approved", clock.now(), cast.manager
        with pytest.raises(IntegrityError, match="approval_decision_is_whole"), transaction.atomic():
            one.save()


class TestChanging:
    def test_a_changed_proposal_needs_approval_again(self, cast):
        made = asked(cast)
        approve(by=cast.executive, approval=pending(made)[0], reason="Yes")
        edit_proposal(by=cast.owner, proposal=made, options=[offered(made.renewal, "0.18")])
        assert anew(made).state == "draft"
        with pytest.raises(RefusedError, match="Ask for an approval first"):
            send_proposal(by=cast.owner, proposal=made)
        ask_approval(by=cast.owner, proposal=made)
        assert [(one.round, one.verdict, one.discount) for one in made.approvals.order_by("round")] == [
            (1, "approved", Decimal("0.15")),
            (2, "pending", Decimal("0.18")),
        ]

    @pytest.mark.parametrize("act", ["edit", "withdraw"])
    def test_what_was_asked_is_taken_back_with_its_task_and_message(self, cast, act):
        made = asked(cast)
        [one] = pending(made)
        if act == "edit":
            edit_proposal(by=cast.owner, proposal=made, options=[offered(made.renewal, "0.05")])
        else:
            withdraw_proposal(by=cast.owner, proposal=made)
        assert made.approvals.get().verdict == "withdrawn"
        assert Task.objects.get(origin_key=f"approval:{one.pk}").status == "cancelled"
        assert not Notification.objects.filter(key__startswith=f"approval:{one.pk}:").exists()
        with pytest.raises(RefusedError, match="withdrawn already"):
            approve(by=cast.executive, approval=one, reason="Yes")

    def test_a_message_that_was_read_stays(self, cast):
        made = asked(cast)
        Notification.objects.filter(user=cast.executive).update(read_at=clock.now())
        withdraw_proposal(by=cast.owner, proposal=made)
        assert Notification.objects.filter(user=cast.executive).exists()

    def test_what_an_executive_changed_goes_out_by_their_limit(self, cast):
        made = asked(cast)
        edit_proposal(by=cast.executive, proposal=made, options=[offered(made.renewal, "0.18")])
        assert send_proposal(by=cast.owner, proposal=made).state == "sent"


class TestClosing:
    def test_a_renewal_that_closes_has_nothing_to_decide_any_more_until_that_is_taken_back(self, cast):
        made = start_proposal(by=cast.owner, renewal=to_close(cast.account))
        lower = [dataclasses.replace(one, discount=Decimal("0.15")) for one in terms_of(anew(made))]
        edit_proposal(by=cast.owner, proposal=made, options=lower)
        ask_approval(by=cast.owner, proposal=made)
        [one] = pending(made)
        task = Task.objects.get(origin_key=f"approval:{one.pk}")
        close_renewal(by=cast.owner, renewal=made.renewal, terms=lost(made.renewal))
        task.refresh_from_db()
        assert (task.status, waiting_for(cast.executive).exists()) == ("cancelled", False)
        with pytest.raises(RefusedError, match="closed"):
            approve(by=cast.executive, approval=one, reason="Yes")
        undo_closing(by=cast.owner, renewal=made.renewal)
        task.refresh_from_db()
        assert (task.status, waiting_for(cast.executive).exists()) == ("open", True)
