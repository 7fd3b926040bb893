import datetime as dt
import smtplib

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import Digest, Notification, User
from accounts.services import handing_over, mailing
from accounts.services.handing_over import Outcome
from accounts.services.mailing import ATTEMPTS, count_as_sent, send_again, send_digests, send_messages
from accounts.services.notifying import release_held
from cs_workspace.common import clock
from tests.factories import NotificationFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db
Email = Notification.Email
MORNING = dt.datetime(2026, 3, 16, 7, 5, tzinfo=dt.UTC)


def due(**fields):
    return NotificationFactory(email_state=Email.PENDING, email_due_at=days_ago(0.01), **fields)


def waiting(user, **fields):
    return NotificationFactory(user=user, email_state=Email.DIGEST, **fields)


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


def test_what_is_due_goes_out_once(settings):
    settings.SITE_URL = "https://cs.example"
    user = UserFactory(email="mara@workspace.example")
    message = due(user=user, title="Halden: Entered Critical", body="Usage trend: usage −38 %", url="/alerts/7/")
    assert send_messages() == {Outcome.SENT: 1}
    assert send_messages() == {}
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["mara@workspace.example"], "Halden: Entered Critical")
    assert "https://cs.example/alerts/7/" in sent.body
    assert "usage −38 %" in sent.body
    html = sent.alternatives[0].content
    assert 'href="https://cs.example/alerts/7/"' in html
    message.refresh_from_db()
    assert (message.email_state, message.email_sent_at is not None) == (Email.SENT, True)


def test_text_is_plain_and_html_is_escaped():
    due(title="Smith & Sons <Ltd>", body="a < b")
    send_messages()
    [sent] = mail.outbox
    assert "Smith & Sons <Ltd>" in sent.body
    assert "Smith &amp; Sons &lt;Ltd&gt;" in sent.alternatives[0].content


def test_a_line_break_in_a_title_breaks_no_header():
    due(title="Halden\nBcc: everyone@example.com")
    assert send_messages() == {Outcome.SENT: 1}
    assert mail.outbox[0].subject == "Halden Bcc: everyone@example.com"


@pytest.mark.parametrize("state", [Email.NONE, Email.DIGEST, Email.SENDING, Email.SENT, Email.FAILED])
def test_nothing_else_goes_out(state):
    NotificationFactory(email_state=state, email_due_at=days_ago(1), email_claimed_at=days_ago(1))
    assert send_messages() == {}


def test_what_is_due_later_or_to_someone_who_left_stays():
    NotificationFactory(email_state=Email.PENDING, email_due_at=days_ago(-1))
    due(user=UserFactory(is_active=False))
    assert send_messages() == {}


def test_critical_ones_go_first():
    due(title="normal", severity=3)
    due(title="critical", severity=1)
    send_messages()
    assert [one.subject for one in mail.outbox] == ["critical", "normal"]


def test_a_mail_server_that_cannot_be_reached_costs_nothing(server):
    message = due()
    server.reachable = False
    assert send_messages() == {}
    message.refresh_from_db()
    assert (message.email_state, message.email_attempts) == (Email.PENDING, 0)


def test_an_e_mail_refused_for_now_is_tried_again_later_and_then_given_up(server):
    message = due()
    now = clock.now()
    for attempt in range(1, ATTEMPTS + 1):
        server.answers = [smtplib.SMTPDataError(451, b"try again later")]
        with time_machine.travel(now + dt.timedelta(hours=attempt), tick=False):
            assert send_messages() == {Outcome.LATER: 1}
            assert send_messages() == {}
    message.refresh_from_db()
    assert (message.email_state, message.email_error) == (Email.FAILED, "451 try again later")


def test_an_e_mail_refused_for_good_is_not_tried_again(server):
    server.answers = [smtplib.SMTPRecipientsRefused({"x@y": (550, b"no such user")})]
    message = due()
    assert send_messages() == {Outcome.REFUSED: 1}
    message.refresh_from_db()
    assert (message.email_state, message.email_error) == (Email.FAILED, "550 no such user")
    assert send_messages() == {}


def test_a_connection_lost_in_the_middle_leaves_it_unclear_and_stops_the_run(server):
    server.answers = [smtplib.SMTPServerDisconnected("connection lost")]
    first, second = due(severity=1), due(severity=3)
    assert send_messages() == {Outcome.UNCLEAR: 1}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.email_state, second.email_state) == (Email.SENDING, Email.PENDING)
    assert send_messages() == {Outcome.SENT: 1}
    assert [one.to for one in mail.outbox] == [[second.user.email]]


