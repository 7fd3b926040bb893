"""What is read of each source, at the edges of its window, and in how many statements."""

import dataclasses
import math

import pytest
import time_machine

from cs_workspace.common import clock
from health.domain.signal_findings import Facts, find
from health.queries.signal_facts import DailyUse, facts_of
from health.queries.signals import active_signal_rules
from tests.factories import (
    ContactFactory,
    EventFactory,
    InvoiceFactory,
    NoteFactory,
    SuppressionFactory,
    SurveyAnswerFactory,
    TicketFactory,
    TouchFactory,
    UsageDayFactory,
)
from tests.health.making import TODAY, account, ago, contract, noon, observed_account, product, usage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


def facts(one) -> Facts:
    return facts_of([one.pk], active_signal_rules(), day=TODAY)[one.pk]


def signals(one) -> dict[str, str]:
    """The evidence that is found, by kind."""
    known, rules = facts(one), active_signal_rules()
    found = {kind: find(rule, known, day=TODAY) for kind, rule in rules.items()}
    return {kind: finding.evidence for kind, finding in found.items() if finding}


def test_usage_of_two_windows():
    one = account()
    usage(one, range(30), logins=1, active_users=2)
    usage(one, range(30, 61), logins=1, active_users=4)
    assert facts(one).usage_change == pytest.approx(-0.5)
    assert signals(one) == {"usage_down": "Usage −50 % against the 30 days before"}


@pytest.mark.parametrize(("days", "silent"), [(13, False), (14, True)])
def test_no_login_for_fourteen_days(days, silent):
    one = account()
    usage(one, [days, 40], logins=1)
    TouchFactory(account=one, at=noon(2), direction="in")
    assert facts(one).days_since_login == days
    assert ("silent" in signals(one)) is silent


@pytest.mark.parametrize(("days", "silent"), [(44, False), (45, True)])
def test_no_two_way_touch_for_forty_five_days(days, silent):
    one = account()
    TouchFactory(account=one, at=noon(days), direction="in")
    TouchFactory(account=one, at=noon(1), direction="out", kind="email", attended=None)
    assert ("silent" in signals(one)) is silent


def test_who_was_never_spoken_with_is_silent_since_the_day_they_came():
    one, other = account(customer_since=ago(45)), account()
    assert facts(one).days_since_touch is None
    TouchFactory(account=other, at=noon(2), direction="in")
    assert facts(one).days_since_touch == 45


def test_an_open_ticket_is_no_silence():
    one = account()
    usage(one, [20], logins=1)
    TicketFactory(account=one, opened_at=noon(40), closed_at=noon(38))
    assert "silent" in signals(one)
    TicketFactory(account=one, opened_at=noon(40))
    assert "silent" not in signals(one)


def test_a_spike_of_tickets_against_the_usual_and_then_none():
    one = account()
    for days in (22, 25, 30, 35, 40):
        TicketFactory(account=one, opened_at=noon(days), closed_at=noon(days - 1))
    TicketFactory(account=one, opened_at=noon(200), closed_at=noon(199))
    known = facts(one)
    assert (known.spike, known.days_since_ticket, known.last_ticket.on) == (5, 22, ago(22))
    assert known.usual == pytest.approx(6 * 30 / 365)
    assert "ticket_silence" in signals(one)
    TicketFactory(account=one, opened_at=noon(20), closed_at=noon(19))
    assert "ticket_silence" not in signals(one)


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"escalated": True, "opened_at": 29, "closed_at": 28}, True),
        ({"escalated": True, "opened_at": 30, "closed_at": 28}, False),
        ({"escalated": True, "opened_at": 200}, True),
        ({"severity": "critical", "opened_at": 3}, True),
        ({"severity": "high", "opened_at": 3}, False),
    ],
)
def test_escalated_and_critical_tickets(fields, seen):
    one = account()
    moments = {name: noon(value) if name.endswith("_at") else value for name, value in fields.items()}
    TicketFactory(account=one, subject="Nothing works", **moments)
    assert ("escalation" in signals(one)) is seen


@pytest.mark.parametrize(
    ("days", "roles", "seen"),
    [(0, ["champion"], True), (89, ["sponsor"], True), (90, ["champion"], False), (3, ["user"], False)],
)
def test_key_contacts_who_left(days, roles, seen):
    one = account()
    ContactFactory(account=one, name="Ann Lee", status="left", left_on=ago(days), roles=roles)
    assert ("contact_left" in signals(one)) is seen


