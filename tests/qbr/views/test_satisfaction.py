"""The page on which somebody who took part says how it was."""

import datetime as dt
import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from cs_workspace.common import clock
from health.models import SurveyAnswer
from qbr.models import SatisfactionAsk
from qbr.queries.satisfaction import token_of_ask
from qbr.services.satisfaction import answer_ask, ask_satisfaction
from tests.cast import logged_in
from tests.factories import ContactFactory, SurveyFactory
from tests.factories.reviews import AttendeeFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    one = ReviewFactory(account=cast.account, status="held")
    kim = ContactFactory(account=cast.account, name="Kim Roth", email="kim@halden.example")
    AttendeeFactory(review=one, contact=kim, attended=True)
    return one


@pytest.fixture
def ask(cast, review):
    return ask_satisfaction(by=cast.owner, review=review)[0]


def url(ask):
    return reverse("qbr:satisfaction", args=[token_of_ask(ask)])


def send(ask, **fields):
    return Client().post(url(ask), {"score": "5", "comment": ""} | fields)


def test_it_asks_in_words_and_takes_one_answer(ask):
    page = Client().get(url(ask))
    text = page.content.decode()
    assert ("How was our business review?" in text, "Halden Logistics" in text) == (True, True)
    assert page["Cache-Control"] == "no-store, private"
    answer = send(ask, score="4", comment="Shorter slides")
    assert (answer.status_code, answer["Location"]) == (302, url(ask))
    given = SurveyAnswer.objects.get()
    assert (given.score, given.comment, str(given.contact)) == (4, "Shorter slides", "Kim Roth")
    after = Client().get(url(ask)).content.decode()
    assert ("Thank you" in after, 'name="score"' in after) == (True, False)


def test_e_mail_and_page_ask_in_the_words_of_the_admin_from_the_moment_they_are_changed(cast, review, ask):
    SurveyFactory(
        kind="review", subject="How was it <for you>?", intro="Be honest.", question="Was it worth an hour?",
        reason_question="What would you cut?", active_since=None,
    )  # fmt: skip
    page = unescape(Client().get(url(ask)).content.decode())
    assert "<legend>Was it worth an hour?</legend>" in page
    assert "What would you cut?" in page
    refused = unescape(send(ask, score="").content.decode())
    assert ("Was it worth an hour?" in refused, "What would you cut?" in refused) == (True, True)
    [mail] = re.findall(r'href="(mailto:[^"]+)"', unescape(panel(cast.owner, review)))
    mail = unquote(mail)
    assert "How was it <for you>?" in mail
    assert "Be honest.\n\nWas it worth an hour?\n\nhttp" in mail.replace("\r\n", "\n")


def test_a_second_answer_changes_nothing(ask):
    send(ask, score="4")
    assert "Thank you" in send(ask, score="1").content.decode()
    assert SurveyAnswer.objects.get().score == 4


def test_the_score_of_the_address_is_chosen_and_nothing_is_kept_by_looking(ask):
    text = Client().get(f"{url(ask)}?score=2").content.decode()
    assert text.count("checked") == 1
    assert 'value="2" required id="id_score_3" checked' in text or 'value="2"' in text
    assert not SurveyAnswer.objects.exists()
    for score in ("9", "x", ""):
        assert "checked" not in Client().get(f"{url(ask)}?score={score}").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"score": ""}, "Choose one of the five."),
        ({"score": "6"}, "Select a valid choice"),
        ({"score": "x"}, "Select a valid choice"),
        ({"comment": "x" * 2001}, "at most 2000 characters"),
        ({"comment": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_half_an_answer_is_none_and_what_was_typed_stays(ask, fields, words):
    answer = send(ask, **{"comment": "Kept words"} | fields)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not SurveyAnswer.objects.exists()


def test_tampered_links_are_not_found_and_old_ones_say_so(ask):
    token = token_of_ask(ask)
    for bad in (token[:-1], "x", token.replace(".", "")):
        assert Client().get(reverse("qbr:satisfaction", args=[bad])).status_code == 404
    SatisfactionAsk.objects.update(asked_at=clock.now() - dt.timedelta(days=31))
    over = Client().get(url(ask))
    assert (over.status_code, "This question is over" in over.content.decode()) == (410, True)
    assert (send(ask).status_code, SurveyAnswer.objects.exists()) == (410, False)


def panel(user, review):
    return logged_in(user).get(reverse("qbr:asks", args=[review.pk])).content.decode()


def test_our_panel_makes_the_links_and_shows_the_answers(cast, review):
    assert "Make the links" in panel(cast.owner, review)
    made = logged_in(cast.owner).post(reverse("qbr:ask", args=[review.pk]), headers={"HX-Request": "true"})
    assert "reviewAsksChanged" in made["HX-Trigger"]
    ask = SatisfactionAsk.objects.get()
    text = panel(cast.owner, review)
    assert (url(ask) in text, "mailto:kim@halden.example" in text, "Make the links" in text) == (True, True, False)
    answer_ask(ask=ask, score=4, comment="Shorter slides")
    text = panel(cast.owner, review)
    assert ("4.0 of 5" in text, "Shorter slides" in text, url(ask) in text) == (True, True, False)


def test_outsiders_readers_and_wrong_methods(cast, review):
    address = reverse("qbr:ask", args=[review.pk])
    assert logged_in(cast.outsider).post(address).status_code == 404
    assert logged_in(cast.read_only).post(address).status_code == 403
    assert logged_in(cast.owner).get(address).status_code == 405
    assert "Make the links" not in panel(cast.read_only, review)


def test_who_only_reads_cannot_answer_in_the_place_of_others(cast, review, ask):
    assert (url(ask) in panel(cast.owner, review), url(ask) in panel(cast.read_only, review)) == (True, False)


def test_the_panel_takes_as_many_queries_for_many_as_for_one(cast, review, django_assert_num_queries):
    client = logged_in(cast.owner)
    for count in (1, 6):
        for _ in range(count):
            AttendeeFactory(review=review, contact=ContactFactory(account=cast.account), attended=True)
        for ask in ask_satisfaction(by=cast.owner, review=review):
            answer_ask(ask=ask, score=5)
        with django_assert_num_queries(5):
            client.get(
                reverse("qbr:asks", args=[review.pk]), headers={"HX-Request": "true", "HX-Target": "review-asks"}
            )
