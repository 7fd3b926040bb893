"""Presenting: slides in the browser, and the files of a deck."""

import datetime as dt

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from qbr import tasks
from qbr.models import Branding, Deck
from qbr.services.decks import make_deck
from tests.cast import logged_in
from tests.factories.reviews import (
    AttendeeFactory,
    ReviewFactory,
    ReviewGoalFactory,
    ReviewIdeaFactory,
    SectionTextFactory,
)

pytestmark = pytest.mark.django_db

PANEL = {"HX-Request": "true", "HX-Target": "review-decks"}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(tasks.make_deck, "apply_async", lambda kwargs, retry: None)


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account)


def url(name, *args):
    return reverse(f"qbr:{name}", args=args)


def get(user, name, *args, **headers):
    return logged_in(user).get(url(name, *args), headers=headers)


class TestSlides:
    def test_all_of_them_are_on_one_page_with_the_notes_of_who_speaks(self, cast, review):
        SectionTextFactory(review=review, text="A **fine** year.", speaker_notes="Smile *first*.")
        page = get(cast.owner, "present", review.pk).content.decode()
        for words in (cast.account.name, "Executive summary", "A fine year.", "Feedback and discussion"):
            assert words in page, words
        assert "Smile <em>first</em>." in page

    def test_what_is_not_known_says_so(self, cast, review):
        assert "not known" in get(cast.owner, "present", review.pk).content.decode()

    def test_text_of_people_is_never_markup(self, cast, review):
        SectionTextFactory(review=review, text="<script>x</script>", speaker_notes="<img src=x onerror=y>")
        page = get(cast.owner, "present", review.pk).content.decode()
        assert "<script>x" not in page
        assert "<img src=x" not in page

    def test_it_takes_as_many_queries_for_much_as_for_nothing(self, cast, review, django_assert_num_queries):
        client = logged_in(cast.owner)
        client.get(url("present", review.pk))
        for number in (1, 5):
            for place in range(number):
                AttendeeFactory(review=review)
                ReviewGoalFactory(review=review, title=f"Goal {place}")
                ReviewIdeaFactory(review=review)
            with django_assert_num_queries(13):
                client.get(url("present", review.pk))

    def test_outsiders_find_nothing(self, cast, review):
        assert get(cast.outsider, "present", review.pk).status_code == 404

    def test_it_is_only_looked_at(self, cast, review):
        assert logged_in(cast.owner).post(url("present", review.pk)).status_code == 405

    def test_the_speaker_has_a_window_with_the_notes_open(self, cast, review):
        page = logged_in(cast.owner).get(f"{url('present', review.pk)}?speaker").content.decode()
        assert "data-speaker" in page

    def test_people_of_the_customer_are_named_by_their_title_and_not_by_their_part_in_decisions(self, cast, review):
        contact = AttendeeFactory(review=review).contact
        contact.title, contact.roles = "Plant manager", ["detractor"]
        contact.save()
        page = get(cast.owner, "present", review.pk).content.decode()
        assert f"{contact.name}, Plant manager" in page
        assert "etractor" not in page


class TestLook:
    def test_colours_come_as_a_style_sheet(self, cast):
        Branding.objects.create(colour="#ffffff", accent="#eeeeee")
        answer = get(cast.owner, "deck-colours")
        assert answer["Content-Type"].startswith("text/css")
        assert "--deck-ground:#ffffff;" in answer.content.decode()

    def test_the_logo_comes_as_what_it_is(self, cast):
        Branding.objects.create(logo=b"\x89PNG...")
        answer = get(cast.owner, "deck-logo")
        assert (answer["Content-Type"], answer.content) == ("image/png", b"\x89PNG...")

    def test_without_one_there_is_none(self, cast):
        assert get(cast.owner, "deck-logo").status_code == 404

    def test_its_address_changes_with_the_look(self, cast, review):
        client = logged_in(cast.owner)
        before = client.get(url("present", review.pk)).context["mark"]
        Branding.objects.create(company="Else")
        assert client.get(url("present", review.pk)).context["mark"] != before


class TestFiles:
    def test_one_click_asks_for_a_file_and_shows_how_far_it_is(self, cast, review):
        answer = logged_in(cast.owner).post(url("deck-ask", review.pk, "pptx"), headers=PANEL)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Being made" in page
        assert 'hx-trigger="every 1s"' in page
        assert page.strip().startswith("<section")

    def test_without_a_script_it_leads_to_the_page_of_files(self, cast, review):
        answer = logged_in(cast.owner).post(url("deck-ask", review.pk, "pdf"))
        assert answer["Location"] == url("decks", review.pk)

    def test_once_it_is_made_the_panel_asks_no_more_and_offers_it(self, cast, review):
        client = logged_in(cast.owner)
        client.post(url("deck-ask", review.pk, "pptx"), headers=PANEL)
        make_deck(Deck.objects.get().pk)
        page = client.get(url("decks", review.pk), headers=PANEL).content.decode()
        assert "every 1s" not in page
        assert url("deck", review.pk, "pptx") in page
        answer = client.get(url("deck", review.pk, "pptx"))
        assert answer.content.startswith(b"PK")
        assert answer["Content-Disposition"].endswith(f'-qbr-{review.until}.pptx"')

    def test_one_that_failed_says_so_and_can_be_asked_for_again(self, cast, review):
        Deck.objects.create(review=review, format="pdf", state="failed", error="It broke.", asked_at=clock.now())
        page = get(cast.owner, "decks", review.pk).content.decode()
        assert "It broke." in page
        assert "Make it anew" in page

    def test_one_that_was_not_made_leads_to_where_it_is_asked_for(self, cast, review):
        assert get(cast.owner, "deck", review.pk, "pdf")["Location"] == url("decks", review.pk)

    @pytest.mark.parametrize("name", ["deck", "deck-ask"])
    def test_there_are_no_other_formats(self, cast, review, name):
        client = logged_in(cast.owner)
        send = client.get if name == "deck" else client.post
        assert send(url(name, review.pk, "exe")).status_code == 404

    def test_outsiders_find_nothing(self, cast, review):
        client = logged_in(cast.outsider)
        assert client.get(url("decks", review.pk)).status_code == 404
        assert client.get(url("deck", review.pk, "pdf")).status_code == 404
        assert client.post(url("deck-ask", review.pk, "pdf")).status_code == 404

    def test_who_may_only_read_gets_files_and_asks_for_none(self, cast, review):
        client = logged_in(cast.read_only)
        assert "Make it" not in client.get(url("decks", review.pk)).content.decode()
        assert client.post(url("deck-ask", review.pk, "pdf")).status_code == 403

    def test_asking_is_a_post(self, cast, review):
        assert get(cast.owner, "deck-ask", review.pk, "pdf").status_code == 405

    def test_it_takes_three_queries_more_than_any_page(self, cast, review, django_assert_num_queries):
        client = logged_in(cast.owner)
        client.post(url("deck-ask", review.pk, "pptx"))
        make_deck(Deck.objects.get().pk)
        with django_assert_num_queries(4):
            client.get(url("decks", review.pk), headers=PANEL)


def test_a_deck_of_a_period_that_has_not_begun_is_whole(cast):
    ahead = clock.today() + dt.timedelta(days=400)
    review = ReviewFactory(account=cast.account, due_on=ahead, since=ahead - dt.timedelta(days=90), until=ahead)
    assert get(cast.owner, "present", review.pk).status_code == 200
