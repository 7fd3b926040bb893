"""Browser journeys: a real server, a real chromium, and helpers that every journey needs."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from cs_workspace.common import clock
from tests.browser import helpers
from tests.browser.open_requests import OpenRequests
from tests.browser.stage import KeptStage, Stage
from tests.factories import UserFactory
from tests.health import making

# Playwright's synchronous API runs an event loop in this thread, which Django takes for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's chromium. Without one the journeys are skipped, but not in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        reason = "No chromium found, which the browser tests drive; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Journeys say `page.goto("/book/")`."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The desk size of the design."""
    return browser_context_args | {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def live_app(live_server: LiveServer, transactional_db: None, open_requests: OpenRequests) -> Iterator[str]:
    """The address of the workspace under test; what the test writes, it sees.

    The browser is gone before this ends, but a request of its may still be at work in the server, and would write into
    the emptied database of the next test.
    """
    yield live_server.url
    open_requests.wait_for_none()


@pytest.fixture(scope="session")
def open_requests() -> Iterator[OpenRequests]:
    """How many requests the live server is answering."""
    with OpenRequests() as open_requests:
        yield open_requests


@pytest.fixture
def page(live_app: str, page: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on the workspace. At the end nothing may have failed in the browser: no script error, no CSP refusal.

    Journeys marked `lost_connection` cut requests off, of which the browser and HTMX complain.
    """
    complaints: list[str] = []
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    yield page
    if request.node.get_closest_marker("lost_connection"):
        complaints = [
            one for one in complaints if not re.search(r"net::ERR_FAILED|^htmx:(sendError|afterRequest)", one)
        ]
    assert _failures(complaints) == []


@pytest.fixture
def login(live_app: str) -> Callable[[Page, User], None]:
    """`login(page, user)`: the browser holds the user's session from then on."""

    def log_in(page: Page, user: User) -> None:
        helpers.give_session(page, user, live_app)

    return log_in


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """`screenshot(page, "book-light-1440")` writes var/screenshots/book-light-1440.png, the whole page."""

    def take(page: Page, name: str) -> Path:
        path = settings.BASE_DIR / "var" / "screenshots" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True, animations="disabled")
        return path

    return take


def _failures(complaints: list[str]) -> list[str]:
    """The complaints without those of requests that made way for a later one, as `hx-sync` asks for: HTMX tells of each
    twice, as aborted and as over."""
    aborted = sum(one.startswith("htmx:sendAbort") for one in complaints)
    over = [place for place, one in enumerate(complaints) if one.startswith("htmx:afterRequest")][:aborted]
    return [one for place, one in enumerate(complaints) if place not in over and not one.startswith("htmx:sendAbort")]


def _complaint(message: ConsoleMessage) -> list[str]:
    # The browser reports every 4xx answer as an error; journeys provoke some on purpose and assert them themselves.
    # A missing file is another matter.
    location = message.location.get("url", "")
    answered = re.search(r"the server responded with a status of 4\d\d", message.text)
    if message.type != "error" or (answered and "/static/" not in location):
        return []
    return [f"{message.text} ({location})"]


@pytest.fixture
def stage(transactional_db: None, monkeypatch: pytest.MonkeyPatch, kept_stage: KeptStage) -> Stage:
    """A CSM's book with a month of scores and a day's work."""
    monkeypatch.setattr(making, "TODAY", clock.today())
    return kept_stage.set()


@pytest.fixture(scope="session")
def kept_stage() -> KeptStage:
    """The stage is set once, and laid out again for every journey."""
    return KeptStage()


@pytest.fixture
def db_user(transactional_db: None) -> User:
    """A CSM in a workspace without any account."""
    return UserFactory(name="Nora Newcomer")
