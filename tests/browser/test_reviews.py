"""A business review all the way: scheduled, prepared, presented, held, followed up, until tasks and plan have it."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Objective, Task, User
from cs_workspace.common import clock
from health.models import SurveyAnswer
from qbr.models import ActionItem, Review
from renewals.models import Opportunity
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import ContactFactory
from tests.factories.reviews import AttendeeFactory, ReviewFactory, ReviewGoalFactory, ReviewIdeaFactory

Login = Callable[[Page, User], None]


@pytest.fixture
def review(stage: Stage) -> Review:
    """Due in two weeks, with a goal and an idea, and two people to be invited."""
    account = stage.accounts["Cedar Energy"]
    one = ReviewFactory(account=account, owner=stage.csm, due_on=clock.today() + dt.timedelta(days=14))
    kim = ContactFactory(account=account, name="Kim Roth", email="kim@cedar.example")
    AttendeeFactory(review=one, contact=kim)
    AttendeeFactory(review=one, user=stage.csm)
    ReviewGoalFactory(review=one, title="Shorter closing")
    ReviewIdeaFactory(review=one, title="Fifty more seats")
    return one


def moment_comes(review: Review) -> None:
    """It began an hour ago."""
    Review.objects.filter(pk=review.pk).update(starts_at=clock.now() - dt.timedelta(hours=1))


def test_a_review_from_being_due_to_being_followed_up(
    page: Page, login: Login, stage: Stage, review: Review, browser: Browser, live_app: str
) -> None:
    login(page, stage.csm)
    page.goto(f"/reviews/{review.pk}/")
    schedule(page)
    page.get_by_role("link", name="Prepare", exact=True).first.click()
    expect(page).to_have_url(re.compile("/prepare/"))
    settled(page)
    assert_accessible(page, "prepare")
    moment_comes(review)

    present(page, review)
    write_down(page, review)
    hold(page, review)
    send_recap(page)
    carry_over(page)
    answer_as_customer(page, browser, live_app, review)
    page.get_by_role("button", name="Mark as followed up").click()
    expect(page.get_by_role("button", name="Take up again")).to_be_visible()

    task = Task.objects.get(origin="review")
    assert (task.title, list(task.assignees.all())) == ("Send the integration guide", [stage.csm])
    page.goto("/tasks/")
    expect(page.get_by_role("main")).to_contain_text("Send the integration guide")
    page.goto(f"/accounts/{review.account_id}/plan/")
    expect(page.get_by_role("main")).to_contain_text("Shorter closing")
    assert Objective.objects.filter(plan__account=review.account, title="Shorter closing").exists()
    assert Opportunity.objects.get(account=review.account).name == "Fifty more seats"
    assert Review.objects.get(pk=review.pk).status == "followed_up"


def schedule(page: Page) -> None:
    page.get_by_role("link", name="Schedule", exact=True).click()
    dialog = page.locator("#dialog")
    moment = dt.datetime.combine(clock.today() + dt.timedelta(days=14), dt.time(10))
    dialog.locator("input[type=datetime-local]").fill(f"{moment:%Y-%m-%dT%H:%M}")
    dialog.locator("footer .primary").click()
    expect(page.locator("#toasts")).to_contain_text("Planned")
    settled(page)
    assert_accessible(page, "review")


def present(page: Page, review: Review) -> None:
    """A note beside the slides is about the part that is being shown."""
    page.goto(f"/reviews/{review.pk}/present/")
    page.get_by_role("button", name="Write down").click()
    line = page.get_by_label("What was said or decided")
    line.fill("They want the figures every month")
    line.press("Enter")
    expect(page.locator("#notes-list")).to_contain_text("They want the figures every month")
    settled(page)
    assert_accessible(page, "present")


def write_down(page: Page, review: Review) -> None:
    """Notes, a decision by the keyboard alone, and a promise of each side."""
    page.goto(f"/reviews/{review.pk}/notes/")
    line = page.get_by_label("What was said or decided")
    line.fill("They open a second site")
    line.press("Enter")
    said = page.locator("#notes-list")
    expect(said).to_contain_text("They open a second site")
    expect(line).to_have_value("")
    expect(line).to_be_focused()
    line.fill("! Finance joins in May")
    line.press("Enter")
    expect(said.locator(".decided")).to_contain_text("Finance joins in May")
    promises = page.locator("#review-actions")
    for title, who in (("Send the integration guide", "Olga Owner"), ("Name the people in Finance", "Kim Roth")):
        promises.get_by_label("What", exact=True).fill(title)
        promises.get_by_label("Who").select_option(label=who)
        promises.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#actions-list")).to_contain_text(title)
    settled(page)
    assert_accessible(page, "notes")
    assert_fits(page, "notes")


def hold(page: Page, review: Review) -> None:
    page.get_by_role("checkbox", name=re.compile("Kim Roth")).uncheck()
    page.get_by_role("button", name="The review was held").click()
    expect(page.get_by_role("alert")).to_contain_text("Say who of the customer took part")
    page.get_by_role("checkbox", name=re.compile("Kim Roth")).check()
    page.get_by_role("button", name="It was held").click()
    expect(page).to_have_url(re.compile(f"/reviews/{review.pk}/follow-up/"))
    expect(page.locator("#follow-up-head")).to_contain_text("with Kim Roth")
    settled(page)
    assert_accessible(page, "follow-up")
    assert_fits(page, "follow-up")


def send_recap(page: Page) -> None:
    recap = page.locator("#review-recap")
    words = recap.get_by_label("E-mail")
    expect(words).to_have_value(re.compile("Finance joins in May"))
    words.fill("Hello Kim,\n\nFinance joins in May.")
    recap.get_by_role("button", name="Mark as sent").click()
    expect(page.locator("#review-recap")).to_contain_text("Not sent after all")


def carry_over(page: Page) -> None:
    goes_on = page.locator("#review-carried")
    goes_on.get_by_role("button", name="Write 1 to the success plan").click()
    expect(goes_on.get_by_role("link", name="In the plan")).to_be_visible()
    goes_on.get_by_role("link", name="Make an opportunity of Fifty more seats").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("What", exact=True)).to_have_value("Fifty more seats")
    dialog.locator("footer .primary").click()
    expect(goes_on.get_by_role("link", name="Identified")).to_be_visible()
    goes_on.get_by_role("link", name="Plan the next review").click()
    dialog.locator("footer .primary").click()
    expect(goes_on.get_by_role("link", name="Business review")).to_be_visible()


def answer_as_customer(page: Page, browser: Browser, live_app: str, review: Review) -> None:
    """The customer ticks what is theirs and says how it was, in a browser without a script."""
    page.locator("#review-actions").get_by_role("link", name="Share").click()
    page.locator("#dialog footer .primary").click()
    shared = page.get_by_role("textbox", name=re.compile("Whoever has this address")).input_value()
    page.locator("#dialog [data-close]").click()
    page.get_by_role("button", name="Make the links").click()
    question = page.get_by_role("textbox", name="Link for Kim Roth").input_value()

    context = browser.new_context(java_script_enabled=False, base_url=live_app)
    theirs = context.new_page()
    theirs.goto(shared)
    theirs.get_by_role("button", name="Name the people in Finance is done").click()
    expect(theirs.get_by_role("button", name="Name the people in Finance is not done")).to_be_visible()
    theirs.goto(re.sub(r"^https?://[^/]+", live_app, question))
    theirs.get_by_label(re.compile("^4")).check()
    theirs.get_by_role("button", name="Send").click()
    expect(theirs.get_by_role("main")).to_contain_text("Thank you, Kim Roth.")
    context.close()
    assert ActionItem.objects.get(side="customer").done_by == "Kim Roth"
    assert SurveyAnswer.objects.get(account=review.account, kind="review").score == 4
