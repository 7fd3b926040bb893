import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accounts.domain.book import Filters, Order
from accounts.models import Account, Segment
from accounts.queries.book import NextAction, Totals, book_page, matching, next_actions, tags_of
from accounts.queries.book_columns import column_of, columns, ordered, sortable_keys, with_risk
from cs_workspace.common import clock
from tests.cast import Cast
from tests.factories import (
    AccountFactory,
    AlertFactory,
    AlertRuleFactory,
    SegmentFactory,
    TaskFactory,
    TeamMemberFactory,
    UserFactory,
    day,
    days_ago,
)

pytestmark = pytest.mark.django_db

ALL = Filters(status="all")


def found(user: Any, **asked: Any) -> set[str]:
    filters = replace(Filters(), **asked)
    return set(matching(user, filters, today=clock.today(), now=clock.now()).values_list("name", flat=True))


def names(user: Any, order: str, *, size: int = 50, number: int = 1, filters: Filters = ALL) -> list[str]:
    page = book_page(user, filters, Order.parse(order), columns(), number=number, size=size)
    return [row["name"] for row in page.rows]


@pytest.fixture
def boss() -> Any:
    return UserFactory(as_executive=True)


# Visibility


def test_everybody_gets_their_own_book_and_no_other(cast: Cast):
    assert {user.name: found(user) for user in (cast.owner, cast.team_mate, cast.manager, cast.ae, cast.outsider)} == {
        "Olga Owner": {"Halden Logistics"},
        "Tim Teammate": {"Halden Logistics"},
        "Mona Manager": {"Halden Logistics"},
        "Ada Executive-Account": {"Halden Logistics"},
        "Udo Outsider": {"Stranger Foods"},
    }
    assert found(cast.executive) == {"Halden Logistics", "Stranger Foods"}


def test_one_who_owns_an_account_and_is_on_its_team_twice_sees_it_once(cast: Cast):
    TeamMemberFactory(account=cast.account, user=cast.owner, role="csm")
    TeamMemberFactory(account=cast.account, user=cast.owner, role="sponsor")
    page = book_page(cast.owner, Filters(), Order(), columns(), number=1, size=50)
    assert ([row["name"] for row in page.rows], page.totals.accounts) == (["Halden Logistics"], 1)


def test_an_owner_that_is_filtered_by_opens_no_other_book(cast: Cast):
    assert found(cast.manager, owner=str(cast.outsider.pk)) == set()


# Filters: for each, one account that fits and the same one without it


FILTERS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("name", {"q": "hALd"}, {"name": "Halden"}, {"name": "Brightwell"}),
    ("domain", {"q": "halden.ex"}, {"domain": "halden.example"}, {"domain": "else.example"}),
    ("external id", {"q": "ab-1"}, {"external_id": "AB-1", "source": "crm"}, {"external_id": "AB-12", "source": "crm"}),
    ("a percent sign", {"q": "5%"}, {"name": "5% Club"}, {"name": "50 Club"}),
    ("tier", {"tiers": frozenset({"4"})}, {"critical": True}, {"at_risk": True}),
    ("tiers", {"tiers": frozenset({"3", "4"})}, {"at_risk": True}, {"watch": True}),
    ("no score", {"tiers": frozenset({"none"})}, {}, {"healthy": True}),
    ("stage", {"stages": frozenset({"renewing"})}, {"stage": "renewing"}, {"stage": "adopting"}),
    ("trend", {"trends": frozenset({"declining"})}, {"health_trend": "declining"}, {"health_trend": ""}),
    ("churned", {"status": "churned"}, {"churned": True}, {}),
    ("active", {"status": "active"}, {}, {"churned": True}),
    ("tag", {"tag": "pilot"}, {"tags": ["early", "pilot"]}, {"tags": ["pilots"]}),
    ("least ARR", {"arr_min": Decimal(100)}, {"arr": Decimal(100)}, {"arr": Decimal("99.99")}),
    ("most ARR", {"arr_max": Decimal(100)}, {"arr": Decimal(100)}, {"arr": Decimal("100.01")}),
    ("strategic", {"strategic": True}, {"strategic": True}, {"strategic": False}),
    ("trial", {"trial": True}, {"is_trial": True}, {"is_trial": False}),
    ("alerts", {"with_alerts": True}, {"open_alerts": 1}, {"open_alerts": 0}),
]


