"""The page on which the receiver of an e-mail unsubscribes: asks by GET, does it by POST, and has a way back."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Contact, Mail, Suppression
from accounts.queries.unsubscribing import unsubscribe_path
from accounts.services.suppressing import suppress
from tests.factories import ContactFactory, MailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> Mail:
    contact = ContactFactory(name="Ana Costa", email="ana@customer.example.com")
    return MailFactory(contact=contact, account=contact.account, as_sent=True)


def is_off(mail: Mail) -> bool:
    listed = Suppression.objects.covering(mail.address).exists()
    assert listed == (Contact.objects.get(pk=mail.contact_id).unsubscribed_at is not None)
    return listed


def shown(mail: Mail, status: int = 200) -> str:
    response = Client().get(unsubscribe_path(mail))
    assert response.status_code == status
    return unescape(response.content.decode())


def test_opening_the_link_asks_and_changes_nothing_however_often_a_scanner_does(mail):
    for _ in range(3):
        assert "No more e-mail from us?" in shown(mail)
    assert not is_off(mail)


def test_the_button_unsubscribes_and_the_page_says_so(mail):
    response = Client().post(unsubscribe_path(mail), {"verb": "stop"}, follow=True)
    assert response.status_code == 200
    assert "Nothing more is sent to" in response.content.decode()
    assert is_off(mail)


def test_programs_unsubscribe_with_one_click_without_cookies_or_token(mail):
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://mail.example.com"})
    body = "List-Unsubscribe=One-Click"
    assert (
        client.post(unsubscribe_path(mail), body, content_type="application/x-www-form-urlencoded").status_code == 302
    )
    assert is_off(mail)


def test_twice_is_like_once(mail):
    for _ in range(2):
        Client().post(unsubscribe_path(mail), {"List-Unsubscribe": "One-Click"})
    assert is_off(mail)
    assert Suppression.objects.count() == 1


def test_who_clicked_by_mistake_is_back_with_another_click(mail):
    Client().post(unsubscribe_path(mail))
    assert "I clicked by mistake" in shown(mail)
    Client().post(unsubscribe_path(mail), {"verb": "back"})
    assert not is_off(mail)
    assert "No more e-mail from us?" in shown(mail)


def test_an_address_that_bounced_has_no_way_back_by_the_link(mail):
    suppress(address=mail.address, reason=Suppression.Reason.BOUNCED)
    assert "I clicked by mistake" not in shown(mail)
    Client().post(unsubscribe_path(mail), {"verb": "back"})
    assert Suppression.objects.covering(mail.address).exists()


def test_an_address_that_we_did_not_make_is_not_found(mail):
    for token in (mail.token.hex, f"{mail.token.hex}.x", "x"):
        url = reverse("accounts:unsubscribe", args=[token])
        assert Client().get(url).status_code == 404
        assert Client().post(url).status_code == 404


def test_nothing_but_the_address_is_on_the_page_and_nobody_keeps_it(mail):
    response = Client().get(unsubscribe_path(mail))
    for words in (mail.account.name, mail.subject, "Ana Costa"):
        assert words not in unescape(response.content.decode())
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]


def test_other_methods_are_refused(mail):
    assert Client().put(unsubscribe_path(mail)).status_code == 405


def test_the_page_takes_few_queries(mail, django_assert_num_queries):
    with django_assert_num_queries(2):
        Client().get(unsubscribe_path(mail))
