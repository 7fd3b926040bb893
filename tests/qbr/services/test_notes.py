"""Notes and decisions are written down fast, and can be changed, taken out and brought back."""

from uuid import uuid4

import pytest

from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from qbr.queries.notes import said_in
from qbr.services import notes as service
from tests.factories.reviews import ReviewFactory, ReviewNoteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, status="ready")


def texts(review):
    return [note.text for note in said_in(review).notes]


def test_they_stand_the_latest_first_with_who_wrote_them(cast, review):
    for kind, text in (("note", "Second site"), ("decision", "Finance joins")):
        service.add_note(by=cast.owner, review=review, fields={"kind": kind, "part": "outcomes", "text": text})
    said = said_in(review)
    assert [note.text for note in said.notes] == ["Finance joins", "Second site"]
    assert [note.text for note in said.decisions] == ["Finance joins"]
    assert {note.by for note in said.notes} == {cast.owner}


def test_a_form_that_comes_twice_writes_once(cast, review):
    key, fields = uuid4(), {"kind": "note", "part": "", "text": "Once"}
    service.add_note(by=cast.owner, review=review, fields=fields, key=key)
    with pytest.raises(RepeatedError):
        service.add_note(by=cast.owner, review=review, fields=fields, key=key)
    assert texts(review) == ["Once"]


def test_better_words_can_be_taken_back(cast, review):
    note = ReviewNoteFactory(review=review, text="As heard")
    edited = service.edit_note(by=cast.owner, note=note, fields={"text": "As meant", "kind": "decision"})
    with pytest.raises(StaleError):
        service.edit_note(by=cast.manager, note=note, fields={"text": "Mine"}, version=note.version)
    service.take_back_note(by=cast.owner, note=note, version=edited.version)
    note.refresh_from_db()
    assert (note.text, note.kind) == ("As heard", "note")


def test_taken_out_and_brought_back(cast, review):
    note = ReviewNoteFactory(review=review, text="Said")
    service.archive_note(by=cast.owner, note=note)
    assert texts(review) == []
    service.restore_note(by=cast.owner, note=note)
    assert texts(review) == ["Said"]


@pytest.mark.parametrize("status", ["cancelled", "followed_up"])
def test_a_review_that_is_over_keeps_its_words(cast, status):
    note = ReviewNoteFactory(review=ReviewFactory(account=cast.account, status=status))
    for do in (
        lambda: service.add_note(by=cast.owner, review=note.review, fields={"kind": "note", "text": "More"}),
        lambda: service.edit_note(by=cast.owner, note=note, fields={"text": "Other"}),
        lambda: service.archive_note(by=cast.owner, note=note),
        lambda: service.restore_note(by=cast.owner, note=note),
    ):
        with pytest.raises(RefusedError, match="This review was"):
            do()
