"""A CSM offers 15 % off, the VP approves, the CSM sends it, and the customer accepts without a login or a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from renewals.models import Proposal, Renewal
from renewals.services.authority import install_authority
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.renewals.making import renewal_of


@pytest.fixture
def renewal(stage: Stage) -> Renewal:
    install_authority()
    return renewal_of(stage.worst, 24_000)


def decide(browser: Browser, login: Callable[[Page, User], None], user: User, base: str) -> None:
    """Somebody else decides in their own browser."""
    page = browser.new_context(base_url=base).new_page()
    login(page, user)
    page.goto("/renewals/approvals/")
    row = page.get_by_role("row").filter(has_text="Ember Health")
    expect(row).to_contain_text("A reference in their industry")
    assert_accessible(page, "approvals")
    row.get_by_role("link", name="Decide on Ember Health").click()
    dialog = page.locator("#dialog")
    settled(page)
    assert_accessible(page, "decision")
    dialog.get_by_role("radio", name="Approve").check()
    dialog.get_by_label("Why").fill("With the case study in writing.")
    dialog.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("No approvals waiting")).to_be_visible()
    page.context.close()


def test_a_discount_is_offered_approved_sent_and_accepted(
    page: Page, login: Callable[[Page, User], None], stage: Stage, renewal: Renewal, browser: Browser, live_app: str
) -> None:
    login(page, stage.csm)
    page.goto(f"/renewals/{renewal.pk}/")
    page.get_by_role("button", name="New proposal").click()
    second = page.get_by_role("region", name="Option 2")
    second.get_by_label("Discount in %").first.fill("15")
    second.get_by_label("In return for it").select_option("A case study")
    glance = page.locator("#preview")
    expect(glance).to_contain_text("15 % off")
    expect(glance).to_contain_text("To be approved by: Executive.")
    second.get_by_role("button", name="Add line").click()
    expect(second.get_by_role("group")).to_have_count(2)
    assert_accessible(page, "editor")
    assert_fits(page, "editor")
    second.get_by_role("button", name="Remove line 2 of option 2").click()
    expect(second.get_by_role("group")).to_have_count(1)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="Proposal 1 to Ember Health")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    assert_accessible(page, "proposal")
    page.get_by_role("link", name="Ask for approval").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Why the customer should get it").fill("A reference in their industry")
    dialog.get_by_role("button", name="Ask").click()
    expect(page.locator(".proposal-state").first).to_have_text("Awaiting approval")
    decide(browser, login, stage.cast.executive, live_app)

    page.reload()
    expect(page.get_by_text("With the case study in writing.")).to_be_visible()
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Share").click()
    dialog.get_by_role("button", name="Make a link").click()
    address = dialog.get_by_label("Whoever has this address").input_value()

    customer = browser.new_context(java_script_enabled=False).new_page()
    customer.goto(address)
    customer.get_by_role("radio", name="We accept “Renew and grow”").check()
    customer.get_by_label("Your name").fill("Kim Roth")
    customer.get_by_role("button", name="Send the answer").click()
    expect(customer.get_by_text("Thank you, Kim Roth.")).to_be_visible()
    customer.context.close()

    page.reload()
    settled(page)
    expect(page.get_by_text("Kim Roth accepted “Renew and grow”")).to_be_visible()
    assert_accessible(page, "accepted proposal")
    assert Proposal.objects.get().state == "accepted"
