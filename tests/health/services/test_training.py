"""Courses given, finished and taken back, and events noted; all of it marks the account."""

from uuid import uuid4

import pytest
from django.utils import timezone

from cs_workspace.common.refusals import RefusedError, RepeatedError
from health.models import DirtyMark, Event, TrainingRecord
from health.services.training import (
    assign_course,
    complete_courses,
    note_event,
    remove_events,
    reopen_courses,
    withdraw_courses,
)
from tests.factories import ContactFactory, EventFactory, TrainingRecordFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast):
    return [ContactFactory(account=cast.account, name=name) for name in ("Ann", "Bob")]


def assign(cast, people, **fields):
    given = {"course": "Basics", "contacts": people, "assigned_on": day(-5)} | fields
    return assign_course(by=cast.owner, account=cast.account, **given)


def is_marked(account):
    marked = DirtyMark.objects.filter(account=account).exists()
    DirtyMark.objects.all().delete()
    return marked


def test_each_of_them_gets_the_course_unless_they_have_it_open(cast, people):
    TrainingRecordFactory(account=cast.account, contact=people[0], course="basics")
    TrainingRecordFactory(account=cast.account, contact=people[1], course="Basics", completed_on=day(-1))
    made = assign(cast, people)
    assert [(one.contact, one.course, one.assigned_on, one.completed_on) for one in made] == [
        (people[1], "Basics", day(-5), None)
    ]
    assert is_marked(cast.account)


def test_a_form_sent_twice_assigns_once(cast, people):
    key = uuid4()
    assign(cast, people, key=key)
    with pytest.raises(RepeatedError):
        assign(cast, people, key=key)
    assert TrainingRecord.objects.count() == 2


def test_what_makes_no_sense_is_refused(cast, people):
    stranger = ContactFactory(account=cast.strangers, name="Sid")
    with pytest.raises(RefusedError, match="Sid is not with"):
        assign(cast, [stranger])
    with pytest.raises(RefusedError, match="still to come"):
        assign(cast, people, assigned_on=day(1))
    made = [one.pk for one in assign(cast, people)]
    with pytest.raises(RefusedError, match="after that day"):
        complete_courses(by=cast.owner, account=cast.account, records=made, on=day(-6))
    with pytest.raises(RefusedError, match="still to come"):
        complete_courses(by=cast.owner, account=cast.account, records=made, on=day(1))
    with pytest.raises(RefusedError, match="Sid is not with"):
        note_event(by=cast.owner, account=cast.account, name="X", kind="attended", on=day(0), contacts=[stranger])
    assert not TrainingRecord.objects.exclude(completed_on=None).exists()


def test_finished_is_told_once_and_can_be_taken_back(cast, people):
    made = [one.pk for one in assign(cast, people)]
    assert complete_courses(by=cast.owner, account=cast.account, records=made, on=day(-2)) == made
    assert complete_courses(by=cast.owner, account=cast.account, records=made, on=day(0)) == []
    assert set(TrainingRecord.objects.values_list("completed_on", flat=True)) == {day(-2)}
    assert is_marked(cast.account)
    assert reopen_courses(by=cast.owner, account=cast.account, records=made) == made
    assert is_marked(cast.account)
    assert set(TrainingRecord.objects.values_list("completed_on", flat=True)) == {None}


def test_only_open_courses_that_were_given_here_are_taken_back(cast, people):
    made = assign(cast, people)
    brought = TrainingRecordFactory(account=cast.account, source="academy", external_id="1")
    foreign = TrainingRecordFactory(account=cast.strangers)
    complete_courses(by=cast.owner, account=cast.account, records=[made[0].pk], on=day(0))
    keys = [*(one.pk for one in made), brought.pk, foreign.pk]
    assert withdraw_courses(by=cast.owner, account=cast.account, records=keys) == 1
    assert set(TrainingRecord.objects.values_list("pk", flat=True)) == {made[0].pk, brought.pk, foreign.pk}


def test_what_changes_nothing_marks_nothing(cast, people):
    foreign = TrainingRecordFactory(account=cast.strangers)
    assert complete_courses(by=cast.owner, account=cast.account, records=[foreign.pk], on=day(0)) == []
    assert withdraw_courses(by=cast.owner, account=cast.account, records=[foreign.pk]) == 0
    assert not DirtyMark.objects.exists()


def test_an_event_is_noted_for_each_who_came_or_for_the_account(cast, people):
    made = note_event(by=cast.owner, account=cast.account, name="Summit", kind="attended", on=day(-3), contacts=people)
    note_event(by=cast.owner, account=cast.account, name="Webinar", kind="invited", on=day(-1))
    assert [(one.name, one.kind, one.contact) for one in Event.objects.order_by("pk")] == [
        ("Summit", "attended", people[0]),
        ("Summit", "attended", people[1]),
        ("Webinar", "invited", None),
    ]
    assert timezone.localtime(made[0].at).date() == day(-3)
    assert is_marked(cast.account)


def test_events_are_taken_back_but_for_those_that_a_source_brought(cast):
    made = note_event(by=cast.owner, account=cast.account, name="Summit", kind="attended", on=day(0))
    brought = EventFactory(account=cast.account, source="academy", external_id="1")
    keys = [made[0].pk, brought.pk]
    assert remove_events(by=cast.owner, account=cast.account, events=keys) == 1
    assert Event.objects.get() == brought
