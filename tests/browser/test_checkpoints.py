"""A CSM says at a checkpoint what the data do not know, and the manager decides between the two."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from renewals.models import RenewalCheckpoint
from tests.browser.helpers import assert_accessible, settled
from tests.browser.stage import Stage
from tests.factories import RenewalCheckpointFactory


@pytest.fixture
def checkpoint(stage: Stage) -> RenewalCheckpoint:
    """A quarter before the renewal; by the data it is on track."""
    return RenewalCheckpointFactory(account=stage.worst, days=90)


def test_a_csm_and_the_data_differ_and_the_manager_decides(
    page: Page, login: Callable[[Page, User], None], stage: Stage, checkpoint: RenewalCheckpoint
) -> None:
    login(page, stage.csm)
    page.goto(f"/renewals/{checkpoint.renewal_id}/")
    panel = page.locator("#renewal-checkpoints")
    expect(panel.get_by_role("radio", name="Watching")).to_have_count(0)
    panel.get_by_role("radio", name="At risk").check()
    panel.get_by_label("Why").fill("The new CFO cuts everything")
    panel.get_by_role("button", name="Save the assessment").click()
    expect(panel.get_by_role("alert")).to_contain_text("at risk needs an action plan")
    expect(panel.get_by_label("Why")).to_have_value("The new CFO cuts everything")
    panel.get_by_label("Action plan").fill("Meet the CFO with the figures")
    panel.get_by_role("button", name="Save the assessment").click()
    expect(panel).to_contain_text("A manager decides")
    settled(page)
    assert_accessible(page, "assessed")

    page.context.clear_cookies()
    login(page, stage.cast.manager)
    page.goto(f"/renewals/{checkpoint.renewal_id}/")
    form = page.locator("#checkpoint-decide-90")
    form.get_by_role("radio", name="At risk").check()
    form.get_by_label("What decides it").fill("I know this CFO")
    form.get_by_role("button", name="Decide").click()
    expect(page.locator("#renewal-checkpoints")).to_contain_text("I know this CFO")
    expect(page.locator("#checkpoint-decide-90")).to_have_count(0)
    checkpoint.refresh_from_db()
    assert (checkpoint.final, checkpoint.decided_by) == ("at_risk", stage.cast.manager)