def test_a_claim_left_behind_is_unclear_after_a_while_and_a_person_decides():
    message = NotificationFactory(email_state=Email.SENDING, email_claimed_at=days_ago(1))
    fresh = NotificationFactory(email_state=Email.SENDING, email_claimed_at=clock.now())
    admin = UserFactory(as_admin=True)
    assert list(Notification.objects.unclear(now=clock.now())) == [message]
    assert not send_again(fresh, by=admin)
    assert not count_as_sent(fresh, by=admin)
    assert send_again(message, by=admin)
    assert send_messages() == {Outcome.SENT: 1}
    assert not send_again(message, by=admin)


def test_an_unclear_e_mail_can_be_counted_as_sent():
    message = NotificationFactory(email_state=Email.SENDING, email_claimed_at=days_ago(1))
    assert count_as_sent(message, by=UserFactory(as_admin=True))
    assert send_messages() == {}
    message.refresh_from_db()
    assert message.email_state == Email.SENT


@time_machine.travel(MORNING, tick=False)
def test_one_digest_a_day_holds_what_waits_most_severe_first():
    user = UserFactory()
    waiting(user, title="Declining for 30 days", severity=3)
    waiting(user, title="Entered At-Risk", severity=2)
    assert send_digests() == {Outcome.SENT: 1}
    [sent] = mail.outbox
    assert sent.subject == "2 alerts since your last digest"
    assert sent.body.index("Entered At-Risk") < sent.body.index("Declining for 30 days")
    assert set(Notification.objects.values_list("email_state", flat=True)) == {Email.SENT}
    waiting(user)
    assert send_digests() == {}
    assert Digest.objects.count() == 1
    with time_machine.travel(MORNING + dt.timedelta(days=1), tick=False):
        assert send_digests() == {Outcome.SENT: 1}


@pytest.mark.parametrize(
    ("zone", "sent"), [("UTC", True), ("America/New_York", False), ("Asia/Tokyo", True), ("Nowhere/Land", True)]
)
def test_the_digest_comes_in_the_morning_of_the_receiver(zone, sent):
    waiting(UserFactory(time_zone=zone))
    with time_machine.travel(MORNING, tick=False):
        send_digests()
    assert len(mail.outbox) == sent


@time_machine.travel(MORNING, tick=False)
def test_what_was_read_meanwhile_or_is_no_longer_wanted_is_in_no_digest():
    user = UserFactory()
    waiting(user, read_at=clock.now())
    waiting(UserFactory(email_delivery=User.Delivery.NONE))
    waiting(UserFactory(is_active=False))
    assert send_digests() == {}
    assert not Digest.objects.exists()


@time_machine.travel(MORNING, tick=False)
def test_a_digest_refused_for_now_comes_later_on_the_same_day(server):
    user = UserFactory()
    waiting(user)
    server.answers = [smtplib.SMTPDataError(421, b"busy")]
    assert send_digests() == {Outcome.LATER: 1}
    assert send_digests() == {Outcome.SENT: 1}


@time_machine.travel(MORNING, tick=False)
def test_a_digest_whose_sender_died_is_not_sent_again():
    user = UserFactory()
    waiting(user)
    mailing._claim_digest(user, clock.today())  # and the process dies
    assert send_digests() == {}
    waiting(user)
    assert send_digests() == {}
    assert mail.outbox == []


def test_a_digest_is_claimed_under_a_key_of_user_and_day():
    user = UserFactory()
    waiting(user)
    assert mailing._claim_digest(user, clock.today()) is not None
    waiting(user)
    assert mailing._claim_digest(user, clock.today()) is None


