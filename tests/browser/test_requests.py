"""Work that comes again, and what a customer asked for until they are told that it is there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Task, User
from tests.browser.helpers import assert_accessible, open_drawer, settled
from tests.browser.stage import Stage

Login = Callable[[Page, User], None]


@pytest.fixture
def desk(page: Page, login: Login, stage: Stage) -> Page:
    """The CSM of the stage is logged in."""
    login(page, stage.csm)
    return page


def test_a_task_that_repeats_is_done_and_the_next_one_stands_in_its_place(desk: Page, stage: Stage) -> None:
    desk.goto(f"/tasks/?account={stage.accounts['Aspen Foods'].pk}")
    desk.get_by_role("link", name="New task").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("What is to be done").fill("Look through the usage")
    dialog.locator("[name=account]").fill(f"Aspen Foods (#{stage.accounts['Aspen Foods'].pk})")
    dialog.get_by_label("Repeat").select_option("By weeks")
    dialog.get_by_label("Every").fill("2")
    dialog.get_by_label("On", exact=True).select_option("Friday")
    assert_accessible(desk, "the dialog of a task")
    dialog.get_by_role("button", name="Add task").click()
    row = desk.get_by_role("row", name="Look through the usage")
    expect(row).to_contain_text("Every 2 weeks on Friday")
    first = Task.objects.get(title="Look through the usage")
    row.get_by_role("button", name="Done: Look through the usage").click()
    expect(desk.get_by_role("status").filter(has_text="again Fri")).to_be_visible()
    expect(row).to_have_count(1)
    following = Task.objects.unfinished().get(title="Look through the usage")
    assert following.pk != first.pk
    expect(desk.locator(f"#task-{following.pk}")).to_be_visible()
    desk.get_by_role("status").get_by_role("button", name="Undo").last.click()
    expect(desk.locator(f"#task-{first.pk}")).to_be_visible()
    expect(desk.locator(f"#task-{following.pk}")).to_have_count(0)


def test_what_a_customer_asks_for_is_shipped_and_they_are_to_be_told(desk: Page, stage: Stage) -> None:
    account = stage.accounts["Ember Health"]
    desk.goto(f"/accounts/{account.pk}/")
    open_drawer(desk, "Feature requests")
    panel = desk.locator("#account-features")
    panel.get_by_role("link", name="Add request").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("What they ask for").fill("Files in columns")
    dialog.get_by_label("What they said").fill("Our lake wants it")
    dialog.get_by_role("button", name="Add").click()
    panel.get_by_role("link", name="Files in columns").click()
    expect(desk.get_by_role("heading", name="Files in columns")).to_be_visible()
    expect(desk.get_by_role("row", name="Ember Health")).to_contain_text("Our lake wants it")
    settled(desk)
    assert_accessible(desk)
    desk.get_by_role("link", name="Change status").click()
    dialog.get_by_label("Status").select_option("Shipped")
    dialog.get_by_label("Why, or what to tell").fill("In version 12")
    dialog.get_by_role("button", name="Save").click()
    expect(desk.locator(".feature-steps")).to_contain_text("In version 12")
    desk.goto("/tasks/")
    row = desk.get_by_role("row", name="Tell Ember Health: “Files in columns” is there")
    expect(row).to_be_visible()
    row.get_by_role("link", name="Feature request").click()
    expect(desk.get_by_role("heading", name="Files in columns")).to_be_visible()
