"""The surveys of the demo: who was asked, who answered, and what followed the latest answers."""

import pytest

from accounts.models import Mail, Task
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.living import _at_moment
from cs_workspace.web.demo.surveying import LATELY, survey_book
from health.models import Survey, SurveyAnswer, SurveyAsk
from health.queries.survey_results import results_of
from tests.factories import AccountFactory, ContactFactory, SurveyAnswerFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara():
    mara = UserFactory(name=LOGINS[0].name, email=LOGINS[0].email)
    for number in range(24):
        account = AccountFactory(owner=mara, external_id=f"{number:03}", source="demo")
        for place in range(4):
            contact = ContactFactory(account=account, external_id=f"{number}-{place}", source="demo")
            if place == 0:
                SurveyAnswerFactory(account=account, contact=contact, score=9, at=days_ago(3 + number * 3))
    return mara


def live(seed=7):
    survey_book(clock.today(), seed, at_moment=_at_moment)


def test_surveys_are_on_and_those_who_answered_and_those_who_did_not_were_asked_by_e_mail(mara):
    live()
    assert Survey.objects.active().count() == 5
    found = results_of(mara, "nps").now
    assert found.asked > found.answered >= 24
    assert set(SurveyAsk.objects.values_list("mail__state", flat=True)) == {Mail.State.SENT}


def test_the_latest_answers_are_followed_up(mara):
    live()
    answers = SurveyAnswer.objects.filter(source="workspace-survey")
    assert sorted(answers.values_list("score", flat=True)) == sorted(score for score, *_ in LATELY)
    titles = list(Task.objects.order_by("pk").values_list("title", flat=True))
    assert [title.split(" ")[0] for title in titles] in (["Call", "Ask"], ["Ask", "Call"])


def test_the_same_seed_asks_the_same_people(mara):
    live()
    first = list(SurveyAsk.objects.order_by("contact", "cause_key").values_list("contact", "cause_key"))
    SurveyAnswer.objects.filter(source="workspace-survey").delete()
    SurveyAsk.objects.all().delete()
    Mail.objects.all().delete()
    live()
    again = list(SurveyAsk.objects.order_by("contact", "cause_key").values_list("contact__pk", flat=True))
    assert again == [contact for contact, _ in first]
