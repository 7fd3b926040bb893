"""The way back from changes of touches, contacts and notes: the same for all of them."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Contact, Note, StepBack, Touch
from accounts.services.contacts import archive_contact, edit_contact
from accounts.services.notes import archive_note, edit_note, pin_note
from accounts.services.touches import archive_touch, edit_touch
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import ContactFactory, NoteFactory, TouchFactory, days_ago

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


def edit_touch_to(by, record, text):
    return edit_touch(by=by, touch=record, fields={"summary": text})


def edit_contact_to(by, record, text):
    return edit_contact(by=by, contact=record, fields={"title": text, "roles": ["sponsor"], "influence": None})


def edit_note_to(by, record, text):
    return edit_note(by=by, note=record, body=text, pinned=True)


KINDS = {
    "touch": (Touch, TouchFactory, "summary", edit_touch_to, archive_touch),
    "contact": (Contact, ContactFactory, "title", edit_contact_to, archive_contact),
    "note": (Note, NoteFactory, "body", edit_note_to, archive_note),
}
EVERY = pytest.mark.parametrize("kind", KINDS)


def made(cast, kind):
    _, factory, field, _, _ = KINDS[kind]
    return factory(account=cast.account, **{field: "Before"})


def edited(cast, kind, record, text="After", by=None):
    return KINDS[kind][3](by or cast.owner, record, text)


def archived(cast, kind, record):
    return KINDS[kind][4](by=cast.owner, **{kind: record})


def undo(user, kind, record, version, headers=HTMX):
    url = reverse("accounts:put-back", args=[kind, record.pk])
    return logged_in(user).post(f"{url}?version={version}", headers=headers)


def said(kind, record):
    model, _, field, _, _ = KINDS[kind]
    return getattr(model.objects.get(pk=record.pk), field)


def everything(kind, record):
    """All that the record says, but for how often and when it was changed."""
    row = KINDS[kind][0].objects.filter(pk=record.pk).values().get()
    return {name: value for name, value in row.items() if name not in ("version", "updated_at")}


@EVERY
def test_an_edit_is_taken_back_as_the_next_version(cast, kind):
    record = made(cast, kind)
    before = everything(kind, record)
    saved = edited(cast, kind, record)
    assert said(kind, record) == "After"
    response = undo(cast.owner, kind, record, saved.version)
    assert response.status_code == 200
    assert "As before" in response.content.decode()
    assert "timelineChanged" in response["HX-Trigger"]
    assert everything(kind, record) == before
    assert KINDS[kind][0].objects.get(pk=record.pk).version == 3


@EVERY
def test_archiving_is_taken_back(cast, kind):
    record = made(cast, kind)
    before = everything(kind, record)
    saved = archived(cast, kind, record)
    assert not KINDS[kind][0].objects.visible_to(cast.owner).exists()
    assert undo(cast.owner, kind, record, saved.version).status_code == 200
    assert everything(kind, record) == before


@EVERY
def test_what_somebody_else_changed_since_is_kept(cast, kind):
    record = made(cast, kind)
    saved = edited(cast, kind, record)
    edited(cast, kind, record, "Theirs", by=cast.team_mate)
    response = undo(cast.owner, kind, record, saved.version)
    assert response.status_code == 409
    assert "Tim Teammate changed this meanwhile." in response.content.decode()
    assert said(kind, record) == "Theirs"


@EVERY
def test_what_was_changed_since_it_was_archived_is_kept_too(cast, kind):
    record = made(cast, kind)
    saved = archived(cast, kind, record)
    edited(cast, kind, record, "Theirs", by=cast.team_mate)
    assert undo(cast.owner, kind, record, saved.version).status_code == 409
    assert KINDS[kind][0].objects.get(pk=record.pk).archived_at is not None


@EVERY
def test_a_double_click_takes_back_once(cast, kind):
    record = made(cast, kind)
    saved = edited(cast, kind, record)
    undo(cast.owner, kind, record, saved.version)
    assert undo(cast.owner, kind, record, saved.version).status_code == 200
    assert (said(kind, record), KINDS[kind][0].objects.get(pk=record.pk).version) == ("Before", 3)
    edited(cast, kind, record, "Once more")
    assert undo(cast.owner, kind, record, saved.version).status_code == 200
    assert said(kind, record) == "Once more"


@EVERY
def test_outsiders_find_nothing_read_only_users_change_nothing_and_gets_do_not_act(cast, kind):
    record = made(cast, kind)
    saved = edited(cast, kind, record)
    assert undo(cast.outsider, kind, record, saved.version).status_code == 404
    assert undo(cast.read_only, kind, record, saved.version).status_code == 403
    url = reverse("accounts:put-back", args=[kind, record.pk])
    assert logged_in(cast.owner).get(f"{url}?version={saved.version}").status_code == 405
    assert said(kind, record) == "After"


@EVERY
@pytest.mark.parametrize("version", ["", "x", "-1", "0", "9" * 30, "²", "1"])
def test_a_version_from_which_there_is_no_way_back_is_refused(cast, kind, version):
    record = made(cast, kind)
    edited(cast, kind, record)
    response = undo(cast.owner, kind, record, version)
    assert response.status_code == 409
    assert "cannot be taken back any more" in response.content.decode()
    assert said(kind, record) == "After"


def test_other_kinds_of_records_have_no_such_way_back(cast):
    assert undo(cast.owner, "account", cast.account, 1).status_code == 404


@EVERY
def test_a_plain_form_goes_back_to_the_account_with_the_reason(cast, kind):
    record = made(cast, kind)
    saved = edited(cast, kind, record)
    account = reverse("accounts:account", args=[cast.account.pk])
    assert undo(cast.owner, kind, record, saved.version, headers={})["Location"] == account
    assert undo(cast.owner, kind, record, 77, headers={})["Location"] == account


def test_toasts_after_saving_carry_the_way_back(cast):
    note, contact, touch = (made(cast, kind) for kind in ("note", "contact", "touch"))
    client = logged_in(cast.owner)
    at = f"{days_ago(1):%Y-%m-%dT%H:%M}"
    for kind, record, fields in (
        ("note", note, {"body": "After"}),
        ("contact", contact, {"name": "Kim", "title": "After"}),
        ("touch", touch, {"kind": "call", "direction": "out", "result": "held", "at": at, "summary": "After"}),
    ):
        url = reverse(f"accounts:{kind}-edit", args=[record.pk])
        page = client.post(url, {"version": 1, **fields}, headers=HTMX).content.decode()
        assert reverse("accounts:put-back", args=[kind, record.pk]) + "?version=2" in page
    place = reverse("accounts:contact-place", args=[contact.pk])
    page = client.post(place, {"version": 2, "function": "IT"}, headers=HTMX).content.decode()
    assert reverse("accounts:put-back", args=["contact", contact.pk]) + "?version=3" in page


def test_a_touch_gets_back_its_moment_who_was_there_and_the_last_touch_of_the_account(cast):
    kim, ann = (ContactFactory(account=cast.account, seniority=rank) for rank in ("executive", "staff"))
    at = days_ago(3) + dt.timedelta(microseconds=123_456)
    touch = TouchFactory(account=cast.account, kind="call", attended=True, at=at, attendees=[kim])
    edited = {"at": days_ago(9), "kind": "email", "attended": None, "answered_at": days_ago(9), "attendees": [ann]}
    saved = edit_touch(by=cast.owner, touch=touch, fields=edited)
    cast.account.refresh_from_db()
    assert (cast.account.last_sync, cast.account.last_executive) == (None, None)
    undo(cast.owner, "touch", touch, saved.version)
    touch.refresh_from_db()
    cast.account.refresh_from_db()
    assert (touch.at, touch.kind, touch.attended, touch.answered_at) == (at, "call", True, None)
    assert list(touch.attendees.all()) == [kim]
    assert {cast.account.last_touch, cast.account.last_sync, cast.account.last_executive} == {at}
    assert cast.account.last_async is None


def test_undoing_that_a_touch_was_archived_counts_it_again(cast):
    touch = TouchFactory(account=cast.account, kind="call", attended=True, at=days_ago(3))
    saved = archive_touch(by=cast.owner, touch=touch)
    cast.account.refresh_from_db()
    assert cast.account.last_touch is None
    undo(cast.owner, "touch", touch, saved.version)
    cast.account.refresh_from_db()
    assert cast.account.last_touch == cast.account.last_sync == touch.at


def test_an_executive_who_is_one_again_makes_touches_executive_ones_again(cast):
    kim = ContactFactory(account=cast.account, roles=["sponsor"])
    touch = TouchFactory(account=cast.account, kind="call", attended=True, at=days_ago(3), attendees=[kim])
    saved = edit_contact(by=cast.owner, contact=kim, fields={"roles": []})
    cast.account.refresh_from_db()
    assert cast.account.last_executive is None
    undo(cast.owner, "contact", kim, saved.version)
    cast.account.refresh_from_db()
    assert cast.account.last_executive == touch.at


def test_who_took_part_and_is_gone_from_the_books_does_not_stand_in_the_way(cast):
    kim = ContactFactory(account=cast.account)
    touch = TouchFactory(account=cast.account, summary="Before", attendees=[kim])
    saved = edit_touch(by=cast.owner, touch=touch, fields={"summary": "After", "attendees": []})
    kim.delete()
    assert undo(cast.owner, "touch", touch, saved.version).status_code == 200
    assert said("touch", touch) == "Before"


def test_another_way_of_changing_a_record_closes_the_way_back_as_well(cast):
    note = made(cast, "note")
    saved = edited(cast, "note", note)
    pin_note(by=cast.team_mate, note=note, pinned=False)
    assert undo(cast.owner, "note", note, saved.version).status_code == 409


def test_ways_back_are_cleared_away_by_the_next_change_of_the_same_person(cast):
    note = made(cast, "note")
    edited(cast, "note", note)
    StepBack.objects.update(at=clock.now() - dt.timedelta(days=8))
    edited(cast, "note", note, "Later")
    assert [one.version for one in StepBack.objects.all()] == [3]
