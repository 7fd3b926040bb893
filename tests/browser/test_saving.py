"""A manager works the at-risk queue without leaving it; a CSM takes a save plan from agreement to recovery."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Task, User
from health.models import Escalation, Intervention
from health.services.interventions import start_intervention
from tests.browser.helpers import assert_accessible
from tests.browser.stage import Stage


@pytest.fixture
def queue(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """The manager looks at the queue of the team."""
    login(page, stage.cast.manager)
    page.goto("/at-risk/")
    return page


def test_a_manager_works_the_queue_from_its_rows(queue: Page, stage: Stage) -> None:
    name, dialog = stage.worst.name, queue.locator("#dialog")
    row = queue.get_by_role("row").filter(has_text=name)
    row.get_by_role("link", name=f"Start a save plan for {name}").click()
    dialog.get_by_label("Why they might leave").select_option(label="Price")
    dialog.get_by_label("What is wrong").fill("Procurement asks for a fifth less.")
    assert_accessible(queue, "start a save plan")
    dialog.get_by_role("button", name="Start").click()
    expect(row.get_by_role("link", name="Plan: agreement in")).to_be_visible()
    row.get_by_role("link", name=f"Escalate {name}").click()
    dialog.get_by_label("What they are to decide or do").fill("May we go below the limit?")
    dialog.get_by_role("button", name="Escalate").click()
    expect(dialog).to_be_hidden()
    assert Escalation.objects.get().to == stage.cast.executive
    row.get_by_role("link", name=f"Close the save plan of {name}").click()
    dialog.get_by_label("Contracted").check()
    dialog.get_by_label("Root cause").select_option(label="Process")
    dialog.get_by_role("button", name="Close plan").click()
    expect(row.get_by_role("link", name=f"Start a save plan for {name}")).to_be_visible()
    queue.get_by_role("button", name="Undo").last.click()
    expect(row.get_by_role("link", name=f"Close the save plan of {name}")).to_be_visible()
    assert Intervention.objects.get().is_live


def test_a_save_plan_is_agreed_looked_at_and_ends_with_the_account_recovered(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    plan = start_intervention(by=stage.cast.manager, account=stage.worst, fields={"reason": "champion_left"}).plan
    login(page, stage.csm)
    page.goto(f"/save-plans/{plan.pk}/")
    dialog = page.locator("#dialog")
    page.get_by_role("button", name="Agreed with the customer").click()
    expect(page.get_by_role("button", name="It is not agreed after all")).to_be_visible()
    page.get_by_role("link", name="Add step").click()
    dialog.get_by_label("What is done").fill("Meet the new head of operations")
    dialog.get_by_role("button", name="Add step").click()
    expect(page.get_by_role("link", name="Meet the new head of operations")).to_be_visible()
    page.get_by_role("link", name="Add promise").click()
    dialog.get_by_label("What was promised").fill("A training for her team")
    dialog.get_by_role("button", name="Add promise").click()
    page.get_by_role("button", name="Kept: A training for her team").click()
    expect(page.get_by_text("kept", exact=True)).to_be_visible()
    page.get_by_role("link", name="Hold checkpoint 1", exact=True).last.click()
    dialog.get_by_label("Better").check()
    dialog.get_by_label("What shows it").fill("She opened the reports herself.")
    dialog.get_by_role("button", name="Save checkpoint").click()
    expect(page.get_by_text("1 of 4 held")).to_be_visible()
    assert_accessible(page, "save plan")
    page.get_by_role("link", name="Close plan").click()
    dialog.get_by_label("Recovered").check()
    dialog.get_by_label("Root cause").select_option(label="People")
    dialog.get_by_role("button", name="Close plan").click()
    expect(page.get_by_role("button", name="Reopen", exact=True)).to_be_visible()
    plan.refresh_from_db()
    assert (plan.outcome, plan.ended_by) == ("recovered", stage.csm)
    assert not Task.objects.filter(account=stage.worst, title="Meet the new head of operations", status="open").exists()
