"""A CSM draws the map of stakeholders, and loses the champion: the alert and the task are there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Contact, Playbook, Task, User
from health.models import Alert
from health.services.presets import install_defaults
from health.services.runs import refresh_dirty
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import ContactFactory


@pytest.fixture
def stage_map(page: Page, login: Callable[[Page, User], None], stage: Stage) -> Page:
    """The CSM looks at the map of an account with two people on it."""
    account = stage.accounts["Aspen Foods"]
    Contact.objects.filter(account=account).delete()
    ContactFactory(account=account, name="Kim Lund", function="Finance", seniority="manager", roles=["champion"])
    ContactFactory(account=account, name="Ola Berg", function="IT", seniority="director")
    login(page, stage.csm)
    page.goto(f"/accounts/{account.pk}/stakeholders/")
    return page


def cell(page: Page, function: str, seniority: str):
    return page.locator(f'[data-cell][data-function="{function}"][data-seniority="{seniority}"]')


def test_people_are_moved_by_dragging_and_by_keyboard(stage_map: Page) -> None:
    page = stage_map
    assert_accessible(page, "map of stakeholders")
    assert_fits(page, "map of stakeholders")
    page.locator(".map-card", has_text="Kim Lund").drag_to(cell(page, "IT", "executive"))
    expect(cell(page, "IT", "executive")).to_contain_text("Kim Lund")
    expect(page.locator("#toasts")).to_contain_text("Kim Lund moved to Executive · IT")
    assert Contact.objects.get(name="Kim Lund").seniority == "executive"
    page.get_by_role("button", name="Undo").last.click()
    expect(cell(page, "Finance", "manager")).to_contain_text("Kim Lund")

    page.get_by_role("link", name="Change Ola Berg").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("form", name="Change Ola Berg")
    form.get_by_label("Function").fill("Finance")
    form.get_by_label("Seniority").select_option(label="Executive")
    form.get_by_label("Executive sponsor").check()
    assert_accessible(page, "change in place")
    form.get_by_role("button", name="Save").press("Enter")
    expect(cell(page, "Finance", "executive")).to_contain_text("Ola Berg")
    settled(page)
    assert Contact.objects.get(name="Ola Berg").roles == ["sponsor"]


def test_when_the_champion_leaves_the_alert_and_the_task_are_there(stage_map: Page, stage: Stage) -> None:
    page, account = stage_map, stage.accounts["Aspen Foods"]
    install_defaults()
    Playbook.objects.update(active_since=None)
    page.get_by_role("link", name="Kim Lund left").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Takes over as champion.")
    dialog.get_by_label("Where to").fill("Northwind")
    assert_accessible(page, "who left")
    dialog.get_by_role("button", name="Mark as left").click()
    expect(page.get_by_label("Gaps")).to_contain_text("No champion")
    refresh_dirty()
    assert Alert.objects.filter(account=account, rule__key="key-contact-left").count() == 1
    assert Task.objects.filter(account=account, origin=Task.Origin.ALERT).count() == 1
    page.goto("/alerts/")
    expect(page.locator("main")).to_contain_text("Key contact left: Kim Lund, champion")
    page.goto(f"/accounts/{account.pk}/")
    expect(page.locator("#account-tasks")).to_contain_text("Find a new champion or key contact")


def test_on_a_phone_the_map_is_a_list(stage_map: Page) -> None:
    stage_map.set_viewport_size({"width": 390, "height": 844})
    assert_fits(stage_map, "map on a phone")
    expect(stage_map.locator(".map thead")).to_be_hidden()
    expect(stage_map.locator(".map-card", has_text="Kim Lund")).to_be_visible()
