"""The follow-up of a review, with its recap and what goes on after it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Objective, SuccessPlan
from cs_workspace.common import clock
from qbr.domain.facts_json import facts_to_json
from qbr.models import Recap, Review
from qbr.queries.compiling import compile_facts
from qbr.services.recapping import mark_sent, write_recap
from renewals.models import Opportunity
from tests.cast import logged_in
from tests.factories import ContactFactory
from tests.factories.reviews import (
    ActionItemFactory,
    AttendeeFactory,
    ReviewFactory,
    ReviewGoalFactory,
    ReviewIdeaFactory,
    ReviewNoteFactory,
    ReviewShareFactory,
)

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held")


def url(name, pk):
    return reverse(f"qbr:{name}", args=[pk])


def get(user, name, pk):
    return logged_in(user).get(url(name, pk)).content.decode()


def test_the_page_says_what_is_to_be_done(cast, review):
    ReviewGoalFactory(review=review)
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    AttendeeFactory(review=review, contact=kim, attended=True)
    ActionItemFactory(review=review, title="Send the guide")
    ReviewNoteFactory(review=review, text="Finance joins", kind="decision")
    page = get(cast.owner, "follow-up", review.pk)
    for words in (
        "Kim Roth",
        "Send the guide",
        "Finance joins",
        "0 of 1",
        "Plan the next review",
        "Mark as followed up",
    ):
        assert words in page, words


def test_before_it_was_held_the_page_says_how_to_get_there(cast):
    page = get(cast.owner, "follow-up", ReviewFactory(account=cast.account).pk)
    assert ("was not held yet" in page, "Mark as followed up" in page) == (True, False)


def test_it_is_finished_and_taken_up_again(cast, review):
    client = logged_in(cast.owner)
    answer = client.post(url("finish", review.pk), {"version": review.version}, headers=HTMX)
    assert "reviewChanged" in answer["HX-Trigger"]
    review.refresh_from_db()
    assert review.status == "followed_up"
    assert "Take up again" in get(cast.owner, "follow-up", review.pk)
    client.post(f"{url('finish-back', review.pk)}?version={review.version}")
    review.refresh_from_db()
    assert review.status == "held"


def test_a_second_writer_is_told(cast, review):
    page = logged_in(cast.owner).post(url("finish", review.pk), {"version": 9}, follow=True)
    assert "changed this meanwhile" in page.content.decode()


def save(user, review, headers=None, **fields):
    usual = {"subject": "What we agreed", "body": "Hello", "version": 0}
    return logged_in(user).post(url("recap-save", review.pk), usual | fields, headers=headers)


TYPING = HTMX | {"HX-Target": "recap-state"}


def test_the_recap_is_drafted_and_kept_as_one_types(cast, review):
    ReviewNoteFactory(review=review, text="Finance joins", kind="decision")
    assert "- Finance joins" in get(cast.owner, "recap", review.pk)
    assert not Recap.objects.exists()
    answer = save(cast.owner, review, TYPING)
    kept = Recap.objects.get()
    text = answer.content.decode()
    assert (answer.status_code, f'value="{kept.version}"' in text, "Saved" in text) == (200, True, True)
    assert "Mark as sent" in get(cast.owner, "recap", review.pk)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"subject": ""}, 422, "Give it a subject."),
        ({"body": "x" * 10_001}, 422, "at most 10000 characters"),
        ({"version": "x"}, 422, "Enter a whole number"),
        ({"version": 5}, 409, "Copy what you typed"),
    ],
)
def test_what_is_not_kept_is_told(cast, review, fields, status, words):
    write_recap(by=cast.manager, review=review, subject="Theirs", body="Theirs")
    for headers in (TYPING, None):
        answer = save(cast.owner, review, headers, **fields)
        assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert Recap.objects.get().body == "Theirs"


def test_without_a_script_it_is_saved_by_its_button(cast, review):
    assert save(cast.owner, review)["Location"] == url("recap", review.pk)


def test_who_only_reads_sees_what_was_written_and_no_draft(cast, review):
    ReviewShareFactory(review=review)
    ActionItemFactory(review=review, side="customer")
    page = get(cast.read_only, "recap", review.pk)
    assert ("was not written yet" in page, "/shared/reviews/" in page) == (True, False)
    write_recap(by=cast.owner, review=review, subject="What we agreed", body="Hello Kim")
    page = get(cast.read_only, "recap", review.pk)
    assert ("Hello Kim" in page, "<textarea" in page) == (True, False)


def test_it_is_opened_as_a_mail_to_those_who_took_part(cast, review):
    kim = ContactFactory(account=cast.account, name="Kim Roth", email="kim@halden.example")
    AttendeeFactory(review=review, contact=kim, attended=True)
    AttendeeFactory(review=review, guest="Gus Guest", guest_email="gus@x.example", attended=True)
    assert "mailto:kim@halden.example,gus@x.example?subject=" in get(cast.owner, "recap", review.pk)


def test_it_is_drafted_anew_sent_and_both_are_taken_back(cast, review):
    client = logged_in(cast.owner)
    kept = write_recap(by=cast.owner, review=review, subject="Mine", body="My words")
    client.post(url("recap-anew", review.pk))
    kept.refresh_from_db()
    assert kept.body != "My words"
    client.post(f"{url('recap-back', review.pk)}?version={kept.version}")
    kept.refresh_from_db()
    assert kept.body == "My words"
    client.post(url("recap-sent", review.pk), {"subject": "Mine", "body": "Last words", "version": 9})
    assert "changed this meanwhile" in client.get(url("recap", review.pk)).content.decode()
    kept.refresh_from_db()
    client.post(url("recap-sent", review.pk), {"subject": "Mine", "body": "Last words", "version": kept.version})
    page = get(cast.owner, "recap", review.pk)
    assert ("<textarea" in page, "Not sent after all" in page) == (False, True)
    client.post(url("recap-unsent", review.pk))
    kept.refresh_from_db()
    assert kept.sent_at is None


def test_what_is_not_kept_yet_cannot_be_taken_back(cast, review):
    assert logged_in(cast.owner).post(url("recap-unsent", review.pk)).status_code == 404


def test_goals_go_to_the_plan_and_back(cast, review):
    goal = ReviewGoalFactory(review=review)
    client = logged_in(cast.owner)
    assert "Write 1 to the success plan" in get(cast.owner, "carried", review.pk)
    answer = client.post(url("goals-carry", review.pk), headers=HTMX)
    assert f"goal={goal.pk}" in answer.content.decode()
    assert "In the plan" in get(cast.owner, "carried", review.pk)
    client.post(f"{url('goals-back', review.pk)}?goal={goal.pk}&goal=x")
    assert (Objective.objects.filter(archived_at=None).count(), SuccessPlan.objects.count()) == (0, 1)


def test_an_idea_becomes_an_opportunity_with_its_words_and_value(cast, review):
    idea = ReviewIdeaFactory(review=review)
    client = logged_in(cast.owner)
    form = client.get(url("idea-opportunity", idea.pk)).content.decode()
    assert ('value="Fifty more seats"' in form, 'value="12000' in form) == (True, True)
    half = client.post(url("idea-opportunity", idea.pk), {"name": "Seats"})
    assert (half.status_code, "Seats" in half.content.decode()) == (422, True)
    fields = {"name": "Seats", "kind": "seats", "value": "9000", "expected_close": "2030-01-01", "owner": cast.owner.pk}
    client.post(url("idea-opportunity", idea.pk), fields)
    begun = Opportunity.objects.get()
    assert (begun.name, begun.value) == ("Seats", 9000)
    assert reverse("renewals:opportunity", args=[begun.pk]) in get(cast.owner, "carried", review.pk)


def test_the_next_review_is_planned_once(cast, review):
    client = logged_in(cast.owner)
    due = (clock.today() + dt.timedelta(days=80)).isoformat()
    assert "Plan it" in get(cast.owner, "next", review.pk)
    assert client.post(url("next", review.pk), {"kind": "qbr", "due_on": "2001-01-01"}).status_code == 422
    client.post(url("next", review.pk), {"kind": "qbr", "due_on": due})
    following = Review.objects.get(origin="request", status="due")
    assert (following.account, following.due_on.isoformat()) == (cast.account, due)
    assert url("review", following.pk) in get(cast.owner, "carried", review.pk)
    twice = client.post(url("next", review.pk), {"kind": "qbr", "due_on": due})
    assert twice.status_code == 422


CHANGING = [
    "finish",
    "finish-back",
    "recap-save",
    "recap-anew",
    "recap-back",
    "recap-sent",
    "recap-send",
    "recap-unsent",
    "goals-carry",
    "goals-back",
]


def test_outsiders_readers_and_wrong_methods(cast, review):
    mark_sent(by=cast.owner, review=review, subject="A", body="B")
    idea, goal = ReviewIdeaFactory(review=review), ReviewGoalFactory(review=review)
    posts = [url(name, review.pk) for name in CHANGING]
    for address in [*posts, url("idea-opportunity", idea.pk), url("next", review.pk)]:
        assert logged_in(cast.outsider).post(address).status_code == 404
        assert logged_in(cast.read_only).post(address).status_code == 403
    for address in posts:
        assert logged_in(cast.owner).get(address).status_code == 405
    shown = "".join(get(cast.read_only, name, review.pk) for name in ("follow-up", "recap", "carried"))
    for words in (
        "Mark as followed up",
        "Not sent after all",
        "1 to the success plan",
        ">Opportunity<",
        'dialog">Plan the next',
    ):
        assert words not in shown, words
    assert goal.title in shown


def fill(cast, review, count):
    for _ in range(count):
        contact = ContactFactory(account=cast.account)
        AttendeeFactory(review=review, contact=contact, attended=True)
        ActionItemFactory(review=review, user=cast.owner)
        ReviewNoteFactory(review=review, by=cast.owner)
        ReviewGoalFactory(review=review, contact=contact)
        ReviewIdeaFactory(review=review)


@pytest.mark.parametrize(
    ("name", "target", "queries"),
    [("follow-up", "", 11), ("recap", "review-recap", 10), ("carried", "review-carried", 6)],
)
def test_pages_take_as_many_queries_for_many_as_for_one(cast, review, name, target, queries, django_assert_num_queries):
    client = logged_in(cast.owner)
    review.facts = facts_to_json(compile_facts(review, today=clock.today()))
    review.save()
    for count in (1, 6):
        fill(cast, review, count)
        with django_assert_num_queries(queries):
            client.get(url(name, review.pk), headers=HTMX | {"HX-Target": target} if target else None)
