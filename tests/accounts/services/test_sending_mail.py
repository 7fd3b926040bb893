"""What goes out to customers, when, and once; against the real outbox with the mail server of the tests."""

import datetime as dt
import smtplib

import pytest
import time_machine
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import Enrolment, Mail, MailRules, Suppression
from accounts.services import handing_over, sending_mail
from accounts.services.handing_over import ATTEMPTS, Outcome
from accounts.services.sending_mail import send_mails
from cs_workspace.common import clock
from tests.factories import AccountFactory, ContactFactory, EnrolmentFactory, MailFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db
State = Mail.State
NOON = dt.datetime(2026, 3, 11, 12, tzinfo=dt.UTC)  # a Wednesday, when nobody's rules ask for quiet
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def server(monkeypatch):
    """A mail server that answers each e-mail with the next of `answers`, and takes it when there is none left."""

    class Server(EmailBackend):
        answers: list[Exception] = []
        reachable = True

        def open(self):
            if not Server.reachable:
                raise ConnectionRefusedError("nobody listens")

        def send_messages(self, messages):
            if Server.answers:
                raise Server.answers.pop(0)
            return super().send_messages(messages)

    monkeypatch.setattr(handing_over, "get_connection", Server)
    return Server


def queued(**fields):
    return MailFactory(**{"state": State.QUEUED, "due_at": days_ago(0.001)} | fields)


def by_itself(contact, **fields):
    return queued(account=contact.account, contact=contact, by_itself=True, **fields)


def stands(one):
    one.refresh_from_db()
    return one.state


def test_what_is_due_goes_out_once():
    one = queued(subject="How are things?")
    assert send_mails() == {Outcome.SENT: 1}
    assert send_mails() == {}
    [sent] = mail.outbox
    assert sent.subject == "How are things?"
    assert one.address in sent.to[0]
    one.refresh_from_db()
    assert (one.state, one.sent_at, one.attempts, one.because) == (State.SENT, NOON, 1, "")


@pytest.mark.parametrize(
    "state", [State.DRAFT, State.SENDING, State.SENT, State.FAILED, State.CANCELLED, State.WITHHELD]
)
def test_nothing_else_goes_out(state):
    queued(state=state, claimed_at=days_ago(1), sent_at=days_ago(1))
    assert send_mails() == {}


def test_what_is_due_later_waits():
    one = queued(due_at=NOON + dt.timedelta(seconds=1))
    assert send_mails() == {}
    with time_machine.travel(one.due_at, tick=False):
        assert send_mails() == {Outcome.SENT: 1}


def test_the_oldest_goes_first():
    queued(due_at=days_ago(1), subject="second")
    queued(due_at=days_ago(2), subject="first")
    send_mails()
    assert [one.subject for one in mail.outbox] == ["first", "second"]


# What speaks against it by the time it would go out


def suppressed(contact):
    Suppression.objects.create(address=contact.email.lower(), reason="bounced", at=clock.now())


def unsubscribed(contact):
    contact.unsubscribed_at = clock.now()


def left(contact):
    contact.status, contact.left_on = "left", clock.today()


def archived(contact):
    contact.archived_at = clock.now()


def without_address(contact):
    contact.email = ""


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (suppressed, "Nothing is sent to this address."),
        (unsubscribed, "This person has unsubscribed."),
        (left, "This person is not there any more."),
        (archived, "This person is not there any more."),
        (without_address, "There is no e-mail address."),
    ],
)
@pytest.mark.parametrize("is_automatic", [True, False])
def test_who_is_not_to_be_written_to_is_not_whatever_was_approved_before(change, because, is_automatic):
    one = queued(by_itself=is_automatic)
    change(one.contact)
    one.contact.save()
    assert send_mails() == {}
    one.refresh_from_db()
    assert (one.state, one.because) == (State.WITHHELD, because)
    assert mail.outbox == []


