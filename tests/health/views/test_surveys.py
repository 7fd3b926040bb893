"""Results of surveys, what was written, who has not answered, and asking one person by hand."""

import pytest
from django.urls import reverse

from health.models import Survey, SurveyAsk
from health.services.answering import take_answer
from tests.cast import logged_in
from tests.factories import (
    ContactFactory,
    SurveyAnswerFactory,
    SurveyAskFactory,
    SurveyFactory,
    SurveyReplyFactory,
    days_ago,
)

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def get(user, name="surveys", *args, query="", **headers):
    return logged_in(user).get(reverse(f"health:{name}", args=args) + query, headers=headers)


def text_of(user, *args, **more):
    response = get(user, *args, **more)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def nps():
    return SurveyFactory(kind="nps")


@pytest.fixture
def kim(cast):
    contact = ContactFactory(account=cast.account, name="Kim Roth", email="kim@halden.example")
    contact.created_at = days_ago(90)
    contact.save()
    return contact


def test_before_anybody_was_asked_the_page_says_what_to_do(cast):
    assert ("Nobody was asked yet" in text_of(cast.owner), "Set up surveys" in text_of(cast.owner)) == (True, False)
    assert "Set up surveys" in text_of(cast.admin)


def test_the_page_shows_nps_with_its_interval_response_and_words(cast, nps, kim):
    SurveyAnswerFactory(account=cast.account, contact=kim, score=3, comment="Slow <exports>")
    SurveyAnswerFactory(account=cast.account, score=9)
    SurveyAskFactory(survey=nps, account=cast.account, sent=True)
    text = text_of(cast.owner)
    for words in ("95 % interval −", "0 of 1 asked", "Slow &lt;exports&gt;", "Kim Roth", "Detractors <b>1</b>"):
        assert words in text, words


def test_answers_are_narrowed_down_by_class_and_text(cast, nps, kim):
    SurveyAnswerFactory(account=cast.account, contact=kim, score=3, comment="Slow exports")
    SurveyAnswerFactory(account=cast.account, score=9, comment="Lovely")
    text = text_of(cast.owner, query="?said=detractor")
    assert ("Slow exports" in text, "Lovely" in text) == (True, False)
    text = text_of(cast.owner, query="?q=lovel")
    assert ("Slow exports" in text, "Lovely" in text) == (False, True)
    assert "No answer matches" in text_of(cast.owner, query="?q=nothing-such")


@pytest.mark.parametrize("query", ["?kind=x", "?said=x", "?q=%00", f"?q={'x' * 200}", "?page=x", "?segment=%27"])
def test_filters_without_sense_are_left_out_with_a_word(cast, nps, query):
    SurveyAnswerFactory(account=cast.account, score=9)
    assert get(cast.owner, query=query).status_code == 200


def test_a_survey_of_five_is_told_by_its_mean(cast):
    SurveyFactory(kind="csat")
    SurveyAnswerFactory(account=cast.account, kind="csat", score=4)
    text = text_of(cast.owner, query="?kind=csat")
    assert ("of 5" in text, "gave 4 or 5" in text, "95 % interval" in text) == (True, True, False)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_answers_go_into_a_file(cast, nps, kim, kind):
    one = SurveyAnswerFactory(account=cast.account, contact=kim, score=3, comment="=1+1")
    ask = SurveyAskFactory(survey=nps, account=cast.account, contact=kim, answer=one, answered_at=one.at)
    SurveyReplyFactory(ask=ask, text="More")
    response = get(cast.owner, "surveys-export", query=f"?format={kind}")
    body = b"".join(response.streaming_content)
    assert response.status_code == 200
    if kind == "csv":
        assert ("Kim Roth" in body.decode(), "'=1+1" in body.decode(), "More" in body.decode()) == (True, True, True)


def test_who_has_not_answered_stands_on_a_page_of_their_own(cast, nps, kim):
    assert "Nobody is left to answer" in text_of(cast.owner, "surveys-unanswered")
    SurveyAskFactory(survey=nps, account=cast.account, contact=kim, sent=True)
    text = text_of(cast.owner, "surveys-unanswered")
    assert ("Kim Roth" in text, "sent" in text) == (True, True)
    assert "Kim Roth" not in text_of(cast.outsider, "surveys-unanswered")


