"""What is known of an account when its playbooks run: facts, texts, people and recipients; and what is not known."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.domain.playbooks import Role
from accounts.models import TeamMember
from accounts.queries.playbook_facts import situations_of, vocabulary
from cs_workspace.common import clock
from tests import factories as make
from tests.factories import day, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC), tick=False):
        yield


def known(account):
    return situations_of([account.pk], now=clock.now())[account.pk]


def test_what_is_known_is_compared_and_what_is_not_is_left_out(cast):
    account = make.AccountFactory(
        at_risk=True,
        segment=make.SegmentFactory(key="smb"),
        renewal_date=day(90),
        customer_since=day(-400),
        last_touch=days_ago(12.5),
        strategic=True,
        tags=["pilot"],
    )
    facts = known(account).facts
    assert (facts["tier"], facts["segment"], facts["strategic"], facts["tags"]) == (3, "smb", "yes", ["pilot"])
    assert (facts["days_to_renewal"], facts["customer_days"], facts["days_since_touch"]) == (90, 400, 12)
    assert (facts["signals"], facts["signal_count"], facts["open_alerts"]) == (set(), 0, 0)
    unknown = known(make.AccountFactory()).facts
    assert not {"tier", "score", "trend", "segment", "days_to_renewal", "customer_days", "days_since_touch"} & set(
        unknown
    )


def test_signals_are_those_that_are_live(cast):
    make.ChurnSignalFactory(account=cast.account, kind="silent")
    make.ChurnSignalFactory(account=cast.account, kind="payment", dismissed=True)
    facts = known(cast.account).facts
    assert (facts["signals"], facts["signal_count"]) == ({"silent"}, 1)


def test_risks_of_onboardings_are_those_that_are_open_of_all_of_them(cast):
    make.OnboardingRiskFactory(account=cast.account, kind="training")
    make.OnboardingRiskFactory(account=cast.account, kind="blocker", onboarding__about="Analytics")
    make.OnboardingRiskFactory(
        account=cast.account, kind="no_login", onboarding__about="Teams", resolved_at=clock.now()
    )
    assert known(cast.account).facts["onboarding_risks"] == {"training", "blocker"}
    assert known(make.AccountFactory()).facts["onboarding_risks"] == set()


def test_texts_say_what_people_read_and_are_empty_where_nothing_is_known(cast):
    account = make.AccountFactory(name="Halden", critical=True, renewal_date=dt.date(2026, 4, 9), owner=cast.owner)
    texts = known(account).texts
    assert (texts["account.name"], texts["account.score"], texts["account.arr"]) == ("Halden", "31", "€24,000")
    assert (texts["account.renewal_date"], texts["account.days_to_renewal"]) == ("9 April 2026", "30")
    assert (texts["owner.name"], texts["manager.name"]) == ("Olga Owner", "Mona Manager")
    bare = known(make.AccountFactory(renewal_date=day(-3))).texts
    empty = ("account.score", "account.tier", "account.days_to_renewal", "account.last_touch", "owner.name")
    assert [bare[name] for name in empty] == [""] * 5


def test_people_play_their_parts_with_calendars_of_their_own(cast):
    make.HolidayFactory(day=dt.date(2026, 3, 11))
    cast.owner.time_zone = "Asia/Tokyo"
    cast.owner.save()
    people = known(cast.account).people
    assert {role: person.name for role, person in people.items()} == {
        Role.OWNER: "Olga Owner",
        Role.MANAGER: "Mona Manager",
        Role.AE: "Ada Executive-Account",
    }  # support is played by somebody who may only look, which is nobody to whom a task could be given
    assert people[Role.OWNER].calendar.zone == ZoneInfo("Asia/Tokyo")
    assert not people[Role.OWNER].calendar.is_working(dt.date(2026, 3, 11))


def test_who_left_plays_no_part_but_their_manager_still_does(cast):
    for user in (cast.owner, cast.ae):
        user.is_active = False
        user.save()
    people = known(cast.account).people
    assert (Role.OWNER in people, Role.AE in people, people[Role.MANAGER].name) == (False, False, "Mona Manager")


def test_of_several_contacts_the_most_influential_counts_and_of_several_members_the_first(cast):
    make.ContactFactory(account=cast.account, name="Small", roles=["champion"], influence=2)
    make.ContactFactory(account=cast.account, name="Great", roles=["champion", "sponsor"], influence=9, email="")
    make.ContactFactory(account=cast.account, name="Gone", roles=["champion"], influence=10, gone=True)
    make.TeamMemberFactory(account=cast.account, user=make.UserFactory(name="Later"), role=TeamMember.Role.AE)
    situation = known(cast.account)
    assert (situation.texts["champion.name"], situation.texts["sponsor.name"]) == ("Great", "Great")
    assert "champion" not in situation.recipients  # without an address nothing can be sent
    assert situation.people[Role.AE].name == "Ada Executive-Account"


def test_an_account_that_left_or_was_archived_is_no_customer(cast):
    assert known(cast.account).is_customer
    assert not known(make.AccountFactory(churned=True)).is_customer
    assert not known(make.AccountFactory(archived_at=clock.now())).is_customer


@pytest.mark.parametrize("number", [1, 20])
def test_many_accounts_take_as_many_queries_as_one(number, django_assert_num_queries):
    ids = []
    for _ in range(number):
        account = make.AccountFactory(owner=make.UserFactory())
        make.ContactFactory(account=account, roles=["champion"])
        make.TeamMemberFactory(account=account, role=TeamMember.Role.AE)
        ids.append(account.pk)
    with django_assert_num_queries(10):
        assert len(situations_of(ids, now=clock.now())) == number


def test_the_vocabulary_names_the_tiers_as_the_workspace_does():
    facts = vocabulary()
    assert [label for _, label in facts["tier"].choices] == ["Healthy", "Watch", "At-Risk", "Critical"]
    assert facts["signals"].value_in_words("silent") == "Silent account"