def test_an_address_that_is_suppressed_as_it_is_handed_over_gets_nothing(monkeypatch):
    one = queued()
    write = sending_mail.message_of

    def bounced_meanwhile(found):
        suppressed(found.contact)
        return write(found)

    monkeypatch.setattr(sending_mail, "message_of", bounced_meanwhile)
    assert send_mails() == {Outcome.SUPPRESSED: 1}
    one.refresh_from_db()
    assert (one.state, one.because) == (State.WITHHELD, "Nothing is sent to this address: bounced for good.")


def test_a_sequence_that_was_stopped_sends_nothing_any_more():
    enrolment = EnrolmentFactory(state="stopped", stopped_because="reply", ended_at=clock.now(), next_on=None)
    one = queued(account=enrolment.account, contact=enrolment.contact, enrolment=enrolment, by_itself=True)
    assert send_mails() == {}
    one.refresh_from_db()
    assert (one.state, one.because) == (State.WITHHELD, "The sequence was stopped: replied.")


def test_the_last_e_mail_of_a_sequence_that_is_over_goes_out():
    enrolment = EnrolmentFactory(state=Enrolment.State.FINISHED, ended_at=clock.now(), next_on=None)
    queued(account=enrolment.account, contact=enrolment.contact, enrolment=enrolment, by_itself=True)
    assert send_mails() == {Outcome.SENT: 1}


def test_a_contact_who_is_deleted_and_a_customer_who_is_archived_get_nothing():
    nobody, archived_one = queued(contact=None, address="x@y.example"), queued()
    archived_one.account.archived_at = clock.now()
    archived_one.account.save()
    assert send_mails() == {}
    assert (stands(nobody), stands(archived_one)) == (State.WITHHELD, State.WITHHELD)


def test_who_has_a_new_address_is_written_to_there():
    one = queued()
    one.contact.email = "new@customer.example"
    one.contact.save()
    send_mails()
    assert "new@customer.example" in mail.outbox[0].to[0]
    one.refresh_from_db()
    assert one.address == "new@customer.example"


def test_nobody_signs_for_somebody_who_left_the_owner_of_the_account_reads_it_first():
    owner = UserFactory(name="Olga Owner")
    one = queued(account=AccountFactory(owner=owner), sender=UserFactory(name="Lars Left", is_active=False))
    assert send_mails() == {}
    one.refresh_from_db()
    assert (one.state, one.sender) == (State.DRAFT, owner)
    assert one.because.startswith("Lars Left does not work here any more.")


# Limits


def test_at_most_two_automated_e_mails_within_seven_days_go_to_one_person_and_the_third_waits_for_the_day():
    contact = ContactFactory()
    by_itself(contact, state=State.SENT, sent_at=NOON - 3 * DAY)
    by_itself(contact, state=State.SENT, sent_at=NOON - 5 * DAY)
    third = by_itself(contact)
    assert send_mails() == {}
    third.refresh_from_db()
    assert (third.state, third.due_at, third.attempts) == (State.QUEUED, NOON + 2 * DAY, 0)  # a Friday at noon
    assert third.because == "At most 2 automated e-mails go to one person within 7 days."
    with time_machine.travel(third.due_at - dt.timedelta(seconds=1), tick=False):
        assert send_mails() == {}
    with time_machine.travel(third.due_at, tick=False):
        assert send_mails() == {Outcome.SENT: 1}


def test_three_that_are_due_at_once_do_not_go_out_at_once():
    contact = ContactFactory()
    mails = [by_itself(contact) for _ in range(3)]
    assert send_mails() == {Outcome.SENT: 2}
    assert [stands(one) for one in mails] == [State.SENT, State.SENT, State.QUEUED]
    assert mails[2].due_at == NOON + 7 * DAY


def test_the_limit_counts_for_the_address_however_it_is_written_and_in_whatever_account():
    for email in ("Ana@Customer.example", "ANA@customer.example"):
        by_itself(ContactFactory(email=email), state=State.SENT, sent_at=NOON - DAY, address=email)
    by_itself(ContactFactory(email="ana@customer.example"))
    assert send_mails() == {}


