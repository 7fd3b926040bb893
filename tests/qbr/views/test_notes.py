"""What is written down while presenting: the panel beside the slides, and as a page."""

import re

import pytest
from django.urls import reverse

from accounts.models import MeasuredValue
from qbr.models import ReviewNote
from tests.cast import logged_in
from tests.factories import ObjectiveFactory, SuccessPlanFactory
from tests.factories.reviews import ActionItemFactory, AttendeeFactory, ReviewFactory, ReviewNoteFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="ready")


def url(name, *args):
    return reverse(f"qbr:{name}", args=args)


def target(name):
    return HTMX | {"HX-Target": name}


def write(user, review, headers=None, **fields):
    usual = {"text": "They open a second site", "part": "outcomes", "kind": "note"}
    return logged_in(user).post(url("note-new", review.pk), usual | fields, headers=headers)


def test_the_page_has_all_that_is_written_down_while_presenting(cast, review):
    ReviewNoteFactory(review=review, text="Second site")
    ActionItemFactory(review=review, title="Send the guide")
    ObjectiveFactory(account=cast.account, title="Shorter closing")
    AttendeeFactory(review=review, guest="Gus Guest")
    page = logged_in(cast.owner).get(url("notes", review.pk)).content.decode()
    for words in ("Second site", "Send the guide", "Shorter closing", "Gus Guest", "The review was held"):
        assert words in page, words


def test_beside_the_slides_it_comes_without_the_frame_and_knows_the_part(cast, review):
    panel = logged_in(cast.owner).get(f"{url('notes', review.pk)}?part=support", headers=target("review-notes"))
    text = panel.content.decode()
    assert ("<html" in text, '<option value="support" selected>' in text) == (False, True)


