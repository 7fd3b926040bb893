"""Small verbs of the browser journeys."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def give_session(page: Page, user: User, url: str) -> None:
    """Logs the browser in without the login page."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def settled(page: Page) -> None:
    """Waits until HTMX has nothing under way: no request, no swap, no settling."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def assert_fits(page: Page, name: str) -> None:
    """Nothing makes the page wider than the screen."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0, f"{name} is {too_wide} px wider than the screen"


def assert_accessible(page: Page, name: str = "") -> None:
    """axe finds nothing on the page as it stands; each finding is named with the element and what to do."""
    found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]}).response["violations"]
    findings = [
        f"{name or page.url}: {violation['id']}: {violation['help']}: {node['html'][:200]} | {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]
    assert findings == [], "\n".join(findings)