def test_what_somebody_approved_is_bound_by_no_limit_and_does_not_count_for_it():
    contact = ContactFactory()
    for _ in range(3):
        queued(account=contact.account, contact=contact)
    by_itself(contact)
    by_itself(contact)
    assert send_mails() == {Outcome.SENT: 5}


def test_what_may_have_gone_out_counts_for_the_limit():
    contact = ContactFactory()
    for days in (1, 2):
        by_itself(contact, state=State.SENDING, claimed_at=NOON - days * DAY)
    third = by_itself(contact)
    assert send_mails() == {}
    assert stands(third) == State.QUEUED


def test_the_rules_of_the_workspace_count():
    MailRules.objects.create(pk=1, automatic_most=1, automatic_days=2)
    contact = ContactFactory()
    by_itself(contact, state=State.SENT, sent_at=NOON - DAY)
    one = by_itself(contact)
    assert send_mails() == {}
    one.refresh_from_db()
    assert one.due_at == NOON + DAY


# Quiet hours of the receiver


@pytest.mark.parametrize(
    ("contact_zone", "account_zone", "sent"),
    [
        ("", "UTC", True),
        ("Asia/Tokyo", "UTC", False),  # nine in the evening
        ("", "Asia/Tokyo", False),
        ("Europe/Berlin", "Asia/Tokyo", True),
        ("Nowhere/Land", "Asia/Tokyo", False),
    ],
)
def test_it_is_the_hour_of_the_receiver_that_counts(contact_zone, account_zone, sent):
    contact = ContactFactory(account=AccountFactory(time_zone=account_zone), time_zone=contact_zone)
    one = queued(account=contact.account, contact=contact)
    assert send_mails() == ({Outcome.SENT: 1} if sent else {})
    if not sent:
        one.refresh_from_db()
        assert one.due_at == dt.datetime(2026, 3, 11, 23, tzinfo=dt.UTC)  # eight in the morning in Tokyo
        assert one.because == "It is quiet time where the receiver is."


def test_a_weekend_is_quiet_and_the_e_mail_goes_out_once_on_monday():
    friday_night = dt.datetime(2026, 3, 13, 20, tzinfo=dt.UTC)
    one = queued()
    for hours in range(80):
        with time_machine.travel(friday_night + dt.timedelta(hours=hours), tick=False):
            send_mails()
    one.refresh_from_db()
    assert one.sent_at == dt.datetime(2026, 3, 16, 8, tzinfo=dt.UTC)
    assert len(mail.outbox) == 1


def test_one_that_waits_for_the_morning_holds_up_nobody_else():
    for _ in range(3):
        queued(account=AccountFactory(time_zone="Asia/Tokyo"), due_at=days_ago(2))
    queued(subject="awake")
    assert send_mails() == {Outcome.SENT: 1}
    assert [one.subject for one in mail.outbox] == ["awake"]


def test_without_quiet_hours_it_goes_out_at_any_hour():
    MailRules.objects.create(pk=1, quiet_from=None, quiet_to=None, quiet_weekends=False)
    queued()
    with time_machine.travel(dt.datetime(2026, 3, 14, 3, tzinfo=dt.UTC), tick=False):
        assert send_mails() == {Outcome.SENT: 1}


# What the mail server says


def test_a_mail_server_that_cannot_be_reached_costs_nothing(server):
    one = queued()
    server.reachable = False
    assert send_mails() == {}
    one.refresh_from_db()
    assert (one.state, one.attempts) == (State.QUEUED, 0)


