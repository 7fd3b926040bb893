"""What providers send to us: in their formats, with the secret, once, and without a fault for what makes no sense."""

import base64
import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.mail_ids import message_id, reply_address
from accounts.models import Enrolment, Mail, MailEvent, Suppression, Touch
from accounts.services.composing import message_of
from tests.factories import ContactFactory, EnrolmentFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "provider:secret-of-ours"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    settings.REPLY_ADDRESS = "in@reply.example.com"


@pytest.fixture
def mail(cast) -> Mail:
    ana = ContactFactory(account=cast.account, name="Ana Costa", email="ana@customer.example.com")
    enrolment = EnrolmentFactory(account=cast.account, contact=ana)
    return MailFactory(account=cast.account, contact=ana, enrolment=enrolment, sender=cast.owner, as_sent=True)


def tell(route: str, body: object, *, secret: str | None = SECRET, **headers: str):
    text = body if isinstance(body, str) else json.dumps(body)
    given = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    url = reverse("accounts:mail-hook", args=[route])
    return Client().post(url, text, content_type="application/json", headers=given | headers)


def postmark(mail: Mail, kind: str, **fields: object) -> dict[str, object]:
    known = {"Metadata": {"mail": mail.token.hex}, "MessageID": "b7bc2f4a", "Recipient": mail.address}
    return known | {"RecordType": kind} | fields


def bounce(mail: Mail, kind: str = "HardBounce", **fields: object) -> dict[str, object]:
    said = {"Type": kind, "ID": 692560173, "Email": mail.address, "BouncedAt": "2025-03-03T10:00:00Z"}
    return postmark(mail, "Bounce", **said, **fields)


def answer(mail: Mail, **headers: str) -> dict[str, object]:
    """A reply as Postmark hands it on, with the whole e-mail."""
    given = {
        "From": "Ana Costa <ana@customer.example.com>",
        "To": "dana@us.example.com",
        "Subject": f"Re: {mail.subject}",
        "Date": "Mon, 03 Mar 2025 10:00:00 +0000",
        "Message-ID": "<reply-1@customer.example.com>",
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines = [f"{name}: {value}" for name, value in (given | headers).items()]
    text = "Tuesday suits me.\n\nOn Mon, 3 Mar 2025, Dana wrote:\n> How are things?"
    return {"FromFull": {"Email": "ana@customer.example.com"}, "RawEmail": "\n".join([*lines, "", text]), "Headers": []}


def test_without_a_secret_of_the_workspace_there_is_no_such_address(settings, mail):
    settings.ANYMAIL = {}
    assert tell("postmark/tracking/", postmark(mail, "Open")).status_code == 404


def test_who_does_not_know_the_secret_tells_us_nothing(mail):
    assert tell("postmark/tracking/", postmark(mail, "Open"), secret=None).status_code == 401
    assert tell("postmark/tracking/", postmark(mail, "Open"), secret="provider:guess").status_code == 401
    assert not MailEvent.objects.exists()


def test_a_provider_that_asks_whether_we_are_there_finds_us():
    assert Client().head(reverse("accounts:mail-hook", args=["postmark/tracking/"])).status_code == 200
    assert Client().get(reverse("accounts:mail-hook", args=["postmark/tracking/"])).status_code == 405


def test_unknown_providers_are_not_there(mail):
    assert tell("nobody/tracking/", {}).status_code == 404


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("postmark/tracking/", "not json"),
        ("postmark/tracking/", "[]"),
        ("postmark/tracking/", {"RecordType": "Inbound"}),
        ("postmark/inbound/", {"RecordType": "Bounce"}),
        ("mailgun/tracking/", {"x": 1}),
        ("amazon_ses/tracking/", "{}"),
    ],
)
def test_what_cannot_be_read_is_refused_and_is_no_fault_of_ours(route, body):
    assert tell(route, body).status_code == 400
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "name"),
    [
        ("Delivery", {"DeliveredAt": "2025-03-03T10:00:00Z"}, "delivered_at"),
        ("Open", {"ReceivedAt": "2025-03-03T10:00:00Z"}, "opened_at"),
        ("Click", {"ReceivedAt": "2025-03-03T10:00:00Z", "OriginalLink": "https://x.example.com"}, "clicked_at"),
    ],
)
def test_what_became_of_an_e_mail_stands_on_it_however_often_it_is_told(mail, kind, fields, name):
    for _ in range(2):
        assert tell("postmark/tracking/", postmark(mail, kind, **fields)).status_code == 200
    mail.refresh_from_db()
    assert getattr(mail, name).isoformat() == "2025-03-03T10:00:00+00:00"
    event = MailEvent.objects.get()
    assert (event.provider, event.mail, event.address) == ("Postmark", mail, mail.address)


