import pytest

from accounts.models import Note
from accounts.services.notes import add_note, archive_note, edit_note, pin_note, undo_note
from cs_workspace.common.refusals import StaleError

pytestmark = pytest.mark.django_db


def test_a_note_is_written_pinned_archived_and_brought_back(cast):
    note = add_note(by=cast.owner, account=cast.account, body="**Renewal** in doubt", template="churn_risk")
    assert (note.by, note.body, note.template, note.pinned) == (cast.owner, "**Renewal** in doubt", "churn_risk", False)
    assert pin_note(by=cast.owner, note=note, pinned=True).pinned
    version = archive_note(by=cast.owner, note=note).version
    assert list(Note.objects.visible_to(cast.owner)) == []
    undo_note(by=cast.owner, note=note, version=version)
    assert list(Note.objects.visible_to(cast.owner)) == [note]


def test_the_second_writer_of_a_note_overwrites_nothing(cast):
    note = add_note(by=cast.owner, account=cast.account, body="first")
    edit_note(by=cast.team_mate, note=note, body="second", pinned=False, version=1)
    with pytest.raises(StaleError, match="Tim Teammate"):
        edit_note(by=cast.owner, note=note, body="third", pinned=False, version=1)
    note.refresh_from_db()
    assert note.body == "second"
