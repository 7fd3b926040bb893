"""Without JavaScript one still logs in, reads, filters, and fills in forms."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Note, Touch
from tests.browser.helpers import give_session
from tests.browser.stage import Stage


@pytest.fixture
def plain(browser: Browser, live_app: str, stage: Stage) -> Iterator[Page]:
    """A browser that runs no script, with the CSM of the stage logged in."""
    context = browser.new_context(base_url=live_app, java_script_enabled=False)
    page = context.new_page()
    give_session(page, stage.csm, live_app)
    yield page
    context.close()


def test_the_book_is_searched(plain: Page) -> None:
    plain.goto("/accounts/")
    plain.locator("[data-search]").fill("ember")
    plain.locator("[data-search]").press("Enter")
    expect(plain.get_by_role("row", name="Ember Health")).to_be_visible()
    expect(plain.get_by_role("row", name="Aspen Foods")).to_have_count(0)


def open_form(page: Page, stage: Stage, name: str) -> None:
    page.goto(f"/accounts/{stage.worst.pk}/")
    page.get_by_role("link", name=name).first.click()


def test_a_touch_is_logged(plain: Page, stage: Stage) -> None:
    open_form(plain, stage, "Log touch")
    plain.get_by_label("Summary").fill("We spoke")
    plain.get_by_role("button", name="Log touch").click()
    expect(plain.get_by_role("heading", name="Ember Health")).to_be_visible()
    assert Touch.objects.get(account=stage.worst, by=stage.csm).summary == "We spoke"


def test_a_note_is_written(plain: Page, stage: Stage) -> None:
    open_form(plain, stage, "Add note")
    plain.get_by_label("Note").fill("Look **here**")
    plain.get_by_role("button", name="Add note").click()
    expect(plain.get_by_role("heading", name="Ember Health")).to_be_visible()
    assert Note.objects.get(account=stage.worst, template=Note.Template.PLAIN).body == "Look **here**"


@pytest.mark.parametrize("width", [1440, 390])
def test_a_group_of_the_navigation_is_opened(plain: Page, width: int) -> None:
    plain.set_viewport_size({"width": width, "height": 844})
    plain.goto("/accounts/")
    expect(plain.get_by_role("button", name="Menu")).to_be_hidden()
    nav = plain.get_by_role("navigation", name="Main")
    nav.get_by_text("Feedback").click()
    nav.get_by_role("link", name="Surveys").click()
    expect(nav.get_by_role("link", name="Surveys")).to_have_attribute("aria-current", "page")