def test_two_clicks_are_two_events(mail):
    for link in ("https://x.example.com/a", "https://x.example.com/b"):
        tell("postmark/tracking/", postmark(mail, "Click", ReceivedAt="2025-03-03T10:00:00Z", OriginalLink=link))
    assert MailEvent.objects.count() == 2


def test_a_hard_bounce_puts_the_address_on_the_list(mail):
    tell("postmark/tracking/", bounce(mail, Details="smtp;550 5.1.1 no such user"))
    kept = Suppression.objects.covering(mail.address).get()
    assert (kept.reason, kept.note) == (Suppression.Reason.BOUNCED, "smtp;550 5.1.1 no such user")
    assert Enrolment.objects.get().stopped_because == Enrolment.Because.BOUNCE


@pytest.mark.parametrize(
    ("kind", "listed", "because"),
    [("SoftBounce", None, "bounce"), ("SpamComplaint", "complained", "unsubscribed"), ("Transient", None, "")],
)
def test_other_bounces_have_what_follows_from_them(mail, kind, listed, because):
    tell("postmark/tracking/", bounce(mail, kind))
    assert Suppression.objects.values_list("reason", flat=True).first() == listed
    assert Enrolment.objects.get().stopped_because == because


def test_who_unsubscribes_with_the_provider_is_unsubscribed_here(mail):
    changed = postmark(
        mail, "SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression",
        ChangedAt="2025-03-03T10:00:00Z",
    )  # fmt: skip
    tell("postmark/tracking/", changed)
    mail.contact.refresh_from_db()
    assert mail.contact.unsubscribed_at is not None


def test_an_e_mail_is_known_by_its_id_where_a_provider_gives_nothing_else_back(mail):
    known_by = message_id(mail.token, "cs.example.com").strip("<>")
    tell("postmark/tracking/", postmark(mail, "Open", Metadata={}, MessageID=known_by))
    assert MailEvent.objects.get().mail == mail


def test_what_is_about_no_e_mail_of_ours_is_kept_without_one(mail):
    told = postmark(mail, "Open", Metadata={}, MessageID="somebody-elses")
    assert tell("postmark/tracking/", told).status_code == 200
    assert MailEvent.objects.get().mail is None


def test_a_reply_stops_the_sequence_and_is_a_touch_with_their_own_words(mail):
    given = message_of(mail).message()["Message-ID"]
    for _ in range(2):
        assert tell("postmark/inbound/", answer(mail, **{"In-Reply-To": given})).status_code == 200
    touch = Touch.objects.get()
    assert touch.summary == f"Re: {mail.subject}\n\nTuesday suits me."
    assert Enrolment.objects.get().stopped_because == Enrolment.Because.REPLY
    mail.refresh_from_db()
    assert mail.replied_at.isoformat() == "2025-03-03T10:00:00+00:00"


