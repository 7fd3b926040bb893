import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone

from accounts.forms.contact import ContactForm, LeftForm
from accounts.forms.fields import DayField, MomentField
from accounts.forms.note import OUTLINES, NewNoteForm
from accounts.forms.touch import NewTouchForm, TouchForm
from cs_workspace.common import clock
from tests.factories import ContactFactory, TouchFactory, days_ago

BERLIN, AUCKLAND, LOS_ANGELES = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2026-07-01T09:30", BERLIN, utc(2026, 7, 1, 7, 30)),
        ("2026-07-01T09:30", LOS_ANGELES, utc(2026, 7, 1, 16, 30)),
        (" 2026-07-01 09:30 ", BERLIN, utc(2026, 7, 1, 7, 30)),
        ("2026-07-01T09:30+00:00", BERLIN, utc(2026, 7, 1, 9, 30)),
        # The hour that comes twice: its first time, still in summer time
        ("2026-10-25T02:30", BERLIN, utc(2026, 10, 25, 0, 30)),
        ("2026-03-29T03:00", BERLIN, utc(2026, 3, 29, 1, 0)),
    ],
)
def test_a_moment_is_meant_in_the_zone_of_the_person(typed, zone, moment):
    with timezone.override(zone):
        assert MomentField().clean(typed) == moment


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-03-29T02:30", "skipped"),
        ("tomorrow", "a day and a time"),
        ("2026-02-30T10:00", "a day and a time"),
        ("0001-01-01T00:00", "between 1970 and 2199"),
        ("9999-12-31T23:59", "between 1970 and 2199"),
        ("", "required"),
    ],
)
def test_a_moment_that_cannot_be_is_told(typed, words):
    with timezone.override(BERLIN), pytest.raises(forms.ValidationError, match=words):
        MomentField().clean(typed)


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_database_reads_back_is_refused(typed):
    with pytest.raises(forms.ValidationError, match="between 1970 and 2199"):
        DayField().clean(typed)


def touch_data(form, **changed):
    data = {name: form[name].value() for name in form.fields}
    data["at"] = form.fields["at"].widget.format_value(form["at"].value())
    return {name: value for name, value in (data | changed).items() if value is not None}


@pytest.mark.django_db
def test_a_moment_that_was_not_touched_stays_to_the_second_and_in_its_own_hour(cast):
    second_time = utc(2025, 10, 26, 1, 30, 42)  # 02:30 again, in winter time
    touch = TouchFactory(account=cast.account, at=second_time)
    with timezone.override(BERLIN):
        form = TouchForm(touch_data(TouchForm(record=touch), summary="Said more"), record=touch)
        assert form.is_valid(), form.errors
        assert form.touch_fields()["at"] == second_time
        assert form.touch_fields()["summary"] == "Said more"


@pytest.mark.django_db
def test_who_has_left_since_stays_among_those_who_took_part(cast):
    gone = ContactFactory(account=cast.account, gone=True)
    here = ContactFactory(account=cast.account)
    touch = TouchFactory(account=cast.account, attendees=[gone])
    form = TouchForm(touch_data(TouchForm(record=touch)), record=touch)
    assert form.is_valid(), form.errors
    assert form.touch_fields()["attendees"] == [gone]
    assert {int(str(value)) for value, _ in form.fields["attendees"].choices} == {gone.pk, here.pk}


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "is_fine"), [(-1, True), (2, True), (90, False)])
def test_a_touch_has_happened_but_a_clock_may_run_a_little_ahead(cast, minutes, is_fine):
    at = timezone.localtime(clock.now() + dt.timedelta(minutes=minutes))
    form = NewTouchForm(
        {"kind": "call", "direction": "out", "result": "held", "at": f"{at:%Y-%m-%dT%H:%M}"}, account=cast.account
    )
    assert form.is_valid() == is_fine
    assert ("at" in form.errors) != is_fine


@pytest.mark.django_db
def test_the_next_step_becomes_a_task_at_the_end_of_work_of_the_person_and_not_in_the_past(cast):
    with timezone.override(AUCKLAND):
        today = timezone.localdate(clock.now())
        given = {"kind": "call", "direction": "out", "at": f"{timezone.localtime(days_ago(1)):%Y-%m-%dT%H:%M}"}
        form = NewTouchForm(given | {"next_step": "Write", "follow_up_on": str(today)}, account=cast.account)
        assert form.is_valid(), form.errors
        assert form.follow_up().due_at == dt.datetime.combine(today, dt.time(17), tzinfo=AUCKLAND)
        late = given | {"next_step": "Write", "follow_up_on": str(today - dt.timedelta(days=1))}
        assert "follow_up_on" in NewTouchForm(late, account=cast.account).errors
        alone = given | {"follow_up_on": str(today)}
        assert "next_step" in NewTouchForm(alone, account=cast.account).errors


@pytest.mark.parametrize("zone", [AUCKLAND, LOS_ANGELES])
def test_the_day_on_which_somebody_left_is_one_of_the_workspace(zone):
    contact = ContactFactory.build(roles=["user"])
    with timezone.override(zone):
        assert LeftForm(contact=contact)["on"].value() <= clock.today()
        assert LeftForm({"on": str(clock.today())}, contact=contact).is_valid()
        assert "on" in LeftForm({"on": str(clock.today() + dt.timedelta(days=1))}, contact=contact).errors


@pytest.mark.django_db
def test_parts_of_a_contact_that_come_twice_count_once(cast):
    contact = ContactFactory(account=cast.account)
    form = ContactForm({"name": "Kim", "roles": ["champion", "user", "champion"], "version": 1}, record=contact)
    assert form.is_valid(), form.errors
    assert form.contact_fields()["roles"] == ["champion", "user"]


@pytest.mark.parametrize(
    ("typed", "body"),
    [
        ("", OUTLINES["handover"]),
        (OUTLINES["meeting"].replace("\n", "\r\n"), OUTLINES["handover"]),
        ("My words", f"My words\n\n{OUTLINES['handover']}".rstrip("\n") + "\n"),
    ],
)
def test_an_outline_replaces_nothing_that_was_typed(typed, body):
    form = NewNoteForm({"body": typed, "pinned": "on"}).with_outline("handover")
    assert (form["body"].value(), form["template"].value(), form["pinned"].value()) == (body, "handover", True)
    assert [outline.key for outline in form.outlines if outline.is_chosen] == ["handover"]


def test_an_outline_that_does_not_exist_is_the_plain_one():
    assert NewNoteForm({"body": ""}).with_outline("nonsense")["body"].value() == ""
