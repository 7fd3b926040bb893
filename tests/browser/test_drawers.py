"""The account page is calm: what is far down comes when somebody gets there, what is rarely read when it is opened."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.helpers import assert_accessible, assert_fits, come_to, open_drawer, settled
from tests.browser.stage import Stage


def test_a_drawer_opens_stays_open_on_other_accounts_and_is_closed_for_good(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/")
    settled(page)
    surveys, training = page.locator("#surveys"), page.locator("#training")
    expect(surveys).to_be_hidden()
    open_drawer(page, "Surveys")
    expect(surveys.get_by_role("link", name="Ask")).to_be_visible()
    settled(page)
    assert_accessible(page, "an account with an open drawer")
    assert_fits(page, "an account with an open drawer")

    other = next(
        account for account in stage.accounts.values() if account.owner == stage.csm and account != stage.worst
    )
    page.goto(f"/accounts/{other.pk}/")
    expect(surveys.get_by_role("link", name="Ask")).to_be_visible()
    expect(training).to_be_hidden()
    open_drawer(page, "Surveys")
    expect(surveys).to_be_hidden()
    page.reload()
    settled(page)
    expect(surveys).to_be_hidden()


def test_a_link_to_what_is_in_a_drawer_opens_it(page: Page, login: Callable[[Page, User], None], stage: Stage) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/#churn")
    expect(page.locator("#churn")).to_be_visible()
    expect(page.locator("#churn")).not_to_have_attribute("hx-trigger", "toggle once from:closest details")


def test_what_is_far_down_is_asked_for_when_somebody_gets_there(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    asked: list[str] = []
    login(page, stage.csm)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/accounts/{stage.worst.pk}/")
    settled(page)
    assert not [url for url in asked if url.endswith("/usage/")]
    expect(come_to(page.locator("#usage"))).to_contain_text("Active users")
    assert [url for url in asked if url.endswith("/usage/")]
