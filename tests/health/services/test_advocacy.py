"""Advocates and asks: named, asked within their limit, answered, done, and every step taken back."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Task
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from health.models import AdvocacyAsk, Advocate
from health.services.advocacy import (
    agree,
    ask_advocate,
    decline,
    edit_advocate,
    end_advocate,
    finish,
    name_advocate,
    resume_advocate,
    take_back,
    take_back_edit,
    withdraw,
)
from health.services.survey_follow_up import follow_up_agreement
from tests.cast import make_cast
from tests.factories import (
    AdvocacyAskFactory,
    AdvocateFactory,
    ContactFactory,
    SurveyAnswerFactory,
    SurveyAskFactory,
    day,
)

pytestmark = pytest.mark.django_db
KEY = "9f1f7c3e-2a55-4c4b-9f44-0f1d3b7a1a12"


def named(cast, **fields) -> Advocate:
    contact = ContactFactory(account=cast.account, name="Mira Kern")
    return AdvocateFactory(account=cast.account, contact=contact, **fields)


def asked(cast, advocate, about="A call with Northwind") -> AdvocacyAsk:
    return ask_advocate(by=cast.owner, advocate=advocate, about=about)


# Who speaks for us


def test_somebody_is_named_once_for_each_kind(cast):
    contact = ContactFactory(account=cast.account, name="Mira Kern")
    name = {"by": cast.owner, "account": cast.account, "contact": contact}
    advocate = name_advocate(**name, kind="reference", note="Month end in half the time")
    name_advocate(**name, kind="case_study")
    assert (advocate.note, advocate.named_by, advocate.why_not) == ("Month end in half the time", cast.owner, "")
    with pytest.raises(RefusedError, match="Mira Kern is an advocate of this kind already: reference"):
        name_advocate(**name, kind="reference")
    assert Advocate.objects.count() == 2


def test_a_form_names_once(cast):
    contact = ContactFactory(account=cast.account)
    name = {"by": cast.owner, "account": cast.account, "contact": contact, "kind": "referral", "key": KEY}
    name_advocate(**name)
    with pytest.raises(RepeatedError):
        name_advocate(**name)


def test_who_was_an_advocate_before_goes_on_with_what_was_asked(cast):
    before = named(cast, ended=True)
    AdvocacyAskFactory(advocate=before, done=True, ago=200)
    again = name_advocate(by=cast.owner, account=cast.account, contact=before.contact, kind="reference")
    assert (again.pk, again.ended_at, again.note, again.asks.count()) == (before.pk, None, before.note, 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "left", "left_on": dt.date(2026, 1, 1)}, "they are not there any more"),
        ({"archived_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "they are not there any more"),
    ],
)
def test_who_is_not_there_is_not_named(cast, fields, words):
    contact = ContactFactory(account=cast.account, **fields)
    with pytest.raises(RefusedError, match=words):
        name_advocate(by=cast.owner, account=cast.account, contact=contact, kind="reference")


def test_of_a_lost_customer_nobody_is_named_or_asked(cast):
    advocate = named(cast)
    cast.account.status, cast.account.churned_on = "churned", day(-3)
    cast.account.save()
    with pytest.raises(RefusedError, match="the account is lost"):
        asked(cast, advocate)
    with pytest.raises(RefusedError, match="the account is lost"):
        name_advocate(by=cast.owner, account=cast.account, contact=advocate.contact, kind="referral")


def test_a_change_can_be_taken_back_and_a_second_writer_is_told(cast):
    advocate = named(cast, note="Retail")
    changed = edit_advocate(by=cast.owner, advocate=advocate, note="Retail, 40 shops", version=1)
    with pytest.raises(StaleError):
        edit_advocate(by=cast.manager, advocate=advocate, note="Banks", version=1)
    assert take_back_edit(by=cast.owner, advocate=advocate, version=changed.version).note == "Retail"


def test_ending_and_going_on(cast):
    advocate = named(cast)
    assert end_advocate(by=cast.owner, advocate=advocate).ended_by == cast.owner
    for do in (lambda: asked(cast, advocate), lambda: end_advocate(by=cast.owner, advocate=advocate)):
        with pytest.raises(RefusedError, match="no longer an advocate"):
            do()
    assert resume_advocate(by=cast.owner, advocate=advocate).ended_at is None
    with pytest.raises(RefusedError, match="already"):
        resume_advocate(by=cast.owner, advocate=advocate)


def test_nobody_ends_while_an_ask_is_open(cast):
    advocate = named(cast)
    asked(cast, advocate)
    with pytest.raises(RefusedError, match="An ask is open"):
        end_advocate(by=cast.owner, advocate=advocate)


# Asks


def test_an_ask_from_asked_to_done_and_all_the_way_back(cast):
    ask = asked(cast, named(cast))
    assert (ask.state, ask.asked_on, ask.asked_by) == ("asked", clock.today(), cast.owner)
    agree(by=cast.owner, ask=ask)
    done = finish(by=cast.owner, ask=ask, came={"used_on": day(0), "outcome": "They signed", "link": ""})
    assert (done.state, done.used_on, done.outcome) == ("done", clock.today(), "They signed")
    back = take_back(by=cast.owner, ask=ask)
    assert (back.state, back.used_on, back.answered_on) == ("agreed", None, clock.today())
    back = take_back(by=cast.owner, ask=ask)
    assert (back.state, back.answered_on) == ("asked", None)


def test_declined_with_why(cast):
    ask = asked(cast, named(cast))
    declined = decline(by=cast.owner, ask=ask, outcome="Their lawyers forbid it")
    assert (declined.state, declined.outcome, declined.answered_on) == (
        "declined", "Their lawyers forbid it", clock.today(),
    )  # fmt: skip
    with pytest.raises(RefusedError, match="They declined already"):
        agree(by=cast.owner, ask=ask)


def test_one_ask_is_open_at_a_time(cast):
    advocate = named(cast, kind="case_study")
    first = asked(cast, advocate)
    with pytest.raises(RefusedError, match="Mira Kern was asked already"):
        asked(cast, advocate, "Another one")
    decline(by=cast.owner, ask=first)
    asked(cast, advocate, "Another one")
    with pytest.raises(RefusedError, match="Another ask is open by now"):
        take_back(by=cast.owner, ask=first)


@pytest.mark.parametrize("ago", [0, 1, 29])
def test_who_was_asked_for_a_reference_rests_and_the_refusal_says_until_when(cast, ago):
    advocate = named(cast)
    AdvocacyAskFactory(advocate=advocate, declined=True, ago=ago)
    with pytest.raises(RefusedError, match=f"At most every 30 days: possible from {day(30 - ago):%d %b %Y}"):
        asked(cast, advocate)


@pytest.mark.parametrize(
    "before", [{"declined": True, "ago": 30}, {"done": True, "ago": 45}, {"withdrawn": True, "ago": 2}]
)
def test_after_the_rest_a_reference_may_be_asked_for_again(cast, before):
    advocate = named(cast)
    AdvocacyAskFactory(advocate=advocate, **before)
    assert asked(cast, advocate).state == "asked"


def test_the_rest_begins_anew_with_the_use(cast):
    advocate = named(cast)
    AdvocacyAskFactory(advocate=advocate, done=True, ago=45, used_on=day(-10))
    with pytest.raises(RefusedError, match=f"possible from {day(20):%d %b %Y}"):
        asked(cast, advocate)


def test_the_other_kinds_need_no_rest(cast):
    advocate = named(cast, kind="testimonial")
    AdvocacyAskFactory(advocate=advocate, done=True, ago=1)
    assert asked(cast, advocate).state == "asked"


def test_a_withdrawn_ask_comes_back_only_where_none_was_made_since(cast):
    advocate = named(cast)
    first = asked(cast, advocate)
    withdraw(by=cast.owner, ask=first)
    assert take_back(by=cast.owner, ask=first).state == "asked"
    withdraw(by=cast.owner, ask=first)
    decline(by=cast.owner, ask=asked(cast, advocate, "Another one"))
    with pytest.raises(RefusedError, match="At most every 30 days"):
        take_back(by=cast.owner, ask=first)


@pytest.mark.parametrize("ahead", [-11, 1])
def test_done_between_the_ask_and_today(cast, ahead):
    ask = AdvocacyAskFactory(advocate=named(cast), agreed=True, ago=10)
    with pytest.raises(RefusedError, match="Give a day from"):
        finish(by=cast.owner, ask=ask, came={"used_on": day(ahead), "outcome": "", "link": ""})


def test_the_ask_does_the_task_of_the_survey_and_withdrawing_opens_it_again(cast):
    contact = ContactFactory(account=cast.account, name="Mira Kern")
    answer = SurveyAnswerFactory(account=cast.account, contact=contact, kind="nps", score=10)
    survey = SurveyAskFactory(
        account=cast.account, contact=contact, answer=answer, answered_at=clock.now(), agreed_at=clock.now()
    )
    follow_up_agreement(survey)
    task = Task.objects.get(origin_key=f"survey:{survey.pk}:agreed")
    ask = asked(cast, AdvocateFactory(account=cast.account, contact=contact))
    task.refresh_from_db()
    assert (task.status, task.outcome) == ("done", "Asked: A call with Northwind")
    withdraw(by=cast.owner, ask=ask)
    task.refresh_from_db()
    assert task.status == "open"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_is_refused():
    cast = make_cast()
    advocate = named(cast)

    def ask(number: int) -> str:
        try:
            return asked(cast, advocate, f"Call {number}").state
        except RefusedError as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(ask, range(2)))
    assert came == ["Mira Kern was asked already: say first what came of it.", "asked"]