@pytest.mark.parametrize(
    ("asked", "fits", "does_not"), [case[1:] for case in FILTERS], ids=[case[0] for case in FILTERS]
)
def test_a_filter_lets_through_what_fits(boss: Any, asked: dict, fits: dict, does_not: dict):
    wanted, other = AccountFactory(**fits), AccountFactory(**does_not)
    assert found(boss, **asked) == {wanted.name}
    assert other.name in found(boss, status="all")


def test_a_renewal_is_within_so_many_days_from_today_on(boss: Any):
    for offset in (-1, 0, 90, 91):
        AccountFactory(name=str(offset), renewal_date=day(offset))
    AccountFactory(name="unknown")
    assert found(boss, renewal_within=90) == {"0", "90"}
    assert found(boss, renewal_within=0) == {"0"}


def test_never_touched_is_untouched_for_however_long(boss: Any):
    AccountFactory(name="lately", last_touch=days_ago(13))
    AccountFactory(name="long ago", last_touch=days_ago(15))
    AccountFactory(name="never")
    assert found(boss, untouched_for=14) == {"long ago", "never"}


def test_segments_are_named_by_key(boss: Any):
    AccountFactory(name="small", segment=SegmentFactory(key="smallest"))
    AccountFactory(name="large", segment=SegmentFactory(key="largest"))
    AccountFactory(name="none")
    assert found(boss, segments=frozenset({"smallest"})) == {"small"}
    assert found(boss, segments=frozenset({"smallest", "largest"})) == {"small", "large"}


def test_owners_are_me_my_team_nobody_or_somebody(cast: Cast):
    AccountFactory(name="mine", owner=cast.manager)
    AccountFactory(name="nobody's")
    assert found(cast.manager, owner="me") == {"mine"}
    assert found(cast.manager, owner="team") == {"mine", "Halden Logistics"}
    assert found(cast.manager, owner=str(cast.owner.pk)) == {"Halden Logistics"}
    assert found(cast.executive, owner="none") == {"nobody's"}


def test_filters_hold_all_at_once(boss: Any):
    AccountFactory(name="both", critical=True, tags=["pilot"])
    AccountFactory(critical=True)
    AccountFactory(tags=["pilot"])
    assert found(boss, tiers=frozenset({"4"}), tag="pilot") == {"both"}


# Order


def segment(lower: int) -> Segment:
    return SegmentFactory(key=f"from-{lower}", lower_arr=lower)


# Column, then what it holds from the first to the last when sorted upwards.
ORDERS: dict[str, list[Callable[[], dict[str, Any]]]] = {
    "name": [lambda: {"name": "alpha"}, lambda: {"name": "Beta"}, lambda: {"name": "gamma"}],
    "health": [lambda: {"health_score": 20}, lambda: {"health_score": 70}],
    "trend": [
        lambda: {"health_trend": "declining"},
        lambda: {"health_trend": "stable"},
        lambda: {"health_trend": "improving"},
    ],
    "arr": [lambda: {"arr": 9}, lambda: {"arr": 10}],
    "segment": [lambda: {"segment": segment(2_000_001)}, lambda: {"segment": segment(2_000_002)}],
    "renewal": [lambda: {"renewal_date": day(-3)}, lambda: {"renewal_date": day(20)}],
    "touch": [lambda: {"last_touch": days_ago(9)}, lambda: {"last_touch": days_ago(2)}],
    "alerts": [lambda: {"open_alerts": 1}, lambda: {"open_alerts": 12}],
    "owner": [lambda: {"owner": UserFactory(name="anna")}, lambda: {"owner": UserFactory(name="Zoe")}],
    "tags": [lambda: {"tags": ["a"]}, lambda: {"tags": ["b"]}],
    "risk": [
        lambda: {"arr": 10, "expected_churn": Decimal("0.5")},
        lambda: {"arr": 8, "expected_churn": Decimal("0.9")},
    ],
    "reason": [lambda: {"health_reason": "A"}, lambda: {"health_reason": "B"}],
    "confidence": [lambda: {"health_confidence": Decimal("0.5")}, lambda: {"health_confidence": Decimal("0.9")}],
    "since": [lambda: {"customer_since": day(-400)}, lambda: {"customer_since": day(-4)}],
    "flags": [lambda: {"strategic": False}, lambda: {"strategic": True}],
    "stage": [lambda: {"stage": "onboarding"}, lambda: {"stage": "adopting"}],
    "status": [dict, lambda: {"churned": True}],
    "industry": [lambda: {"industry": "bakery"}, lambda: {"industry": "Mining"}],
    "country": [lambda: {"country": "Chad"}, lambda: {"country": "Peru"}],
    "domain": [lambda: {"domain": "a.example"}, lambda: {"domain": "B.example"}],
    "id": [lambda: {"external_id": "1", "source": "crm"}, lambda: {"external_id": "2", "source": "crm"}],
}
ALWAYS_KNOWN = {"name", "arr", "alerts", "flags", "stage", "status"}


