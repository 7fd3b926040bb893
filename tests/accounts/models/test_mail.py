"""What is true of every e-mail to a customer, as the database and its vocabulary say it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from accounts.domain.approving_mail import Standing
from accounts.models import Mail, MailRules, Suppression
from accounts.models.mail import is_undecided
from cs_workspace.common import clock
from tests.factories import AccountFactory, ContactFactory, MailFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db
State = Mail.State
LONG_AGO, JUST_NOW = dt.timedelta(minutes=16), dt.timedelta(minutes=14)


@pytest.mark.parametrize(
    ("claimed", "error", "is_unclear"),
    [(LONG_AGO, "", True), (JUST_NOW, "", False), (JUST_NOW, "connection lost", True)],
)
def test_one_in_hand_is_unclear_when_the_line_broke_or_its_sender_must_have_died(claimed, error, is_unclear):
    mail = MailFactory(state=State.SENDING, claimed_at=clock.now() - claimed, error=error)
    assert mail.standing is (Standing.UNCLEAR if is_unclear else Standing.SENDING)
    assert Mail.objects.unclear(now=clock.now()).exists() is is_unclear
    assert Mail.objects.filter(is_undecided(clock.now())).exists() is is_unclear


@pytest.mark.parametrize("state", [state for state in State if state != State.SENDING])
def test_any_other_stands_as_its_state_says(state):
    assert MailFactory(state=state, sent_at=days_ago(1), error="x").standing == state


def test_what_waits_for_a_person_is_what_they_sign_and_what_nobody_signs_on_their_accounts():
    me, other = UserFactory(), UserFactory()
    mine = AccountFactory(owner=me)
    waiting = {
        MailFactory(sender=me),
        MailFactory(sender=me, state=State.FAILED),
        MailFactory(sender=me, state=State.SENDING, claimed_at=days_ago(1)),
        MailFactory(account=mine),
    }
    MailFactory(account=mine, sender=other)
    for state in (State.QUEUED, State.SENT, State.CANCELLED, State.WITHHELD):
        MailFactory(sender=me, state=state, sent_at=days_ago(1))
    assert set(Mail.objects.waiting_for(me, now=clock.now())) == waiting


@pytest.mark.parametrize(
    ("contact", "account", "zone"),
    [
        ("Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"),
        ("", "Europe/Berlin", "Europe/Berlin"),
        ("Nowhere/Land", "Europe/Berlin", "Europe/Berlin"),
        ("Europe", "Nowhere/Land", "UTC"),  # a folder of zones
    ],
)
def test_the_hours_are_those_of_the_receiver(contact, account, zone):
    person = ContactFactory(time_zone=contact, account=AccountFactory(time_zone=account))
    assert MailFactory(account=person.account, contact=person).zone == ZoneInfo(zone)


def test_the_rules_are_the_defaults_until_somebody_tunes_them():
    assert MailRules.current().limit.most == 2
    MailRules.objects.create(pk=1, automatic_most=5)
    assert MailRules.current().limit.most == 5


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": State.SENT}, "mail_sent_has_a_moment"),
        ({"state": State.SENDING}, "mail_sending_is_claimed"),
        ({"text": ""}, "mail_says_something"),
        ({"subject": ""}, "mail_says_something"),
    ],
)
def test_the_database_keeps_what_every_e_mail_must_have(fields, name):
    with pytest.raises(IntegrityError, match=name):
        MailFactory(**fields)


def test_a_key_makes_it_once():
    MailFactory(key="hand:1")
    with pytest.raises(IntegrityError):
        MailFactory(key="hand:1")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"pk": 2}, "mail_rules_one_row"),
        ({"pk": 1, "quiet_from": None}, "mail_rules_quiet_has_both_ends"),
        ({"pk": 1, "automatic_days": 0}, "mail_rules_window"),
    ],
)
def test_there_is_one_set_of_rules_and_it_makes_sense(fields, name):
    with pytest.raises(IntegrityError, match=name):
        MailRules.objects.create(**fields)


def test_addresses_that_nothing_is_sent_to_are_kept_in_lower_case():
    with pytest.raises(IntegrityError, match="suppression_in_lower_case"):
        Suppression.objects.create(address="Ana@customer.example", reason="bounced", at=clock.now())
