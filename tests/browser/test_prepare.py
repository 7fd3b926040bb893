"""A CSM prepares a review: reads what is known, ticks points, writes words that are kept as they are typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from qbr.models import Review, SectionText
from qbr.services.checklist import keep_checklist
from tests.browser.helpers import assert_accessible, assert_fits, open_all, settled
from tests.browser.stage import Stage
from tests.factories import ExpansionSignalFactory, ReviewFactory, day


@pytest.fixture
def review(stage: Stage) -> Review:
    """Due in ten days, of the ninety before; a signal of growth is open."""
    account = stage.accounts["Cedar Energy"]
    ExpansionSignalFactory(account=account, evidence="Sales asked for a look")
    one = ReviewFactory(account=account, owner=stage.csm, since=day(-80), until=day(10), due_on=day(10))
    keep_checklist(one)
    return one


@pytest.fixture
def preparation(page: Page, login: Callable[[Page, User], None], stage: Stage, review: Review) -> Page:
    login(page, stage.csm)
    page.goto(f"/reviews/{review.pk}/prepare/")
    settled(page)
    return page


def test_words_are_kept_while_they_are_typed(preparation: Page, review: Review) -> None:
    words = preparation.locator("#part-summary").get_by_label("What the deck says here")
    state = preparation.locator("#text-state-summary")
    words.press_sequentially("A good quarter", delay=10)
    expect(state.locator("[name=version]")).to_have_value("1")
    words.press_sequentially(", and more", delay=10)
    expect(state.locator("[name=version]")).to_have_value("2")
    kept = SectionText.objects.get(review=review, key="summary")
    assert (kept.text, kept.version) == ("A good quarter, and more", 2)
    SectionText.objects.filter(pk=kept.pk).update(version=7)
    words.press_sequentially("!", delay=10)
    expect(state).to_contain_text("Copy what you typed")
    expect(words).to_have_value("A good quarter, and more!")


def test_points_goals_and_ideas_change_in_place(preparation: Page, review: Review) -> None:
    checklist = preparation.get_by_role("region", name="Checklist")
    preparation.get_by_role("button", name="Done: Health trend reviewed").click()
    expect(checklist).to_contain_text("Olga Owner")
    preparation.get_by_role("button", name="Undo").last.click()
    expect(preparation.get_by_role("button", name="Done: Health trend reviewed", exact=True)).to_be_visible()
    settled(preparation)

    preparation.get_by_role("button", name="Show: Land-and-expand meeting").click()
    expect(preparation.get_by_role("button", name="Take out: Land-and-expand meeting")).to_be_visible()
    expect(preparation.get_by_role("button", name="Not done: One or two expansion ideas chosen")).to_be_visible()
    settled(preparation)

    preparation.get_by_role("link", name="Draft a goal").click()
    dialog = preparation.locator("#dialog")
    dialog.get_by_label("What the customer wants to achieve").fill("Shorter closing")
    dialog.get_by_label("Measured by").fill("Hours")
    dialog.get_by_label("Baseline").fill("40")
    dialog.get_by_label("Target").fill("20")
    dialog.get_by_role("button", name="Add goal").click()
    expect(preparation.get_by_role("region", name="Goals for next quarter")).to_contain_text("Shorter closing")
    expect(preparation.get_by_role("button", name="Not done: Next objectives drafted")).to_be_visible()


def test_it_is_accessible_and_fits(preparation: Page) -> None:
    open_all(preparation)
    assert_accessible(preparation, "preparation of a review")
    preparation.set_viewport_size({"width": 390, "height": 844})
    assert_fits(preparation, "preparation of a review")