def test_every_column_that_can_be_sorted_is_tested_here():
    assert set(sortable_keys()) == {*ORDERS, "next"}


@pytest.mark.parametrize("key", sorted(ORDERS))
def test_a_column_sorts_both_ways_with_ties_by_key_and_the_unknown_last(boss: Any, key: str):
    known = [[AccountFactory(**{"domain": "", **fields()}).pk] for fields in ORDERS[key]]
    if key != "name":
        known[0].append(AccountFactory(**{"domain": "", **ORDERS[key][0]()} | same(known[0][0], key)).pk)
    unknown = [] if key in ALWAYS_KNOWN else [AccountFactory(domain="").pk, AccountFactory(domain="").pk]
    upwards = [pk for group in known for pk in group]
    accounts = Account.objects.all()
    up = list(ordered(accounts, column_of(key), descending=False).values_list("pk", flat=True))
    down = list(ordered(accounts, column_of(key), descending=True).values_list("pk", flat=True))
    assert up == upwards + unknown
    assert down == upwards[::-1] + unknown[::-1]


def same(pk: int, key: str) -> dict[str, Any]:
    """What makes a second account tie with the first; keys of outside systems are unlike by rule."""
    first = Account.objects.get(pk=pk)
    return {
        "segment": {"segment": first.segment},
        "owner": {"owner": first.owner},
        "touch": {"last_touch": first.last_touch},
        "id": {"external_id": first.external_id, "source": "another"},
    }.get(key, {})


def test_the_next_action_sorts_by_the_day_of_the_first_open_task(boss: Any):
    late, soon, done, idle = (AccountFactory(name=name) for name in ("late", "soon", "done", "idle"))
    TaskFactory(account=late, due_at=days_ago(3))
    TaskFactory(account=late, due_at=days_ago(-9))
    TaskFactory(account=soon, due_at=days_ago(-1))
    TaskFactory(account=done, due_at=days_ago(5), done=True)
    TaskFactory(account=idle, due_at=None)
    assert names(boss, "next") == ["late", "soon", "done", "idle"]
    assert names(boss, "-next") == ["soon", "late", "idle", "done"]


