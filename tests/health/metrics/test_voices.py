"""Tickets, surveys, training, events."""

import pytest

from tests.factories import ContactFactory, EventFactory, SurveyAnswerFactory, TicketFactory, TrainingRecordFactory
from tests.health.making import account, ago, noon, reading

pytestmark = pytest.mark.django_db


def ticket(one, days: float, **fields):
    return TicketFactory(account=one, opened_at=noon(days), **fields)


def test_tickets_are_counted_in_their_windows():
    one = account()
    for days in (0, 29, 30, 89, 90):
        ticket(one, days)
    assert reading("tickets_30d", one) == 2
    assert reading("tickets_90d", one) == 4


def test_no_ticket_is_zero_where_support_is_connected_and_unknown_where_nobody_ever_had_one():
    quiet = account()
    assert reading("tickets_90d", quiet) is None
    ticket(account(), 300)
    assert reading("tickets_90d", quiet) == 0
    assert reading("ticket_volume_ratio", quiet) == 0
    assert reading("tickets_90d", quiet, day=ago(301)) is None


def test_ticket_volume_is_measured_against_the_months_of_the_last_year():
    one = account()
    for days in (0, 10, 100, 200, 364):
        ticket(one, days)
    ticket(one, 365)
    assert reading("ticket_volume_ratio", one) == round(2 / (5 * 30 / 365), 6)


def test_critical_tickets_are_a_share_of_all_in_90_days():
    one = account()
    ticket(one, 1, severity="critical")
    ticket(one, 2, severity="high")
    ticket(one, 100, severity="critical")
    assert reading("critical_ticket_share", one) == 0.5
    assert reading("critical_ticket_share", account()) is None


def test_resolution_escalation_and_rating_look_at_tickets_closed_in_90_days():
    one = account()
    ticket(one, 3, closed_at=noon(2), escalated=True, rating=4)
    ticket(one, 100, closed_at=noon(97), rating=1)
    ticket(one, 90, closed_at=noon(88), rating=2)
    ticket(one, 1, escalated=True)
    assert reading("ticket_resolution_hours", one) == 36
    assert reading("escalation_rate", one) == 0.5
    assert reading("support_csat", one) == 3


def test_a_ticket_closed_later_was_still_open_on_a_past_day():
    one = account()
    ticket(one, 20, closed_at=noon(5), escalated=True, rating=1)
    assert reading("ticket_resolution_hours", one, day=ago(10)) is None
    assert reading("escalation_rate", one, day=ago(10)) is None
    assert reading("support_csat", one, day=ago(10)) is None
    assert reading("tickets_30d", one, day=ago(10)) == 1


def answer(one, days: float, score: int, **fields):
    return SurveyAnswerFactory(account=one, at=noon(days), score=score, **fields)


def test_nps_counts_the_latest_answer_of_each_contact_in_180_days():
    one = account()
    anna, ben, cleo = (ContactFactory(account=one) for _ in range(3))
    answer(one, 100, 2, contact=anna)
    answer(one, 10, 9, contact=anna)
    answer(one, 20, 6, contact=ben)
    answer(one, 179, 10, contact=cleo)
    answer(one, 180, 0)
    answer(one, 5, 8)
    assert reading("nps", one) == 25


def test_answers_without_a_contact_are_people_of_their_own():
    one = account()
    answer(one, 1, 10)
    answer(one, 2, 0)
    assert reading("nps", one) == 0


@pytest.mark.parametrize(
    ("scores", "place"), [([9, 8], 0), ([8, 8], 1), ([7, 6], 1), ([6, 6], 2), ([9], 0), ([7], 1), ([0], 2), ([], None)]
)
def test_the_class_of_nps_is_that_of_the_mean(scores, place):
    one = account()
    for score in scores:
        answer(one, 1, score)
    assert reading("nps_class", one) == place


def test_csat_and_satisfaction_are_means_of_their_own_kinds():
    one = account()
    answer(one, 1, 5, kind="csat")
    answer(one, 179, 2, kind="csat")
    answer(one, 180, 1, kind="csat")
    answer(one, 1, 2, kind="review")
    answer(one, 1, 3, kind="onboarding")
    answer(one, 1, 1, kind="exit")
    assert reading("csat", one) == 3.5
    assert reading("stakeholder_satisfaction", one) == 3
    assert reading("nps", one) is None


def test_training_is_completed_over_assigned_as_of_the_day():
    one = account()
    TrainingRecordFactory(account=one, assigned_on=ago(30), completed_on=ago(10))
    TrainingRecordFactory(account=one, assigned_on=ago(20))
    assert reading("training_completion", one) == 0.5
    assert reading("training_completion", one, day=ago(11)) == 0
    assert reading("training_completion", one, day=ago(31)) is None


def test_attendance_is_known_of_those_who_were_invited_or_came():
    came, invited, long_ago, other = account(), account(), account(), account()
    EventFactory(account=came, at=noon(179))
    EventFactory(account=invited, kind="invited", at=noon(5))
    EventFactory(account=long_ago, at=noon(180))
    EventFactory(account=other, kind="community", at=noon(1))
    assert reading("event_attendance", came) == 1
    assert reading("event_attendance", invited) == 0
    assert reading("event_attendance", long_ago) == 0
    assert reading("event_attendance", other) is None


def test_community_activity_is_known_of_those_who_ever_took_part():
    active, lapsed, outside = account(), account(), account()
    for days in (0, 89, 90):
        EventFactory(account=active, kind="community", at=noon(days))
    EventFactory(account=lapsed, kind="community", at=noon(200))
    assert reading("community_activity", active) == 2
    assert reading("community_activity", lapsed) == 0
    assert reading("community_activity", outside) is None
