"""Whom renewals put into the sequence of e-mails before them, and when that is over."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Enrolment, Mail, Sequence
from accounts.services.sequence_filling import fill_sequences
from accounts.services.sequence_stopping import stop_over
from cs_workspace.common import clock
from renewals.models import Renewal
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOON, tick=False) as traveller:
        Sequence.objects.filter(key="renewal-prep").update(active_since=NOON - dt.timedelta(days=90))
        yield traveller


def renewing(account, days: int, **fields) -> Renewal:
    make.ContactFactory(account=account, roles=["champion"])
    return make.RenewalFactory(account=account, due_on=clock.today() + dt.timedelta(days=days), **fields)


def test_a_renewal_is_written_about_on_its_days_until_it_is_closed(cast, still):
    renewal = renewing(cast.account, 75)
    assert fill_sequences(today=clock.today()) == 1
    assert fill_sequences(today=clock.today()) == 0
    enrolment = Enrolment.objects.get()
    assert (enrolment.cause_key, enrolment.anchor_on) == (f"renewal:{renewal.pk}", renewal.due_on)
    assert "your contract runs until 24 May 2026" in Mail.objects.get().text
    assert enrolment.next_on == renewal.due_on - dt.timedelta(days=60)
    Renewal.objects.filter(pk=renewal.pk).update(
        stage="closed", outcome="flat", closed_arr=1, closed_at=clock.now(), signed_on=clock.today()
    )
    assert stop_over() == 1
    enrolment.refresh_from_db()
    assert enrolment.stopped_because == "goal"


@pytest.mark.parametrize(("days", "by_email"), [(76, False), (75, True), (-1, False)])
def test_nobody_is_put_in_too_early_too_late_or_where_the_timeline_writes_itself(cast, days, by_email):
    renewing(cast.account, days, by_email=by_email)
    assert fill_sequences(today=clock.today()) == 0


def test_a_renewal_that_came_near_before_the_sequence_was_switched_on_is_left_out(cast):
    Sequence.objects.filter(key="renewal-prep").update(active_since=NOON)
    renewing(cast.account, 60)
    assert fill_sequences(today=clock.today()) == 0


def test_who_comes_in_late_begins_where_the_sequence_stands(cast):
    renewing(cast.account, 28)
    assert fill_sequences(today=clock.today()) == 1
    assert list(Enrolment.objects.get().done.values_list("step__key", "outcome").order_by("step__offset_days")) == [
        ("recap", "passed"), ("next-year", "passed"), ("terms", "written"),
    ]  # fmt: skip
