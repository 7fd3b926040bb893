"""Touches, contacts, alignment."""

import pytest

from cs_workspace.common import clock
from tests.factories import AlignmentJudgementFactory, ContactFactory, TouchFactory
from tests.health.making import TODAY, account, ago, noon, reading

pytestmark = pytest.mark.django_db


def touch(one, days: float, **fields):
    return TouchFactory(account=one, at=noon(days), **fields)


def test_attendance_is_of_what_was_scheduled_in_90_days():
    one = account()
    touch(one, 1, kind="meeting", attended=True)
    touch(one, 89, kind="call", attended=False)
    touch(one, 90, kind="call", attended=False)
    touch(one, 1, kind="email")
    touch(one, 1, kind="call", attended=None)
    touch(one, 1, kind="call", attended=False, archived_at=noon(0))
    assert reading("meeting_attendance", one) == 0.5
    assert reading("meeting_attendance", account()) is None


def test_messages_from_us_are_answered_or_not():
    one = account()
    touch(one, 2, kind="email", answered_at=noon(1))
    touch(one, 2, kind="chat")
    touch(one, 2, kind="email", direction="in")
    touch(one, 2, kind="call")
    assert reading("email_response_rate", one) == 0.5
    assert reading("email_response_rate", one, day=ago(2)) == 0
    assert reading("email_response_rate", account()) is None


@pytest.mark.parametrize(
    ("tones", "place"),
    [
        (["positive"], 0),
        (["positive", "neutral"], 0),
        (["positive", "neutral", "neutral"], 1),
        (["positive", "negative"], 1),
        (["negative", "neutral"], 2),
        ([], None),
        ([""], None),
    ],
)
def test_sentiment_is_the_class_nearest_to_the_mean_tone(tones, place):
    one = account()
    for tone in tones:
        touch(one, 3, sentiment=tone)
    touch(one, 90, sentiment="negative")
    assert reading("sentiment", one) == place


def test_contact_is_two_way_or_it_is_none():
    one = account()
    touch(one, 40, kind="call", attended=True)
    touch(one, 20, kind="email", direction="in")
    touch(one, 10, kind="email")
    touch(one, 5, kind="call", attended=False)
    assert reading("days_since_contact", one) == 20
    assert reading("days_since_contact", one, day=ago(30)) == 10
    assert reading("days_since_contact", account()) is None


def test_days_of_contact_are_those_of_the_workspace(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    one = account()
    TouchFactory(account=one, at=clock.start_of(TODAY))
    assert reading("days_since_contact", one) == 0


def test_the_map_is_unknown_without_contacts():
    one = account()
    for metric in (
        "champion_strength", "exec_sponsor", "buying_committee", "contact_count", "relationship_depth",
        "stakeholder_changes",
    ):  # fmt: skip
        assert reading(metric, one) is None


def test_the_map_of_an_account_with_somebody_who_plays_no_part():
    one = account()
    ContactFactory(account=one)
    assert reading("champion_strength", one) == 0
    assert reading("exec_sponsor", one) == 0
    assert reading("buying_committee", one) == 0
    assert reading("contact_count", one) == 0
    assert reading("relationship_depth", one) == 0
    assert reading("stakeholder_changes", one) == 0


def test_the_strongest_champion_counts_and_one_of_unstated_influence_is_unknown():
    one, unstated = account(), account()
    ContactFactory(account=one, roles=["champion"], influence=4)
    ContactFactory(account=one, roles=["champion", "user"], influence=8)
    ContactFactory(account=one, roles=["sponsor"], influence=10)
    ContactFactory(account=unstated, roles=["champion"])
    assert reading("champion_strength", one) == 8
    assert reading("champion_strength", unstated) is None
    assert reading("relationship_depth", unstated) == 1


def test_a_committee_is_a_decision_maker_and_a_voice_beside():
    one = account()
    ContactFactory(account=one, roles=["decision_maker"])
    assert reading("buying_committee", one) == 0
    ContactFactory(account=one, roles=["technical_lead"])
    assert reading("buying_committee", one) == 1


def test_multi_threaded_are_three_engaged_contacts_in_two_functions():
    one = account()
    for function in ("IT", "IT", "Finance"):
        ContactFactory(account=one, engagement="engaged", function=function)
    assert reading("relationship_depth", one) == 2
    assert reading("contact_count", one) == 3
    one.contacts.filter(function="Finance").update(function="IT")
    assert reading("relationship_depth", one) == 0


def test_key_people_who_left_in_90_days_are_changes_and_were_there_before():
    one = account()
    ContactFactory(account=one, roles=["champion"], influence=9, status="left", left_on=ago(89))
    ContactFactory(account=one, roles=["sponsor"], status="left", left_on=ago(90))
    ContactFactory(account=one, roles=["user"], status="left", left_on=ago(5))
    assert reading("stakeholder_changes", one) == 1
    assert reading("champion_strength", one) == 0
    assert reading("champion_strength", one, day=ago(90)) == 9
    assert reading("exec_sponsor", one, day=ago(91)) == 1


def test_the_latest_judgement_of_alignment_holds():
    one = account()
    AlignmentJudgementFactory(account=one, value="misaligned", at=noon(1))
    AlignmentJudgementFactory(account=one, value="uncertain", at=noon(9))
    assert reading("strategic_alignment", one) == 2
    assert reading("strategic_alignment", one, day=ago(5)) == 1
    assert reading("strategic_alignment", one, day=ago(10)) is None
