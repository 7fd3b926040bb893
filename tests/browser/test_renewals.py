"""A CSM leads renewals over the board by mouse and by keys, learns why a move is refused, and turns the calendar."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from cs_workspace.common import clock
from renewals.models import Renewal
from tests.browser.helpers import assert_accessible
from tests.browser.stage import Stage
from tests.factories import AccountFactory, ContractFactory, ContractLineFactory, RenewalFactory, day


@pytest.fixture
def renewal(stage: Stage) -> Renewal:
    """One that ends in ten weeks and is decided in five."""
    account = AccountFactory(name="Fjord Foods", owner=stage.csm)
    contract = ContractFactory(account=account, end=day(70), notice_days=35, auto_renew=True)
    ContractLineFactory(contract=contract)
    return RenewalFactory(
        account=account,
        contract=contract,
        adjustments=[["Renewal rate by tier", 92], ["1 severe churn signal", -6]],
        computed_probability="0.86",
    )


@pytest.fixture
def board(page: Page, login: Callable[[Page, User], None], stage: Stage, renewal: Renewal) -> Page:
    login(page, stage.csm)
    page.goto("/renewals/")
    return page


def column(page: Page, name: str) -> Locator:
    columns = page.get_by_role("region", name="Board by stage").locator("section")
    return columns.filter(has=page.get_by_role("heading", name=name))


def card(page: Page, stage: str) -> Locator:
    return column(page, stage).get_by_role("article", name="Fjord Foods")


def test_a_card_is_dragged_and_taken_back_and_both_are_kept(board: Page, renewal: Renewal) -> None:
    expect(card(board, "Upcoming")).to_contain_text("35 d to decide")
    assert_accessible(board, "board of renewals")
    card(board, "Upcoming").drag_to(column(board, "Value review"))
    expect(card(board, "Value review")).to_be_visible()
    board.get_by_role("button", name="Undo").last.click()
    expect(card(board, "Upcoming")).to_be_visible()
    assert list(renewal.moves.values_list("after", "note")) == [("value_review", ""), ("upcoming", "Taken back")]


def test_a_card_is_moved_by_keys(board: Page) -> None:
    board.get_by_role("button", name="Move Fjord Foods to Kick-off").focus()
    board.keyboard.press("Enter")
    expect(card(board, "Kick-off")).to_be_visible()
    board.get_by_role("link", name="Move Fjord Foods to another stage").focus()
    board.keyboard.press("Enter")
    dialog = board.locator("#dialog")
    dialog.get_by_role("radio", name="Value review").press("Space")
    dialog.get_by_label("Why").fill("They asked for figures")
    dialog.get_by_role("button", name="Move").press("Enter")
    expect(card(board, "Value review")).to_be_visible()


def test_a_move_without_a_proposal_is_refused_with_its_reason(board: Page) -> None:
    card(board, "Upcoming").drag_to(column(board, "Proposal"))
    dialog = board.locator("#dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("“Proposal” needs a proposal with at least one option.")
    assert_accessible(board, "a move that is refused")
    dialog.get_by_role("button", name="Cancel").click()
    expect(card(board, "Upcoming")).to_be_visible()


def test_the_calendar_is_turned_by_keys_and_leads_to_the_renewal(board: Page, renewal: Renewal) -> None:
    board.get_by_role("navigation", name="Views").get_by_role("link", name="Calendar").click()
    month = board.get_by_role("heading", level=2)
    first = clock.today().replace(day=1)
    expect(month).to_have_text(f"{first:%B %Y}")
    while (first.year, first.month) != (renewal.due_on.year, renewal.due_on.month):
        board.keyboard.press("ArrowRight")
        first = (first + dt.timedelta(days=31)).replace(day=1)
        expect(month).to_have_text(f"{first:%B %Y}")
    assert_accessible(board, "calendar of renewals")
    board.keyboard.press("ArrowLeft")
    expect(month).not_to_have_text(f"{first:%B %Y}")
    board.keyboard.press("ArrowRight")
    board.get_by_role("link", name="Fjord Foods").filter(has_text="renews").click()
    expect(board.get_by_role("heading", level=1)).to_contain_text("Renewal of Fjord Foods")


def test_the_page_of_a_renewal_is_kept_current_as_it_is_worked_on(board: Page, renewal: Renewal) -> None:
    board.goto(f"/renewals/{renewal.pk}/")
    expect(board.locator("#renewal-history")).to_contain_text("Nothing was done with it yet")
    assert_accessible(board, "page of a renewal")
    board.get_by_role("button", name="Move to Kick-off").click()
    expect(
        board.get_by_role("listitem").filter(has_text="Kick-off").and_(board.locator("[aria-current=step]"))
    ).to_be_visible()
    expect(board.locator("#renewal-history")).to_contain_text("Upcoming → Kick-off")
    board.get_by_role("link", name="Override").click()
    dialog = board.locator("#dialog")
    dialog.get_by_label("Probability in percent").fill("40")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Say why this probability is right.")
    dialog.get_by_label("Why").fill("The CFO said no")
    dialog.get_by_role("button", name="Save").click()
    undo = board.locator("#toasts form").filter(has_text="probability").get_by_role("button", name="Undo")
    undo.hover()  # a toast stays while somebody points at it
    expect(board.locator("#renewal-probability")).to_contain_text("The CFO said no")
    expect(board.locator("#renewal-head")).to_contain_text("40 % Red")
    undo.click()
    expect(board.locator("#renewal-head")).not_to_contain_text("40 % Red")
    expect(board.locator("#renewal-probability")).not_to_contain_text("The CFO said no")
