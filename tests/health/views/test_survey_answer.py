"""The page on which somebody at a customer answers: by the link in their e-mail, without a login or script."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cs_workspace.common import clock
from health.models import SurveyAnswer, SurveyAsk, SurveyReply
from health.queries.survey_asks import token_of_survey
from tests.factories import ContactFactory, SurveyAskFactory, SurveyFactory, SurveyQuestionFactory, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def nps():
    return SurveyFactory(
        kind="nps",
        question="How likely are you to recommend us?",
        detractor_question="What first?",
        passive_question="What one thing?",
        promoter_question="Yes, you may ask me",
    )


@pytest.fixture
def ask(cast, nps):
    return SurveyAskFactory(
        survey=nps, account=cast.account, contact=ContactFactory(account=cast.account, name="Kim <Roth>")
    )


def url(ask):
    return reverse("health:survey", args=[token_of_survey(ask)])


def page(ask, query=""):
    return Client().get(f"{url(ask)}{query}")


def send(ask, **fields):
    return Client().post(url(ask), {"comment": ""} | fields)


def test_it_asks_in_words_and_takes_one_answer(ask):
    response = page(ask)
    text = response.content.decode()
    assert ("How likely are you to recommend us?" in text, "Halden Logistics" in text) == (True, True)
    assert (response["Cache-Control"], response["X-Robots-Tag"][:7]) == ("no-store, private", "noindex")
    answer = send(ask, score="4", comment="Slow exports")
    assert (answer.status_code, answer["Location"]) == (302, url(ask))
    given = SurveyAnswer.objects.get()
    assert (given.score, given.comment, given.contact) == (4, "Slow exports", ask.contact)
    after = page(ask).content.decode()
    assert ("Thank you, <bdi>Kim &lt;Roth&gt;</bdi>" in after, "4 of 10" in after) == (True, True)
    assert ("What first?" in after, 'name="score"' in after, "call you within a day" in after) == (True, False, True)


@pytest.mark.parametrize("score", range(11))
def test_the_score_of_the_address_is_chosen_and_nothing_is_kept_by_looking(ask, score):
    text = page(ask, f"?score={score}").content.decode()
    assert (text.count("checked"), re.search(rf'value="{score}"[^>]*checked', text) is not None) == (1, True)
    Client().head(f"{url(ask)}?score={score}")
    assert not SurveyAnswer.objects.exists()
    ask.refresh_from_db()
    assert ask.answered_at is None


@pytest.mark.parametrize("given", ["11", "-1", "x", "", "²", "99999999999999999999"])
def test_a_score_that_is_none_chooses_nothing(ask, given):
    response = page(ask, f"?score={given}")
    assert (response.status_code, "checked" in response.content.decode()) == (200, False)


@pytest.mark.parametrize(
    ("score", "words", "not_words"),
    [
        ("2", "What first?", "Yes, you may ask me"),
        ("8", "What one thing?", "Yes, you may ask me"),
        ("10", "Yes, you may ask me", "What first?"),
    ],
)
def test_after_the_answer_one_more_thing_is_asked_by_its_class(ask, score, words, not_words):
    send(ask, score=score)
    text = page(ask).content.decode()
    assert (words in text, not_words in text) == (True, False)


def test_what_is_typed_later_completes_the_same_answer(ask, nps):
    SurveyQuestionFactory(survey=nps, place=1, text="How ready are you?")
    SurveyQuestionFactory(survey=nps, place=2, text="What else?", kind="text")
    send(ask, score="7", reply_1="4")
    send(ask, comment="All in all fine", follow_up="Exports", reply_2="Docs")
    assert SurveyAnswer.objects.values_list("score", "comment").get() == (7, "All in all fine")
    assert [str(one) for one in SurveyReply.objects.all()] == ["Exports", "4 of 5", "Docs"]
    text = page(ask).content.decode()
    assert ("All in all fine" in text, "Exports" in text) == (True, True)


def test_the_first_form_sent_twice_changes_nothing(ask):
    for score in ("4", "4", "10"):
        assert send(ask, score=score, comment="Slow").status_code == 302
    assert SurveyAnswer.objects.values_list("score", "comment").get() == (4, "Slow")


def test_a_promoter_agrees_with_a_tick(ask):
    send(ask, score="9")
    send(ask, agreed="on")
    ask.refresh_from_db()
    assert ask.agreed_at is not None
    assert "You agreed" in page(ask).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"score": ""}, "Choose a number from 0 to 10."),
        ({"score": "11"}, "Select a valid choice"),
        ({"score": "x"}, "Select a valid choice"),
        ({"score": "5", "comment": "x" * 2001}, "at most 2000 characters"),
        ({"score": "5", "comment": "a\0b"}, "Null characters are not allowed"),
        ({"score": "5", "reply_1": "6"}, "Select a valid choice"),
    ],
)
def test_half_an_answer_is_none_and_what_was_typed_stays(ask, nps, fields, words):
    SurveyQuestionFactory(survey=nps, place=1)
    answer = send(ask, **{"comment": "Kept words"} | fields)
    text = answer.content.decode()
    assert (answer.status_code, words in text) == (422, True)
    assert "comment" in fields or "Kept words" in text
    assert not SurveyAnswer.objects.exists()


def test_tampered_links_are_not_found(ask):
    token = token_of_survey(ask)
    for bad in (token[:-1], "x", token.replace(".", ""), f"{ask.key.hex}.{'a' * 43}"):
        assert Client().get(reverse("health:survey", args=[bad])).status_code == 404


def test_a_survey_that_is_over_says_so_and_takes_nothing(ask):
    SurveyAsk.objects.update(asked_at=days_ago(31), expires_at=days_ago(1))
    assert (page(ask).status_code, "This survey is over" in page(ask).content.decode()) == (410, True)
    assert (send(ask, score="5").status_code, SurveyAnswer.objects.exists()) == (410, False)


def test_thanks_stay_when_its_time_is_over(ask):
    send(ask, score="5")
    SurveyAsk.objects.update(asked_at=days_ago(31), expires_at=days_ago(1))
    text = page(ask).content.decode()
    assert ("5 of 10" in text, "<form" in text) == (True, False)


def test_an_account_that_was_archived_is_asked_nothing(cast, ask):
    cast.account.archived_at = clock.now()
    cast.account.save()
    assert (page(ask).status_code, send(ask, score="5").status_code) == (410, 410)


def test_one_who_is_logged_in_may_look_at_it_like_everybody(cast, ask):
    client = Client()
    client.force_login(cast.outsider)
    assert client.get(url(ask)).status_code == 200


def test_other_methods_are_refused(ask):
    assert Client().put(url(ask)).status_code == 405


def test_the_page_takes_as_many_queries_for_many_questions_as_for_none(ask, nps, django_assert_num_queries):
    for place in (None, 1, 2):
        if place:
            SurveyQuestionFactory(survey=nps, place=place)
        with django_assert_num_queries(3):
            page(ask)
