"""A manager ticks lost customers, tells what there is to tell, starts the campaign, and a customer comes back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, Mail, Suppression, User
from accounts.services.arr import refresh_arr
from accounts.services.suppressing import suppress
from cs_workspace.common import clock
from renewals.domain.churn import SubReason
from renewals.models import Campaign, LedgerEntry
from tests.browser.helpers import assert_accessible, assert_fits
from tests.browser.stage import Stage
from tests.factories import ContactFactory, ProductFactory
from tests.renewals.win_backs import lost_account, started, win_back_sequence


@pytest.fixture
def lost(stage: Stage) -> Account:
    """Lost eight days ago for a missing feature; another one for its price."""
    win_back_sequence()
    ProductFactory(name="Freight desk")
    lost_account(stage.csm, ago=40, name="Aland Shipping", reason=SubReason.PRICE)
    account = lost_account(stage.csm, ago=8, name="Fjord Foods")
    refresh_arr(today=clock.today(), account_ids=[account.pk])
    return account


def test_a_campaign_goes_from_the_list_to_its_result(
    page: Page, login: Callable[[Page, User], None], stage: Stage, lost: Account
) -> None:
    login(page, stage.cast.manager)
    page.goto("/win-back/")
    assert_accessible(page, "lost customers")
    assert_fits(page, "lost customers")
    page.get_by_label("Tick Fjord Foods").check()
    page.get_by_label("Tick Aland Shipping").check()
    page.get_by_role("button", name="Choose").click()

    expect(page.get_by_role("heading", name="New campaign")).to_be_visible()
    page.get_by_label("Name").fill("We fixed it")
    page.get_by_label("What was fixed in the product").fill("The planning board is there.")
    page.get_by_label("What changed in the price").fill("There is a plan for ten seats.")
    page.get_by_label("What similar companies achieve").fill("Norda saves three days a month.")
    page.get_by_label("What has improved").fill("Planning board\nOne sign-on")
    assert_accessible(page, "a new campaign")
    page.get_by_role("button", name="Make the campaign").click()

    expect(page.get_by_role("heading", name="We fixed it")).to_be_visible()
    assert_accessible(page, "a campaign that is not started")
    row = page.get_by_role("row").filter(has_text="Fjord Foods")
    row.get_by_role("link", name="read").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("The planning board is there.")
    assert_accessible(page, "the e-mails of a campaign", within="#dialog")
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Start 2 customers").click()
    expect(row).to_contain_text("Draft")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert Mail.objects.filter(state="draft").count() == 2

    other = page.get_by_role("row").filter(has_text="Aland Shipping")
    other.get_by_role("link", name="Take Aland Shipping out").click()
    dialog.get_by_label("Why").fill("They were bought")
    dialog.get_by_role("button", name="Take out").click()
    expect(other).to_contain_text("They were bought")

    row.get_by_role("link", name="Fjord Foods is won back").click()
    expect(page.get_by_role("heading", name="Fjord Foods is won back")).to_be_visible()
    page.get_by_label("Product", exact=True).select_option(label="Freight desk")
    page.get_by_label("ARR", exact=True).fill("18000")
    assert_accessible(page, "a customer who comes back")
    page.get_by_role("button", name="Win back").click()
    expect(page.get_by_text("Welcome back, Fjord Foods")).to_be_visible()
    lost.refresh_from_db()
    assert (lost.status, lost.stage, lost.arr) == ("active", "won_back", 18000)
    kinds = LedgerEntry.objects.filter(account=lost).order_by("day").values_list("kind", flat=True)
    assert list(kinds) == ["new", "churn", "reactivation"]

    page.goto(f"/win-back/campaigns/{Campaign.objects.get().pk}/")
    expect(row).to_contain_text("Won back")
    page.goto("/reports/win-back/")
    expect(page.get_by_role("region", name="Results by days since the loss")).to_contain_text("15–25 %")
    expect(page.get_by_role("region", name="Customers behind the results")).to_contain_text("Fjord Foods")
    assert_accessible(page, "results of win-back")
    assert_fits(page, "results of win-back")


def test_somebody_else_is_written_to_where_an_e_mail_bounced(
    page: Page, login: Callable[[Page, User], None], stage: Stage, lost: Account
) -> None:
    """A CSM gives the campaign another contact, one who can be written to, takes that back and does it again."""
    target = started(stage.csm, lost).targets.get()
    Mail.objects.filter(account=lost).update(state="sent", sent_at=clock.now(), bounced_at=clock.now())
    ContactFactory(account=lost, name="Dana Next", email="dana@example.com")
    no_more = ContactFactory(account=lost, name="Uma Nomore", email="uma@example.com")
    for address in (target.contact.email, no_more.email):
        suppress(address=address, reason=Suppression.Reason.BOUNCED)
    login(page, stage.csm)
    page.goto(f"/win-back/campaigns/{target.campaign_id}/")
    row = page.get_by_role("row").filter(has_text="Fjord Foods")
    dialog = page.locator("#dialog")

    def write_to(name: str) -> None:
        dialog.get_by_label("Goes to").select_option(label=name)
        dialog.get_by_role("button", name="Save").click()

    row.get_by_role("link", name="Write to somebody else at Fjord Foods").click()
    assert_accessible(page, "somebody else at a lost customer", within="#dialog")
    write_to("Uma Nomore")
    expect(dialog).to_contain_text("Nothing is sent to this address.")
    write_to("Dana Next")
    expect(row).to_contain_text("Dana Next")
    expect(row).to_contain_text("Draft")
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Carla Champion")
    expect(row).to_contain_text("Bounced")
    row.get_by_role("link", name="Write to somebody else at Fjord Foods").click()
    write_to("Dana Next")
    expect(row).to_contain_text("Draft")
    assert Mail.objects.filter(receiver="Dana Next", state="draft").count() == 1
