"""Whom judgement puts into sequences of e-mails: who uses little, and everybody once a month."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Enrolment, Mail, Sequence
from accounts.services.sequence_filling import fill_sequences
from accounts.services.sequence_stopping import stop_over
from cs_workspace.common import clock
from health.models import FeatureMonth
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 3, 11, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def customer(cast):
    """A customer of a year with a champion, whose product has four features of which one is used."""
    account = cast.account
    type(account).objects.filter(pk=account.pk).update(
        customer_since=clock.today() - dt.timedelta(days=365), stage="adopting"
    )
    make.ContactFactory(account=account, roles=["champion"])
    features = make.FeatureFactory.create_batch(4, product=make.ProductFactory(feature_count=4))
    use(account, features[0])
    return account, features


def use(account, feature) -> None:
    month = clock.today().replace(day=1)
    make.FeatureMonthFactory(account=account, feature=feature, month=month, days=1 << (clock.today().day - 1))


def test_who_uses_less_than_half_is_shown_what_is_left_until_it_is_used(customer, still):
    account, features = customer
    Sequence.objects.filter(key="adoption-nudge").update(active_since=clock.now())
    assert fill_sequences(today=clock.today()) == 1
    assert fill_sequences(today=clock.today()) == 0
    words = Mail.objects.get().text
    assert "about 25 % of what is included" in words
    assert f"**{features[1].name} and {features[2].name}**" in words
    assert stop_over() == 0
    use(account, features[1])
    assert stop_over() == 1
    assert Enrolment.objects.get().stopped_because == "goal"
    FeatureMonth.objects.filter(feature=features[1]).delete()
    still.shift(dt.timedelta(days=1))
    assert fill_sequences(today=clock.today()) == 0


def test_who_uses_nothing_known_or_has_only_begun_is_left_alone(customer):
    account, _ = customer
    Sequence.objects.filter(key="adoption-nudge").update(active_since=clock.now())
    type(account).objects.filter(pk=account.pk).update(customer_since=clock.today() - dt.timedelta(days=20))
    assert fill_sequences(today=clock.today()) == 0


def test_in_the_first_week_of_a_month_the_one_before_is_told_once(customer, still):
    account, _ = customer
    make.TicketFactory(account=account, opened_at=clock.now() - dt.timedelta(days=10))
    Sequence.objects.filter(key="monthly-update").update(active_since=clock.now())
    assert fill_sequences(today=clock.today()) == 1
    mail = Mail.objects.get()
    assert mail.subject == f"{account.name} in February 2026"
    assert "**Support:** 1 ticket." in mail.text
    assert "**Use:** not measured." in mail.text
    assert fill_sequences(today=clock.today()) == 0
    still.shift(dt.timedelta(days=10))
    Enrolment.objects.all().delete()
    assert fill_sequences(today=clock.today()) == 0
