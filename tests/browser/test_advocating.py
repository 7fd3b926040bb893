"""A promoter becomes an advocate, is asked for a reference, gives it, and rests."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from health.models import AdvocacyAsk
from tests.browser.helpers import assert_accessible
from tests.browser.stage import Stage
from tests.factories import ContactFactory, SurveyAnswerFactory


def test_a_promoter_is_named_asked_and_rests_after_the_reference(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    contact = ContactFactory(account=stage.worst, name="Pia Promoter")
    SurveyAnswerFactory(account=stage.worst, contact=contact, kind="nps", score=10)
    login(page, stage.csm)
    page.goto("/advocates/candidates/")
    dialog = page.locator("#dialog")
    page.get_by_role("link", name="Name Pia Promoter as an advocate").click()
    dialog.get_by_label("In which way").select_option(label="Reference")
    dialog.get_by_label("What they can speak of").fill("The month end")
    assert_accessible(page, "name an advocate")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Name Pia Promoter as an advocate")).to_be_hidden()
    page.get_by_role("link", name="Advocates", exact=True).last.click()
    row = page.get_by_role("row").filter(has_text="Pia Promoter")
    row.get_by_role("link", name="Ask Pia Promoter: Reference").click()
    dialog.get_by_label("What for").fill("A call with Alder")
    dialog.get_by_role("button", name="Note the ask").click()
    row.get_by_role("button", name="Pia Promoter agreed: Reference").click()
    row.get_by_role("link", name="Pia Promoter did it: Reference").click()
    dialog.get_by_label("What came of it").fill("They signed")
    dialog.get_by_role("button", name="Done").click()
    expect(row.get_by_text("Rests")).to_be_visible()
    expect(row.get_by_role("link", name="Ask Pia Promoter: Reference")).to_be_hidden()
    page.get_by_role("button", name="Undo").last.click()
    expect(row.get_by_role("link", name="Pia Promoter did it: Reference")).to_be_visible()
    assert AdvocacyAsk.objects.get().state == "agreed"
