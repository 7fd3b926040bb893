"""A CSM records the loss of a customer from its page, and writes down what it said on leaving."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account, User
from renewals.models import ChurnRecord, ExitInterview
from renewals.services.ledger import write_ledger
from tests.browser.helpers import assert_accessible, assert_fits, open_all, open_drawer, settled
from tests.browser.stage import Stage
from tests.factories import ContractFactory, day

Login = Callable[[Page, User], None]


@pytest.fixture
def account(stage: Stage) -> Account:
    """With two contracts, neither of which is about to end."""
    found = stage.accounts["Birch Media"]
    found.contracts.all().delete()
    for number, arr in (("BM-1", 24_000), ("BM-2", 6_000)):
        ContractFactory(account=found, number=number, start=day(-200), end=day(165), with_line=arr)
    write_ledger(today=day(0), account_ids=[found.pk])
    return found


def test_a_customer_leaves_is_interviewed_and_stands_in_the_report(
    page: Page, login: Login, stage: Stage, account: Account
) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{account.pk}/")
    open_drawer(page, "Contracts and invoices")
    page.get_by_role("link", name="Record a loss").click()
    comes_to = page.get_by_role("region", name="What it comes to")
    expect(comes_to).to_contain_text("€30,000")
    page.get_by_label("BM-2").uncheck()
    expect(comes_to).to_contain_text("stays a customer")
    page.get_by_label("BM-2").check()
    page.get_by_label("Last day under contract").fill(day(-1).isoformat())
    expect(comes_to).to_contain_text("churned from")
    assert_accessible(page, "a loss")
    assert_fits(page, "a loss")
    page.get_by_label("Last day under contract").fill("1999-12-31")
    page.get_by_label("Reason", exact=True).select_option("no_return")
    page.get_by_role("button", name="Record the loss").click()
    expect(page.get_by_role("alert")).to_contain_text("began on")
    page.get_by_label("Last day under contract").fill(day(-1).isoformat())
    page.get_by_label("What happened").fill("It was never used.")
    page.get_by_role("button", name="Record the loss").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Value: no return realised")
    assert_accessible(page, "a churn record")
    page.get_by_role("link", name="Write the interview").click()
    assert_accessible(page, "an interview")
    assert_fits(page, "an interview")
    first = page.get_by_role("group", name="Question 1")
    first.get_by_label("Answer").fill("In spring, after the audit.")
    page.get_by_role("button", name="Add a question").click()
    added = page.get_by_role("group", name="Question 6")
    expect(added.get_by_label("Question")).to_be_focused()
    added.get_by_label("Question").fill("Who decided?")
    added.get_by_label("Answer").fill("The board.")
    expect(first.get_by_label("Answer")).to_have_value("In spring, after the audit.")
    page.get_by_role("button", name="Take out question 2").click()
    expect(page.get_by_role("group", name="Question 6")).to_have_count(0)
    page.get_by_role("button", name="Save the interview").click()
    interview = page.get_by_role("region", name="Exit interview")
    expect(interview).to_contain_text("The board.")

    page.get_by_role("link", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Lessons").fill("Bring one report into use before day 90.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Lessons")).to_contain_text("before day 90")

    page.goto("/reports/churn/")
    expect(page.get_by_role("region", name="What was lost")).to_contain_text("€30.0k")
    open_all(page)
    assert_accessible(page, "the churn report")
    assert_fits(page, "the churn report")
    page.get_by_role("link", name="Lessons").click()
    expect(page.get_by_role("main")).to_contain_text("Bring one report into use before day 90.")
    assert Account.objects.get(pk=account.pk).status == "churned"
    assert ChurnRecord.objects.of_lost_accounts().count() == 2
    assert ExitInterview.objects.get().answers[-1] == {"question": "Who decided?", "answer": "The board."}


def test_a_loss_is_taken_back_from_its_toast(page: Page, login: Login, stage: Stage, account: Account) -> None:
    login(page, stage.csm)
    page.goto(f"/accounts/{account.pk}/loss/")
    page.get_by_label("Last day under contract").fill(day(-1).isoformat())
    page.get_by_label("Reason", exact=True).select_option("price")
    page.get_by_role("button", name="Record the loss").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Financial: price")
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#toasts")).to_contain_text("has its contracts again")
    settled(page)
    assert Account.objects.get(pk=account.pk).status == "active"


def test_why_a_customer_left_is_said_on_its_page_long_after(
    page: Page, login: Login, stage: Stage, account: Account
) -> None:
    account.contracts.update(end=day(-40))
    write_ledger(today=day(0), account_ids=[account.pk])
    Account.objects.filter(pk=account.pk).update(status="churned", stage="churned", churned_on=day(-40))
    login(page, stage.csm)
    page.goto(f"/accounts/{account.pk}/")
    page.get_by_role("link", name="Say why").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("The loss").select_option(index=0)
    dialog.get_by_label("Reason", exact=True).select_option("champion_left")
    assert_accessible(page, "why it was lost")
    dialog.get_by_role("button", name="Write down").click()
    expect(page.locator("#toasts")).to_contain_text("Written down")
    expect(page.get_by_role("region", name="Lost on")).to_contain_text("Relationship: champion left")
    settled(page)
    assert_accessible(page, "a lost account")
