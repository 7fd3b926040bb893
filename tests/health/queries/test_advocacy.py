"""Advocates as lists show them, and who might be next."""

import datetime as dt

import pytest
from django.utils import timezone

from cs_workspace.common import clock
from health.queries.advocacy import AdvocateFilter, advocate_counts, advocates, advocates_of, rows_of
from health.queries.advocacy_candidates import board, promoters
from tests.factories import (
    AccountFactory,
    AdvocacyAskFactory,
    AdvocateFactory,
    ContactFactory,
    SegmentFactory,
    SurveyAnswerFactory,
    SurveyAskFactory,
    day,
    days_ago,
)

pytestmark = pytest.mark.django_db


def shown(user, **wanted) -> list[str]:
    return [row.advocate.contact.name for row in rows_of(advocates(user, AdvocateFilter(**wanted)))]


def one_of_each(cast) -> None:
    """An advocate in each state, called by it."""
    named = {
        name: AdvocateFactory(account=cast.account, contact=ContactFactory(account=cast.account, name=name))
        for name in ("asked", "agreed", "declined lately", "done long ago", "never asked", "withdrawn")
    }
    AdvocacyAskFactory(advocate=named["asked"])
    AdvocacyAskFactory(advocate=named["agreed"], agreed=True, ago=40)
    AdvocacyAskFactory(advocate=named["declined lately"], declined=True, ago=29)
    AdvocacyAskFactory(advocate=named["done long ago"], done=True, ago=30)
    AdvocacyAskFactory(advocate=named["withdrawn"], withdrawn=True)
    AdvocateFactory(account=cast.account, contact=ContactFactory(account=cast.account, name="ended"), ended=True)
    AdvocateFactory(account=cast.account, contact=ContactFactory(account=cast.account, name="gone", gone=True))
    lost = AccountFactory(owner=cast.owner, status="churned", churned_on=day(-3))
    AdvocateFactory(account=lost, contact=ContactFactory(account=lost, name="lost"))


IN_STATE = {
    "current": {"asked", "agreed", "declined lately", "done long ago", "never asked", "withdrawn"},
    "ready": {"done long ago", "never asked", "withdrawn"},
    "asked": {"asked", "agreed"},
    "resting": {"declined lately"},
    "former": {"ended", "gone", "lost"},
}


def test_each_state_shows_and_counts_the_same(cast):
    one_of_each(cast)
    assert {state: set(shown(cast.owner, state=state)) for state in IN_STATE} == IN_STATE
    counts = advocate_counts(cast.owner, AdvocateFilter())
    assert counts == {state: len(names) for state, names in IN_STATE.items()}


def test_the_list_and_its_rows_say_the_same_of_who_may_be_asked(cast):
    one_of_each(cast)
    rows = rows_of(advocates(cast.owner, AdvocateFilter()))
    assert {row.advocate.contact.name for row in rows if row.may_be_asked} == IN_STATE["ready"]
    assert {row.advocate.contact.name for row in rows if row.rests_until and not row.open_ask} == IN_STATE["resting"]


def test_a_row_counts_uses_and_knows_the_last(cast):
    advocate = AdvocateFactory(account=cast.account)
    AdvocacyAskFactory(advocate=advocate, done=True, ago=200)
    AdvocacyAskFactory(advocate=advocate, done=True, ago=90, used_on=day(-20))
    AdvocacyAskFactory(advocate=advocate, declined=True, ago=50)
    AdvocacyAskFactory(advocate=advocate, withdrawn=True)
    row = advocates_of(cast.account)[0]
    assert (row.uses, row.last_used_on, row.last_asked_on) == (2, day(-20), day(-50))
    assert row.rests_until == day(10)


def test_the_list_can_be_narrowed(cast):
    retail = SegmentFactory(key="retail", name="Retail", lower_arr=7)
    account = AccountFactory(owner=cast.owner, name="Kestrel Foods", segment=retail, segment_pinned=True)
    AdvocateFactory(
        account=account, contact=ContactFactory(account=account, name="Ida"), kind="case_study", note="Tills"
    )
    AdvocateFactory(account=cast.account, contact=ContactFactory(account=cast.account, name="Olaf"), note="Fleets")
    for wanted in (
        {"kind": "case_study"},
        {"segment": "retail"},
        {"text": "kestrel"},
        {"text": "tills"},
        {"text": "ida"},
    ):
        assert shown(cast.owner, **wanted) == ["Ida"], wanted
    assert shown(cast.owner, text="nothing") == []


@pytest.mark.parametrize("count", [1, 6])
def test_rows_cost_two_queries_however_many_there_are(cast, django_assert_num_queries, count):
    for _ in range(count):
        AdvocacyAskFactory(account=cast.account, done=True, ago=3)
    with django_assert_num_queries(2):
        rows = rows_of(advocates(cast.admin, AdvocateFilter()))
        assert [(row.uses, str(row.advocate.contact)[:7], row.advocate.account.name) for row in rows] == (
            [(1, "Contact", "Halden Logistics")] * count
        )