def test_a_reply_is_known_by_its_address_or_by_what_went_before_it(mail):
    to = reply_address("in@reply.example.com", mail.token)
    tell("postmark/inbound/", answer(mail, To=to, **{"Message-ID": "<a@x.example.com>"}))
    before = f"<first@x.example.com> {message_id(mail.token, 'cs.example.com')}"
    tell("postmark/inbound/", answer(mail, References=before, **{"Message-ID": "<b@x.example.com>"}))
    assert Touch.objects.count() == 2


def test_a_reply_with_large_attachments_and_characters_that_no_database_keeps_comes_in(mail):
    given = answer(mail, **{"In-Reply-To": message_id(mail.token, "cs.example.com")})
    given["RawEmail"] = str(given["RawEmail"]).replace("Tuesday", "Tues\0day")
    given["Attachments"] = [{"Name": "plan.pdf", "Content": "A" * 4_000_000, "ContentType": "application/pdf"}]
    assert tell("postmark/inbound/", given).status_code == 200
    assert "Tuesday" in Touch.objects.get().summary


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "auto-replied"}, {"Precedence": "auto_reply"}])
def test_who_is_out_of_office_has_not_replied(mail, headers):
    given = message_id(mail.token, "cs.example.com")
    assert tell("postmark/inbound/", answer(mail, **{"In-Reply-To": given}, **headers)).status_code == 200
    assert not Touch.objects.exists()
    assert Enrolment.objects.get().state == Enrolment.State.RUNNING


def test_an_e_mail_that_answers_nothing_of_ours_is_taken_and_forgotten(mail):
    assert tell("postmark/inbound/", answer(mail)).status_code == 200
    assert not Touch.objects.exists()


def report(mail: Mail, action: str, status: str) -> dict[str, object]:
    """What a mail server writes to whom an e-mail is from, handed on by Postmark."""
    text = f"""From: MAILER-DAEMON@customer.example.com
To: cs@us.example.com
Message-ID: <report-1@customer.example.com>
Date: Mon, 03 Mar 2025 10:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

It was not delivered.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; customer.example.com

Final-Recipient: rfc822; {mail.address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no

--cut
Content-Type: text/rfc822-headers

Message-ID: {message_id(mail.token, "cs.example.com")}
Subject: {mail.subject}

--cut--
"""
    return {"FromFull": {"Email": ""}, "RawEmail": text, "Headers": []}


@pytest.mark.parametrize(
    ("action", "status", "kind", "is_dead"),
    [
        ("failed", "5.1.1", "bounced", True),
        ("failed", "5.7.1", "bounced", False),
        ("delayed", "4.4.1", "deferred", False),
        ("delivered", "2.0.0", "delivered", False),
    ],
)
def test_what_a_mail_server_reports_by_e_mail_counts_like_what_a_provider_tells(mail, action, status, kind, is_dead):
    for _ in range(2):
        assert tell("postmark/inbound/", report(mail, action, status)).status_code == 200
    event = MailEvent.objects.get()
    assert (event.kind, event.mail, event.address) == (kind, mail, mail.address)
    assert Suppression.objects.exists() is is_dead
    assert not Touch.objects.exists()


def test_a_provider_that_says_so_by_other_words_is_understood_too(mail):
    """Brevo calls a bounce soft by the name of the event."""
    for number, kind in enumerate(("soft_bounce", "hard_bounce")):
        said = {"event": kind, "email": mail.address, "ts_epoch": 1741000000000 + number}
        known_by = {"X-Mailin-custom": json.dumps({"mail": mail.token.hex}), "message-id": "<x@smtp-relay.example.com>"}
        assert tell("brevo/tracking/", said | known_by).status_code == 200
        assert Suppression.objects.exists() == (kind == "hard_bounce")
    assert list(MailEvent.objects.values_list("mail", flat=True)) == [mail.pk, mail.pk]


def test_a_user_keeps_a_password_of_another_kind():
    """The secret of providers opens no page."""
    UserFactory()
    headers = {"Authorization": f"Basic {base64.b64encode(SECRET.encode()).decode()}"}
    assert Client().get(reverse("accounts:book"), headers=headers).status_code == 302
