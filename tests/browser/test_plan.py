"""A CSM keeps the success plan in its place, and the customer reads it without a login."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import MeasuredValue, Objective, PlanShare, User
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage


@pytest.fixture
def plan(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """The CSM looks at the plan that they have just begun."""
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/plan/")
    page.get_by_role("button", name="Start the plan").click()
    expect(page.get_by_role("heading", name="Success plan of Ember Health")).to_be_visible()
    return page


def add_objective(page: Page, title: str) -> None:
    page.get_by_role("link", name="Add objective").click()
    form = page.get_by_role("form", name="New objective")
    form.get_by_label("What the customer wants to achieve").fill(title)
    form.get_by_label("Measured by").fill("Hours per month")
    form.get_by_label("Unit").fill("h")
    form.get_by_label("Baseline").fill("48")
    form.get_by_label("Target").fill("8")
    form.get_by_role("button", name="Add objective").click()


def test_an_objective_is_set_corrected_in_place_measured_and_shared_with_the_customer(
    plan: Page, stage: Stage, browser: Browser
) -> None:
    plan.get_by_role("link", name="Add objective").click()
    form = plan.get_by_role("form", name="New objective")
    form.get_by_label("What the customer wants to achieve").fill("Faster invoices")
    form.get_by_label("Measured by").fill("Hours per month")
    form.get_by_label("Baseline").fill("48")
    form.get_by_label("Target").fill("fewer")
    form.get_by_role("button", name="Add objective").click()
    expect(form.get_by_role("alert")).to_have_text("Enter a number.")
    expect(form.get_by_label("Measured by")).to_have_value("Hours per month")
    assert_accessible(plan, "form with an error")
    form.get_by_label("Target").fill("8")
    form.get_by_role("button", name="Add objective").click()
    row = plan.get_by_role("listitem").filter(has_text="Faster invoices")
    expect(row).to_contain_text("not measured yet")

    row.get_by_role("link", name="Edit Faster invoices").click()
    form = plan.get_by_role("form", name="Edit Faster invoices")
    form.get_by_label("Unit").fill("h")
    form.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("from 48 to 8 h")
    plan.get_by_role("button", name="Undo").last.click()
    expect(row).not_to_contain_text("to 8 h")

    row.get_by_role("link", name="Record a value of Faster invoices").click()
    dialog = plan.locator("#dialog")
    dialog.get_by_label("Hours per month").fill("8")
    dialog.get_by_role("button", name="Record value").click()
    expect(row).to_contain_text("Achieved")
    expect(plan.locator("#plan-state")).to_contain_text("1of 1")
    row.get_by_text("Progress over time").click()
    settled(plan)
    assert_accessible(plan, "plan")
    assert_fits(plan, "plan")
    assert MeasuredValue.objects.get().value == Decimal(8)

    plan.get_by_role("link", name="Share…").click()
    dialog.get_by_role("button", name="Make a link").click()
    address = dialog.get_by_label("Whoever has this address").input_value()
    customer = browser.new_context(java_script_enabled=False).new_page()
    customer.goto(address)
    expect(customer.get_by_role("heading", name="Success plan of Ember Health")).to_be_visible()
    expect(customer.get_by_text("Faster invoices")).to_be_visible()
    expect(customer.get_by_text("Achieved", exact=True)).to_be_visible()
    customer.context.close()
    assert PlanShare.objects.get().views == 1


def test_another_form_that_is_open_keeps_what_was_typed_while_a_row_is_saved(plan: Page) -> None:
    for title in ("Faster invoices", "Fewer errors"):
        add_objective(plan, title)
        expect(plan.get_by_role("listitem").filter(has_text=title)).to_be_visible()
    plan.get_by_role("link", name="Edit Fewer errors").click()
    open_form = plan.get_by_role("form", name="Edit Fewer errors")
    open_form.get_by_label("Measured by").fill("Errors a week")
    plan.get_by_role("link", name="Edit Faster invoices").click()
    form = plan.get_by_role("form", name="Edit Faster invoices")
    form.get_by_label("Target").fill("4")
    form.get_by_role("button", name="Save").click()
    expect(plan.get_by_role("listitem").filter(has_text="Faster invoices")).to_contain_text("to 4 h")
    expect(open_form.get_by_label("Measured by")).to_have_value("Errors a week")
    assert Objective.objects.get(title="Fewer errors").measure == "Hours per month"
