"""Alerts on a phone, and what a tier asks for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage

Login = Callable[[Page, User], None]
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize(("path", "rows"), [("/alerts/", ".alerts"), ("/at-risk/", ".queue")])
def test_on_a_phone_rows_are_cards_and_nothing_scrolls_sideways(
    page: Page, login: Login, stage: Stage, path: str, rows: str
) -> None:
    login(page, stage.cast.manager)
    page.set_viewport_size(PHONE)
    page.goto(path)
    settled(page)
    expect(page.locator(f"{rows} tbody tr").first.get_by_text("Ember Health").first).to_be_visible()
    assert_fits(page, path)
    hidden = page.locator(".table-wrap").evaluate("table => table.scrollWidth - table.clientWidth")
    assert hidden <= 0, f"{path} hides {hidden} px to the side"


def test_the_account_says_what_its_tier_asks_for_and_the_lead_sees_how_good_alerts_are(
    page: Page, login: Login, stage: Stage
) -> None:
    login(page, stage.cast.manager)
    page.goto(f"/accounts/{stage.worst.pk}/")
    panel = page.locator("#engagement")
    expect(panel.get_by_text("Agree an intervention plan")).to_be_visible()
    expect(panel.locator("[aria-current=step]")).to_contain_text("Immediate")
    page.goto("/alerts/")
    page.get_by_role("link", name="By rule").click()
    expect(page.get_by_role("heading", name="How good the alerts are")).to_be_visible()
    assert_accessible(page)
