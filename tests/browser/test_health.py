"""Health in a real browser: an open page that follows what arrives from elsewhere, and the history behind the score."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from cs_workspace.common import clock
from health.domain.observations import TicketRow
from health.services.observing import record_tickets
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.health import making
from tests.worker import WorkerProcess

Login = Callable[[Page, User], None]


@pytest.fixture
def csm(page: Page, login: Login, stage: Stage) -> Page:
    """The CSM of the stage is logged in."""
    login(page, stage.csm)
    return page


def test_an_observation_imported_by_somebody_else_moves_an_open_page_within_seconds(
    csm: Page, stage: Stage, celery_worker_process: WorkerProcess
) -> None:
    account = stage.accounts["Aspen Foods"]
    csm.goto(f"/accounts/{account.pk}/")
    engagement = csm.locator("#health").get_by_test_id("dimension-engagement")
    before = engagement.inner_text()
    record_tickets(
        TicketRow(
            account.pk, opened_at=making.noon(0), source="import", external_id=f"t-{number}", subject="It is slow"
        )
        for number in range(12)
    )
    expect(engagement).not_to_have_text(before, use_inner_text=True, timeout=30_000)


def test_the_history_is_walked_from_the_panel_to_two_days_that_add_up(csm: Page, stage: Stage) -> None:
    csm.goto(f"/accounts/{stage.worst.pk}/")
    csm.get_by_role("link", name="History, and any two days compared").click()
    expect(csm.get_by_role("heading", name="What moved it between two days")).to_be_visible()
    csm.get_by_role("link", name="30 days").click()
    expect(csm).to_have_url(f"/accounts/{stage.worst.pk}/health/history/?days=30")
    csm.get_by_label("From", exact=True).fill(f"{making.ago(10):%Y-%m-%d}")
    csm.get_by_label("to", exact=True).fill(f"{clock.today():%Y-%m-%d}")
    csm.get_by_role("button", name="Compare").click()
    settled(csm)
    table = csm.get_by_role("table", name="What each indicator did to the score")
    shown = [number(cell) for cell in table.locator("tbody td.num").all_inner_texts()]
    assert round(sum(shown), 1) == number(table.locator("tfoot td.num").inner_text())
    term = table.locator("details.term").first
    term.locator("summary").press("Enter")
    expect(term.get_by_text("Window")).to_be_visible()
    assert_accessible(csm)
    csm.set_viewport_size({"width": 390, "height": 844})
    assert_fits(csm, "The history")


def number(text: str) -> float:
    return float(text.replace("−", "-"))
