"""A CSM asks what became of the revenue: another period, another split, the accounts behind a figure, and back."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Contract, User
from cs_workspace.common import clock
from renewals.services.ledger import write_ledger
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import ContractFactory


@pytest.fixture
def report(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """Of five customers of two years one has left a month ago and another one has grown."""
    today = clock.today()
    Contract.objects.filter(account__in=stage.accounts.values()).update(start=today - dt.timedelta(days=730), end=None)
    left = Contract.objects.filter(account=stage.accounts["Dune Robotics"])
    left.update(end=today - dt.timedelta(days=30))
    ContractFactory(
        account=stage.accounts["Birch Media"], start=today - dt.timedelta(days=40), end=None, with_line=15_000
    )
    write_ledger(today=today)
    login(page, stage.csm)
    page.goto("/reports/retention/")
    expect(page.get_by_role("heading", name="By segment")).to_be_visible()
    return page


def test_from_the_figures_of_a_period_to_their_accounts_and_back(report: Page) -> None:
    assert_accessible(report, "retention")
    periods = report.locator("select[name=rhythm]")
    periods.focus()
    report.keyboard.press("ArrowDown")
    expect(report.get_by_role("heading", name="By quarter")).to_be_visible()
    expect(periods).to_be_focused()
    report.locator("select[name=split]").select_option("csm")
    expect(report.get_by_role("heading", name="By CSM")).to_be_visible()
    expect(report).to_have_url(re.compile(r"rhythm=quarter&split=csm"))
    settled(report)
    assert_accessible(report, "retention by CSM")

    lost = report.locator("#report section", has_text="By CSM").get_by_role("link", name="−€48.0k")
    lost.focus()
    report.keyboard.press("Enter")
    expect(report.get_by_role("heading", name="Lost")).to_be_visible()
    rows = report.locator("#rows tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Dune Robotics")
    assert_accessible(report, "accounts that were lost")
    report.locator("#show-expansion").click()
    expect(rows).to_contain_text("Birch Media")
    expect(rows).to_contain_text("€15.0k")
    with report.expect_download() as download:
        report.get_by_text("Export", exact=True).click()
        report.get_by_role("link", name="CSV").click()
    assert "Birch Media,15000.00" in download.value.path().read_text()

    report.go_back()
    expect(rows).to_contain_text("Dune Robotics")
    report.go_back()
    expect(report.get_by_role("heading", name="By CSM")).to_be_visible()
    expect(report.locator("select[name=rhythm]")).to_have_value("quarter")
    report.go_back()
    expect(report.get_by_role("heading", name="By segment")).to_be_visible()
    report.set_viewport_size({"width": 390, "height": 844})
    assert_fits(report, "retention")
