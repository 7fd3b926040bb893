"""A CSM presents a review: keys, notes of the speaker, a line written down, and the deck as a file."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from qbr import tasks
from qbr.models import Deck, Review
from qbr.services.decks import make_deck
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories.reviews import ReviewFactory, SectionTextFactory

Login = Callable[[Page, User], None]


@pytest.fixture
def review(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Review:
    """Of a good customer, with notes for who speaks; files wait until the journey makes them."""
    monkeypatch.setattr(tasks.make_deck, "apply_async", lambda kwargs, retry: None)
    one = ReviewFactory(account=stage.accounts["Aspen Foods"], owner=stage.csm)
    SectionTextFactory(review=one, text="A fine year.", speaker_notes="Ask about the second site.")
    return one


def test_slides_are_shown_one_by_one_and_what_is_said_is_written_down(
    page: Page, login: Login, stage: Stage, review: Review
) -> None:
    login(page, stage.csm)
    page.goto(f"/reviews/{review.pk}/")
    page.get_by_role("link", name="Present").first.click()
    expect(page.get_by_role("heading", name="Aspen Foods", level=2)).to_be_visible()
    expect(page.get_by_text("1 / 10")).to_be_visible()  # the script is there, and with it the keys
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Executive summary")).to_be_visible()
    expect(page.get_by_role("heading", name="Agenda")).to_be_hidden()
    expect(page.get_by_text("A fine year.")).to_be_visible()
    assert_accessible(page, "a slide")

    page.keyboard.press("s")
    expect(page.get_by_text("Ask about the second site.")).to_be_visible()
    page.keyboard.press("w")
    settled(page)
    live = page.get_by_role("complementary", name="Write down")
    expect(live).to_be_visible()
    assert_accessible(page, "writing down")
    assert live.locator("[name='part']").first.input_value() == "summary"

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Slide before").click()
    expect(page.get_by_role("heading", name="Agenda")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Agenda")).to_be_visible()


def test_a_file_is_asked_for_by_one_click_and_found_when_it_is_made(
    page: Page, login: Login, stage: Stage, review: Review
) -> None:
    login(page, stage.csm)
    page.goto(f"/reviews/{review.pk}/")
    page.get_by_role("button", name="Make it as PowerPoint").click()
    expect(page.get_by_text("Being made")).to_be_visible()
    page.goto("/")
    make_deck(Deck.objects.get().pk)
    page.goto(f"/reviews/{review.pk}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PowerPoint").click()
    assert download.value.suggested_filename == f"aspen-foods-qbr-{review.until}.pptx"


def test_on_a_phone_and_without_a_script_all_slides_can_be_read(
    page: Page, login: Login, stage: Stage, review: Review, browser: Browser, live_app: str
) -> None:
    login(page, stage.csm)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/reviews/{review.pk}/present/#slide-3")
    expect(page.get_by_role("heading", name="Executive summary")).to_be_visible()
    assert_fits(page, "a slide on a phone")
    state = page.context.storage_state()
    plain = browser.new_context(base_url=live_app, storage_state=state, java_script_enabled=False).new_page()
    plain.goto(f"/reviews/{review.pk}/present/")
    for title in ("Agenda", "Executive summary", "Feedback and discussion"):
        expect(plain.get_by_role("heading", name=title)).to_be_visible()
    expect(plain.get_by_text("Ask about the second site.")).to_be_visible()
    plain.context.close()