# Promoters


def answered(cast, name: str, score: int, *, ago: int = 5, agreed: bool = False, **contact):
    person = ContactFactory(account=cast.account, name=name, **contact)
    answer = SurveyAnswerFactory(account=cast.account, contact=person, kind="nps", score=score, at=days_ago(ago))
    if agreed:
        SurveyAskFactory(
            account=cast.account, contact=person, answer=answer, answered_at=days_ago(ago), agreed_at=clock.now()
        )
    return person


def test_promoters_are_those_who_would_recommend_us_now_who_agreed_first(cast):
    answered(cast, "early", 9, ago=30)
    answered(cast, "late", 10, ago=2)
    answered(cast, "agreed", 9, ago=90, agreed=True)
    answered(cast, "passive", 8)
    answered(cast, "long ago", 10, ago=181)
    answered(cast, "gone", 10, gone=True)
    changed_mind = answered(cast, "changed mind", 10, ago=60)
    SurveyAnswerFactory(account=cast.account, contact=changed_mind, kind="nps", score=4, at=days_ago(1))
    speaks = answered(cast, "advocate already", 10)
    AdvocateFactory(account=cast.account, contact=speaks, kind="referral")
    once = answered(cast, "was one", 10, ago=40)
    AdvocateFactory(account=cast.account, contact=once, ended=True)
    assert [answer.contact.name for answer in promoters(cast.owner)] == ["agreed", "late", "early", "was one"]
    assert not promoters(cast.outsider)


# The advisory board


def fitting(cast, **fields):
    return AccountFactory(
        **{"owner": cast.owner, "health_score": 80, "health_rank": 1, "customer_since": day(-400)} | fields
    )


def test_the_board_takes_healthy_customers_of_some_time(cast):
    fitting(cast, name="fits", health_score="70.1")
    fitting(cast, name="not healthy enough", health_score="70.0")
    fitting(cast, name="unknown health", health_score=None, health_rank=None)
    fitting(cast, name="new", customer_since=day(-30))
    fitting(cast, name="since unknown", customer_since=None)
    fitting(cast, name="lost", status="churned", churned_on=day(-1))
    sits = fitting(cast, name="sits there")
    AdvocateFactory(account=sits, kind="advisory_board")
    found = board(cast.owner)
    assert ([one.account.name for one in found.candidates], found.seated) == (["fits"], 1)
    assert not board(cast.outsider).candidates


@pytest.mark.parametrize(("since", "fits"), [(dt.date(2026, 5, 9), True), (dt.date(2026, 5, 10), False)])
def test_more_than_six_months(cast, since, fits):
    moment = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)
    with clock.set_to(moment), timezone.override("UTC"):
        fitting(cast, customer_since=since)
        assert bool(board(cast.owner).candidates) is fits


def test_the_board_is_spread_over_the_segments_and_looks_at_who_sits_there(cast):
    big, small = SegmentFactory(name="Big", lower_arr=900), SegmentFactory(name="Small", lower_arr=1)
    for number in range(14):
        fitting(cast, name=f"big {number}", segment=big, segment_pinned=True, health_score=99 - number)
    for number in range(3):
        fitting(cast, name=f"small {number}", segment=small, segment_pinned=True, health_score=75 - number)
    for _ in range(2):
        AdvocateFactory(account=fitting(cast, segment=big, segment_pinned=True), kind="advisory_board")
    found = board(cast.owner)
    names = [one.account.name for one in found.candidates]
    assert names[:5] == ["small 0", "small 1", "big 0", "small 2", "big 1"]
    assert len(names) == 12
    assert [(one.name, one.seated, one.proposed) for one in found.segments] == [("Big", 2, 9), ("Small", 0, 3)]


def test_whom_to_ask_is_the_highest_part_and_then_the_most_influential(cast):
    account = fitting(cast)
    ContactFactory(account=account, name="user", roles=["user"], influence=10)
    ContactFactory(account=account, name="champion", roles=["champion"], influence=9)
    ContactFactory(account=account, name="gone", roles=["sponsor"], gone=True)
    assert [one.contact.name for one in board(cast.owner).candidates] == ["champion"]
    ContactFactory(account=account, name="sponsor", roles=["sponsor", "user"], influence=2)
    ContactFactory(account=account, name="first sponsor", roles=["sponsor"], influence=8)
    assert [one.contact.name for one in board(cast.owner).candidates] == ["first sponsor"]
    bare = fitting(cast, name="nobody known", health_score=71)
    assert board(cast.owner).candidates[-1].contact is None
    assert board(cast.owner).candidates[-1].account == bare


@pytest.mark.parametrize("count", [1, 8])
def test_the_board_costs_the_same_however_many_fit(cast, django_assert_num_queries, count):
    for _ in range(count):
        ContactFactory(account=fitting(cast), roles=["champion"])
    with django_assert_num_queries(3):
        found = board(cast.admin)
        assert [str(one.account.owner) for one in found.candidates] == ["Olga Owner"] * count