def test_what_is_refused_for_now_is_tried_again_and_then_given_up(server):
    one = queued()
    for attempt in range(1, ATTEMPTS + 1):
        server.answers = [smtplib.SMTPDataError(451, b"try again later")]
        with time_machine.travel(NOON + dt.timedelta(minutes=11 * attempt), tick=False):
            assert send_mails() == {Outcome.LATER: 1}
            assert send_mails() == {}
            one.refresh_from_db()
            assert attempt == ATTEMPTS or one.because == "The mail server refused it for now."
    assert (one.state, one.error) == (State.FAILED, "451 try again later")


@pytest.mark.parametrize(
    ("answer", "outcome", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"x@y": (550, b"no such user")}), Outcome.REFUSED, State.FAILED),
        (smtplib.SMTPServerDisconnected("connection lost"), Outcome.UNCLEAR, State.SENDING),
        (TimeoutError(), Outcome.UNCLEAR, State.SENDING),
        (ValueError("Invalid address"), Outcome.REFUSED, State.FAILED),
        (AnymailAPIError("busy", status_code=429), Outcome.LATER, State.QUEUED),
        (AnymailAPIError("bad request", status_code=400), Outcome.REFUSED, State.FAILED),
        (AnymailAPIError("it fell over", status_code=502), Outcome.UNCLEAR, State.SENDING),
        (AnymailAPIError("no answer"), Outcome.UNCLEAR, State.SENDING),
        (AnymailRecipientsRefused(), Outcome.REFUSED, State.FAILED),
    ],
)
def test_an_answer_is_a_fact_and_silence_is_not(server, monkeypatch, answer, outcome, state):
    monkeypatch.setattr(AnymailAPIError, "describe_response", lambda self: None)
    one = queued()
    server.answers = [answer]
    assert send_mails() == {outcome: 1}
    one.refresh_from_db()
    assert one.state == state
    assert one.error
    assert send_mails() == {}


def test_a_lost_connection_leaves_one_unclear_for_a_person_and_the_next_run_goes_on(server):
    server.answers = [smtplib.SMTPServerDisconnected("connection lost")]
    first, second = queued(due_at=days_ago(2)), queued(due_at=days_ago(1))
    assert send_mails() == {Outcome.UNCLEAR: 1}
    assert list(Mail.objects.unclear(now=clock.now())) == [first]
    assert send_mails() == {Outcome.SENT: 1}
    assert (stands(first), stands(second)) == (State.SENDING, State.SENT)


def test_a_sender_that_died_leaves_it_unclear_and_it_is_never_sent_again_by_itself():
    one = queued()
    assert sending_mail._take_next(MailRules.current()) == one  # and the process dies
    assert send_mails() == {}
    assert not Mail.objects.unclear(now=clock.now()).exists()
    with time_machine.travel(NOON + dt.timedelta(minutes=16), tick=False):
        assert send_mails() == {}
        assert list(Mail.objects.unclear(now=clock.now())) == [one]
    assert mail.outbox == []


def test_what_a_person_decided_meanwhile_stays_when_a_slow_sender_comes_back(server):
    one = queued()
    claimed = sending_mail._take_next(MailRules.current())
    Mail.objects.filter(pk=one.pk).update(state=State.CANCELLED)
    sending_mail._settle(claimed, Outcome.SENT, "")
    assert stands(one) == State.CANCELLED


def test_a_run_ends_in_time_for_the_next_one(monkeypatch):
    monkeypatch.setattr(sending_mail, "RUN_SECONDS", 0.0)
    queued()
    assert send_mails() == {}


def test_without_a_mail_server_e_mails_become_files(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    one = queued(subject="How are things?")
    assert send_mails() == {Outcome.SENT: 1}
    assert send_mails() == {}
    [file] = tmp_path.iterdir()
    assert "Subject: How are things?" in file.read_text()
    assert stands(one) == State.SENT


def test_a_round_costs_the_same_few_statements_for_each(django_assert_num_queries):
    queued()
    with django_assert_num_queries(12):
        send_mails()
    for _ in range(3):
        queued()
    with django_assert_num_queries(12 + 2 * 7):
        send_mails()
