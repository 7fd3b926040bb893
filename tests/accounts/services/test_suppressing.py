"""Addresses that nothing is sent to: for everybody there, at once, and with a way back that keeps what servers told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.dispatch import Signal

from accounts.models import Contact, Enrolment, Mail, Suppression
from accounts.services import suppressing
from accounts.signals import account_observed
from cs_workspace.common.refusals import RefusedError
from tests.factories import ContactFactory, EnrolmentFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
State = Mail.State


@pytest.fixture
def ana() -> Contact:
    return ContactFactory(name="Ana Costa", email="Ana@Customer.example.com")


def unsubscribed(contact: Contact) -> bool:
    return Contact.objects.get(pk=contact.pk).unsubscribed_at is not None


def reason_of(address: str) -> str | None:
    return Suppression.objects.covering(address).values_list("reason", flat=True).first()


def test_whoever_unsubscribes_is_marked_wherever_they_are_a_contact(ana):
    elsewhere, other = ContactFactory(email="ana@customer.example.com"), ContactFactory(email="ben@x.example.com")
    suppressing.unsubscribe_receiver(mail=MailFactory(contact=ana, account=ana.account))
    assert [unsubscribed(one) for one in (ana, elsewhere, other)] == [True, True, False]
    assert reason_of("ana@customer.example.com") == Reason.UNSUBSCRIBED


def test_their_sequences_stop_and_what_was_not_sent_is_withheld_with_the_reason(ana):
    enrolment = EnrolmentFactory(contact=ana, account=ana.account)
    of_sequence = MailFactory(contact=ana, account=ana.account, enrolment=enrolment, state=State.QUEUED)
    draft, sent = (MailFactory(contact=ana, account=ana.account, **how) for how in ({}, {"as_sent": True}))
    without_contact = MailFactory(contact=None, address="ANA@customer.example.com")
    suppressing.suppress(address=ana.email, reason=Reason.UNSUBSCRIBED)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.stopped_because) == (Enrolment.State.STOPPED, Enrolment.Because.UNSUBSCRIBED)
    states = [Mail.objects.get(pk=one.pk).state for one in (of_sequence, draft, sent, without_contact)]
    assert states == [State.WITHHELD, State.WITHHELD, State.SENT, State.WITHHELD]
    assert Mail.objects.get(pk=draft.pk).because == "This person has unsubscribed."


def test_the_same_once_more_changes_nothing(ana):
    first = suppressing.suppress(address=ana.email, reason=Reason.UNSUBSCRIBED, note="first")
    version = Contact.objects.get(pk=ana.pk).version
    again = suppressing.suppress(address=ana.email.upper(), reason=Reason.UNSUBSCRIBED, note="second")
    assert (again.pk, again.note, Suppression.objects.count()) == (first.pk, "first", 1)
    assert Contact.objects.get(pk=ana.pk).version == version


def test_a_bounce_stops_all_and_says_nothing_of_what_the_person_wants(ana):
    enrolment = EnrolmentFactory(contact=ana, account=ana.account)
    suppressing.suppress(address=ana.email, reason=Reason.BOUNCED)
    enrolment.refresh_from_db()
    assert (enrolment.stopped_because, unsubscribed(ana)) == (Enrolment.Because.BOUNCE, False)


def test_what_a_server_told_takes_the_place_of_what_a_person_said_and_not_the_other_way_round(ana):
    suppressing.suppress(address=ana.email, reason=Reason.UNSUBSCRIBED)
    suppressing.suppress(address=ana.email, reason=Reason.BOUNCED, note="550 no such user")
    assert reason_of(ana.email) == Reason.BOUNCED
    suppressing.suppress(address=ana.email, reason=Reason.UNSUBSCRIBED)
    assert reason_of(ana.email) == Reason.BOUNCED


def test_a_click_by_mistake_is_taken_back(ana):
    mail = MailFactory(contact=ana, account=ana.account)
    suppressing.unsubscribe_receiver(mail=mail)
    suppressing.come_back(mail=mail)
    suppressing.come_back(mail=mail)
    assert (unsubscribed(ana), reason_of(ana.email)) == (False, None)


@pytest.mark.parametrize("reason", [Reason.BOUNCED, Reason.COMPLAINED, Reason.BY_HAND])
def test_the_way_back_of_a_person_does_not_lift_what_others_said(ana, reason):
    mail = MailFactory(contact=ana, account=ana.account)
    suppressing.suppress(address=ana.email, reason=reason)
    before = unsubscribed(ana)
    suppressing.come_back(mail=mail)
    assert (reason_of(ana.email), unsubscribed(ana)) == (reason, before)


def test_a_new_address_changes_nothing_for_who_unsubscribed(ana):
    mail = MailFactory(contact=ana, account=ana.account)
    Contact.objects.filter(pk=ana.pk).update(email="ana@new.example.com")
    suppressing.unsubscribe_receiver(mail=Mail.objects.get(pk=mail.pk))
    assert unsubscribed(ana)


def test_lifting_brings_back_who_unsubscribed_and_keeps_the_reason_in_the_history(ana):
    admin = UserFactory(as_admin=True)
    kept = suppressing.suppress(address=ana.email, reason=Reason.UNSUBSCRIBED)
    suppressing.lift(suppression=kept, note="She asked for it by phone.", by=admin)
    assert (unsubscribed(ana), Suppression.objects.count()) == (False, 0)
    event = Suppression.pgh_event_model.objects.order_by("-pgh_id").first()
    assert event.pgh_label == "delete"
    assert event.pgh_context.metadata == {"reason": "She asked for it by phone.", "user": admin.pk}


def test_lifting_a_bounce_says_nothing_of_who_unsubscribed(ana):
    suppressing.suppress(address=ana.email, reason=Reason.UNSUBSCRIBED)
    kept = suppressing.suppress(address=ana.email, reason=Reason.BOUNCED)
    suppressing.lift(suppression=kept, note="The mailbox is there again.")
    assert unsubscribed(ana)


def test_a_contact_without_an_address_is_marked_all_the_same():
    contact = ContactFactory(email="")
    by = UserFactory()
    suppressing.unsubscribe_contact(contact=contact, note="", by=by)
    assert (unsubscribed(contact), Suppression.objects.count()) == (True, 0)
    suppressing.resubscribe_contact(contact=contact, note="", by=by)
    assert not unsubscribed(contact)


def test_who_unsubscribed_themselves_comes_back_only_with_how_they_asked_for_it(ana):
    suppressing.unsubscribe_receiver(mail=MailFactory(contact=ana, account=ana.account))
    with pytest.raises(RefusedError, match="Say how they asked"):
        suppressing.resubscribe_contact(contact=ana, note=" ", by=UserFactory())
    assert unsubscribed(ana)
    suppressing.resubscribe_contact(contact=ana, note="By phone today.", by=UserFactory())
    assert (unsubscribed(ana), reason_of(ana.email)) == (False, None)


def test_what_a_server_told_is_lifted_by_admins_only(ana):
    suppressing.suppress(address=ana.email, reason=Reason.BOUNCED)
    with pytest.raises(RefusedError, match="An admin can lift that"):
        suppressing.resubscribe_contact(contact=ana, note="They say it works.", by=UserFactory())


def test_churn_signals_look_at_it_within_a_beat(ana):
    told = []
    with connected(account_observed, lambda account_ids, **_: told.append(account_ids)):
        kept = suppressing.suppress(address=ana.email, reason=Reason.BOUNCED)
        suppressing.lift(suppression=kept, note="It works.")
    assert told == [[ana.account_id], [ana.account_id]]


@contextmanager
def connected(signal: Signal, receiver: Callable[..., None]) -> Iterator[None]:
    """Inside, the signal is heard by the receiver as well."""
    signal.connect(receiver)
    try:
        yield
    finally:
        signal.disconnect(receiver)