@pytest.mark.parametrize(
    ("days", "reason", "roles", "seen"),
    [
        (0, "bounced", ["champion"], True),
        (89, "bounced", ["decision_maker"], True),
        (90, "bounced", ["champion"], False),
        (3, "bounced", ["user"], False),
        (3, "unsubscribed", ["champion"], False),
    ],
)
def test_key_contacts_whose_e_mail_bounces_have_left_as_far_as_anybody_knows(days, reason, roles, seen):
    one = account()
    ContactFactory(account=one, name="Ann Lee", email="Ann@X.example.com", roles=roles)
    SuppressionFactory(address="ann@x.example.com", reason=reason, at=clock.start_of(ago(days)))
    assert ("contact_left" in signals(one)) is seen


def test_who_is_marked_as_left_is_told_once_and_by_the_day_that_a_person_gave():
    one = account()
    left = {"status": "left", "left_on": ago(9), "roles": ["champion"], "email": "ann@x.example.com"}
    ContactFactory(account=one, name="Ann Lee", **left)
    SuppressionFactory(address="ann@x.example.com", reason="bounced", at=clock.start_of(ago(3)))
    assert [(item.on, item.how) for item in facts(one).left] == [(ago(9), "")]


def test_one_engaged_contact_left_over():
    one = account()
    ContactFactory(account=one, name="Ann Lee", engagement="engaged")
    ContactFactory(account=one, name="Bo", engagement="occasional")
    ContactFactory(account=one, name="Cy", engagement="engaged", status="left", left_on=ago(200))
    assert signals(one) == {"single_threaded": "Ann Lee is the only engaged contact"}
    ContactFactory(account=one, name="Di", engagement="engaged")
    assert signals(one) == {}


@pytest.mark.parametrize(("days", "seen"), [(15, False), (16, True)])
def test_invoices_overdue_for_more_than_fifteen_days(days, seen):
    one = account()
    InvoiceFactory(account=one, due_on=ago(days), number="INV-1", amount=1200, currency="EUR")
    InvoiceFactory(account=one, due_on=ago(80), paid_on=ago(2))
    expected = {"payment": "Invoice INV-1 of €1,200, 16 days overdue"} if seen else {}
    assert signals(one) == expected


def test_licensed_seats_of_the_contract_before():
    one, crm = account(), product()
    contract(one, seats=50, of=crm, start=ago(300), end=ago(10), status="ended")
    contract(one, seats=40, of=crm, start=ago(10), end=ago(-300))
    assert facts(one).licences == (50, 40)
    assert signals(one) == {"seats_removed": "50 → 40 seats licensed within 30 days, −20 %"}


def test_assigned_seats_as_they_were_reported():
    one, crm, erp = account(), product(), product()
    for item, before, now in ((crm, 30, 22), (erp, 10, 10)):
        UsageDayFactory(account=one, product=item, day=ago(35), seats_assigned=before, logins=1)
        UsageDayFactory(account=one, product=item, day=ago(2), seats_assigned=now, logins=1)
    assert facts(one).seats == (40, 32)


def test_seats_that_are_not_reported_any_more_are_unknown():
    one = account()
    UsageDayFactory(account=one, day=ago(35), seats_assigned=40)
    assert facts(one).seats is None


def test_detractors_by_the_latest_answer_of_each():
    one = account()
    ann, bo = ContactFactory(account=one, name="Ann"), ContactFactory(account=one, name="Bo")
    SurveyAnswerFactory(account=one, contact=ann, kind="nps", score=9, at=noon(100))
    SurveyAnswerFactory(account=one, contact=ann, kind="nps", score=6, at=noon(10))
    SurveyAnswerFactory(account=one, contact=bo, kind="nps", score=2, at=noon(100))
    SurveyAnswerFactory(account=one, contact=bo, kind="nps", score=7, at=noon(20))
    SurveyAnswerFactory(account=one, kind="nps", score=1, at=noon(180))
    assert signals(one) == {"detractor": "Ann gave 6 of 10 on 5 Mar 2026"}


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("They talk to a COMPETITOR now", True),
        ("They are evaluating alternatives", True),
        ("A competitoress is somebody else", False),
        ("Nothing new", False),
    ],
)
def test_competitors_in_notes_and_touches(words, seen):
    one, other = account(), account()
    NoteFactory(account=one, body=words, at=noon(3))
    TouchFactory(account=other, summary=words, at=noon(3))
    assert [("competitor" in signals(each)) for each in (one, other)] == [seen, seen]


