"""Open renewals follow their contracts, their accounts and the owners."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contract, ContractLine, Segment, Task
from renewals.models import Renewal, StageMove
from renewals.services.following import follow_contracts
from renewals.services.looking_after import look_after_renewals
from tests.factories import AccountFactory, ContractFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def renewal(left=60, *, of="smb", account=None, arr=12_000, **fields):
    account = account or AccountFactory(owner=UserFactory(), segment=Segment.objects.get(key=of))
    one = ContractFactory(account=account, start=day(-300), end=day(left), with_line=arr, **fields)
    look_after_renewals(today=day(0), account_ids=[account.pk])
    return Renewal.objects.get(contract=one)


def follow(days=0):
    return follow_contracts(today=day(days))


def change(renewal, **fields):
    Contract.objects.filter(pk=renewal.contract_id).update(**fields)


def ended(one):
    """How a renewal stands after its contract was looked at."""
    follow()
    one.refresh_from_db()
    return one.stage, one.outcome, one.closed_arr


def test_what_is_as_it_was_is_not_touched():
    one = renewal()
    assert follow() == 0
    one.refresh_from_db()
    assert one.version == 1


def test_the_arr_follows_the_lines_without_a_new_version():
    one = renewal()
    ContractLine.objects.filter(contract=one.contract).update(arr=15_000)
    assert (follow(), follow()) == (1, 0)
    one.refresh_from_db()
    assert (one.current_arr, one.version) == (Decimal(15_000), 1)


def test_the_segment_and_the_owner_follow_the_account_and_the_tasks_the_owner():
    one, new = renewal(), UserFactory()
    Account.objects.filter(pk=one.account_id).update(owner=new, segment=Segment.objects.get(key="enterprise"))
    follow()
    one.refresh_from_db()
    assert (one.owner, one.segment.key, one.timeline.key, one.version) == (new, "enterprise", "standard_90", 2)
    assert list(Task.objects.get().assignees.all()) == [new]


def test_an_owner_whom_somebody_chose_stays():
    one, chosen = renewal(), UserFactory()
    Renewal.objects.update(owner=chosen)
    Account.objects.filter(pk=one.account_id).update(owner=UserFactory())
    follow()
    one.refresh_from_db()
    assert one.owner == chosen


def test_of_an_owner_who_left_the_account_decides():
    one, new = renewal(), UserFactory()
    Renewal.objects.update(owner=UserFactory(is_active=False))
    Account.objects.filter(pk=one.account_id).update(owner=new)
    follow()
    one.refresh_from_db()
    assert one.owner == new


def test_what_a_team_mate_was_given_stays_with_them():
    one, mate = renewal(), UserFactory()
    Task.objects.get().assignees.set([mate])
    Account.objects.filter(pk=one.account_id).update(owner=UserFactory())
    follow()
    assert list(Task.objects.get().assignees.all()) == [mate]


def test_a_date_that_is_past_leaves_it_open():
    one = renewal(2)
    assert (follow(30), Renewal.objects.get().stage, one.due_on) == (0, "upcoming", day(2))


@pytest.mark.parametrize(
    ("worth", "outcome"), [(12_000, "flat"), (13_000, "expanded"), (11_000, "contracted"), (0, "contracted")]
)
def test_a_contract_that_follows_renews_it_by_its_worth(worth, outcome):
    one = renewal()
    follower = ContractFactory(account=one.account, start=one.due_on, end=day(425), term_months=12, with_line=worth)
    assert ended(one) == ("closed", outcome, Decimal(worth))
    assert (one.new_contract, one.closed_term_months, one.close_reason) == (
        follower, 12, "A contract that follows it was signed.",
    )  # fmt: skip
    assert StageMove.objects.filter(renewal=one, before="upcoming", after="closed").count() == 1
    assert not Task.objects.unfinished().exists()
    assert follow() == 0


def test_one_contract_that_follows_two_is_shared_between_them():
    one = renewal(arr=10_000)
    two = renewal(account=one.account, arr=30_000)
    ContractFactory(account=one.account, start=one.due_on, end=day(425), with_line=60_000)
    assert ended(one) == ("closed", "expanded", Decimal(15_000))
    assert ended(two) == ("closed", "expanded", Decimal(45_000))
    assert [one.new_contract is None, two.new_contract is None] == [False, True]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "cancelled"}, ("closed", "lost", Decimal(0))),
        ({"status": "ended"}, ("closed", "lost", Decimal(0))),
        ({"end": None}, ("closed", "flat", Decimal(12_000))),
    ],
)
def test_a_contract_that_is_settled_otherwise_closes_it(fields, expected):
    one = renewal()
    change(one, **fields)
    assert ended(one) == expected


def test_a_contract_that_has_ended_is_still_asked_about():
    one = renewal(2)
    change(one, end=day(0), status="ended")
    follow()
    assert Renewal.objects.get().stage == "upcoming"


def test_a_contract_that_is_not_signed_any_more_takes_its_renewal_along():
    one = renewal()
    change(one, status="draft")
    assert (follow(), Renewal.objects.count(), Task.objects.unfinished().count()) == (1, 0, 0)


def test_a_contract_that_is_deleted_takes_renewal_and_open_tasks_along():
    one = renewal()
    one.contract.delete()
    follow()
    assert (Renewal.objects.count(), Task.objects.get().status) == (0, "cancelled")


def test_an_account_that_left_loses_its_renewals():
    one = renewal()
    Account.objects.filter(pk=one.account_id).update(status="churned", churned_on=day(0))
    assert ended(one) == ("closed", "lost", Decimal(0))


def test_a_period_that_was_asked_about_already_is_not_moved_to():
    one = renewal(60)
    Renewal.objects.filter(pk=one.pk).update(
        stage="closed", outcome="flat", closed_arr=1, closed_at="2026-01-01T00:00Z"
    )
    change(one, end=day(80))
    look_after_renewals(today=day(0))
    two = Renewal.objects.get(stage="upcoming")
    change(one, end=day(60))
    follow()
    two.refresh_from_db()
    assert two.due_on == day(80)


def test_an_account_that_comes_to_risk_gets_an_intervention_at_once():
    one = renewal(85)
    Account.objects.filter(pk=one.account_id).update(health_rank=3)
    look_after_renewals(today=day(0))
    look_after_renewals(today=day(0))
    step = one.steps.get(key="intervention")
    assert (step.state, (step.task.due_at.date() - day(0)).days) == ("made", 5)


def test_a_contract_that_begins_to_renew_by_itself_gets_its_step():
    one = renewal(85)
    change(one, auto_renew=True, notice_days=30)
    follow()
    assert one.steps.get(key="notice").day == day(41)
    change(one, notice_days=40)
    follow()
    assert one.steps.get(key="notice").day == day(31)


def test_many_are_followed_by_as_many_statements_as_one():
    def counted(number):
        renewals = [renewal() for _ in range(number)]
        for one in renewals[: number // 2]:
            change(one, end=day(70))
        for one in renewals[number // 2 :]:
            change(one, status="cancelled")
        with CaptureQueriesContext(connection) as queries:
            follow()
        return len(queries)

    assert counted(2) == counted(6)
