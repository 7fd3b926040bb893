"""The frame that every page shares, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import assert_accessible, settled


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_login_page_has_nothing_that_axe_complains_about(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/login/")
    settled(page)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert_accessible(page)