def test_the_page_of_an_ask_has_the_answer_and_what_follows(cast, nps, kim):
    ask = SurveyAskFactory(survey=nps, account=cast.account, contact=kim, sent=True)
    assert "No answer yet" in text_of(cast.owner, "survey-ask", ask.pk)
    take_answer(ask=ask, score=2, comment="It fails")
    text = text_of(cast.owner, "survey-ask", ask.pk)
    assert ("It fails" in text, "Call Kim Roth: 2 of 10 (NPS)" in text) == (True, True)
    assert get(cast.outsider, "survey-ask", ask.pk).status_code == 404


def test_the_panel_of_the_account_shows_answers_and_offers_to_ask(cast, nps, kim):
    assert "Nobody here has answered" in text_of(cast.owner, "account-surveys", cast.account.pk)
    SurveyAnswerFactory(account=cast.account, contact=kim, score=3, comment="Slow")
    SurveyAskFactory(survey=nps, account=cast.account, contact=ContactFactory(account=cast.account, name="Lea"))
    text = text_of(cast.owner, "account-surveys", cast.account.pk)
    assert ("Slow" in text, "Lea" in text, "survey" in text and "/ask/" in text) == (True, True, True)
    assert "/ask/" not in text_of(cast.read_only, "account-surveys", cast.account.pk)


def test_one_is_asked_by_hand(cast, kim):
    csat = SurveyFactory(kind="csat", needs_active_days=3)
    url = reverse("health:survey-send", args=[cast.account.pk])
    client = logged_in(cast.owner)
    assert "Kim Roth" in client.get(url).content.decode()
    response = client.post(url, {"contact": kim.pk, "survey": csat.pk}, headers=HX)
    assert "surveysChanged" in response["HX-Trigger"]
    assert SurveyAsk.objects.get().asked_by == cast.owner
    again = client.post(url, {"contact": kim.pk, "survey": csat.pk}, headers=HX | {"HX-Target": "dialog"})
    assert (again.status_code, "less than 30 days ago" in again.content.decode()) == (422, True)
    assert client.post(url, {"contact": "", "survey": "x"}).status_code == 422


def test_who_belongs_to_another_account_cannot_be_asked_from_here(cast):
    other = ContactFactory(account=cast.strangers)
    survey = Survey.objects.get(kind="csat")
    url = reverse("health:survey-send", args=[cast.account.pk])
    assert logged_in(cast.owner).post(url, {"contact": other.pk, "survey": survey.pk}).status_code == 422
    assert not SurveyAsk.objects.exists()


def test_outsiders_readers_and_wrong_methods(cast):
    url = reverse("health:survey-send", args=[cast.account.pk])
    assert logged_in(cast.outsider).post(url).status_code == 404
    assert logged_in(cast.read_only).post(url).status_code == 403
    assert logged_in(cast.owner).put(url).status_code == 405
    assert logged_in(cast.owner).post(reverse("health:surveys")).status_code == 405


def test_the_pages_take_as_many_queries_for_many_as_for_one(cast, nps, django_assert_num_queries):
    client = logged_in(cast.owner)
    for count in (1, 6):
        for _ in range(count):
            contact = ContactFactory(account=cast.account)
            one = SurveyAnswerFactory(account=cast.account, contact=contact, score=8, comment="Fine")
            ask = SurveyAskFactory(
                survey=nps, account=cast.account, contact=contact, sent=True, answer=one, answered_at=one.at
            )
            SurveyReplyFactory(ask=ask)
            SurveyAskFactory(survey=nps, account=cast.account, sent=True)
        with django_assert_num_queries(11):
            client.get(reverse("health:surveys"))
        with django_assert_num_queries(10):
            part = client.get(reverse("health:surveys"), headers=HX | {"HX-Target": "rows"})
        assert "<html" not in part.content.decode()
        with django_assert_num_queries(5):
            client.get(reverse("health:surveys-unanswered"), headers=HX | {"HX-Target": "rows"})
        with django_assert_num_queries(6):
            client.get(reverse("health:account-surveys", args=[cast.account.pk]), headers=HX | {"HX-Target": "surveys"})
