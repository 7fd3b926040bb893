"""A CSM closes renewals: one grows and is taken back, one is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from renewals.models import ChurnRecord, Renewal
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.renewals.services.closings import to_close

Login = Callable[[Page, User], None]


@pytest.fixture
def renewal(stage: Stage) -> Renewal:
    """Of a contract whose end has passed without anybody signing: what comes of it counts at once."""
    account = stage.accounts["Birch Media"]
    account.contracts.all().delete()
    return to_close(account, ends_in=-3, arr=24_000)


def test_a_renewal_that_grows_is_closed_seen_in_the_retention_and_taken_back(
    page: Page, login: Login, stage: Stage, renewal: Renewal
) -> None:
    login(page, stage.csm)
    page.goto(f"/renewals/{renewal.pk}/")
    page.get_by_role("link", name="Close", exact=True).click()
    comes_to = page.get_by_role("region", name="What it comes to")
    expect(comes_to).to_contain_text("Renewed flat")
    assert_accessible(page, "closing")
    assert_fits(page, "closing")

    line = page.get_by_role("group", name="Product 1")
    line.get_by_label("Seats").fill("30")
    line.get_by_label("ARR").fill("36000")
    expect(comes_to).to_contain_text("+€12,000")
    expect(comes_to).to_contain_text("10 more seats")
    page.get_by_role("button", name="Add a product").click()
    second = page.get_by_role("group", name="Product 2")
    expect(second.get_by_label("Product", exact=True)).to_be_focused()
    expect(line.get_by_label("ARR")).to_have_value("36000")
    second.get_by_role("button", name="Take product 2 out").click()
    expect(second).to_have_count(0)

    page.get_by_label("Signed on").fill("2199-01-01")
    page.get_by_role("button", name="Close the renewal").click()
    expect(page.get_by_role("alert")).to_contain_text("still to come")
    expect(line.get_by_label("ARR")).to_have_value("36000")
    assert_accessible(page, "closing with an error")
    page.get_by_label("Signed on").fill(renewal.due_on.isoformat())
    page.get_by_role("button", name="Close the renewal").click()

    expect(page.get_by_role("main")).to_contain_text("Renewed and expanded")
    page.goto(f"/accounts/{renewal.account_id}/")
    expect(page.get_by_role("main")).to_contain_text("€36,000")
    page.goto("/reports/retention/")
    expect(page.get_by_role("main")).to_contain_text("Expansion")
    assert page.request.get("/reports/retention/").ok
    assert Account.objects.get(pk=renewal.account_id).arr == 36_000


def test_a_closing_is_taken_back_from_its_toast(page: Page, login: Login, stage: Stage, renewal: Renewal) -> None:
    login(page, stage.csm)
    page.goto(f"/renewals/{renewal.pk}/close/")
    page.get_by_role("button", name="Close the renewal").click()
    expect(page.get_by_role("main")).to_contain_text("Renewed flat")
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#toasts")).to_contain_text("Open again")
    expect(page.get_by_role("link", name="Close", exact=True)).to_be_visible()
    expect(page.locator("#renewal-head")).not_to_contain_text("Renewed flat")
    settled(page)
    assert Renewal.objects.get(pk=renewal.pk).is_open


def test_a_renewal_is_lost_with_its_reason(page: Page, login: Login, stage: Stage, renewal: Renewal) -> None:
    login(page, stage.csm)
    page.goto(f"/renewals/{renewal.pk}/close/")
    page.get_by_label("The customer is lost").check()
    expect(page.get_by_label("Signed on")).to_be_hidden()
    expect(page.get_by_role("region", name="What it comes to")).to_contain_text("−€24,000")
    page.get_by_label("Reason", exact=True).select_option("competitor")
    page.get_by_label("Competitor").fill("Rival")
    page.get_by_label("Notes").fill("They were cheaper")
    assert_accessible(page, "a loss")
    page.get_by_role("button", name="Close the renewal").click()
    expect(page.get_by_role("main")).to_contain_text("Lost")
    page.goto(f"/accounts/{renewal.account_id}/")
    lost = page.get_by_role("region", name="Lost on")
    expect(lost).to_contain_text("Competition: competitor")
    expect(lost).to_contain_text("They were cheaper")
    settled(page)
    assert_accessible(page, "a lost account")
    assert ChurnRecord.objects.get().competitor == "Rival"
