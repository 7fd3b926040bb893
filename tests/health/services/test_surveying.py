"""Who is asked by a survey, when, and by which e-mail; nobody too often, each cause once."""

import datetime as dt
import itertools

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Mail, Suppression
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.surveys import Asked
from health.models import Survey, SurveyAsk
from health.queries.survey_asks import address_of_survey
from health.registries import ASK_SOURCES
from health.services.survey_presets import install_surveys
from health.services.surveying import ask_after_events, ask_by_hand, ask_by_schedule, put_asks
from tests.factories import (
    AccountFactory,
    ContactFactory,
    OnboardingFactory,
    SurveyAnswerFactory,
    SurveyAskFactory,
    SurveyFactory,
    SurveyQuestionFactory,
    TicketFactory,
    UserMonthFactory,
    days_ago,
)

pytestmark = pytest.mark.django_db
# The last day of a quarter: everybody's turn has come.
END = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)


@pytest.fixture
def kim(cast):
    return known(ContactFactory(account=cast.account, name="Kim Roth", email="kim@halden.example"))


def known(contact, days=1000):
    """Somebody who has been there for so many days."""
    contact.created_at = days_ago(days)
    contact.save()
    return contact


def asked(**about):
    return SurveyAsk.objects.filter(**about).count()


# By schedule


@pytest.fixture
def nps():
    return SurveyFactory(kind="nps", every_days=91, most_a_year=2)


def test_a_schedule_asks_each_once_and_puts_an_e_mail_with_a_link_for_each_score_into_the_outbox(cast, kim, nps):
    with time_machine.travel(END, tick=False):
        assert (ask_by_schedule(now=END), ask_by_schedule(now=END)) == (1, 0)
    ask = SurveyAsk.objects.get()
    assert (ask.contact, ask.account, ask.cause_key, ask.asked_by) == (kim, cast.account, "2026-Q1", None)
    assert ask.expires_at - ask.asked_at == dt.timedelta(days=30)
    mail = Mail.objects.get()
    assert (mail.pk, mail.state, mail.cause, mail.by_itself) == (ask.mail_id, "queued", "survey", True)
    assert (mail.address, mail.sender) == ("kim@halden.example", cast.owner)
    address = address_of_survey(ask)
    assert address in mail.text
    assert [f"{address}?score={score}" in mail.html for score in range(11)] == [True] * 11


def test_over_two_years_nobody_is_asked_more_than_twice_in_any_year_nor_twice_in_thirty_days(cast, kim, nps):
    moments = []
    start = dt.datetime(2026, 1, 5, 6, tzinfo=dt.UTC)
    for day in range(0, 730, 5):
        now = start + dt.timedelta(days=day)
        with time_machine.travel(now, tick=False):
            if ask_by_schedule(now=now):
                moments.append(now)
    assert len(moments) in (4, 5)
    for one in moments:
        assert sum(one <= other < one + dt.timedelta(days=365) for other in moments) <= 2
    assert min(b - a for a, b in itertools.pairwise(moments)) >= dt.timedelta(days=91)


def test_a_schedule_spreads_people_over_the_quarter(cast, nps):
    people = [known(ContactFactory(account=cast.account)) for _ in range(6)]
    now = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        for one in people:
            known(one)
        while not asked():
            now += dt.timedelta(days=1)
            with time_machine.travel(now, tick=False):
                ask_by_schedule(now=now)
    first = min(one.pk % 90 for one in people)
    assert (now.date() - dt.date(2026, 1, 1)).days == max(first, 1)
    assert asked() == sum(one.pk % 90 <= max(first, 1) for one in people)


@pytest.mark.parametrize(
    "fields",
    [
        {"email": ""},
        {"status": "left", "left_on": dt.date(2026, 1, 1)},
        {"unsubscribed_at": END},
        {"archived_at": END},
        {"created_at": END - dt.timedelta(days=29)},
    ],
)
def test_whom_no_e_mail_may_reach_and_who_is_new_is_not_asked(cast, kim, nps, fields):
    type(kim).objects.filter(pk=kim.pk).update(**fields)
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0


