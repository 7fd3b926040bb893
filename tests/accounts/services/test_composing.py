"""An e-mail to a customer as it goes out: from whom, who is answered, how it is stopped, and what it says twice."""

from email.utils import parseaddr
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import Mail, MailRules
from accounts.services.composing import message_of
from tests.factories import ContactFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return UserFactory(name="Dana Reyes", email="dana@us.example.com", title="Customer success")


def html(message) -> str:
    return message.alternatives[0].content


def test_it_is_from_the_sender_by_the_address_of_the_workspace_and_both_are_answered(sender, settings):
    settings.DEFAULT_FROM_EMAIL, settings.REPLY_ADDRESS = "Northwind <cs@us.example.com>", "in@reply.example.com"
    mail = MailFactory(sender=sender, receiver="Ana Costa", address="ana@x.example.com")
    message = message_of(mail)
    assert message.from_email == "Dana Reyes <cs@us.example.com>"
    assert message.to == ["Ana Costa <ana@x.example.com>"]
    assert message.reply_to == [
        "Dana Reyes <dana@us.example.com>",
        f"in+mail+{mail.token.hex}@reply.example.com",
    ]
    assert message.message()["Message-ID"].startswith(f"<mail-{mail.token.hex}@")


def test_without_an_address_for_replies_the_sender_alone_is_answered(sender):
    assert message_of(MailFactory(sender=sender)).reply_to == ["Dana Reyes <dana@us.example.com>"]


def test_without_a_sender_it_is_signed_by_the_workspace(settings):
    message = message_of(MailFactory(sender=None))
    assert parseaddr(message.from_email)[0] == settings.WORKSPACE_NAME
    assert f"-- \n{settings.WORKSPACE_NAME}\n" in message.body
    assert message.reply_to == []


@pytest.mark.parametrize(
    ("signature", "expected"),
    [("", "Dana Reyes\nCustomer success\nNorthwind CS"), ("Dana\n+49 30 1234\n", "Dana\n+49 30 1234")],
)
def test_the_signature_of_the_sender_stands_below_or_name_and_title(sender, settings, signature, expected):
    settings.WORKSPACE_NAME, sender.signature = "Northwind CS", signature
    message = message_of(MailFactory(sender=sender))
    assert f"-- \n{expected}\n" in message.body
    assert expected.replace("\n", "<br>") in html(message)


def test_text_and_html_say_the_same_and_the_text_has_no_signs(sender):
    text = "Hello **Ana**,\n\n- first [here](https://x.example.com/a)\n- second"
    message = message_of(MailFactory(sender=sender, text=text))
    assert message.body.startswith("Hello Ana,\n\n- first here (https://x.example.com/a)\n- second\n")
    assert "<strong>Ana</strong>" in html(message)
    assert 'href="https://x.example.com/a"' in html(message)


def test_what_is_kept_as_html_is_sent_as_it_stands_and_nothing_typed_becomes_markup(sender):
    message = message_of(MailFactory(sender=sender, text="Text <script>x</script>", html=""))
    assert "<script>" not in html(message)
    sender.signature = "<b>Dana</b>"
    message = message_of(MailFactory(sender=sender, html="<p>As <b>kept</b></p>"))
    assert "<p>As <b>kept</b></p>" in html(message)
    assert "<b>Dana</b>" not in html(message)


def test_programs_find_the_button_that_unsubscribes_with_one_click(sender):
    message = message_of(MailFactory(sender=sender))
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"Unsubscribe: {link}" in message.body
    assert f'href="{link}"' in html(message)
    assert Client().get(urlsplit(link).path).status_code == 200


def test_a_look_at_one_that_is_not_saved_unsubscribes_nobody(sender):
    contact = ContactFactory()
    mail = Mail(
        account=contact.account, contact=contact, sender=sender, subject="x", text="x", address="a@b.example.com",
        by_itself=False, receiver="Ana",
    )  # fmt: skip
    message = message_of(mail)
    assert "List-Unsubscribe" not in message.extra_headers
    assert "/unsubscribe/" not in message.body + html(message)


def test_only_what_nobody_read_before_says_that_it_is_automatic(sender):
    assert "Auto-Submitted" not in message_of(MailFactory(sender=sender)).extra_headers
    by_itself = message_of(MailFactory(sender=sender, by_itself=True))
    assert by_itself.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_postal_address_stands_below(sender):
    MailRules.objects.update_or_create(pk=1, defaults={"postal_address": "Northwind, 1 Quay, Bergen"})
    message = message_of(MailFactory(sender=sender))
    assert "Northwind, 1 Quay, Bergen" in message.body
    assert "Northwind, 1 Quay, Bergen" in html(message)


def test_sender_and_rules_are_all_that_is_read(django_assert_num_queries):
    mail = Mail.objects.get(pk=MailFactory(sender=UserFactory()).pk)
    with django_assert_num_queries(2):
        message_of(mail).message()