def test_words_are_words_and_no_patterns():
    rules = active_signal_rules()
    rules["competitor"] = dataclasses.replace(rules["competitor"], words=("c++ (pro)", "100%"))
    one = account()
    NoteFactory(account=one, body="They use C++ (Pro) at 100% now", at=noon(3))
    assert len(facts_of([one.pk], rules, day=TODAY)[one.pk].mentions) == 1


def test_an_assessment_of_ours_is_no_evidence():
    one = account()
    NoteFactory(account=one, body="Competitor mentioned", at=noon(0), template="churn_risk", by=None)
    assert signals(one) == {}


def test_exports_and_visits_of_the_billing_pages():
    one = account()
    EventFactory(account=one, kind="custom", name="Data Export", at=noon(29))
    EventFactory(account=one, kind="custom", name="billing page", at=noon(44))
    EventFactory(account=one, kind="custom", name="data export", at=noon(30))
    assert signals(one) == {
        "data_export": "“Data Export” on 14 Feb 2026",
        "billing_visited": "“billing page” on 30 Jan 2026, and no upgrade since",
    }


def test_who_bought_more_since_only_looked_up_the_price():
    one = account()
    contract(one, arr=10_000)
    EventFactory(account=one, kind="custom", name="billing page", at=noon(20))
    assert "billing_visited" in signals(one)
    contract(one, arr=2_000, start=ago(10))
    assert "billing_visited" not in signals(one)


def test_a_healthy_account_shows_nothing():
    one = observed_account(1.0)
    ContactFactory(account=one, engagement="engaged")
    ContactFactory(account=one, engagement="engaged")
    assert signals(one) == {}


def test_of_an_account_without_observations_nothing_is_known():
    one = account()
    known = facts(one)
    assert math.isnan(known.usage_change)
    assert dataclasses.replace(known, usage_change=0.0) == Facts(usage_change=0.0, open_tickets=0)


def test_a_source_is_read_once_however_many_the_accounts(django_assert_num_queries):
    one = observed_account(0.2)
    many = [one, *(observed_account(number / 12) for number in range(12))]
    rules = active_signal_rules()
    for accounts in ([one], many):
        with django_assert_num_queries(13):
            facts_of([each.pk for each in accounts], rules, day=TODAY)


def test_a_change_of_usage_that_is_known_is_not_computed_again(django_assert_num_queries):
    accounts = [observed_account(0.2), observed_account(0.8)]
    ids, rules = [one.pk for one in accounts], {"usage_down": active_signal_rules()["usage_down"]}
    with django_assert_num_queries(0):
        known = facts_of(ids, rules, day=TODAY, usage_change=dict(zip(ids, (-0.4, math.nan), strict=True)))
    assert known[ids[0]].usage_change == -0.4
    assert math.isnan(known[ids[1]].usage_change)
    one_known = facts_of(ids, rules, day=TODAY, usage_change={ids[0]: -0.4})
    assert one_known[ids[1]].usage_change == facts(accounts[1]).usage_change


def test_what_no_rule_asks_for_is_not_read(django_assert_num_queries):
    one = observed_account(0.2)
    rules = {"payment": active_signal_rules()["payment"]}
    with django_assert_num_queries(1):
        facts_of([one.pk], rules, day=TODAY)


def test_what_was_told_of_daily_use_is_not_read_again(django_assert_num_queries):
    quiet, seated, earlier = account(), account(), account()
    usage(quiet, [20], logins=1)
    for days, seats in ((35, 40), (2, 30)):
        UsageDayFactory(account=seated, day=ago(days), seats_assigned=seats, logins=1)
    usage(earlier, [70], logins=1)
    ids, rules = [quiet.pk, seated.pk, earlier.pk], active_signal_rules()
    rules = {kind: rules[kind] for kind in ("silent", "seats_removed")}
    told = dict(zip(ids, (DailyUse(20.0, False), DailyUse(2.0, True), DailyUse(math.nan, False)), strict=True))
    assert facts_of(ids, rules, day=TODAY, daily_use=told) == facts_of(ids, rules, day=TODAY)
    with django_assert_num_queries(3):
        facts_of([quiet.pk], rules, day=TODAY, daily_use=told)