def test_a_line_is_written_and_the_next_one_can_be_typed(cast, review):
    answer = write(cast.owner, review, target("notes-said"))
    note = ReviewNote.objects.get()
    assert (note.text, note.part, note.kind, note.by) == ("They open a second site", "outcomes", "note", cast.owner)
    text = answer.content.decode()
    assert ("They open a second site" in text, "<html" in text) == (True, False)
    assert '<option value="outcomes" selected>' in text
    assert url("note-archive", note.pk) in text


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"kind": "decision", "text": "Finance joins"}, "decision", "Finance joins"),
        ({"text": "! Finance joins"}, "decision", "Finance joins"),
        ({"kind": "", "text": "Only said"}, "note", "Only said"),
    ],
)
def test_the_button_or_an_exclamation_mark_makes_it_a_decision(cast, review, fields, kind, text):
    write(cast.owner, review, **fields)
    note = ReviewNote.objects.get()
    assert (note.kind, note.text) == (kind, text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Write what was said."),
        ({"text": "!"}, "Write what was decided."),
        ({"text": "x" * 1001}, "at most 1000 characters"),
        ({"part": "nothing"}, "Select a valid choice"),
        ({"text": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_a_line_that_says_nothing_is_told_and_kept(cast, review, fields, words):
    answer = write(cast.owner, review, target("notes-said"), **fields)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not ReviewNote.objects.exists()


def test_without_a_script_it_leads_back_to_the_line(cast, review):
    answer = write(cast.owner, review)
    assert answer["Location"] == f"{url('notes', review.pk)}?part=outcomes#notes-said"


def test_a_note_is_edited_and_that_is_taken_back(cast, review):
    note = ReviewNoteFactory(review=review, text="As heard")
    client = logged_in(cast.owner)
    assert "As heard" in client.get(url("note-edit", note.pk)).content.decode()
    client.post(
        url("note-edit", note.pk), {"text": "As meant", "kind": "decision", "part": "", "version": 1, "seen": ""}
    )
    note.refresh_from_db()
    assert (note.text, note.kind) == ("As meant", "decision")
    client.post(f"{url('note-back', note.pk)}?version={note.version}")
    note.refresh_from_db()
    assert (note.text, note.kind) == ("As heard", "note")


def test_a_second_writer_sees_what_the_first_one_changed(cast, review):
    note = ReviewNoteFactory(review=review, text="As heard", version=3)
    answer = logged_in(cast.owner).post(
        url("note-edit", note.pk),
        {"text": "Mine", "kind": "note", "part": "", "version": 2, "seen": '{"Text": "Before"}'},
    )
    text = answer.content.decode()
    assert (answer.status_code, "As heard" in text, "Mine" in text) == (409, True, True)


def test_a_note_is_taken_out_and_brought_back(cast, review):
    note = ReviewNoteFactory(review=review)
    client = logged_in(cast.owner)
    answer = client.post(url("note-archive", note.pk), headers=HTMX)
    assert "reviewNotesChanged" in answer["HX-Trigger"]
    note.refresh_from_db()
    assert note.archived_at is not None
    client.post(url("note-restore", note.pk))
    note.refresh_from_db()
    assert note.archived_at is None


def score(user, review, objective, value):
    return logged_in(user).post(
        url("score", review.pk, objective.pk), {"value": value}, headers=target("review-scores")
    )


def test_a_goal_is_scored_on_the_spot(cast, review):
    objective = ObjectiveFactory(account=cast.account)
    assert "objectivesChanged" in score(cast.owner, review, objective, "12.5")["HX-Trigger"]
    measured = MeasuredValue.objects.get()
    assert (measured.objective, str(measured.value), measured.note) == (
        objective, "12.5000", "Said in the business review",
    )  # fmt: skip


def test_every_goal_has_a_form_of_its_own_that_scores_it_once(cast, review):
    plan = SuccessPlanFactory(account=cast.account)
    goals = [ObjectiveFactory(plan=plan) for _ in range(2)]
    page = logged_in(cast.owner).get(url("scores", review.pk)).content.decode()
    keys = [re.search(rf'value="([^"]+)" id="score-{goal.pk}-key"', page)[1] for goal in goals]
    for goal, key in zip([*goals, goals[0]], [*keys, keys[0]], strict=True):
        logged_in(cast.owner).post(url("score", review.pk, goal.pk), {"value": "5", "key": key})
    assert [value.objective for value in MeasuredValue.objects.order_by("pk")] == goals


@pytest.mark.parametrize("value", ["", "much", "1e99"])
def test_a_value_that_is_none_is_told_beside_it(cast, review, value):
    objective = ObjectiveFactory(account=cast.account)
    answer = score(cast.owner, review, objective, value)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert not MeasuredValue.objects.exists()


def test_objectives_of_others_are_not_scored_here(cast, review):
    assert score(cast.owner, review, ObjectiveFactory(account=cast.strangers), "1").status_code == 404


def changing(cast, review):
    note = ReviewNoteFactory(review=review)
    objective = ObjectiveFactory(account=cast.account)
    return [
        url("note-new", review.pk),
        url("note-back", note.pk),
        url("note-archive", note.pk),
        url("note-restore", note.pk),
        url("score", review.pk, objective.pk),
    ]


def test_outsiders_find_nothing_and_readers_change_nothing(cast, review):
    for address in [*changing(cast, review), url("note-edit", ReviewNoteFactory(review=review).pk)]:
        assert logged_in(cast.outsider).post(address).status_code == 404
        assert logged_in(cast.read_only).post(address).status_code == 403
    page = logged_in(cast.read_only).get(url("notes", review.pk)).content.decode()
    for words in ('value="decision"', ">Score<", "The review was held", ">Take out<"):
        assert words not in page, words


def test_what_changes_takes_posts_only(cast, review):
    for address in changing(cast, review):
        assert logged_in(cast.owner).get(address).status_code == 405


def test_the_page_takes_as_many_queries_for_many_as_for_one(cast, review, django_assert_num_queries):
    client, plan = logged_in(cast.owner), SuccessPlanFactory(account=cast.account)
    for count in (1, 6):
        for _ in range(count):
            ReviewNoteFactory(review=review, by=cast.owner)
            ActionItemFactory(review=review, user=cast.owner)
            ObjectiveFactory(plan=plan)
            AttendeeFactory(review=review)
        with django_assert_num_queries(10):
            client.get(url("notes", review.pk))