@pytest.mark.parametrize(
    "fields", [{"status": "churned", "churned_on": END.date()}, {"is_trial": True}, {"archived_at": END}]
)
def test_people_of_lost_customers_and_trials_are_not_asked_by_schedule(cast, kim, nps, fields):
    type(cast.account).objects.filter(pk=cast.account.pk).update(**fields)
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0


def test_an_address_that_nothing_is_sent_to_is_not_asked(kim, nps):
    Suppression.objects.create(address=kim.email, reason="bounced", at=END)
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0


def test_a_survey_that_is_off_asks_nobody(kim):
    SurveyFactory(kind="nps", every_days=91, active_since=None)
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0


@pytest.mark.parametrize(
    ("days", "by", "expected"), [(0b111, "email", 1), (0b11, "email", 0), (0b111, "external_id", 1), (0, "email", 0)]
)
def test_where_users_are_told_by_name_somebody_needs_three_active_days(cast, kim, nps, days, by, expected):
    kim.source, kim.external_id = "crm", "k-17"
    kim.save()
    other = known(ContactFactory(account=cast.account, email="lea@halden.example"))
    UserMonthFactory(account=cast.account, user_key="LEA@halden.example", month=dt.date(2026, 1, 1), days=1)
    if days:
        UserMonthFactory(account=cast.account, user_key=getattr(kim, by).upper(), month=dt.date(2026, 1, 1), days=days)
    with time_machine.travel(END, tick=False):
        ask_by_schedule(now=END)
    assert (asked(contact=kim), asked(contact=other)) == (expected, 0)


def test_users_that_nobody_can_tell_apart_keep_nobody_from_being_asked(cast, kim, nps):
    UserMonthFactory(account=cast.account, user_key="user-0001", month=dt.date(2026, 1, 1), days=1)
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 1


def test_an_answer_that_was_imported_counts_as_having_been_asked(cast, kim, nps):
    SurveyAnswerFactory(account=cast.account, contact=kim, kind="csat", at=END - dt.timedelta(days=10))
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0


def test_what_a_higher_floor_asked_counts_as_well(cast, kim, nps, monkeypatch):
    monkeypatch.setitem(ASK_SOURCES, "reviews", lambda ids, since: {kim.pk: [Asked("review", END)]})
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0


def test_an_e_mail_that_was_cancelled_does_not_count(cast, kim, nps):
    ask = SurveyAskFactory(
        contact=kim,
        account=cast.account,
        sent=True,
        asked_at=END - dt.timedelta(days=10),
        survey=SurveyFactory(kind="csat"),
    )
    with time_machine.travel(END, tick=False):
        assert ask_by_schedule(now=END) == 0
        Mail.objects.filter(pk=ask.mail_id).update(state="cancelled")
        assert ask_by_schedule(now=END) == 1


# After what happened


@pytest.fixture
def csat():
    return SurveyFactory(kind="csat", needs_days=30, needs_active_days=3)


def test_whoever_opened_a_ticket_is_asked_once_when_it_is_closed(cast, kim, csat):
    ticket = TicketFactory(account=cast.account, contact=kim, closed_at=days_ago(0.1), subject="Export fails <b>")
    assert (ask_after_events(now=clock.now()), ask_after_events(now=clock.now())) == (1, 0)
    ask = SurveyAsk.objects.get()
    assert (ask.cause_key, ask.about) == (f"ticket:{ticket.pk}", "Export fails <b>")
    assert "Export fails &lt;b&gt;" in ask.mail.html


def test_of_two_tickets_the_last_one_is_asked_about(cast, kim, csat):
    TicketFactory(account=cast.account, contact=kim, opened_at=days_ago(9), closed_at=days_ago(3), subject="First")
    TicketFactory(account=cast.account, contact=kim, closed_at=days_ago(1), subject="Last")
    assert ask_after_events(now=clock.now()) == 1
    assert SurveyAsk.objects.get().about == "Last"


@pytest.mark.parametrize(
    "fields",
    [
        {"closed_at": None},
        {"rating": 4},
        {"contact": None},
        {"opened_at": days_ago(30), "closed_at": days_ago(8)},
    ],
)
def test_tickets_that_are_open_rated_of_nobody_or_long_closed_are_not_asked_about(cast, kim, csat, fields):
    TicketFactory(**{"account": cast.account, "contact": kim, "closed_at": days_ago(0.5)} | fields)
    assert ask_after_events(now=clock.now()) == 0


