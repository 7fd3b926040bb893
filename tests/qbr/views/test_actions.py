"""Action items on their panel."""

import pytest
from django.urls import reverse

from accounts.models import Task
from cs_workspace.common import clock
from qbr.models import ActionItem
from tests.cast import logged_in
from tests.factories import ContactFactory
from tests.factories.reviews import ActionItemFactory, ReviewFactory

pytestmark = pytest.mark.django_db

PANEL = {"HX-Request": "true", "HX-Target": "review-actions"}


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held")


def url(name, pk):
    return reverse(f"qbr:{name}", args=[pk])


def add(user, review, **fields):
    usual = {"title": "Send the guide", "who": f"us:{user.pk}", "due_on": clock.today().isoformat()}
    return logged_in(user).post(url("action-new", review.pk), usual | fields, headers=PANEL)


def test_ours_becomes_a_task(cast, review):
    text = add(cast.owner, review).content.decode()
    assert ("Send the guide" in text, "<html" in text) == (True, False)
    item = ActionItem.objects.get()
    assert (item.side, item.user, item.task) == ("us", cast.owner, Task.objects.get())


def test_the_choice_of_a_person_says_whose_it_is(cast, review):
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    add(cast.owner, review, who=f"customer:{kim.pk}")
    add(cast.owner, review, who="customer:")
    assert [(item.side, item.contact) for item in ActionItem.objects.order_by("pk")] == [
        ("customer", kim), ("customer", None),
    ]  # fmt: skip
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "This field is required"),
        ({"title": "x" * 161}, "at most 160 characters"),
        ({"who": "us:999999"}, "Select a valid choice"),
        ({"who": "nobody"}, "Select a valid choice"),
        ({"due_on": "soon"}, "Give a day."),
        ({"due_on": "0001-01-01"}, "Give a day between"),
    ],
)
def test_half_a_promise_is_told_and_kept(cast, review, fields, words):
    answer = add(cast.owner, review, **fields)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not ActionItem.objects.exists()


def test_without_a_script_it_leads_back_to_the_list(cast, review):
    answer = logged_in(cast.owner).post(
        url("action-new", review.pk), {"title": "A", "who": "customer:", "due_on": clock.today().isoformat()}
    )
    assert answer["Location"] == f"{url('actions', review.pk)}#review-actions"
    assert "A" in logged_in(cast.owner).get(answer["Location"]).content.decode()


def edit(user, item, **fields):
    usual = {"title": "Send both", "who": "customer:", "due_on": "2030-01-02", "version": item.version, "seen": ""}
    return logged_in(user).post(url("action-edit", item.pk), usual | fields)


def test_it_is_changed_and_that_is_taken_back(cast, review):
    gone = ContactFactory(account=cast.account, name="Gone Person", gone=True)
    item = ActionItemFactory(review=review, side="customer", contact=gone)
    assert "Gone Person" in logged_in(cast.owner).get(url("action-edit", item.pk)).content.decode()
    assert edit(cast.owner, item).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.contact) == ("Send both", None)
    logged_in(cast.owner).post(f"{url('action-back', item.pk)}?version={item.version}")
    item.refresh_from_db()
    assert (item.title, item.contact) == ("Send the integration guide", gone)


def test_it_stays_with_its_side_and_conflicts_are_shown(cast, review):
    item = ActionItemFactory(review=review, side="customer")
    assert edit(cast.owner, item, who=f"us:{cast.owner.pk}").status_code == 422
    assert edit(cast.owner, item, version=9).status_code == 409


def test_done_reopened_taken_out_and_back(cast, review):
    item = ActionItemFactory(review=review, side="customer")
    client = logged_in(cast.owner)
    for name, check in (
        ("action-done", lambda: item.done_at is not None),
        ("action-reopen", lambda: item.done_at is None),
        ("action-archive", lambda: item.archived_at is not None),
        ("action-restore", lambda: item.archived_at is None),
    ):
        answer = client.post(url(name, item.pk), headers={"HX-Request": "true"})
        item.refresh_from_db()
        assert (answer.status_code, check()) == (200, True), name
        assert "reviewActionsChanged" in answer["HX-Trigger"]


def test_done_twice_is_told(cast, review):
    item = ActionItemFactory(review=review, side="customer")
    client = logged_in(cast.owner)
    client.post(url("action-done", item.pk))
    answer = client.post(url("action-done", item.pk), follow=True)
    assert "said already that it is done" in answer.content.decode()


def test_outsiders_readers_and_wrong_methods(cast, review):
    item = ActionItemFactory(review=review)
    names = ("action-back", "action-done", "action-reopen", "action-archive", "action-restore")
    addresses = [url("action-new", review.pk), *(url(name, item.pk) for name in names)]
    for address in [*addresses, url("action-edit", item.pk)]:
        assert logged_in(cast.outsider).post(address).status_code == 404
        assert logged_in(cast.read_only).post(address).status_code == 403
    for address in addresses:
        assert logged_in(cast.owner).get(address).status_code == 405
    page = logged_in(cast.read_only).get(url("actions", review.pk)).content.decode()
    for words in (">Add<", ">Take out<", "Done:", ">Share<"):
        assert words not in page, words


def test_the_panel_takes_as_many_queries_for_many_as_for_one(cast, review, django_assert_num_queries):
    client = logged_in(cast.owner)
    for count in (1, 7):
        for _ in range(count):
            ActionItemFactory(review=review, user=cast.owner)
            ActionItemFactory(review=review, side="customer", contact=ContactFactory(account=cast.account))
        with django_assert_num_queries(7):
            client.get(url("actions", review.pk), headers=PANEL)
