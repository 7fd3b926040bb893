"""Training and events of an account: the panel, the page, and what is done there."""

from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from health.models import Event, TrainingRecord
from health.queries.training import training_of
from tests.cast import logged_in
from tests.factories import ContactFactory, EventFactory, TrainingRecordFactory, day, days_ago
from tests.health.making import reading

pytestmark = pytest.mark.django_db
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
PANEL = {"HX-Request": "true", "HX-Target": "training"}
CHANGES = ["training-assign", "training-complete", "training-reopen", "training-withdraw", "event-new", "events-remove"]


def url(name, account):
    return reverse(f"health:{name}", args=[account.pk])


def way_back(response):
    return unescape(response.content.decode().split('hx-post="')[1].split('"')[0])


@pytest.fixture
def people(cast):
    return [ContactFactory(account=cast.account, name=name) for name in ("Ann Abt", "Bob Beck")]


@pytest.fixture
def records(cast, people):
    return [
        TrainingRecordFactory(account=cast.account, contact=people[0], course="Basics", completed_on=day(-1)),
        TrainingRecordFactory(account=cast.account, contact=people[1], course="Basics"),
        TrainingRecordFactory(account=cast.account, contact=people[1], course="Reports"),
        TrainingRecordFactory(account=cast.account, contact=None, course="Reports", completed_on=day(-3)),
    ]


def test_the_share_is_that_of_the_metric_and_is_told_by_course_and_person(cast, records):
    TrainingRecordFactory(account=cast.account, course="Planned", assigned_on=day(3))
    found = training_of(cast.account)
    assert found.total.share == reading("training_completion", cast.account, day=day(0)) == 0.5
    assert {(one.label, one.completed, one.assigned) for one in found.courses} == {("Basics", 1, 2), ("Reports", 1, 2)}
    assert [(one.label, one.completed, one.assigned) for one in found.people] == [
        ("Bob Beck", 0, 2),
        ("Ann Abt", 1, 1),
        ("The account as such", 1, 1),
    ]


@pytest.mark.parametrize(
    ("events", "came"),
    [([], None), ([("attended", 179)], True), ([("invited", 5)], False), ([("attended", 181)], False)],
)
def test_whether_they_come_to_events_is_what_the_metric_says(cast, events, came):
    for kind, days in events:
        EventFactory(account=cast.account, kind=kind, at=days_ago(days))
    EventFactory(account=cast.account, kind="community")
    assert training_of(cast.account).came is came
    said = reading("event_attendance", cast.account, day=day(0))
    assert said == (None if came is None else float(came))


def test_the_panel_says_what_is_not_known(cast):
    html = logged_in(cast.owner).get(url("account-training", cast.account), headers=PANEL).content.decode()
    assert "no share is known" in html
    assert "0 %" not in html
    assert "not known whether they come" in html


@pytest.mark.parametrize("rows", [1, 12])
@pytest.mark.parametrize(("headers", "queries"), [(PANEL, 7), ({}, 10)])
def test_many_records_ask_what_one_asks(cast, rows, headers, queries, django_assert_num_queries):
    for number in range(rows):
        contact = ContactFactory(account=cast.account)
        TrainingRecordFactory(account=cast.account, contact=contact, course=f"Course {number}")
        EventFactory(account=cast.account, contact=contact)
    client = logged_in(cast.owner)
    with django_assert_num_queries(queries):
        client.get(url("account-training", cast.account), headers=headers)


def test_the_page_lists_open_courses_first_and_has_pages(cast, records):
    page = logged_in(cast.owner).get(url("account-training", cast.account)).context["page"]
    assert [one.completed_on for one in page.object_list] == [None, None, day(-1), day(-3)]
    for _ in range(22):
        TrainingRecordFactory(account=cast.account)
    assert (
        "26–26 of 26 courses"
        in logged_in(cast.owner).get(f"{url('account-training', cast.account)}?page=2").content.decode()
    )


def assignment(people, **fields):
    given = {"course": "Basics", "assigned_on": f"{day(0)}", "contacts": [one.pk for one in people]}
    return given | {"key": str(uuid4())} | fields


def test_a_course_is_assigned_to_many_and_taken_back_by_the_undo(cast, people):
    client = logged_in(cast.owner)
    response = client.post(url("training-assign", cast.account), assignment(people), headers=DIALOG)
    assert "“Basics” assigned to 2 people" in response.content.decode()
    assert TrainingRecord.objects.count() == 2
    again = client.post(url("training-assign", cast.account), assignment(people), headers=DIALOG)
    assert "All of them have “Basics” already" in again.content.decode()
    client.post(way_back(response), headers=DIALOG)
    assert not TrainingRecord.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"course": ""}, "course"),
        ({"course": "x" * 121}, "course"),
        ({"contacts": []}, "contacts"),
        ({"contacts": [99999]}, "contacts"),
        ({"assigned_on": "soon"}, "assigned_on"),
        ({"assigned_on": "2190-01-01"}, "__all__"),
    ],
)
def test_what_cannot_be_assigned_is_told_by_the_field(cast, people, fields, field):
    response = logged_in(cast.owner).post(
        url("training-assign", cast.account), assignment(people, **fields), headers=DIALOG
    )
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_ticked_courses_are_finished_and_open_again_by_the_undo(cast, records):
    client = logged_in(cast.owner)
    data = {"records": [one.pk for one in records], "on": f"{day(-2)}"}
    response = client.post(url("training-complete", cast.account), data, headers=DIALOG)
    assert "2 courses finished" in response.content.decode()
    assert TrainingRecord.objects.filter(completed_on=day(-2)).count() == 2
    client.post(way_back(response), headers=DIALOG)
    assert TrainingRecord.objects.filter(completed_on=None).count() == 2


