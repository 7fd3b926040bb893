"""Small verbs of the browser journeys."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from accounts.models import User

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def give_session(page: Page, user: User, url: str) -> None:
    """Logs the browser in without the login page."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def settled(page: Page) -> None:
    """Waits until HTMX has nothing under way: no request, no swap, no settling, no panel that is still to come."""
    under_way = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added, [aria-busy=true]"
    expect(page.locator(under_way)).to_have_count(0)


def come_to(panel: Locator) -> Locator:
    """Scrolls to a panel that arrives when somebody comes to it."""
    panel.scroll_into_view_if_needed()
    return panel


def open_drawer(page: Page, title: str) -> None:
    """Opens a panel of the account page that is a line until then."""
    page.locator("details.drawer > summary").filter(has_text=title).click()


def open_all(page: Page) -> None:
    """Opens everything that opens in place; menus stay shut, for they lie over the rest."""
    page.locator("main details:not(.menu)").evaluate_all("all => all.forEach(one => one.open = true)")
    settled(page)


def assert_fits(page: Page, name: str) -> None:
    """Nothing makes the page wider than the screen."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0, f"{name} is {too_wide} px wider than the screen"


def assert_accessible(page: Page, name: str = "", *, within: str | None = None) -> None:
    """axe finds nothing on the page as it stands; each finding is named with the element and what to do.

    `within` is the selector of the part to look at, where the frame around it is not ours. Buttons are pale while their
    panel is asked for, which is no colour to be read: it waits until nothing is.
    """
    expect(page.locator(".htmx-request")).to_have_count(0)
    found = (
        Axe().run(page, context=within, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
    )
    findings = [
        f"{name or page.url}: {violation['id']}: {violation['help']}: {node['html'][:200]} | {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
    assert findings == [], "\n".join(findings)
