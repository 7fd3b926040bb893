"""A CSM says what the score does not know: the pulse by keyboard, and a tier with a reason."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from health.models import Pulse, TierOverride
from tests.browser.helpers import assert_accessible, settled
from tests.browser.stage import Stage


@pytest.fixture
def account(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """The CSM looks at the worst account."""
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/")
    expect(page.get_by_role("group", name="How is it going with Ember Health?")).to_be_visible()
    return page


def test_the_pulse_is_judged_by_keyboard_and_taken_back(account: Page, stage: Stage) -> None:
    header = account.locator("#pulse-mark")
    expect(header).to_contain_text("Not judged")
    account.get_by_role("radio", name="Strong").focus()
    account.keyboard.press("ArrowLeft")
    account.keyboard.press("ArrowLeft")
    expect(account.get_by_role("radio", name="Mixed")).to_be_checked()
    account.keyboard.press("Tab")
    account.keyboard.type("One team is happy")
    account.keyboard.press("Enter")
    expect(header).to_contain_text("Mixed")
    expect(account.locator("#judgement")).to_contain_text("“One team is happy”")
    settled(account)
    assert_accessible(account, "judged")
    account.get_by_role("button", name="Undo").click()
    expect(header).to_contain_text("Not judged")
    assert Pulse.objects.get().withdrawn_at is not None


def test_an_overridden_tier_shows_both_until_it_is_ended(account: Page, stage: Stage) -> None:
    tier = account.locator("#standing .tier")
    before = tier.inner_text()
    account.get_by_role("link", name="Override the tier…").click()
    dialog = account.locator("#dialog")
    dialog.get_by_role("radio", name="Watch").check()
    dialog.get_by_label("Why").fill("The new sponsor has signed")
    assert_accessible(account, "override")
    dialog.get_by_role("button", name="Override").click()
    expect(tier).to_contain_text("Watch")
    expect(tier).to_contain_text(f"computed: {before.split()[-1]}")
    panel = account.locator("#judgement")
    expect(panel).to_contain_text("The new sponsor has signed")
    panel.get_by_role("button", name="End it now").click()
    expect(tier).to_have_text(before)
    assert TierOverride.objects.get().ended_by == stage.csm
