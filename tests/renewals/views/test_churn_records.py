"""The page of a churn record, what is said of it, its exit interview, and the ways back."""

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from renewals.models import ChurnRecord, ExitInterview
from tests.cast import Cast, logged_in
from tests.factories import ChurnRecordFactory, ContactFactory, ExitInterviewFactory, ProductFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(cast: Cast) -> ChurnRecord:
    return ChurnRecordFactory(account=cast.account, notes="Too dear.", by=cast.owner)


def url_of(record, name="churn-record"):
    return reverse(f"renewals:{name}", args=[record.pk])


def test_it_says_what_was_lost_and_what_the_customer_said(cast, record):
    ExitInterviewFactory(record=record, by=cast.owner).contacts.add(
        ContactFactory(account=cast.account, name="Ida Lund")
    )
    record.products.create(product=ProductFactory(name="Suite"), arr_lost=24000)
    text = logged_in(cast.owner).get(url_of(record)).content.decode()
    for words in ("Financial: price", "€24.0k", "Suite", "Too dear.", "It was too dear.", "Ida Lund", "Worth winning"):
        assert words in text


def test_without_an_interview_it_asks_for_one(cast, record):
    assert url_of(record, "exit-interview") in logged_in(cast.owner).get(url_of(record)).content.decode()


def test_one_that_was_taken_back_says_so_and_offers_nothing(cast, record):
    ChurnRecord.objects.update(withdrawn_at=clock.now(), withdrawn_by=cast.manager)
    text = logged_in(cast.owner).get(url_of(record)).content.decode()
    assert "taken back by Mona Manager" in text
    assert url_of(record, "churn-edit") not in text


@pytest.mark.parametrize("more", [0, 4])
def test_as_many_queries_for_much_as_for_little(cast, record, more, django_assert_num_queries):
    interview = ExitInterviewFactory(record=record)
    for number in range(1 + more):
        interview.contacts.add(ContactFactory(account=cast.account))
        record.products.create(product=ProductFactory(), arr_lost=1)
        ChurnRecordFactory(account=cast.account, day=day(-100 - number))
    client = logged_in(cast.owner)
    with django_assert_num_queries(8):
        client.get(url_of(record))


# What is said of it


def edited(client, record, **changes):
    fields = {
        "version": record.version, "seen": "{}", "sub_reason": "price", "preventable": "sometimes",
        "notes": "Too dear.", "competitor": "", "lessons": "Speak of money sooner.", "eligible": "on",
        "eligible_reason": "",
    }  # fmt: skip
    sent = {name: value for name, value in (fields | changes).items() if value is not None}
    return client.post(url_of(record, "churn-edit"), sent)


def test_what_is_said_is_changed_and_taken_back(cast, record):
    client = logged_in(cast.owner)
    assert edited(client, record, sub_reason="pivot", preventable="yes").status_code == 302
    record.refresh_from_db()
    assert (record.category, record.preventable, record.lessons) == ("strategic", "yes", "Speak of money sooner.")
    back = f"{url_of(record, 'churn-put-back')}?version={record.version}"
    assert back in client.get(url_of(record)).content.decode()
    client.post(back)
    record.refresh_from_db()
    assert (record.category, record.preventable, record.lessons) == ("financial", "sometimes", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sub_reason": "weather"}, "sub_reason"),
        ({"preventable": ""}, "preventable"),
        ({"eligible": None}, "eligible_reason"),
        ({"lessons": "x" * 4001}, "lessons"),
    ],
)
def test_what_is_wrong_is_said_by_the_field(cast, record, changes, field):
    response = edited(logged_in(cast.owner), record, **changes)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}


def test_a_second_writer_is_shown_what_the_first_one_changed(cast, record):
    edited(logged_in(cast.owner), record, notes="Of the first")
    response = edited(logged_in(cast.team_mate), record, notes="Of the second")
    assert response.status_code == 409
    assert "Of the first" in response.content.decode()
    record.refresh_from_db()
    assert record.notes == "Of the first"


def test_what_was_noted_afterwards_can_be_withdrawn(cast, record):
    logged_in(cast.owner).post(url_of(record, "churn-withdraw"))
    record.refresh_from_db()
    assert record.withdrawn_by == cast.owner


# The exit interview


def written(client, record, *answers, rows=None, **changes):
    rows = rows or ["a", "b", "c"][: len(answers)]
    data = {"held_on": day(-1).isoformat(), "others": "", "row": rows}
    for uid, (question, answer) in zip(rows, answers, strict=True):
        data |= {f"answer-{uid}-question": question, f"answer-{uid}-answer": answer}
    return client.post(url_of(record, "exit-interview"), data | changes)


