"""What is told of e-mails is written down once and has its consequences: for the e-mail, the person, the address."""

import datetime as dt
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail.backends.locmem import EmailBackend

from accounts.domain.mail_events import Follows, Reply, Told
from accounts.models import Contact, Enrolment, Mail, MailEvent, MailRules, Notification, Suppression, Touch
from accounts.services import handing_over
from accounts.services.mail_events import take_event, take_reply
from accounts.services.sending_mail import send_mails
from cs_workspace.common import clock
from tests.factories import ContactFactory, EnrolmentFactory, MailFactory, SequenceFactory, UserFactory

pytestmark = pytest.mark.django_db
Kind = MailEvent.Kind
Because = Enrolment.Because


@pytest.fixture
def mail(cast) -> Mail:
    """One that went out to Ana, who is in a sequence, and was written by the owner."""
    ana = ContactFactory(account=cast.account, name="Ana Costa", email="Ana@Customer.example.com")
    enrolment = EnrolmentFactory(account=cast.account, contact=ana)
    return MailFactory(
        account=cast.account, contact=ana, enrolment=enrolment, sender=cast.owner, subject="A question", as_sent=True
    )


def told(mail: Mail | None, kind: str, key: str = "1", **fields) -> Told:
    address = fields.pop("address", mail.address if mail else "nobody@x.example.com")
    tokens = (mail.token,) if mail else ()
    given = {"provider": "Postmark", "key": key, "at": clock.now(), "address": address, "tokens": tokens}
    return Told(kind=kind, **given | fields)


def reply(mail: Mail, text: str = "Tuesday suits me.", **fields) -> Reply:
    return Reply(told(mail, Kind.REPLIED, **fields), text)


def enrolment_of(mail: Mail) -> Enrolment:
    return Enrolment.objects.get(pk=mail.enrolment_id)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.DELIVERED, "delivered_at"),
        (Kind.OPENED, "opened_at"),
        (Kind.CLICKED, "clicked_at"),
        (Kind.BOUNCED, "bounced_at"),
        (Kind.REJECTED, "bounced_at"),
    ],
)
def test_the_first_moment_of_each_kind_is_kept_in_whatever_order_they_are_told(mail, kind, name):
    first, second = clock.now() - dt.timedelta(hours=2), clock.now() - dt.timedelta(hours=1)
    take_event(told(mail, kind, "2", at=second))
    take_event(told(mail, kind, "1", at=first))
    mail.refresh_from_db()
    assert getattr(mail, name) == first
    assert mail.events.count() == 2


def test_what_is_told_twice_counts_once(mail):
    event = told(mail, Kind.BOUNCED, follows=Follows.ADDRESS_IS_DEAD)
    assert [take_event(event), take_event(event)] == [True, False]
    assert (MailEvent.objects.count(), Suppression.objects.count()) == (1, 1)


def test_the_same_number_of_another_provider_is_another_event(mail):
    assert take_event(told(mail, Kind.OPENED))
    assert take_event(told(mail, Kind.OPENED, provider="Mailgun"))


def test_a_moment_to_come_is_now(mail):
    take_event(told(mail, Kind.OPENED, at=clock.now() + dt.timedelta(days=1)))
    mail.refresh_from_db()
    assert mail.opened_at <= clock.now()


def test_an_e_mail_of_which_nobody_knew_whether_it_went_out_did(mail):
    claimed = clock.now() - dt.timedelta(hours=1)
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENDING, claimed_at=claimed, sent_at=None, error="?")
    take_event(told(mail, Kind.DELIVERED))
    mail.refresh_from_db()
    assert (mail.state, mail.error) == (Mail.State.SENT, "")
    assert mail.sent_at is not None


def test_an_e_mail_that_is_being_sent_is_left_to_its_sender(mail):
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENDING, claimed_at=clock.now(), sent_at=None)
    take_event(told(mail, Kind.DELIVERED))
    mail.refresh_from_db()
    assert mail.state == Mail.State.SENDING
    assert mail.delivered_at is not None


def test_a_dead_address_is_not_written_to_any_more_and_every_sequence_stops(mail):
    other = EnrolmentFactory(contact=mail.contact, account=mail.account)
    take_event(told(mail, Kind.BOUNCED, follows=Follows.ADDRESS_IS_DEAD, detail="550 5.1.1"))
    kept = Suppression.objects.covering(mail.address).get()
    assert (kept.reason, kept.note) == (Suppression.Reason.BOUNCED, "550 5.1.1")
    for one in (mail.enrolment, other):
        one.refresh_from_db()
        assert one.stopped_because == Because.BOUNCE
    assert Contact.objects.get(pk=mail.contact_id).unsubscribed_at is None


