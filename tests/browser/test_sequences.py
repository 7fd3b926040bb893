"""An admin writes an e-mail beside how it reads; a CSM puts somebody into the sequence, lets it rest and stops it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Enrolment, Mail, MailTemplate, Sequence, User
from tests.browser.helpers import assert_accessible, assert_fits, open_drawer, settled
from tests.browser.stage import Stage
from tests.factories import ContactFactory, SequenceFactory, SequenceStepFactory

Login = Callable[[Page, User], None]


@pytest.fixture
def sequence(stage: Stage) -> Sequence:
    """A sequence that is switched on, with an e-mail at once, and somebody to write to at the worst account."""
    ContactFactory(account=stage.worst, name="Ana Costa", email="ana@ember.example", roles=["champion"])
    found = SequenceFactory(name="After the outage", purpose="Say what we do about it.")
    SequenceStepFactory(sequence=found, template__name="After the outage: first", template__key="after-outage")
    return found


def test_a_template_is_written_and_sent_in_a_sequence(
    page: Page, login: Login, stage: Stage, sequence: Sequence
) -> None:
    login(page, stage.cast.admin)
    page.goto("/mail-templates/")
    assert_accessible(page, "the templates")
    page.get_by_role("link", name="After the outage: first").click()
    page.get_by_label("Account", exact=True).fill(f"Ember Health (#{stage.worst.pk})")
    preview = page.locator("#letter-preview")
    expect(preview).to_contain_text("Ana Costa <ana@ember.example>")
    page.get_by_label("Text", exact=True).fill("Hello {contact.first_name}, **three** things for {sponsor.name}.")
    expect(preview).to_contain_text("Not known for this account: executive sponsor at the customer.")
    page.get_by_label("Text", exact=True).fill("Hello {contact.first_name}, **three** things for {sponsor.name|you}.")
    expect(preview).to_contain_text("Hello Ana, three things for you.")
    settled(page)
    assert_accessible(page, "the editor of a template")
    assert_fits(page, "the editor of a template")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert MailTemplate.objects.get(key="after-outage").version == 2

    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/")
    open_drawer(page, "Sequences of e-mails")
    panel = page.locator("#account-sequences")
    panel.get_by_role("link", name="Start sequence").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Sequence").select_option(label="After the outage")
    dialog.get_by_label("Who gets the e-mails").select_option(label="Ana Costa")
    dialog.get_by_role("button", name="Start").click()
    expect(panel).to_contain_text("Draft")
    assert Mail.objects.get().text == "Hello Ana, **three** things for you."
    panel.get_by_role("link", name="After the outage").first.click()
    row = page.get_by_role("row", name="Ana Costa")
    row.get_by_role("button", name="Pause Ana Costa").click()
    expect(page.locator("#rows")).to_contain_text("Nobody is in it now")
    page.get_by_role("link", name="Paused 1").click()
    expect(row).to_contain_text("rests since")
    settled(page)
    assert_accessible(page, "a sequence")
    assert_fits(page, "a sequence")
    page.once("dialog", lambda asked: asked.accept())
    row.get_by_role("button", name="Stop Ana Costa").click()
    page.get_by_role("link", name="Stopped 1").click()
    expect(row).to_contain_text("Stopped by hand")
    assert Enrolment.objects.get().state == "stopped"
    assert Mail.objects.get().state == "cancelled"
