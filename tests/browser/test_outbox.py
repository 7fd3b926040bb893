"""A letter to a customer: written on the account, read as it will look, approved, taken back, and sent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, Mail, MailRules, User
from tests.browser.helpers import assert_accessible, assert_fits, come_to, settled
from tests.browser.stage import Stage
from tests.factories import ContactFactory, MailFactory, days_ago

Login = Callable[[Page, User], None]


@pytest.fixture
def account(stage: Stage) -> Account:
    """A customer with somebody to write to; nobody is in quiet hours."""
    MailRules.objects.create(pk=1, quiet_from=None, quiet_to=None, quiet_weekends=False)
    ContactFactory(account=stage.worst, name="Ana Costa", email="ana@ember.example")
    return stage.worst


@pytest.fixture
def desk(page: Page, login: Login, stage: Stage, account: Account) -> Page:
    """The CSM of the stage is logged in."""
    login(page, stage.csm)
    return page


def test_a_letter_is_written_read_as_it_will_look_approved_and_taken_back(desk: Page, account: Account) -> None:
    desk.goto(f"/accounts/{account.pk}/")
    panel = come_to(desk.locator("#account-mails"))
    panel.get_by_role("link", name="Write").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("To", exact=True).select_option(label="Ana Costa <ana@ember.example>")
    dialog.get_by_label("Subject").fill("What we do about the outage")
    dialog.get_by_label("Text").fill("Hello Ana,\n\nthree things happen **this week**.")
    settled(desk)
    assert_accessible(desk, "the dialog of a letter")
    dialog.get_by_role("button", name="Save as draft").click()
    expect(panel.get_by_role("link", name="What we do about the outage")).to_be_visible()

    nav = desk.get_by_role("navigation", name="Main")
    nav.get_by_text("Outreach").click()
    nav.get_by_role("link", name="Outbox").click()
    row = desk.get_by_role("row", name="What we do about the outage")
    expect(row).to_contain_text("Ana Costa")
    assert_accessible(desk, "the outbox")
    assert_fits(desk, "the outbox")
    row.get_by_role("link", name="What we do about the outage").click()
    letter = desk.frame_locator("iframe.letter")
    expect(letter.get_by_text("this week")).to_be_visible()
    settled(desk)
    assert_accessible(desk, "a letter", within="main")
    assert_fits(desk, "a letter")

    desk.get_by_role("button", name="Approve: “What we do about the outage” to Ana Costa").click()
    expect(desk.locator("#mail .account-marks")).to_contain_text("Waits")
    assert Mail.objects.get().state == Mail.State.QUEUED
    desk.get_by_role("status").get_by_role("button", name="Undo").last.click()
    expect(desk.locator("#mail .account-marks")).to_contain_text("Draft")
    mail = Mail.objects.get()
    assert (mail.state, mail.approved_by) == (Mail.State.DRAFT, None)


def test_many_drafts_are_ticked_and_approved_and_one_that_is_unclear_is_decided(
    desk: Page, stage: Stage, account: Account
) -> None:
    for number in range(3):
        MailFactory(account=account, sender=stage.csm, subject=f"Letter {number}", due_at=days_ago(1))
    MailFactory(
        account=account,
        sender=stage.csm,
        subject="Did it arrive?",
        state=Mail.State.SENDING,
        claimed_at=days_ago(1),
        error="connection lost",
    )
    desk.goto("/outbox/")
    desk.get_by_label("Tick all on this page").check()
    desk.locator("[data-bulk]").get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("heading", name="Nothing to approve")).to_be_visible()
    assert Mail.objects.filter(state=Mail.State.QUEUED).count() == 3
    desk.get_by_role("link", name="To decide 1").click()
    row = desk.get_by_role("row", name="Did it arrive?")
    expect(row).to_contain_text("connection lost")
    settled(desk)
    assert_accessible(desk, "what is to be decided")
    row.get_by_role("button", name="Count as sent").click()
    expect(desk.get_by_role("heading", name="Nothing to decide")).to_be_visible()
    assert Mail.objects.get(subject="Did it arrive?").state == Mail.State.SENT
