"""A CSM's morning, step by step, in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Task, Touch, User
from cs_workspace.common import clock
from health.models import Alert
from tests.browser.helpers import come_to, settled
from tests.browser.stage import Stage
from tests.factories import PASSWORD, TaskFactory
from tests.worker import WorkerProcess

Login = Callable[[Page, User], None]


@pytest.fixture
def morning(page: Page, login: Login, stage: Stage) -> Page:
    """The CSM of the stage is logged in."""
    login(page, stage.csm)
    return page


def test_a_csm_logs_in_and_finds_the_day(page: Page, stage: Stage) -> None:
    page.goto("/accounts/")
    page.get_by_label("E-mail").fill(stage.csm.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Book of business")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Today").click()
    expect(page.get_by_role("main").get_by_text("Ember Health").first).to_be_visible()


def test_a_wrong_password_is_refused_by_a_message(page: Page, stage: Stage) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(stage.csm.email)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(stage.csm.email)


def test_the_book_is_filtered_as_one_types_and_the_address_keeps_it(morning: Page) -> None:
    morning.goto("/accounts/")
    search = morning.locator("[data-search]")
    search.press_sequentially("ember", delay=30)
    expect(morning.get_by_role("row", name="Ember Health")).to_be_visible()
    expect(morning.get_by_role("row", name="Aspen Foods")).to_have_count(0)
    expect(search).to_be_focused()
    expect(morning).to_have_url("/accounts/?q=ember")
    morning.reload()
    expect(morning.get_by_role("row", name="Aspen Foods")).to_have_count(0)


def test_the_book_is_sorted_and_the_back_button_undoes_it(morning: Page) -> None:
    morning.goto("/accounts/")
    names = morning.locator("[data-rows] tbody tr td.name")
    heading = morning.get_by_role("columnheader", name="ARR")
    heading.get_by_role("link").click()
    expect(names.first).to_contain_text("Ember Health")
    expect(heading).to_have_attribute("aria-sort", "descending")
    heading.get_by_role("link").click()
    expect(names.last).to_contain_text("Ember Health")
    morning.go_back()
    expect(names.first).to_contain_text("Ember Health")


def test_a_missed_call_moves_the_engagement_on_the_page_within_seconds(
    morning: Page, stage: Stage, celery_worker_process: WorkerProcess
) -> None:
    account = stage.accounts["Aspen Foods"]
    morning.goto(f"/accounts/{account.pk}/")
    engagement = morning.locator("#health").get_by_test_id("dimension-engagement")
    before = engagement.inner_text()
    morning.get_by_role("link", name="Log touch").first.click()
    dialog = morning.get_by_role("dialog")
    dialog.get_by_label("Scheduled?").select_option("They did not come")
    dialog.get_by_label("Summary").fill("Nobody joined, though it was their wish")
    dialog.get_by_role("button", name="Log touch").click()
    expect(dialog).to_be_hidden()
    expect(come_to(morning.locator("#timeline"))).to_contain_text("Nobody joined, though it was their wish")
    expect(engagement).not_to_have_text(before, use_inner_text=True, timeout=15_000)
    assert Touch.objects.filter(account=account, by=stage.csm).count() == 1


def test_a_touch_without_what_it_needs_is_refused_by_the_field_and_nothing_typed_is_lost(
    morning: Page, stage: Stage
) -> None:
    morning.goto(f"/accounts/{stage.worst.pk}/")
    morning.get_by_role("link", name="Log touch").first.click()
    dialog = morning.get_by_role("dialog")
    dialog.get_by_label("Summary").fill("We spoke")
    tomorrow = clock.now() + dt.timedelta(days=1)
    dialog.get_by_label("When").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    dialog.get_by_role("button", name="Log touch").click()
    expect(dialog.get_by_text("A touch has happened.")).to_be_visible()
    expect(dialog.get_by_label("Summary")).to_have_value("We spoke")
    assert not Touch.objects.filter(account=stage.worst, by=stage.csm).exists()


def test_a_task_is_finished_and_taken_back(morning: Page, stage: Stage) -> None:
    task = Task.objects.get(title="Send the roll-out plan")
    morning.goto("/tasks/")
    row = morning.get_by_role("row", name=task.title)
    row.get_by_role("button", name="Done").click()
    expect(row).to_have_count(0)
    task.refresh_from_db()
    assert task.status == Task.Status.DONE
    morning.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
    task.refresh_from_db()
    assert task.status == Task.Status.OPEN


def test_what_is_typed_in_a_row_outlives_that_the_list_is_read_anew(morning: Page, stage: Stage) -> None:
    typed = Task.objects.get(title="Send the roll-out plan")
    TaskFactory(title="Ask for the invoice", account=typed.account, assignees=[stage.csm])
    morning.goto("/tasks/")
    morning.get_by_role("link", name=f"Edit {typed.title}").click()
    title = morning.get_by_label("Title")
    title.fill("Send the roll-out plan, signed")
    morning.get_by_role("button", name="Done: Ask for the invoice").click()
    expect(morning.get_by_role("row", name="Ask for the invoice")).to_have_count(0)
    settled(morning)
    expect(title).to_have_value("Send the roll-out plan, signed")
    title.press("Enter")
    expect(morning.get_by_role("row", name="Send the roll-out plan, signed")).to_be_visible()
    expect(title).to_have_count(0)
    typed.refresh_from_db()
    assert typed.title == "Send the roll-out plan, signed"
    morning.get_by_role("status").get_by_role("button", name="Undo").last.click()
    expect(morning.get_by_role("row", name="Send the roll-out plan", exact=False)).not_to_contain_text("signed")


def test_an_alert_is_acknowledged_and_the_count_follows(morning: Page, stage: Stage) -> None:
    alert = Alert.objects.filter(account=stage.worst).order_by("severity", "pk").first()
    assert alert is not None
    morning.goto("/alerts/")
    count = morning.get_by_role("navigation", name="Main").get_by_role("link", name="Alerts").locator("b")
    waiting = int(count.inner_text())
    row = morning.locator(f"#alert-{alert.pk}")
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_have_count(0)
    expect(count).to_have_text(str(waiting - 1))
    alert.refresh_from_db()
    assert alert.state == Alert.State.ACKNOWLEDGED


def test_a_double_click_finishes_a_task_once_and_says_so_once(morning: Page, stage: Stage) -> None:
    morning.goto("/tasks/")
    row = morning.get_by_role("row", name="Send the roll-out plan")
    row.get_by_role("button", name="Done").dblclick()
    expect(row).to_have_count(0)
    settled(morning)
    expect(morning.locator("[data-toast]")).to_have_count(1)


def test_an_expired_session_leads_to_the_login_and_back_to_the_same_book(morning: Page, stage: Stage) -> None:
    morning.goto("/accounts/?tier=3")
    morning.context.clear_cookies()
    morning.locator("[data-search]").press_sequentially("ember", delay=30)
    expect(morning.get_by_text("Your session ended.")).to_be_visible()
    morning.get_by_label("E-mail").fill(stage.csm.email)
    morning.get_by_label("Password").fill(PASSWORD)
    morning.get_by_role("button", name="Log in").click()
    expect(morning.get_by_role("heading", name="Book of business")).to_be_visible()
    assert "tier=3" in morning.url


@pytest.mark.lost_connection
def test_a_lost_connection_says_so_and_keeps_what_was_typed(morning: Page, stage: Stage) -> None:
    morning.goto(f"/accounts/{stage.worst.pk}/")
    morning.get_by_role("link", name="Log touch").first.click()
    dialog = morning.get_by_role("dialog")
    dialog.get_by_label("Summary").fill("We spoke")
    morning.route("**/touches/new/", lambda route: route.abort())
    dialog.get_by_role("button", name="Log touch").click()
    expect(morning.get_by_role("alert").filter(has_text="The connection was lost")).to_be_visible()
    expect(dialog.get_by_label("Summary")).to_have_value("We spoke")