def test_what_was_before_the_survey_was_switched_on_is_not_asked_about(cast, kim):
    SurveyFactory(kind="csat", active_since=days_ago(0.2))
    TicketFactory(account=cast.account, contact=kim, closed_at=days_ago(0.5))
    assert ask_after_events(now=clock.now()) == 0


def test_a_completed_onboarding_is_asked_about_with_those_who_led_it(cast):
    SurveyFactory(kind="onboarding", to_roles=["champion"])
    champion = known(ContactFactory(account=cast.account, roles=["champion"]))
    known(ContactFactory(account=cast.account, roles=["user"]))
    onboarding = OnboardingFactory(account=cast.account, state="completed", ended_at=days_ago(1))
    OnboardingFactory(account=cast.account, about="Other", state="cancelled", ended_at=days_ago(1), end_reason="No")
    assert ask_after_events(now=clock.now()) == 1
    ask = SurveyAsk.objects.get()
    assert (ask.contact, ask.cause_key) == (champion, f"onboarding:{onboarding.pk}")


def test_a_lost_account_is_asked_why(cast):
    SurveyFactory(kind="exit", to_roles=["decision_maker"], needs_active_days=0)
    decided = known(ContactFactory(account=cast.account, roles=["decision_maker"]))
    cast.account.status, cast.account.churned_on = "churned", clock.today()
    cast.account.save()
    assert (ask_after_events(now=clock.now()), ask_after_events(now=clock.now())) == (1, 0)
    assert SurveyAsk.objects.get().contact == decided


# By hand


def test_one_is_asked_by_hand_and_not_again_for_thirty_days(cast, kim, csat):
    ask = ask_by_hand(by=cast.ae, survey=csat, contact=kim)
    assert (ask.asked_by, ask.mail.sender, ask.mail.state) == (cast.ae, cast.ae, "queued")
    with pytest.raises(RefusedError, match="less than 30 days ago"):
        ask_by_hand(by=cast.owner, survey=csat, contact=kim)
    assert asked() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"email": ""}, "no e-mail address"), ({"unsubscribed_at": END}, "unsubscribed"), ({"created_at": END}, "0 days")],
)
def test_asking_by_hand_says_why_it_cannot(cast, kim, csat, fields, words):
    with time_machine.travel(END, tick=False):
        type(kim).objects.filter(pk=kim.pk).update(**fields)
        with pytest.raises(RefusedError, match=words):
            ask_by_hand(by=cast.owner, survey=csat, contact=kim)


def test_the_e_mail_of_an_ask_goes_into_the_outbox_once(cast, kim, csat):
    ask = ask_by_hand(by=cast.owner, survey=csat, contact=kim)
    assert put_asks([ask.key])[0].mail == ask.mail
    assert Mail.objects.count() == 1


# How it scales, and what the database holds


def test_asking_takes_as_many_queries_for_many_as_for_one(cast, nps, django_assert_num_queries):
    for count in (1, 7):
        for _ in range(count):
            known(ContactFactory(account=AccountFactory(owner=cast.owner)))
        SurveyAsk.objects.all().delete()
        with time_machine.travel(END, tick=False), django_assert_num_queries(22):
            ask_by_schedule(now=END)


def test_one_cause_is_asked_about_once_by_the_database_as_well(cast, kim, csat):
    one = SurveyAskFactory(survey=csat, contact=kim, account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyAskFactory(survey=csat, contact=kim, account=cast.account, cause_key=one.cause_key)


def test_a_sixth_question_is_refused_by_the_database(csat):
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyQuestionFactory(survey=csat, place=3)


def test_the_surveys_that_ship_are_one_of_each_kind_and_off_and_stay_as_an_admin_left_them():
    Survey.objects.all().delete()
    assert (install_surveys(), install_surveys()) == (5, 0)
    assert set(Survey.objects.values_list("kind", "active_since")) == {
        (kind, None) for kind in ("nps", "csat", "onboarding", "review", "exit")
    }
    Survey.objects.filter(kind="nps").update(subject="Ours")
    Survey.objects.filter(kind="exit").delete()
    assert (install_surveys(), Survey.objects.get(kind="nps").subject) == (1, "Ours")