def test_it_begins_with_the_questions_of_the_category(cast, record):
    page = logged_in(cast.owner).get(url_of(record, "exit-interview"))
    asked = [row["question"].value() for row in page.context["draft"].answers]
    assert len(asked) == 5
    assert "At which price or size would you have stayed?" in asked


def test_it_is_written_and_taken_away_again(cast, record):
    client, person = logged_in(cast.owner), ContactFactory(account=cast.account)
    response = written(client, record, ("Why?", "Dear"), ("When?", ""), contacts=[person.pk], by=cast.owner.pk)
    assert response.url == url_of(record)
    interview = ExitInterview.objects.get()
    assert interview.answers == [{"question": "Why?", "answer": "Dear"}, {"question": "When?", "answer": ""}]
    assert (list(interview.contacts.all()), interview.by) == ([person], cast.owner)
    back = f"{url_of(record, 'exit-interview-back')}?version=1"
    assert back in client.get(url_of(record)).content.decode()
    client.post(back)
    assert not ExitInterview.objects.exists()
    assert client.post(back).status_code == 404


def test_it_is_changed_later(cast, record):
    client = logged_in(cast.owner)
    written(client, record, ("Why?", "Dear"))
    page = client.get(url_of(record, "exit-interview"))
    assert [row["answer"].value() for row in page.context["draft"].answers] == ["Dear"]
    written(client, record, ("Why?", "Slow"), version=1)
    assert ExitInterview.objects.get().answers[0]["answer"] == "Slow"


def test_of_two_who_write_it_the_second_is_told_and_may_put_theirs_in_its_place(cast, record):
    written(logged_in(cast.team_mate), record, ("Why?", "Dear"))
    client = logged_in(cast.owner)
    response = written(client, record, ("Why?", "Slow"))
    assert response.status_code == 409
    assert "Slow" in response.content.decode()
    assert response.context["form"]["version"].value() == "1"
    assert ExitInterview.objects.get().answers[0]["answer"] == "Dear"
    assert written(client, record, ("Why?", "Slow"), version=1).status_code == 302


@pytest.mark.parametrize(
    ("do", "asked"), [("add", ["Why?", "When?", ""]), ("remove:a", ["When?"]), ("remove:z", ["Why?", "When?"])]
)
def test_questions_are_added_and_taken_out_without_losing_what_was_typed(cast, record, do, asked):
    response = written(logged_in(cast.owner), record, ("Why?", "Dear"), ("When?", "May"), do=do, others="Their boss")
    draft = response.context["draft"]
    assert response.status_code == 200
    assert [row["question"].value() or "" for row in draft.answers] == asked
    assert draft.head["others"].value() == "Their boss"
    assert not ExitInterview.objects.exists()


@pytest.mark.parametrize(
    ("answers", "changes", "words"),
    [
        ([("Why?", "")], {}, "at least one answer"),
        ([], {}, "at least one answer"),
        ([("", "Dear")], {}, "Say what was asked"),
        ([("Why?" * 100, "Dear")], {}, "at most 300"),
        ([("Why?", "Dear")], {"held_on": ""}, "required"),
        ([("Why?", "Dear")], {"held_on": "2199-01-01"}, "still to come"),
        ([("Why?", "Dear")], {"contacts": ["999999"]}, "not one of the available choices"),
        ([("Why?", "Dear")], {"contacts": ["x"]}, "not a valid value"),
        ([("Why?", "De\0ar")], {}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(cast, record, answers, changes, words):
    response = written(logged_in(cast.owner), record, *answers, **({"others": "Their boss"} | changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "Their boss" in response.content.decode()
    assert not ExitInterview.objects.exists()


def test_who_may_not_see_the_account_may_not_have_asked(cast, record):
    response = written(logged_in(cast.owner), record, ("Why?", "Dear"), by=cast.outsider.pk)
    assert response.status_code == 422


# Who may

ACTS = ["churn-edit", "churn-put-back", "churn-withdraw", "exit-interview", "exit-interview-back"]


@pytest.mark.parametrize("name", ACTS)
def test_outsiders_find_nothing_and_readers_change_nothing(cast, record, name):
    url = url_of(record, name)
    assert logged_in(cast.outsider).post(url).status_code == 404
    assert logged_in(cast.read_only).post(url).status_code == 403
    assert logged_in(cast.owner).put(url).status_code == 405


@pytest.mark.parametrize("interviewed", [True, False])
def test_readers_see_the_record_without_a_button(cast, record, interviewed):
    if interviewed:
        ExitInterviewFactory(record=record)
    text = logged_in(cast.read_only).get(url_of(record)).content.decode()
    assert "Financial: price" in text
    assert not any(url_of(record, name) in text for name in ACTS)
