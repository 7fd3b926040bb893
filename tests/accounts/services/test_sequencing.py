"""Contacts in sequences: put in once, written to on the right days, taken out with what was not sent yet."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Enrolment, EnrolmentStep, Mail, Notification, Suppression, Task
from accounts.registries import Start
from accounts.services import sequencing
from accounts.services.sequence_advancing import advance_enrolments, finish_enrolments
from cs_workspace.common import clock, markdown
from cs_workspace.common.refusals import RefusedError
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)  # a Tuesday
STARTING = 33


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sequence():
    """An e-mail at once, one after three days, and a task after a week."""
    found = make.SequenceFactory()
    make.SequenceStepFactory(sequence=found, key="first")
    make.SequenceStepFactory(sequence=found, key="second", offset_days=3, template__subject="Once more")
    make.SequenceStepFactory(sequence=found, key="call", offset_days=7, as_task=True)
    return found


def started(contact, cause="test:1", **more) -> Start:
    return Start(contact.account_id, contact.pk, cause, clock.today(), **more)


def go(still, days: int) -> None:
    still.shift(dt.timedelta(days=days))
    advance_enrolments()
    finish_enrolments()


def outcomes(enrolment: Enrolment) -> list[tuple[str, str, str]]:
    return list(enrolment.done.order_by("step__offset_days").values_list("step__key", "outcome", "because"))


def test_a_contact_is_written_to_day_by_day_and_at_last_called(cast, sequence, still):
    contact = make.ContactFactory(account=cast.account, name="Ana Costa")
    (enrolment,) = sequencing.start([started(contact)], sequence=sequence, by=cast.owner)
    (first,) = Mail.objects.all()
    assert (first.subject, first.address, first.sender) == ("Halden Logistics and us", contact.email, cast.owner)
    assert first.text == "Hello Ana,\n\nhow are things at Halden Logistics?"
    assert (first.state, first.cause, first.enrolment) == (Mail.State.DRAFT, Mail.Cause.SEQUENCE, enrolment)
    Mail.objects.update(state=Mail.State.SENT, sent_at=timezone.now())

    go(still, 2)
    assert Mail.objects.count() == 1
    go(still, 1)
    assert list(Mail.objects.order_by("pk").values_list("subject", flat=True)) == [first.subject, "Once more"]
    Mail.objects.update(state=Mail.State.SENT, sent_at=timezone.now())
    go(still, 4)
    task = Task.objects.get()
    assert (task.title, list(task.assignees.all())) == ("Call Ana Costa", [cast.owner])
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.FINISHED
    assert [(step, outcome) for step, outcome, _ in outcomes(enrolment)] == [
        ("first", "written"), ("second", "written"), ("call", "task"),
    ]  # fmt: skip


def test_advancing_twice_writes_once(cast, sequence, still):
    contact = make.ContactFactory(account=cast.account)
    sequencing.start([started(contact)], sequence=sequence)
    still.shift(dt.timedelta(days=3))
    advance_enrolments()
    advance_enrolments()
    assert Mail.objects.count() == 2


def test_a_contact_is_in_a_sequence_once_and_a_cause_puts_them_in_once(cast, sequence):
    contact = make.ContactFactory(account=cast.account)
    (enrolment,) = sequencing.start([started(contact), started(contact, "test:2")], sequence=sequence)
    assert sequencing.start([started(contact), started(contact, "test:3")], sequence=sequence) == []
    sequencing.stop_enrolments([enrolment], because=Enrolment.Because.BY_HAND)
    assert sequencing.start([started(contact)], sequence=sequence) == []
    assert len(sequencing.start([started(contact, "test:3")], sequence=sequence)) == 1


def test_nobody_is_put_in_to_whom_nothing_is_sent(cast, sequence):
    unsubscribed = make.ContactFactory(account=cast.account, unsubscribed_at=clock.now())
    gone = make.ContactFactory(account=cast.account, gone=True)
    mute = make.ContactFactory(account=cast.account, email="")
    bounced = make.ContactFactory(account=cast.account, email="Bounced@customer.example")
    Suppression.objects.create(address="bounced@customer.example", reason="bounced", at=clock.now())
    stranger = make.ContactFactory(account=cast.account)
    other = Start(cast.strangers.pk, stranger.pk, "test", clock.today())
    starts = [started(one) for one in (unsubscribed, gone, mute, bounced)]
    assert sequencing.start([*starts, other], sequence=sequence) == []
    assert sequencing.refusal_of(unsubscribed) == "This person has unsubscribed."
    assert sequencing.refusal_of(bounced) == "Nothing is sent to this address."
    assert sequencing.refusal_of(stranger) == ""


def test_a_sequence_that_is_switched_off_takes_nobody(cast, sequence):
    sequence.active_since = None
    sequence.save()
    with pytest.raises(RefusedError, match="is switched off"):
        sequencing.start([started(make.ContactFactory(account=cast.account))], sequence=sequence)


def test_stopping_cancels_what_was_not_sent_and_nothing_more_is_written(cast, sequence, still):
    contact = make.ContactFactory(account=cast.account)
    (enrolment,) = sequencing.start([started(contact)], sequence=sequence)
    (stopped,) = sequencing.stop_enrolments([enrolment], because=Enrolment.Because.REPLY, by=cast.owner)
    assert (stopped.state, stopped.stopped_because, stopped.ended_by) == ("stopped", "reply", cast.owner)
    mail = Mail.objects.get()
    assert (mail.state, mail.because) == (Mail.State.CANCELLED, "The sequence was stopped: replied.")
    assert sequencing.stop_enrolments([enrolment], because=Enrolment.Because.BY_HAND) == []
    go(still, 3)
    assert Mail.objects.count() == 1


def test_an_enrolment_runs_until_its_last_e_mail_is_decided_so_that_a_reply_stops_it(cast, still):
    step = make.SequenceStepFactory()
    contact = make.ContactFactory(account=cast.account)
    (enrolment,) = sequencing.start([started(contact)], sequence=step.sequence)
    finish_enrolments()
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.next_on) == (Enrolment.State.RUNNING, None)
    Mail.objects.update(state=Mail.State.SENT, sent_at=timezone.now())
    finish_enrolments()
    enrolment.refresh_from_db()
    assert enrolment.state == Enrolment.State.FINISHED


def test_a_draft_that_nobody_approved_gives_way_to_the_next_e_mail(cast, sequence, still):
    sequencing.start([started(make.ContactFactory(account=cast.account))], sequence=sequence)
    go(still, 3)
    assert list(Mail.objects.order_by("pk").values_list("state", "because")) == [
        ("cancelled", "The next e-mail of the sequence took its place."),
        ("draft", ""),
    ]


def test_what_is_sent_by_itself_waits_for_nobody_and_a_pause_keeps_it_back(cast, sequence, still):
    contact = make.ContactFactory(account=cast.account)
    (enrolment,) = sequencing.start([started(contact, by_itself=True)], sequence=sequence)
    assert Mail.objects.get().state == Mail.State.QUEUED
    (paused,) = sequencing.pause_enrolments([enrolment], by=cast.owner)
    assert paused.paused_at == clock.now()
    assert Mail.objects.get().state == Mail.State.DRAFT
    assert sequencing.pause_enrolments([enrolment], by=cast.owner) == []
    go(still, 4)
    assert Mail.objects.count() == 1
    (on,) = sequencing.resume_enrolments([enrolment], by=cast.owner)
    assert (on.paused_at, Mail.objects.get().state) == (None, Mail.State.QUEUED)
    go(still, 0)
    assert Mail.objects.count() == 2


def test_an_e_mail_that_lacks_something_is_not_written_and_the_owner_is_told(cast, still):
    sequence = make.SequenceFactory(name="Nudge")
    make.SequenceStepFactory(sequence=sequence, template__body="Dear {champion.name}, of {account.renewal_date}")
    contact = make.ContactFactory(account=cast.account, name="Ana Costa")
    (enrolment,) = sequencing.start([started(contact)], sequence=sequence)
    assert not Mail.objects.exists()
    because = "Not known for this account: champion at the customer, day of its renewal."
    assert [why for *_, why in outcomes(enrolment)] == [because]
    told = Notification.objects.get(user=cast.owner)
    assert (told.title, told.body) == ("An e-mail to Ana Costa was not written", f"“Nudge”, day 0. {because}")


def test_a_step_comes_only_with_its_field_and_that_of_the_variant_takes_the_place_of_the_general_one(cast):
    sequence = make.SequenceFactory()
    make.SequenceStepFactory(sequence=sequence, template__subject="For everybody")
    make.SequenceStepFactory(sequence=sequence, variant="price", template__subject="About the price")
    make.SequenceStepFactory(sequence=sequence, variant="value", template__subject="About the value")
    make.SequenceStepFactory(sequence=sequence, offset_days=-1, only_with="release.name", template__subject="News")
    price, plain = make.ContactFactory.create_batch(2, account=cast.account)
    sequencing.start([started(price, variant="price"), started(plain)], sequence=sequence)
    assert dict(Mail.objects.values_list("contact", "subject")) == {
        price.pk: "About the price",
        plain.pk: "For everybody",
    }


def test_nothing_that_was_typed_becomes_markup(cast):
    step = make.SequenceStepFactory(template__body="Hello **{contact.first_name}**, see {plan.link}")
    contact = make.ContactFactory(account=cast.account, name="<b>Ana</b> *Costa*")
    texts = {"plan.link": "https://cs.example.com/p/1?a=1&b=2"}
    sequencing.start([started(contact, texts=texts)], sequence=step.sequence)
    mail = Mail.objects.get()
    assert (mail.text, mail.html) == (r"Hello **\<b\>Ana\</b\>**, see <https://cs.example.com/p/1?a=1&b=2>", "")
    link = '<a href="https://cs.example.com/p/1?a=1&amp;b=2" rel="noopener noreferrer nofollow">'
    assert markdown.render(mail.text) == (
        f"<p>Hello <strong>&lt;b&gt;Ana&lt;/b&gt;</strong>, see {link}https://cs.example.com/p/1?a=1&amp;b=2</a></p>\n"
    )


@pytest.mark.parametrize("number", [1, 30])
def test_starting_takes_as_many_statements_for_many_as_for_one(cast, sequence, number, django_assert_num_queries):
    contacts = make.ContactFactory.create_batch(number, account=cast.account)
    with django_assert_num_queries(STARTING):
        assert len(sequencing.start([started(one) for one in contacts], sequence=sequence)) == number
    assert EnrolmentStep.objects.count() == number
