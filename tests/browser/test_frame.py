"""The frame that every page shares, in a real browser."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import Task, User
from tests.browser.helpers import assert_accessible, settled
from tests.browser.stage import Stage
from tests.factories import PASSWORD

Login = Callable[[Page, User], None]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_login_page_has_nothing_that_axe_complains_about(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/login/")
    settled(page)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert_accessible(page)


def test_a_session_that_ended_leads_from_a_dialog_to_the_login_and_back(page: Page, login: Login, stage: Stage) -> None:
    login(page, stage.csm)
    page.goto("/tasks/?group=open")
    settled(page)
    page.get_by_role("link", name="New task").click()
    page.get_by_label("What is to be done").fill("Call them")
    Session.objects.all().delete()
    page.get_by_role("button", name="Add task").click()
    expect(page.get_by_text("Your session ended")).to_be_visible()
    page.get_by_label("E-mail").fill(stage.csm.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/tasks/?group=open")
    assert not Task.objects.filter(title="Call them").exists()


def test_the_navigation_is_folded_to_icons_and_stays_so(page: Page, login: Login, stage: Stage) -> None:
    login(page, stage.csm)
    page.goto("/")
    settled(page)
    menu, nav = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main")
    expect(menu).to_have_attribute("aria-expanded", "true")
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "false")
    page.goto("/accounts/")
    settled(page)
    box = nav.bounding_box()
    assert box is not None
    assert box["width"] < 64
    assert_accessible(page)
    nav.get_by_role("link", name="Save plans").click()
    expect(page).to_have_url("/save-plans/")
    expect(nav.get_by_role("link", name="Save plans")).to_have_attribute("aria-current", "page")
    menu.click()
    page.goto("/accounts/")
    expect(menu).to_have_attribute("aria-expanded", "true")
