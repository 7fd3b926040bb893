"""The frame that every page shares, in a real browser."""

from collections.abc import Callable
from typing import Literal

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


def test_a_group_of_the_navigation_stays_as_it_was_left(page: Page, login: Login, stage: Stage) -> None:
    login(page, stage.csm)
    page.goto("/tasks/")
    nav = page.get_by_role("navigation", name="Main")
    surveys, outbox = nav.get_by_role("link", name="Surveys"), nav.get_by_role("link", name="Outbox")
    expect(surveys).to_be_hidden()
    nav.locator("summary", has_text="Feedback").focus()
    page.keyboard.press("Enter")
    expect(surveys).to_be_visible()
    nav.get_by_text("Outreach").click()
    expect(outbox).to_be_visible()
    nav.get_by_text("Outreach").click()
    page.goto("/accounts/")
    expect(surveys).to_be_visible()
    expect(outbox).to_be_hidden()
    settled(page)
    assert_accessible(page)

    surveys.click()
    expect(page).to_have_url("/surveys/")
    expect(surveys).to_have_attribute("aria-current", "page")
    nav.get_by_text("Feedback").click()
    expect(surveys).to_be_hidden()
    page.goto("/accounts/")
    expect(nav.get_by_text("Feedback")).to_be_visible()
    expect(surveys).to_be_hidden()
    page.goto("/surveys/")
    expect(surveys).to_be_visible()


def test_what_was_folded_stays_folded_when_the_counts_come_again(page: Page, login: Login, stage: Stage) -> None:
    login(page, stage.csm)
    page.goto("/surveys/")
    nav = page.get_by_role("navigation", name="Main")
    nav.get_by_text("Feedback").click()
    nav.get_by_text("Reports").click()
    with page.expect_response("**/nav-counts/"):
        page.evaluate("htmx.trigger(document.body, 'countsChanged')")
    settled(page)
    expect(nav.get_by_role("link", name="Surveys")).to_be_hidden()
    expect(nav.get_by_role("link", name="Retention")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_navigation_fits_on_a_phone_and_its_groups_open(
    page: Page, login: Login, stage: Stage, scheme: Literal["light", "dark"]
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)
    login(page, stage.cast.admin)
    page.goto("/overrides/")
    nav = page.get_by_role("navigation", name="Main")
    expect(nav).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(nav.get_by_role("link", name="Overridden tiers")).to_be_visible()
    expect(nav.get_by_role("button", name="Keys and help")).to_be_in_viewport()
    assert nav.evaluate("nav => nav.scrollHeight - nav.clientHeight") == 0
    nav.get_by_text("Health model").click()
    expect(nav.get_by_role("link", name="Churn model")).to_be_visible()
    settled(page)
    assert_accessible(page)


def test_folded_to_icons_a_group_opens_too(page: Page, login: Login, stage: Stage) -> None:
    login(page, stage.csm)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    nav = page.get_by_role("navigation", name="Main")
    nav.get_by_title("Reports").click()
    nav.get_by_role("link", name="Churn").click()
    expect(page).to_have_url("/reports/churn/")
    expect(nav.get_by_role("link", name="Churn")).to_have_attribute("aria-current", "page")
    settled(page)
    assert_accessible(page)
