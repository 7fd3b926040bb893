"""A manager reads the forecast: whose it is, what lies behind a figure, and the way back."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from accounts.models import User
from cs_workspace.common import clock
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import AccountFactory, ForecastLineFactory, ForecastSnapshotFactory, RenewalFactory, day

PHONE = {"width": 390, "height": 844}


def with_renewals(stage: Stage) -> None:
    """Two renewals of the owner and one of another CSM, and what was forecast of last month, with what became of it."""
    cast = stage.cast
    mine, theirs = AccountFactory(owner=cast.owner, name="Alder Mills"), cast.strangers
    RenewalFactory(account=mine, due_on=day(20), category="commit", expected_arr=Decimal(30_000))
    RenewalFactory(account=AccountFactory(owner=cast.owner, name="Birch Bakery"), due_on=day(25))
    RenewalFactory(account=theirs, due_on=day(22), category="best_case")
    month = (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    won = RenewalFactory(
        account=mine, due_on=month, stage="closed", outcome="flat", closed_arr=Decimal(24_000), closed_at=clock.now()
    )
    ForecastLineFactory(
        forecast=ForecastSnapshotFactory(month=month), account=mine, contract=won.contract, due_on=month,
        expected_arr=Decimal(20_000),
    )  # fmt: skip


def test_a_manager_looks_behind_a_figure_and_comes_back(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    with_renewals(stage)
    login(page, stage.cast.executive)
    page.goto("/")
    nav = page.get_by_role("navigation", name="Main")
    nav.get_by_text("Reports").click()
    nav.get_by_role("link", name="Forecast", exact=True).click()
    expect(page.get_by_role("heading", name="Forecast", exact=True)).to_be_visible()
    report = page.locator("#report")
    expect(report).to_contain_text("the forecast was 16.7 % too low")
    expect(report.get_by_role("rowheader", name="Total")).to_be_visible()
    settled(page)
    assert_accessible(page)

    page.get_by_role("combobox", name="Told apart by").select_option(label="By CSM")
    settled(page)
    page.get_by_role("combobox", name="CSM", exact=True).select_option(label="Olga Owner")
    settled(page)
    assert "csm=" in page.url
    expect(report.get_by_role("rowheader", name="Udo Outsider")).to_have_count(0)
    expect(report.get_by_role("rowheader", name="Olga Owner")).to_have_count(2)
    expect(report).to_contain_text("1 open renewal")

    filtered = page.url
    windows = report.get_by_role("region", name="Next 30 days")
    windows.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Up for renewal")).to_be_visible()
    rows = page.get_by_role("region", name="Renewals behind the figure").get_by_role("row")
    expect(rows).to_have_count(4)  # with a contract whose renewal is not opened yet, and the heading
    page.get_by_role("link", name="Account", exact=True).click()
    settled(page)
    expect(rows.nth(1)).to_contain_text("Alder Mills")
    assert_accessible(page)

    page.get_by_label("Breadcrumb").get_by_role("link", name="Forecast").click()
    expect(page.get_by_role("combobox", name="CSM", exact=True)).to_have_value(str(stage.cast.owner.pk))
    assert set(page.url.partition("?")[2].split("&")) >= {f"csm={stage.cast.owner.pk}", "split=csm"}
    assert filtered.partition("?")[0] == page.url.partition("?")[0]


def test_the_forecast_fits_a_phone(page: Page, login: Callable[[Page, User], None], stage: Stage) -> None:
    with_renewals(stage)
    login(page, stage.cast.manager)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/forecast/")
    assert_fits(page, "the forecast")
    assert_accessible(page)
    page.goto("/forecast/renewals/")
    assert_fits(page, "the list")
    assert_accessible(page)
