"""Lists on a phone, in a real browser: their rows are cards, and nothing is pushed sideways to be read."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import FeatureAskFactory

Login = Callable[[Page, User], None]
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("name", ["health:metrics", "health:alert-quality", "accounts:feature-requests"])
def test_a_list_is_read_without_pushing_it_sideways(page: Page, login: Login, stage: Stage, name: str) -> None:
    FeatureAskFactory(account=stage.worst, request__title="Invoices in the language of whoever gets them")
    login(page, stage.csm)
    page.set_viewport_size(PHONE)
    page.goto(reverse(name))
    settled(page)
    rows = page.locator(".as-cards > tbody > tr")
    expect(rows.first).to_be_visible()
    too_wide = page.locator(".table-wrap").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert max(too_wide) <= 0
    assert_fits(page, name)
    assert_accessible(page, name)
