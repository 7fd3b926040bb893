"""Where the survey of reviews is on, those who took part are asked by e-mail how it was."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import Mail
from cs_workspace.common import clock
from health.models import Survey
from health.services.surveying import ask_after_events
from qbr.models import SatisfactionAsk
from qbr.queries.satisfaction import address_of_ask
from qbr.services.asking import ask_after_reviews
from qbr.services.satisfaction import ask_satisfaction
from tests.factories import ContactFactory, SurveyFactory, TicketFactory, days_ago
from tests.factories.reviews import AttendeeFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    return SurveyFactory(kind="review", needs_active_days=0)


@pytest.fixture
def kim(cast):
    contact = ContactFactory(account=cast.account, name="Kim Roth", email="kim@halden.example")
    contact.created_at = days_ago(90)
    contact.save()
    return contact


@pytest.fixture
def review(cast, kim):
    one = ReviewFactory(account=cast.account, status="held", held_at=days_ago(1))
    AttendeeFactory(review=one, contact=kim, attended=True)
    AttendeeFactory(review=one, contact=ContactFactory(account=cast.account), attended=False)
    AttendeeFactory(review=one, guest="Gus Guest", attended=True)
    return one


def run():
    return ask_after_reviews(now=clock.now())


def test_who_took_part_is_asked_once_with_a_link_for_each_score(cast, survey, review, kim):
    assert (run(), run()) == (1, 0)
    ask, mail = SatisfactionAsk.objects.get(), Mail.objects.get()
    assert (ask.contact, mail.cause, mail.state, mail.sender) == (kim, "survey", "queued", cast.owner)
    assert all(f"{address_of_ask(ask)}?score={score}" in mail.html for score in range(1, 6))


def test_the_e_mail_asks_what_the_page_asks(cast, survey, review):
    survey.question, survey.reason_question = "Was it worth an hour?", "What would you cut?"
    survey.save()
    run()
    assert "Was it worth an hour?" in Mail.objects.get().text
    page = Client().get(urlsplit(address_of_ask(SatisfactionAsk.objects.get())).path).content.decode()
    assert "<legend>Was it worth an hour?</legend>" in page


def test_while_the_survey_is_off_nobody_is_asked(review):
    Survey.objects.filter(kind="review").update(active_since=None)
    assert run() == 0


def test_whom_somebody_asked_by_hand_gets_no_second_question(cast, survey, review):
    ask_satisfaction(by=cast.owner, review=review)
    assert (run(), Mail.objects.count()) == (0, 0)


@pytest.mark.parametrize("held", [8, 400])
def test_reviews_of_long_ago_are_not_asked_about(survey, review, held):
    type(review).objects.update(held_at=days_ago(held))
    assert run() == 0


def test_after_a_review_other_surveys_leave_the_person_alone(cast, survey, review, kim):
    run()
    SurveyFactory(kind="csat", needs_active_days=0)
    TicketFactory(account=cast.account, contact=kim, closed_at=days_ago(0.1))
    assert ask_after_events(now=clock.now()) == 0


def test_and_after_another_survey_reviews_do(cast, survey, review, kim):
    SurveyFactory(kind="csat", needs_active_days=0)
    TicketFactory(account=cast.account, contact=kim, closed_at=days_ago(0.1))
    assert (ask_after_events(now=clock.now()), run()) == (1, 0)
