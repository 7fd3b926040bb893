"""A customer answers a survey by the link in their e-mail, without JavaScript; their CSM hears of it at once."""

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Task
from health.models import SurveyAnswer, SurveyAsk, SurveyReply
from health.queries.survey_asks import token_of_survey
from health.services.answering import take_answer
from tests.browser.helpers import assert_accessible, assert_fits, give_session, settled
from tests.browser.stage import Stage
from tests.factories import ContactFactory, SurveyAskFactory, SurveyFactory


@pytest.fixture
def ask(stage: Stage) -> SurveyAsk:
    """Kim Roth at the account that fares worst was asked for the NPS yesterday."""
    survey = SurveyFactory(
        kind="nps", question="How likely are you to recommend us?", detractor_question="What should we put right first?"
    )
    kim = ContactFactory(account=stage.worst, name="Kim Roth")
    return SurveyAskFactory(survey=survey, account=stage.worst, contact=kim, sent=True)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_survey_is_answered_without_javascript(
    browser: Browser, live_app: str, stage: Stage, ask: SurveyAsk, width: int
) -> None:
    context = browser.new_context(
        base_url=live_app, java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto(f"/survey/{token_of_survey(ask)}/?score=3")
    expect(page.get_by_role("heading", name="How likely are you to recommend us?")).to_be_visible()
    expect(page.get_by_role("radio", name="3", exact=True)).to_be_checked()
    assert not SurveyAnswer.objects.filter(survey_ask=ask).exists()
    page.get_by_role("radio", name="2", exact=True).check()
    page.get_by_label("Why?").fill("The export fails")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you, Kim Roth")).to_be_visible()
    expect(page.get_by_text("2 of 10")).to_be_visible()
    page.get_by_label("What should we put right first?").fill("Exports over night")
    page.get_by_role("button", name="Send this as well").click()
    expect(page.get_by_label("What should we put right first?")).to_have_value("Exports over night")
    context.close()
    answer = SurveyAnswer.objects.get(survey_ask=ask)
    assert (answer.score, answer.comment, SurveyReply.objects.get(ask=ask).text) == (
        2,
        "The export fails",
        "Exports over night",
    )
    assert Task.objects.get(origin_key=f"survey:{ask.pk}").title == "Call Kim Roth: 2 of 10 (NPS)"


def test_what_was_answered_is_read_searched_and_led_to_from_the_task(
    page: Page, live_app: str, stage: Stage, ask: SurveyAsk
) -> None:
    take_answer(ask=ask, score=2, comment="The export fails")
    give_session(page, stage.csm, live_app)
    page.goto("/surveys/")
    settled(page)
    expect(page.get_by_text("The export fails")).to_be_visible()
    assert_accessible(page)
    page.get_by_placeholder("Search what was written").fill("nothing of the kind")
    expect(page.get_by_role("heading", name="No answer matches")).to_be_visible()
    page.get_by_placeholder("Search what was written").fill("export")
    expect(page.get_by_text("The export fails")).to_be_visible()
    page.get_by_role("link", name="Open").first.click()
    expect(page.get_by_role("link", name="Call Kim Roth: 2 of 10 (NPS)")).to_be_visible()
    assert_accessible(page)
    assert_fits(page, "the ask")
