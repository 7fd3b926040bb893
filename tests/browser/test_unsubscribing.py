"""A customer who is written to unsubscribes without a script and takes it back; their CSM sees it and marks another."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Contact, Mail, Suppression, User
from accounts.services.composing import message_of
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import ContactFactory, MailFactory


@pytest.fixture
def mail(stage: Stage) -> Mail:
    ana = ContactFactory(account=stage.worst, name="Ana Costa", email="ana@ember.example.com")
    return MailFactory(account=stage.worst, contact=ana, sender=stage.csm, as_sent=True)


@pytest.fixture
def customer(browser: Browser, live_app: str) -> Iterator[Page]:
    """Somebody with a telephone, who runs no script, takes no cookie and has no login."""
    context = browser.new_context(base_url=live_app, java_script_enabled=False, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_a_customer_unsubscribes_by_the_link_in_an_e_mail_and_takes_it_back(customer: Page, mail: Mail) -> None:
    link = message_of(mail).extra_headers["List-Unsubscribe"].strip("<>")
    customer.goto(urlsplit(link).path)
    expect(customer.get_by_role("heading", name="No more e-mail from us?")).to_be_visible()
    customer.get_by_role("button", name="Unsubscribe").click()
    expect(customer.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert Contact.objects.get(pk=mail.contact_id).unsubscribed_at is not None
    customer.get_by_role("button", name="I clicked by mistake").click()
    expect(customer.get_by_role("heading", name="No more e-mail from us?")).to_be_visible()
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_for_everybody(page: Page, live_app: str, mail: Mail, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    link = urlsplit(message_of(mail).extra_headers["List-Unsubscribe"].strip("<>")).path
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(link)
        assert_fits(page, "unsubscribe")
        assert_accessible(page)
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert_accessible(page)


def test_a_csm_marks_who_said_so_on_the_phone_and_takes_it_back(
    page: Page, login: Callable[[Page, User], None], stage: Stage, mail: Mail
) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/people/")
    page.get_by_role("link", name="Ana Costa").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="They want no more e-mail").click()
    dialog.get_by_label("How they said so").fill("On the phone")
    assert_accessible(page)
    dialog.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("Unsubscribed", exact=True)).to_be_visible()
    assert Suppression.objects.get().note == "On the phone"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Unsubscribed", exact=True)).to_have_count(0)
    settled(page)
    assert not Suppression.objects.exists()
