"""An admin writes a playbook by buttons and runs it dry; a CSM starts it on an account and works it to its end."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import Playbook, PlaybookRun, User
from accounts.services.playbook_starting import start_run
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage


def write_playbook(page: Page) -> None:
    """A playbook of two tasks, the second of which is moved to the front."""
    page.goto("/playbooks/new/")
    page.get_by_label("Name", exact=True).fill("Win Aspen over")
    page.get_by_label("What it is for").fill("A second look together")
    first = page.get_by_role("group", name="Step 1: Task")
    first.get_by_label("What is to be done").fill("Send what {account.name} asked for")
    page.get_by_role("group", name="Add a step").get_by_role("button", name="Task").click()
    second = page.get_by_role("group", name="Step 2: Task")
    second.get_by_label("What is to be done").fill("Call {account.name}")
    second.get_by_role("button", name="Move step 2 up").press("Enter")
    moved = page.get_by_role("group", name="Step 1: Task")
    expect(moved.get_by_label("What is to be done")).to_have_value("Call {account.name}")
    expect(moved.get_by_role("button", name="Move step 1 up")).to_be_focused()


def test_a_playbook_is_written_tried_started_and_worked_to_its_end(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    login(page, stage.cast.admin)
    write_playbook(page)
    page.get_by_label("Account", exact=True).fill("Aspen Foods")
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator("#rehearsal")).to_contain_text("Call Aspen Foods")
    expect(page.locator("#rehearsal")).to_contain_text("Olga Owner, due")
    assert_accessible(page, "the editor")
    assert_fits(page, "the editor")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Win Aspen over")).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    assert_accessible(page, "the playbook")

    login(page, stage.csm)
    account = stage.accounts["Aspen Foods"]
    page.goto(f"/accounts/{account.pk}/")
    panel = page.locator("#playbooks")
    panel.get_by_role("link", name="Start playbook").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Playbook").select_option(label="Win Aspen over")
    dialog.get_by_role("button", name="Start").click()
    expect(panel).to_contain_text("0 of 2 steps")
    expect(panel).to_contain_text("Call Aspen Foods")
    settled(page)
    assert_accessible(page, "the account with a run")
    tasks = page.locator("#account-tasks")
    tasks.get_by_role("button", name="Done: Call Aspen Foods").click()
    expect(panel).to_contain_text("1 of 2 steps")
    tasks.get_by_role("button", name="Done: Send what Aspen Foods asked for").click()
    expect(panel).to_contain_text("none live")
    run = PlaybookRun.objects.get(playbook=Playbook.objects.get(name="Win Aspen over"))
    assert (run.state, run.position) == ("finished", 2)


def test_a_run_is_paused_taken_back_and_a_step_skipped_for_a_reason(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    account = stage.accounts["Birch Media"]
    playbook = Playbook.objects.get(key="save-price")
    start_run(by=stage.csm, playbook=playbook, account=account, key="k")
    login(page, stage.csm)
    page.goto(f"/accounts/{account.pk}/")
    panel = page.locator("#playbooks")
    panel.get_by_role("button", name=f"Pause {playbook}").click()
    expect(panel.get_by_role("button", name=f"Resume {playbook}")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(panel.get_by_role("button", name=f"Pause {playbook}")).to_be_visible()
    panel.get_by_role("link", name=f"Skip the step of {playbook} that is under way").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Why").fill("They know what they got")
    dialog.get_by_role("button", name="Skip").click()
    expect(panel).to_contain_text("1 of 3 steps")
    panel.get_by_text(f"Steps of {playbook}").click()
    expect(panel).to_contain_text("They know what they got")