def test_nothing_ticked_or_an_impossible_day_is_told(cast, records):
    client = logged_in(cast.owner)
    for data in ({}, {"records": [records[1].pk], "on": "soon"}, {"records": [records[1].pk], "on": f"{day(9)}"}):
        response = client.post(url("training-complete", cast.account), data, headers=DIALOG)
        assert response.status_code == 422, data
    foreign = TrainingRecordFactory(account=cast.strangers)
    for name in ("training-complete", "training-reopen", "training-withdraw"):
        assert client.post(url(name, cast.account), {"records": [foreign.pk]}).status_code == 404


def test_what_was_given_by_mistake_is_taken_back(cast, records):
    client = logged_in(cast.owner)
    data = {"records": [one.pk for one in records]}
    said = client.post(url("training-withdraw", cast.account), data, headers=DIALOG).content.decode()
    assert "2 courses taken back; 2 finished or brought by a source stay" in said


def test_an_event_is_noted_and_taken_back_by_the_undo(cast, people):
    client = logged_in(cast.owner)
    data = {"name": "Summit", "on": f"{day(-1)}", "kind": "attended", "contacts": [people[0].pk], "key": str(uuid4())}
    response = client.post(url("event-new", cast.account), data, headers=DIALOG)
    assert "Noted · Summit" in response.content.decode()
    assert "Ann Abt, came" in client.get(url("account-training", cast.account), headers=PANEL).content.decode()
    assert "timelineChanged" in response["HX-Trigger"]
    timeline = f"{reverse('accounts:timeline', args=[cast.account.pk])}?group=Events"
    assert timeline in client.get(url("account-training", cast.account), headers=PANEL).content.decode()
    told = client.get(timeline).content.decode()
    assert ("Came to Summit" in told, "Ann Abt" in told) == (True, True)
    client.post(way_back(response), headers=DIALOG)
    assert not Event.objects.exists()
    assert "Came to Summit" not in client.get(timeline).content.decode()
    for wrong in ({"name": ""}, {"kind": "community"}, {"on": "2190-01-01"}, {"contacts": [99999]}):
        wrong = data | {"key": str(uuid4())} | wrong
        assert client.post(url("event-new", cast.account), wrong, headers=DIALOG).status_code == 422
    foreign = EventFactory(account=cast.strangers)
    assert client.post(url("events-remove", cast.account), {"events": [foreign.pk]}).status_code == 404


def test_an_event_that_was_noted_wrongly_is_taken_back_where_it_stands_and_one_of_a_source_is_not(cast):
    noted = EventFactory(account=cast.account, name="Wrong summit")
    brought = EventFactory(account=cast.account, name="Right summit", external_id="e-1")
    client, here = logged_in(cast.owner), url("account-training", cast.account)
    html = client.get(here, headers=PANEL).content.decode()
    assert (f'value="{noted.pk}"' in html, f'value="{brought.pk}"' in html) == (True, False)
    said = client.post(url("events-remove", cast.account), {"events": [noted.pk]}, headers=PANEL).content.decode()
    assert "1 event taken back" in said
    assert list(Event.objects.all()) == [brought]
    assert "Take back" not in logged_in(cast.read_only).get(here, headers=PANEL).content.decode()


def test_courses_that_were_given_before_are_suggested(cast, records):
    html = logged_in(cast.outsider).get(f"{reverse('health:course-options')}?course=bas").content.decode()
    assert html.count("<option") == 1
    assert "Basics" in html
    assert logged_in(cast.owner).get(reverse("health:course-options")).content.strip() == b""


def test_without_script_forms_lead_back_to_the_page(cast, people, records):
    client = logged_in(cast.owner)
    page = url("account-training", cast.account)
    assert client.post(url("training-assign", cast.account), assignment(people))["Location"] == page
    assert client.post(url("training-complete", cast.account), {"records": [records[1].pk]})["Location"] == page


@pytest.mark.parametrize("name", CHANGES)
def test_outsiders_find_nothing_and_readers_change_nothing(cast, name):
    assert logged_in(cast.outsider).post(url(name, cast.account)).status_code == 404
    assert logged_in(cast.read_only).post(url(name, cast.account)).status_code == 403


@pytest.mark.parametrize("name", ["training-complete", "training-reopen", "training-withdraw", "events-remove"])
def test_what_is_posted_is_not_read(cast, name):
    assert logged_in(cast.owner).get(url(name, cast.account)).status_code == 405


def test_readers_see_no_button(cast, records):
    html = logged_in(cast.read_only).get(url("account-training", cast.account)).content.decode()
    assert "Bob Beck" in html
    assert not [word for word in ("Assign a course", "Note an event", "data-select", "training-bulk") if word in html]


def test_the_page_of_all_courses_does_not_lead_to_itself(cast):
    client, here = logged_in(cast.owner), url("account-training", cast.account)
    beside = {"HX-Current-URL": f"http://testserver{reverse('accounts:account', args=[cast.account.pk])}"}
    assert "All courses" in client.get(here, headers=PANEL | beside).content.decode()
    assert "All courses" not in client.get(here).content.decode()
    own = PANEL | {"HX-Current-URL": f"http://testserver{here}?page=2"}
    assert "All courses" not in client.get(here, headers=own).content.decode()
