"""What was changed by mistake is put back from the toast."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services.notes import edit_note
from tests.browser.stage import Stage
from tests.factories import NoteFactory

Login = Callable[[Page, User], None]


def test_a_note_is_put_back_but_not_over_what_a_colleague_wrote_since(page: Page, login: Login, stage: Stage) -> None:
    note = NoteFactory(account=stage.worst, body="They pay by invoice", by=stage.csm, pinned=True)
    login(page, stage.csm)
    page.goto(f"/accounts/{stage.worst.pk}/")
    notes = page.get_by_role("region", name="Notes")

    def write(text: str) -> None:
        notes.get_by_role("link", name="Edit the note").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").first.fill(text)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        expect(notes).to_contain_text(text)

    write("They pay by card")
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(notes).to_contain_text("They pay by invoice")
    expect(page.locator("#toasts")).to_contain_text("As before")

    write("They pay late")
    edit_note(by=stage.cast.team_mate, note=note, body="They pay in advance", pinned=True)
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(page.locator("#toasts")).to_contain_text("Tim Teammate changed this meanwhile.")
    note.refresh_from_db()
    assert note.body == "They pay in advance"
