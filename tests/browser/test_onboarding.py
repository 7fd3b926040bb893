"""A CSM leads customers over the board, by mouse and by keys; data tick a step, and the customer one by their link."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Onboarding, User
from accounts.queries.share_links import url_of
from accounts.services.onboarding_course import settle
from accounts.services.share_links import share_onboarding
from accounts.tasks import look_after_onboardings
from cs_workspace.common import clock
from tests.browser.helpers import assert_accessible
from tests.browser.stage import Stage
from tests.factories import AccountFactory, OnboardingFactory, OnboardingStepFactory, UsageDayFactory, day


@pytest.fixture
def begun(stage: Stage) -> Onboarding:
    """A new customer who has not logged in; the first login is theirs to do, the kick-off ours."""
    one = OnboardingFactory(account=AccountFactory(name="Fjord Foods", owner=stage.csm), started_on=day(-2))
    for place, (key, title, stage_key, owner, proof) in enumerate(
        (
            ("kickoff", "Hold the kick-off", "foundation", "csm", ""),
            ("login", "First login", "foundation", "customer", "first_login"),
            ("access", "Give us access", "core", "customer", ""),
        )
    ):
        OnboardingStepFactory(
            onboarding=one, place=place, key=key, title=title, stage=stage_key, owner=owner, proof=proof, due_on=day(5)
        )
    settle([one], at=clock.now(), by=None)
    return one


@pytest.fixture
def board(page: Page, login: Callable[[Page, User], None], stage: Stage, begun: Onboarding) -> Page:
    login(page, stage.csm)
    page.goto("/onboarding/")
    return page


def column(page: Page, name: str):
    return (
        page.get_by_role("region", name="Board by stage")
        .locator("section")
        .filter(has=page.get_by_role("heading", name=name))
    )


def test_a_card_is_dragged_ahead_which_asks_about_open_steps_and_is_taken_back(board: Page) -> None:
    card = column(board, "Foundation").get_by_role("article", name="Fjord Foods")
    assert_accessible(board, "board of onboardings")
    card.drag_to(column(board, "Core adoption"))
    dialog = board.locator("#dialog")
    expect(dialog).to_contain_text("2 steps before it are still open")
    assert_accessible(board, "move an onboarding")
    dialog.get_by_role("button", name="Move").click()
    expect(column(board, "Core adoption").get_by_role("article", name="Fjord Foods")).to_be_visible()
    board.get_by_role("button", name="Undo").last.click()
    expect(column(board, "Foundation").get_by_role("article", name="Fjord Foods")).to_be_visible()


def test_a_card_is_moved_by_keys_and_open_steps_are_skipped_for_a_reason(board: Page) -> None:
    board.get_by_role("button", name="Move Fjord Foods to Core adoption").focus()
    board.keyboard.press("Enter")
    dialog = board.locator("#dialog")
    dialog.get_by_role("radio", name="Are skipped").press("Space")
    dialog.get_by_role("button", name="Move").press("Enter")
    expect(dialog).to_contain_text("Say why they are skipped.")
    dialog.get_by_label("Why they are skipped").fill("They know the product")
    dialog.get_by_role("button", name="Move").press("Enter")
    expect(column(board, "Core adoption").get_by_role("article", name="Fjord Foods")).to_be_visible()
    assert Onboarding.objects.get().steps.filter(state="skipped").count() == 2


def test_a_step_ticks_itself_when_use_arrives_and_the_customer_ticks_one_by_their_link(
    board: Page, begun: Onboarding, stage: Stage, browser: Browser, base_url: str
) -> None:
    board.get_by_role("link", name="Fjord Foods", exact=True).click()
    panel = board.locator("#onboarding")
    expect(panel).to_contain_text("ticks itself")
    UsageDayFactory(account=begun.account, day=clock.today(), logins=3)
    look_after_onboardings()
    board.evaluate("document.body.dispatchEvent(new Event('onboardingChanged'))")
    expect(panel).to_contain_text("First login on")
    assert_accessible(board, "checklist of an account")

    link = share_onboarding(by=stage.csm, onboarding=begun, days=30)
    customer = browser.new_context(base_url=base_url).new_page()
    customer.goto(url_of(link))
    expect(customer.get_by_role("heading", name="Your onboarding")).to_be_visible()
    expect(customer.get_by_text("Hold the kick-off")).to_have_count(0)
    assert_accessible(customer, "checklist for the customer")
    customer.get_by_role("button", name="Give us access is done").click()
    expect(customer.get_by_text("2 of 2 steps done")).to_be_visible()
    customer.context.close()
    board.evaluate("document.body.dispatchEvent(new Event('onboardingChanged'))")
    panel.get_by_text("Core adoption").click()
    expect(panel).to_contain_text("by the customer")


def test_today_names_the_step_that_holds_an_onboarding_and_leads_to_it(
    page: Page, login: Callable[[Page, User], None], stage: Stage, begun: Onboarding
) -> None:
    begun.steps.filter(key="kickoff").update(due_on=day(-20), longest_on=day(-8))
    settle([begun], at=clock.now(), by=None)
    login(page, stage.csm)
    page.goto("/")
    row = page.locator("li.today-row").filter(has_text="Fjord Foods")
    expect(row).to_contain_text("Onboarding stuck at “Hold the kick-off”")
    expect(row).to_contain_text("20 days late.")
    assert_accessible(page, "Today with an onboarding that is stuck")
    row.get_by_role("link", name="Open the onboarding of Fjord Foods").click()
    expect(page.locator("#onboarding")).to_contain_text("Held by Hold the kick-off")
