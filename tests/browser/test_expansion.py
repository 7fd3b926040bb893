"""A CSM takes a signal up, leads the opportunity over the board by mouse and by keys, and wins it into the contract."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import Account, User
from accounts.services.arr import refresh_arr
from cs_workspace.common import clock
from renewals.models import LedgerEntry, Opportunity
from renewals.services.ledger import write_ledger
from renewals.services.spotting import spot_signals
from tests.browser.helpers import assert_accessible, assert_fits, come_to
from tests.browser.stage import Stage
from tests.factories import AccountFactory, ContractFactory, ContractLineFactory, day


@pytest.fixture
def account(stage: Stage) -> Account:
    """Who uses ninety of a hundred seats, as the night has found."""
    account = AccountFactory(name="Fjord Foods", owner=stage.csm)
    contract = ContractFactory(account=account, start=day(-100), end=day(265))
    ContractLineFactory(contract=contract, seats=100, seats_assigned=90, arr=Decimal(50_000))
    write_ledger(today=clock.today(), account_ids=[account.pk])
    refresh_arr(today=clock.today(), account_ids=[account.pk])
    spot_signals(today=clock.today(), account_ids=[account.pk])
    return account


def column(page: Page, name: str) -> Locator:
    columns = page.get_by_role("region", name="Board by stage").locator("section")
    return columns.filter(has=page.get_by_role("heading", name=name))


def card(page: Page, stage: str) -> Locator:
    return column(page, stage).get_by_role("article", name="Seats for Fjord Foods")


def test_a_signal_is_taken_up_moved_and_won_into_contract_and_ledger(
    page: Page, login: Callable[[Page, User], None], stage: Stage, account: Account
) -> None:
    login(page, stage.csm)
    page.goto("/expansion/")
    row = page.get_by_role("row").filter(has_text="Fjord Foods")
    expect(row).to_contain_text("90 of 100 seats")
    assert_accessible(page, "signals of expansion")
    row.get_by_role("link", name="Take up Seats or usage limit of Fjord Foods").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Upgrade talk, volume tier")
    dialog.get_by_label("Value in EUR a year").fill("10000")
    assert_accessible(page, "a signal that is taken up")
    dialog.get_by_role("button", name="Take up").click()
    expect(row).to_have_count(0)

    page.goto("/expansion/pipeline/")
    expect(card(page, "Identified")).to_contain_text("€10.0k")
    assert_accessible(page, "the pipeline")
    assert_fits(page, "the pipeline")
    card(page, "Identified").drag_to(column(page, "Qualified"))
    expect(card(page, "Qualified")).to_be_visible()
    page.get_by_role("button", name="Move Seats for Fjord Foods to Proposed").focus()
    page.keyboard.press("Enter")
    expect(card(page, "Proposed")).to_be_visible()
    card(page, "Proposed").get_by_role("link", name="Seats for Fjord Foods", exact=True).click()

    expect(page.get_by_role("heading", name="Seats for Fjord Foods")).to_be_visible()
    assert_accessible(page, "an opportunity")
    page.get_by_role("link", name="Won", exact=True).click()
    dialog.get_by_label("Seats added").fill("20")
    assert_accessible(page, "an opportunity that is won")
    dialog.get_by_role("button", name="Win").click()
    expect(page.locator("#opportunity")).to_contain_text("€10,000 a year more on")

    account.refresh_from_db()
    assert account.arr == 60_000
    assert list(LedgerEntry.objects.filter(account=account).order_by("pk").values_list("kind", "amount")) == [
        ("new", 50_000),
        ("expansion", 10_000),
    ]
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Take the win back").click()
    expect(page.get_by_role("link", name="Won", exact=True)).to_be_visible()
    assert Opportunity.objects.get().stage == "proposed"
    account.refresh_from_db()
    assert account.arr == 50_000


def test_a_signal_is_logged_on_the_page_of_the_account(
    page: Page, login: Callable[[Page, User], None], stage: Stage, account: Account
) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{account.pk}/")
    panel = come_to(page.locator("#expansion"))
    panel.get_by_role("link", name="Log expansion signal").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("What was seen").select_option(label="Funding, growth or hiring")
    dialog.get_by_label("Evidence").fill("Series B, says their newsletter")
    dialog.get_by_role("button", name="Log signal").click()
    expect(panel).to_contain_text("Series B, says their newsletter")
    panel.get_by_role("link", name="Note what they say of the budget").click()
    dialog.get_by_role("radio", name="Confirmed").check()
    dialog.get_by_role("button", name="Note").click()
    expect(panel).to_contain_text("Confirmed on")
    assert_accessible(page, "expansion of an account", within="#expansion")