@pytest.mark.parametrize("order", ["health", "-health", "renewal", "-renewal", "-touch", "arr", "-arr"])
def test_pages_together_are_the_book_with_each_account_once(boss: Any, order: str):
    for number in range(7):
        known = {"health_score": 50, "renewal_date": day(5), "last_touch": days_ago(2)} if number < 4 else {}
        AccountFactory(name=str(number), **known)
    pages = [names(boss, order, size=3, number=number) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == names(boss, order)


# Pages


def test_a_page_says_where_it_stands(boss: Any):
    AccountFactory.create_batch(7)
    page = book_page(boss, Filters(), Order(), columns(), number=2, size=3)
    assert (page.number, page.pages, page.first, page.last, page.beyond_end) == (2, 3, 4, 6, False)


def test_beyond_the_end_is_the_last_page(boss: Any):
    AccountFactory.create_batch(4)
    page = book_page(boss, Filters(), Order(), columns(), number=9, size=3)
    assert (page.number, page.first, page.last, page.beyond_end) == (2, 4, 4, True)


def test_an_empty_book_has_one_empty_page(boss: Any):
    page = book_page(boss, Filters(), Order(), columns(), number=1, size=50)
    assert (page.rows, page.pages, page.first, page.last, page.totals) == ([], 1, 0, 0, Totals())


# Totals and tiers


def scored(**fields: Any) -> Account:
    churn = {4: "0.800", 3: "0.400", 2: "0.125", 1: "0.025"}
    account = AccountFactory(**fields)
    if account.health_rank:
        account.expected_churn = Decimal(churn[account.health_rank])
        account.save(update_fields=["expected_churn"])
    return account


def test_totals_are_what_adding_up_the_rows_gives(boss: Any):
    for number, tier in enumerate(["healthy", "watch", "at_risk", "critical", "critical"]):
        scored(**{tier: True}, arr=Decimal(1000 + number * 333), renewal_date=day(number * 40 - 20), tags=["a"])
    AccountFactory(arr=Decimal("0.10"), renewal_date=day(90), tags=["a"])
    AccountFactory(arr=Decimal(5), tags=["b"])
    for filters in (Filters(), Filters(tag="a"), Filters(tiers=frozenset({"3", "none"})), Filters(tag="none")):
        accounts = list(matching(boss, filters, today=clock.today(), now=clock.now()))
        totals = book_page(boss, filters, Order(), columns(), number=1, size=2).totals
        worst = [account for account in accounts if (account.health_rank or 0) >= 3]
        soon = [account for account in accounts if account.renewal_date and day(0) <= account.renewal_date <= day(90)]
        scores = [account.health_score for account in accounts if account.health_score is not None]
        assert totals == Totals(
            accounts=len(accounts),
            arr=sum((account.arr for account in accounts), Decimal(0)),
            at_risk=len(worst),
            arr_at_risk=sum((account.arr for account in worst), Decimal(0)),
            revenue_at_risk=sum((account.arr * account.expected_churn for account in worst), Decimal(0)),
            renewing=len(soon),
            arr_renewing=sum((account.arr for account in soon), Decimal(0)),
            scored=len(scores),
            mean_score=sum(scores) / len(scores) if scores else None,
        )


def test_tiers_count_what_matches_all_other_filters(boss: Any):
    AccountFactory(critical=True, tags=["a"])
    AccountFactory(at_risk=True, tags=["a"])
    AccountFactory(at_risk=True)
    AccountFactory(tags=["a"])
    asked = Filters(tag="a", tiers=frozenset({"4"}))
    page = book_page(boss, asked, Order(), columns(), number=1, size=50)
    assert [(tier.key, tier.count, tier.wanted) for tier in page.tiers] == [
        ("1", 0, False),
        ("2", 0, False),
        ("3", 1, False),
        ("4", 1, True),
        ("none", 1, False),
    ]
    assert page.totals.accounts == 1


# What a row shows


def test_the_next_action_is_the_first_open_task_then_the_advice_of_the_worst_alert():
    busy, alarmed, idle, asleep = AccountFactory.create_batch(4)
    TaskFactory(account=busy, title="Later", due_at=days_ago(-5))
    first = TaskFactory(account=busy, title="First", due_at=days_ago(-1))
    TaskFactory(account=busy, title="Some day", due_at=None)
    TaskFactory(account=busy, title="Done", due_at=days_ago(3), done=True)
    TaskFactory(account=asleep, title="Asleep", snoozed_until=days_ago(-2))
    for account in (busy, alarmed):
        AlertFactory(account=account, rule=AlertRuleFactory(severity=3, next_action="Send a note"))
        AlertFactory(account=account, rule=AlertRuleFactory(severity=1, next_action="Call the champion"))
    assert next_actions([busy.pk, alarmed.pk, idle.pk, asleep.pk], now=clock.now()) == {
        busy.pk: NextAction("First", first.due_at),
        alarmed.pk: NextAction("Call the champion"),
    }


def test_revenue_at_risk_is_unknown_without_a_score():
    AccountFactory(arr=1000, expected_churn=Decimal("0.4"))
    AccountFactory(arr=1000)
    assert list(with_risk(Account.objects.order_by("pk")).values_list("risk", flat=True)) == [Decimal(400), None]


def test_tags_are_suggested_from_the_users_own_book(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(tags=["Pilot", "beta"])
    Account.objects.filter(pk=cast.strangers.pk).update(tags=["secret pilot"])
    assert tags_of(cast.owner, "") == ["beta", "Pilot"]
    assert tags_of(cast.owner, "PIL") == ["Pilot"]


def test_a_moment_decides_what_is_untouched(boss: Any):
    AccountFactory(name="a", last_touch=clock.now())
    later = clock.now() + dt.timedelta(days=15)
    untouched = matching(boss, Filters(untouched_for=14), today=clock.today(), now=later)
    assert [account.name for account in untouched] == ["a"]
