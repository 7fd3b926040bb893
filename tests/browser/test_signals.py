"""A CSM hears that a customer may leave: logs it, looks at what the night found, and takes a step back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from health.models import ChurnSignal
from tests.browser.helpers import assert_accessible
from tests.browser.stage import Stage


@pytest.fixture
def account(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """The CSM looks at the worst account, whose signals have arrived."""
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/")
    expect(page.locator("#signals").get_by_role("link", name="Log signal")).to_be_visible()
    return page


def test_what_was_heard_is_logged_dismissed_and_brought_back(account: Page, stage: Stage) -> None:
    panel = account.locator("#signals")
    panel.get_by_role("link", name="Log signal").click()
    dialog = account.locator("#dialog")
    dialog.get_by_label("What was seen").select_option(label="Asks about non-renewal")
    dialog.get_by_label("Evidence").fill("Procurement asked for the notice period.")
    assert_accessible(account, "log a signal")
    dialog.get_by_role("button", name="Log signal").click()
    expect(panel).to_contain_text("Procurement asked for the notice period.")
    panel.get_by_role("link", name="Dismiss Asks about non-renewal").click()
    dialog.get_by_label("Why").fill("They ask every year.")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(panel.get_by_role("link", name="Dismiss Asks about non-renewal")).to_have_count(0)
    account.get_by_role("button", name="Undo").last.click()
    expect(panel.get_by_role("link", name="Dismiss Asks about non-renewal")).to_be_visible()
    assert ChurnSignal.objects.get(kind="non_renewal").state == "open"
