"""Renewals open by themselves, once for each period of a contract."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Contract, Segment
from renewals.models import Renewal, RenewalStep, SegmentTimeline, StageMove, Timeline
from renewals.services.opening import open_due_renewals
from tests.factories import AccountFactory, ContractFactory, ExchangeRateFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def segment(key):
    return Segment.objects.get(key=key)


def contract(left, *, of=None, rank=None, **fields):
    """A contract that ends in so many days, of an account of a segment."""
    account = fields.pop("account", None) or AccountFactory(
        segment=segment(of) if of else None, health_rank=rank, owner=UserFactory()
    )
    return ContractFactory(account=account, start=day(-200), end=day(left), with_line=12_000, **fields)


def opened(days=0):
    return open_due_renewals(today=day(days))


def steps(renewal):
    """The steps of a renewal as days before its date, by their keys."""
    return {one.key: (renewal.due_on - one.day).days for one in renewal.steps.all()}


@pytest.mark.parametrize(
    ("key", "begins"),
    [("enterprise", 180), ("mid_market", 120), ("smb", 90), ("self_serve", 90), (None, 90)],
)
def test_it_opens_on_the_day_on_which_the_timeline_of_its_segment_begins(key, begins):
    contract(begins + 1, of=key)
    assert (opened(), opened(1)) == (0, 1)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("enterprise", {"kick_off": 180, "review": 135, "options": 90, "agreement": 45, "thanks": 0}),
        ("mid_market", {"kick_off": 120, "review": 90, "options": 60, "agreement": 30, "thanks": 0}),
        ("smb", {"opened": 90, "kick_off": 60, "pricing": 45, "negotiation": 30, "final_terms": 14, "close": 0}),
        ("self_serve", {"recap": 75, "roi": 60, "terms": 45, "contract": 30, "follow_up": 14, "red_alert": 7}),
    ],
)
def test_it_has_the_steps_of_the_timeline_of_its_segment(key, expected):
    contract(60, of=key)
    assert opened() == 1
    assert steps(Renewal.objects.get()) == expected


def test_it_knows_what_is_under_contract_and_whose_it_is():
    one = contract(80, of="smb")
    opened()
    renewal = Renewal.objects.get()
    assert (renewal.account, renewal.contract, renewal.due_on, renewal.owner, renewal.segment) == (
        one.account, one, one.end, one.account.owner, one.account.segment,
    )  # fmt: skip
    assert (renewal.stage, renewal.current_arr, renewal.timeline.key) == ("upcoming", Decimal(12_000), "standard_90")
    assert list(StageMove.objects.values_list("renewal", "before", "after", "by")) == [
        (renewal.pk, "", "upcoming", None)
    ]


def test_amounts_are_in_the_currency_of_the_workspace():
    ExchangeRateFactory(currency="USD", rate=Decimal("0.9"))
    contract(80, currency="USD")
    opened()
    assert Renewal.objects.get().current_arr == Decimal("10800.00")


def test_it_opens_once_however_often_it_is_looked():
    contract(80)
    assert (opened(), opened(), opened(30)) == (1, 0, 0)


def test_a_period_that_was_closed_opens_no_second_time_and_the_next_one_does():
    one = contract(80)
    opened()
    Renewal.objects.update(stage="closed", outcome="flat", closed_arr=1, closed_at=dt.datetime.now(dt.UTC))
    assert opened() == 0
    Contract.objects.filter(pk=one.pk).update(end=day(445))
    assert (opened(300), opened(360)) == (0, 1)


@pytest.mark.parametrize(
    ("change", "opens"),
    [
        ({"status": "draft"}, 0),
        ({"status": "cancelled"}, 0),
        ({"status": "ended"}, 0),
        ({"end": None}, 0),
        ({"start": day(1)}, 0),
        ({"end": day(-29)}, 1),
        ({"end": day(-30)}, 0),
    ],
)
def test_only_contracts_that_are_signed_and_have_an_end_are_asked_about(change, opens):
    one = contract(80)
    Contract.objects.filter(pk=one.pk).update(**change)
    assert opened() == opens


@pytest.mark.parametrize("trait", [{"churned": True}, {"is_trial": True}, {"archived_at": dt.datetime.now(dt.UTC)}])
def test_accounts_that_are_no_customers_have_no_renewals(trait):
    contract(80, account=AccountFactory(**trait))
    assert opened() == 0


def test_a_contract_that_another_one_follows_has_no_renewal_of_its_own():
    one = contract(20)
    ContractFactory(account=one.account, start=day(10), end=day(385), with_line=1)
    assert opened() == 0


def test_each_contract_of_an_account_has_its_own_renewal():
    one = contract(80)
    contract(50, account=one.account)
    assert opened() == 2


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({"rank": 3}, 180),
        ({"rank": 4}, 180),
        ({"rank": 2}, 120),
        ({"rank": 1}, 90),
        ({"auto_renew": True, "notice_days": 90}, 104),
        ({"auto_renew": True, "notice_days": 30}, 90),
        ({"auto_renew": False, "notice_days": 90}, 90),
    ],
)
def test_what_the_account_and_the_contract_are_lets_it_open_earlier(fields, left):
    contract(left + 1, of="smb", **fields)
    assert (opened(), opened(1)) == (0, 1)


def test_who_is_served_by_e_mail_only_gets_no_planning_and_no_intervention():
    contract(100, of="self_serve", rank=4)
    assert (opened(), opened(10)) == (0, 1)
    assert "intervention" not in steps(Renewal.objects.get())


def test_a_contract_that_renews_by_itself_has_a_step_before_the_notice_period_ends():
    contract(80, of="smb", auto_renew=True, notice_days=60)
    opened()
    assert steps(Renewal.objects.get())["notice"] == 74


def test_an_admin_gives_a_segment_another_timeline():
    its = SegmentTimeline.objects.get(segment=segment("smb"))
    its.timeline, its.start_days = Timeline.objects.get(key="tiered"), 90
    its.save()
    contract(90, of="smb")
    assert opened() == 1
    assert steps(Renewal.objects.get()) == {"kick_off": 90, "review": 68, "options": 45, "agreement": 23, "thanks": 0}


def test_only_the_named_accounts_are_looked_at():
    one, _ = contract(80), contract(80)
    assert open_due_renewals(today=day(0), account_ids=[one.account_id]) == 1


def test_many_open_by_as_many_statements_as_one():
    contract(80)
    with CaptureQueriesContext(connection) as one:
        opened()
    for _ in range(5):
        contract(80)
    with CaptureQueriesContext(connection) as many:
        assert opened() == 5
    assert len(one) == len(many) == 6


@pytest.mark.django_db(transaction=True)
def test_of_two_that_look_at_once_one_opens():
    for _ in range(4):
        contract(80)

    def look(_):
        try:
            return opened()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, range(4))) == 4
    assert Renewal.objects.count() == StageMove.objects.count() == 4
    assert RenewalStep.objects.count() == 24
