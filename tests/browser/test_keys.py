"""Whoever keeps the hands on the keyboard gets everywhere."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.stage import Stage


@pytest.fixture
def book(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """The CSM of the stage looks at the book."""
    login(page, stage.csm)
    page.goto("/accounts/?sort=name")
    return page


def test_the_palette_finds_an_account_and_opens_it(book: Page) -> None:
    book.keyboard.press("Control+k")
    palette = book.get_by_role("dialog", name="Search")
    expect(palette.get_by_role("combobox")).to_be_focused()
    book.keyboard.type("ember", delay=30)
    expect(palette.get_by_role("option", name="Ember Health").first).to_be_visible()
    book.keyboard.press("Enter")
    expect(book.get_by_role("heading", name="Ember Health")).to_be_visible()


def test_the_palette_finds_pages(book: Page) -> None:
    book.keyboard.press("Control+k")
    book.keyboard.type("tas")
    expect(book.get_by_role("dialog", name="Search").get_by_role("option")).to_have_count(1)
    book.keyboard.press("Enter")
    expect(book).to_have_url("/tasks/")


def test_enter_that_is_faster_than_the_results_waits_for_them(book: Page) -> None:
    book.keyboard.press("Control+k")
    expect(book.get_by_role("dialog", name="Search").get_by_role("option", name=re.compile("^Book"))).to_be_visible()
    book.keyboard.type("ember")
    book.keyboard.press("Enter")
    expect(book.get_by_role("heading", name="Ember Health")).to_be_visible()


def test_escape_closes_the_palette(book: Page) -> None:
    book.keyboard.press("Control+k")
    book.keyboard.press("Escape")
    expect(book.get_by_role("dialog", name="Search")).to_be_hidden()


def test_rows_are_walked_and_opened(book: Page) -> None:
    for key in "jjk":
        book.keyboard.press(key)
    expect(book.locator('[aria-selected="true"]')).to_contain_text("Aspen Foods")
    book.keyboard.press("Enter")
    expect(book.get_by_role("heading", name="Aspen Foods")).to_be_visible()


@pytest.mark.parametrize(
    ("key", "address"), [("t", "/"), ("b", "/accounts/"), ("r", "/at-risk/"), ("a", "/alerts/"), ("k", "/tasks/")]
)
def test_g_and_a_letter_go_to_a_page(book: Page, key: str, address: str) -> None:
    book.keyboard.press("g")
    book.keyboard.press(key)
    expect(book).to_have_url(address)


def test_a_slash_goes_to_the_search_and_does_not_write_itself(book: Page) -> None:
    book.keyboard.press("/")
    expect(book.locator("[data-search]")).to_be_focused()
    expect(book.locator("[data-search]")).to_have_value("")


def test_a_question_mark_shows_the_keys(book: Page) -> None:
    book.keyboard.press("?")
    expect(book.get_by_role("dialog", name="Keys")).to_be_visible()


def test_a_letter_in_a_field_is_a_letter(book: Page) -> None:
    book.keyboard.press("/")
    book.keyboard.type("gt")
    expect(book.locator("[data-search]")).to_have_value("gt")
    expect(book.get_by_role("heading", name="Book of business")).to_be_visible()


def test_an_account_takes_a_note_and_a_task_by_key(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/")
    page.keyboard.press("n")
    expect(page.get_by_role("dialog")).to_contain_text("note")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.get_by_role("dialog")).to_contain_text("task")
