"""Admins set surveys up: words, questions, whom and how often; and switch them on and off."""

import pytest
from django.urls import reverse

from health.models import Survey, SurveyQuestion
from tests.cast import logged_in

pytestmark = pytest.mark.django_db
LIST = "admin:health_survey_changelist"


@pytest.fixture
def client(cast):
    return logged_in(cast.admin)


@pytest.fixture
def nps():
    return Survey.objects.get(kind="nps")


def act(client, action, *surveys):
    ticked = [survey.pk for survey in surveys]
    return client.post(reverse(LIST), {"action": action, "_selected_action": ticked}, follow=True)


def form_of(survey, **fields):
    """What the form of a survey sends as it stands, with some fields changed."""
    names = [
        "name", "subject", "intro", "question", "reason_question", "detractor_question", "passive_question",
        "promoter_question", "to_roles", "every_days", "most_a_year", "needs_days", "needs_active_days", "open_days",
    ]  # fmt: skip
    data = {name: "" if (value := getattr(survey, name)) is None else value for name in names}
    management = {"questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0}
    return data | management | fields


def test_surveys_are_switched_on_and_off_and_those_that_are_on_keep_their_day(client, nps):
    csat = Survey.objects.get(kind="csat")
    assert "1 switched on" in act(client, "switch_on", nps).content.decode()
    nps.refresh_from_db()
    since = nps.active_since
    assert "1 switched on" in act(client, "switch_on", nps, csat).content.decode()
    nps.refresh_from_db()
    assert nps.active_since == since
    assert "2 switched off" in act(client, "switch_off", nps, csat).content.decode()
    assert not Survey.objects.active().exists()


def test_words_and_questions_are_changed_and_the_history_says_by_whom(cast, client, nps):
    url = reverse("admin:health_survey_change", args=[nps.pk])
    more = {
        "questions-TOTAL_FORMS": 1,
        "questions-0-place": 1,
        "questions-0-kind": "text",
        "questions-0-text": "What else?",
        "questions-0-survey": nps.pk,
    }
    assert client.post(url, form_of(nps, subject="Ours", to_roles=["champion"]) | more).status_code == 302
    nps.refresh_from_db()
    assert (nps.subject, nps.to_roles, SurveyQuestion.objects.get(survey=nps).text) == (
        "Ours",
        ["champion"],
        "What else?",
    )
    history = client.get(reverse("admin:health_survey_history", args=[nps.pk])).content.decode()
    assert (cast.admin.name in history, "Ours" in history) == (True, True)


@pytest.mark.parametrize(("field", "value"), [("every_days", "7"), ("open_days", "0"), ("question", "")])
def test_what_makes_no_sense_is_refused_with_a_word(client, nps, field, value):
    url = reverse("admin:health_survey_change", args=[nps.pk])
    assert client.post(url, form_of(nps, **{field: value})).status_code == 200
    before = getattr(nps, field)
    nps.refresh_from_db()
    assert getattr(nps, field) == before


def test_surveys_are_neither_added_nor_deleted(client, nps):
    assert client.get(reverse("admin:health_survey_add")).status_code == 403
    assert client.post(reverse("admin:health_survey_delete", args=[nps.pk])).status_code == 403


def test_the_survey_of_reviews_offers_the_words_that_its_page_has_and_no_others(client):
    review = Survey.objects.get(kind="review")
    url = reverse("admin:health_survey_change", args=[review.pk])
    shown = client.get(url).content.decode()
    assert 'name="question"' in shown
    assert 'name="reason_question"' in shown
    for name in ("detractor_question", "passive_question", "promoter_question", "questions-TOTAL_FORMS"):
        assert f'name="{name}"' not in shown
    assert client.post(url, form_of(review, question="Was it worth an hour?")).status_code == 302
    review.refresh_from_db()
    assert review.question == "Was it worth an hour?"