def test_without_a_mail_server_e_mails_become_files(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    message = due(title="Halden: Entered Critical")
    assert send_messages() == {Outcome.SENT: 1}
    assert send_messages() == {}
    [file] = tmp_path.iterdir()
    assert "Subject: Halden: Entered Critical" in file.read_text()
    message.refresh_from_db()
    assert message.email_state == Email.SENT


# Quiet hours

NIGHT = {"quiet_from": dt.time(22), "quiet_to": dt.time(7)}
FRIDAY_NIGHT = dt.datetime(2026, 3, 13, 23, tzinfo=dt.UTC)


def pending(user, at, **fields):
    return NotificationFactory(user=user, email_state=Email.PENDING, email_due_at=at, **fields)


def test_what_falls_into_quiet_hours_is_held_and_delivered_once_after():
    user = UserFactory(**NIGHT)
    message = pending(user, FRIDAY_NIGHT, severity=2)
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        assert send_messages() == {}
        assert send_messages() == {}
    message.refresh_from_db()
    assert (message.email_state, message.email_attempts) == (Email.PENDING, 0)
    assert message.email_due_at == dt.datetime(2026, 3, 14, 7, tzinfo=dt.UTC)
    with time_machine.travel(message.email_due_at - dt.timedelta(seconds=1), tick=False):
        assert send_messages() == {}
    with time_machine.travel(message.email_due_at, tick=False):
        assert send_messages() == {Outcome.SENT: 1}
        assert send_messages() == {}
    assert len(mail.outbox) == 1


def test_a_held_message_holds_up_nobody_else():
    for number in range(3):
        pending(UserFactory(**NIGHT), FRIDAY_NIGHT, severity=1 + number, title="quiet")
    pending(UserFactory(), FRIDAY_NIGHT, severity=3, title="awake")
    User.objects.update(quiet_lets_critical=False)
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        assert send_messages() == {Outcome.SENT: 1}
    assert [one.subject for one in mail.outbox] == ["awake"]


@pytest.mark.parametrize(("lets_critical", "sent"), [(True, ["critical"]), (False, [])])
def test_critical_ones_come_through_by_the_persons_choice(lets_critical, sent):
    user = UserFactory(quiet_lets_critical=lets_critical, **NIGHT)
    pending(user, FRIDAY_NIGHT, severity=1, title="critical")
    pending(user, FRIDAY_NIGHT, severity=2, title="high")
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        send_messages()
    assert [one.subject for one in mail.outbox] == sent


def test_hours_that_were_changed_meanwhile_count():
    user = UserFactory(**NIGHT)
    pending(user, FRIDAY_NIGHT, severity=2)
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        assert send_messages() == {}
        User.objects.filter(pk=user.pk).update(quiet_from=None, quiet_to=None)
        assert release_held(by=user) == 1
        assert send_messages() == {Outcome.SENT: 1}


def test_a_sender_that_died_over_a_held_message_leaves_it_unclear_and_it_is_not_sent_again():
    message = pending(UserFactory(**NIGHT), FRIDAY_NIGHT, severity=2)
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        send_messages()
    with time_machine.travel(FRIDAY_NIGHT + dt.timedelta(hours=9), tick=False):
        assert mailing._claim_message() is not None  # and the process dies
        assert send_messages() == {}
    with time_machine.travel(FRIDAY_NIGHT + dt.timedelta(hours=10), tick=False):
        assert list(Notification.objects.unclear(now=clock.now())) == [message]
        assert send_messages() == {}
    assert mail.outbox == []


def test_a_quiet_weekend_holds_the_digest_until_monday_and_it_holds_all_of_it():
    user = UserFactory(quiet_weekends=True, digest_hour=9)
    monday = dt.datetime(2026, 3, 16, tzinfo=dt.UTC)
    for hour in range(-60, 9):
        with time_machine.travel(monday + dt.timedelta(hours=hour), tick=False):
            if hour % 24 == 0:
                waiting(user)
            assert send_digests() == {}
    for _ in range(2):  # beat asks twice
        with time_machine.travel(monday + dt.timedelta(hours=9), tick=False):
            send_digests()
    assert [one.subject for one in mail.outbox] == ["3 alerts since your last digest"]


@pytest.mark.parametrize(("hour", "sent"), [(6, 0), (7, 0), (18, 1)])
def test_the_digest_comes_at_the_hour_that_the_person_set(hour, sent):
    waiting(UserFactory(digest_hour=18))
    with time_machine.travel(MORNING.replace(hour=hour), tick=False):
        send_digests()
    assert len(mail.outbox) == sent


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_on_the_days_when_the_clocks_change_there_is_one_digest_and_one_delivery(day, hours):
    user = UserFactory(time_zone="Europe/Berlin", digest_hour=3, quiet_from=dt.time(22), quiet_to=dt.time(2, 30))
    midnight = dt.datetime.fromisoformat(day).replace(tzinfo=user.zone).astimezone(dt.UTC)
    waiting(user)
    pending(user, midnight, severity=2)
    for quarter in range(4 * hours):
        with time_machine.travel(midnight + dt.timedelta(minutes=15 * quarter), tick=False):
            send_messages()
            send_digests()
    assert len(mail.outbox) == 2