def test_a_bounce_that_passes_stops_the_sequence_and_leaves_the_address(mail):
    take_event(told(mail, Kind.BOUNCED, follows=Follows.NOT_DELIVERED))
    assert enrolment_of(mail).stopped_because == Because.BOUNCE
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("follows", "reason"),
    [
        (Follows.IS_SPAM_TO_THEM, Suppression.Reason.COMPLAINED),
        (Follows.WANTS_NO_MORE, Suppression.Reason.UNSUBSCRIBED),
    ],
)
def test_who_complains_or_unsubscribes_with_the_provider_is_unsubscribed(mail, follows, reason):
    take_event(told(mail, Kind.COMPLAINED, follows=follows))
    assert Suppression.objects.covering(mail.address).get().reason == reason
    assert Contact.objects.get(pk=mail.contact_id).unsubscribed_at is not None
    assert enrolment_of(mail).stopped_because == Because.UNSUBSCRIBED


def test_what_is_told_of_no_e_mail_of_ours_is_kept_without_one():
    assert take_event(told(None, Kind.OPENED))
    assert MailEvent.objects.get().mail is None


@pytest.mark.parametrize(
    ("follows", "counts"),
    [(Follows.ADDRESS_IS_DEAD, True), (Follows.IS_SPAM_TO_THEM, True), (Follows.WANTS_NO_MORE, False)],
)
def test_of_another_e_mail_counts_what_is_true_of_the_address_if_we_know_it(follows, counts):
    ContactFactory(email="Ana@customer.example.com")
    take_event(told(None, Kind.BOUNCED, address="ana@customer.example.com", follows=follows))
    take_event(told(None, Kind.BOUNCED, "2", address="stranger@other.example.com", follows=follows))
    assert list(Suppression.objects.values_list("address", flat=True)) == ["ana@customer.example.com"] * counts


def test_the_alerts_of_a_user_whose_address_is_dead_stop_too():
    UserFactory(email="gone@us.example.com")
    take_event(told(None, Kind.BOUNCED, address="gone@us.example.com", follows=Follows.ADDRESS_IS_DEAD))
    assert Suppression.objects.covering("gone@us.example.com").exists()


def test_a_reply_stops_the_sequences_that_a_reply_stops(mail):
    goes_on = EnrolmentFactory(contact=mail.contact, account=mail.account, sequence=SequenceFactory(stops_on=[]))
    take_reply(reply(mail))
    goes_on.refresh_from_db()
    assert (enrolment_of(mail).stopped_because, goes_on.state) == (Because.REPLY, Enrolment.State.RUNNING)


def test_a_reply_is_a_touch_of_the_customer_and_who_wrote_is_told(cast, mail):
    assert take_reply(reply(mail))
    touch = Touch.objects.get()
    assert (touch.kind, touch.direction, touch.two_way, touch.by) == ("email", "in", True, cast.owner)
    assert touch.summary == "Re: A question\n\nTuesday suits me."
    assert list(touch.attendees.all()) == [mail.contact]
    cast.account.refresh_from_db()
    assert cast.account.last_async == touch.at
    mail.refresh_from_db()
    assert mail.replied_at == touch.at
    notification = Notification.objects.get(user=cast.owner)
    assert notification.title == "Ana Costa replied to “A question”"
    assert notification.body == "Tuesday suits me."


def test_a_reply_that_comes_twice_counts_once(mail):
    assert [take_reply(reply(mail)), take_reply(reply(mail))] == [True, False]
    assert (Touch.objects.count(), Notification.objects.count()) == (1, 1)


def test_a_colleague_who_answers_is_who_took_part(cast, mail):
    ben = ContactFactory(account=cast.account, email="ben@customer.example.com")
    take_reply(reply(mail, address="Ben@Customer.example.com"))
    assert list(Touch.objects.get().attendees.all()) == [ben]


def test_a_reply_to_somebody_who_left_us_is_told_to_the_owner(cast, mail):
    Mail.objects.filter(pk=mail.pk).update(sender=UserFactory(is_active=False))
    take_reply(reply(mail))
    assert Notification.objects.get().user == cast.owner


def test_what_answers_no_e_mail_of_ours_is_not_kept():
    assert not take_reply(Reply(told(None, Kind.REPLIED), "Hello"))
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize(
    ("answer", "is_dead"), [(b"5.1.1 no such user", True), (b"5.7.1 we do not take it", False), (b"no", False)]
)
def test_an_address_that_the_mail_server_refuses_as_unknown_is_not_tried_again(mail, monkeypatch, answer, is_dead):
    class Refusing(EmailBackend):
        def send_messages(self, messages):
            raise SMTPRecipientsRefused({mail.address: (550, answer)})

    monkeypatch.setattr(handing_over, "get_connection", Refusing)
    MailRules.objects.create(pk=1, quiet_from=None, quiet_to=None, quiet_weekends=False)
    Mail.objects.filter(pk=mail.pk).update(state=Mail.State.QUEUED, sent_at=None)
    send_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.bounced_at is not None) == (Mail.State.FAILED, is_dead)
    assert Suppression.objects.covering(mail.address).exists() is is_dead
    assert (enrolment_of(mail).stopped_because == Because.BOUNCE) is is_dead
