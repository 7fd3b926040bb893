from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from accounts.models import Account, BulkChange, Task
from tests.cast import Cast, logged_in
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


def form(*accounts: Account, **fields: Any) -> dict[str, Any]:
    return {"account": [one.pk for one in accounts], "count": len(accounts), "key": str(uuid4()), **fields}


def tags(account: Account) -> list[str]:
    account.refresh_from_db()
    return account.tags


ACTIONS: dict[str, dict[str, Any]] = {
    "tag": {"tag": "pilot"},
    "untag": {"tag": "pilot"},
    "task": {"text": "Call them", "priority": "3"},
}


@pytest.mark.parametrize("action", [*ACTIONS, "assign"])
def test_the_dialog_says_how_many_and_what_they_are_worth(cast: Cast, action: str):
    response = logged_in(cast.manager).get(f"/accounts/bulk/{action}/?account={cast.account.pk}", headers=HTMX)
    content = response.content.decode()
    assert "<html" not in content
    assert "1 account<" in content
    assert "€24.0k" in content


def test_the_form_stands_on_a_page_of_its_own_without_htmx(cast: Cast):
    response = logged_in(cast.owner).get(f"/accounts/bulk/tag/?account={cast.account.pk}")
    assert b"<html" in response.content


def test_nothing_ticked_asks_to_tick_first(cast: Cast):
    response = logged_in(cast.owner).get("/accounts/bulk/tag/", headers=HTMX)
    assert (response.status_code, "Tick the accounts first." in response.content.decode()) == (200, True)


def test_ticked_accounts_are_tagged_and_the_toast_can_undo_it(cast: Cast):
    other = AccountFactory(owner=cast.owner)
    client = logged_in(cast.owner)
    response = client.post("/accounts/bulk/tag/", form(cast.account, tag=" pilot  2 "), headers=HTMX)
    change = BulkChange.objects.get()
    assert response.status_code == 200
    assert {"accountsChanged", "closeDialog"} <= set(response["HX-Trigger"].replace('"', " ").split())
    assert f"/accounts/bulk/undo/{change.key}/" in response.content.decode()
    assert (tags(cast.account), tags(other)) == (["pilot 2"], [])
    client.post(f"/accounts/bulk/undo/{change.key}/", headers=HTMX)
    assert tags(cast.account) == []


def test_a_plain_form_goes_back_to_the_book_as_it_was(cast: Cast):
    response = logged_in(cast.owner).post("/accounts/bulk/tag/", form(cast.account, tag="x", state="tier=none"))
    assert (response.status_code, response["Location"]) == (302, "/accounts/?tier=none")


def test_a_plain_form_that_came_from_elsewhere_goes_back_there(cast: Cast):
    client, back = logged_in(cast.manager), "/at-risk/?only=critical"
    page = client.get("/accounts/bulk/task/", {"account": cast.account.pk, "next": back}).content.decode()
    assert f'name="next" value="{back}"' in page
    assert f'href="{back}">Cancel' in page
    fields = form(cast.account, text="Call", priority="3")
    assert client.post("/accounts/bulk/task/", fields | {"next": back})["Location"] == back
    fields = form(cast.account, text="Call", priority="3", next="https://evil.example/")
    assert client.post("/accounts/bulk/task/", fields)["Location"].startswith("/accounts/")


def test_all_that_match_are_meant_beyond_the_page(cast: Cast):
    AccountFactory.create_batch(60, owner=cast.owner, stage="renewing")
    fields = {"all": "1", "state": "stage=renewing", "count": 60, "key": str(uuid4()), "tag": "soon"}
    logged_in(cast.owner).post("/accounts/bulk/tag/", fields, headers=HTMX)
    assert Account.objects.filter(tags__contains=["soon"]).count() == 60
    assert tags(cast.account) == []


def test_when_the_number_has_moved_nothing_happens_and_the_new_one_is_told(cast: Cast):
    fields = {"all": "1", "state": "", "count": 5, "key": str(uuid4()), "tag": "x"}
    client = logged_in(cast.owner)
    response = client.post("/accounts/bulk/tag/", fields, headers=HTMX)
    assert response.status_code == 409
    assert "it is 1 now" in response.content.decode()
    assert 'name="count" value="1"' in response.content.decode()
    assert tags(cast.account) == []
    assert client.post("/accounts/bulk/tag/", fields | {"count": 1}, headers=HTMX).status_code == 200
    assert tags(cast.account) == ["x"]


def test_a_form_that_is_sent_twice_acts_once(cast: Cast):
    client, fields = logged_in(cast.owner), form(cast.account, text="Call", priority="3")
    assert [client.post("/accounts/bulk/task/", fields, headers=HTMX).status_code for _ in range(2)] == [200, 200]
    assert Task.objects.count() == 1


def test_a_manager_gives_accounts_to_their_people_only(cast: Cast):
    client = logged_in(cast.manager)
    refused = client.post("/accounts/bulk/assign/", form(cast.account, owner=cast.outsider.pk), headers=HTMX)
    assert refused.status_code == 422
    client.post("/accounts/bulk/assign/", form(cast.account, owner=cast.team_mate.pk), headers=HTMX)
    cast.account.refresh_from_db()
    assert cast.account.owner == cast.team_mate


def test_a_csm_assigns_nothing(cast: Cast):
    client = logged_in(cast.owner)
    assert client.get(f"/accounts/bulk/assign/?account={cast.account.pk}").status_code == 403
    assert client.post("/accounts/bulk/assign/", form(cast.account, owner=cast.team_mate.pk)).status_code == 403


def test_a_task_for_one_who_may_not_see_the_account_is_refused_with_what_was_typed_kept(cast: Cast):
    fields = form(cast.account, text="Call the board", priority="3", assignee=cast.outsider.pk)
    response = logged_in(cast.owner).post("/accounts/bulk/task/", fields, headers=HTMX)
    assert response.status_code == 422
    assert "Udo Outsider may not see 1 of the 1 account." in response.content.decode()
    assert "Call the board" in response.content.decode()
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("tag", {"tag": ""}),
        ("tag", {"tag": "a, b"}),
        ("tag", {"tag": "x" * 41}),
        ("tag", {"tag": "x", "key": "no key"}),
        ("tag", {"tag": "x", "count": "many"}),
        ("tag", {"tag": "\x00"}),
        ("task", {"text": "", "priority": "3"}),
        ("task", {"text": "Call", "priority": "9"}),
        ("task", {"text": "Call", "priority": "3", "due_at": "soon"}),
        ("task", {"text": "Call", "priority": "3", "assignee": "x"}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_done(cast: Cast, action: str, fields: dict[str, Any]):
    response = logged_in(cast.owner).post(f"/accounts/bulk/{action}/", form(cast.account, **fields), headers=HTMX)
    assert response.status_code == 422
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize("account", ["x", "-1", "9" * 30, "٣", "1.5", ""])
def test_keys_that_are_none_are_no_accounts(cast: Cast, account: str):
    response = logged_in(cast.owner).get("/accounts/bulk/tag/?" + urlencode({"account": account}))
    assert response.status_code in {200, 404}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_finds_no_account(cast: Cast, action: str):
    client = logged_in(cast.outsider)
    assert client.get(f"/accounts/bulk/{action}/?account={cast.account.pk}").status_code == 404
    assert client.post(f"/accounts/bulk/{action}/", form(cast.account, **ACTIONS[action])).status_code == 404


def test_foreign_accounts_among_ones_own_are_left_out_and_it_is_said(cast: Cast):
    ticked = f"account={cast.account.pk}&account={cast.strangers.pk}"
    client = logged_in(cast.owner)
    content = client.get(f"/accounts/bulk/tag/?{ticked}", headers=HTMX).content.decode()
    assert "1 of those ticked is not in your book and is left out." in content
    client.post("/accounts/bulk/tag/", form(cast.account, cast.strangers, tag="x") | {"count": 1}, headers=HTMX)
    assert (tags(cast.account), tags(cast.strangers)) == (["x"], [])


@pytest.mark.parametrize("action", [*ACTIONS, "assign"])
def test_read_only_users_change_nothing(cast: Cast, action: str):
    client = logged_in(cast.read_only)
    assert client.get(f"/accounts/bulk/{action}/?account={cast.account.pk}").status_code == 403
    assert client.post(f"/accounts/bulk/{action}/", form(cast.account)).status_code == 403


def test_only_who_did_it_takes_it_back(cast: Cast):
    logged_in(cast.owner).post("/accounts/bulk/tag/", form(cast.account, tag="x"))
    url = f"/accounts/bulk/undo/{BulkChange.objects.get().key}/"
    assert logged_in(cast.manager).post(url).status_code == 404
    assert logged_in(cast.read_only).post(url).status_code == 403
    assert logged_in(cast.owner).get(url).status_code == 405
    assert tags(cast.account) == ["x"]


def test_taking_back_twice_is_refused_in_words(cast: Cast):
    client = logged_in(cast.owner)
    client.post("/accounts/bulk/tag/", form(cast.account, tag="x"), headers=HTMX)
    url = f"/accounts/bulk/undo/{BulkChange.objects.get().key}/"
    client.post(url, headers=HTMX)
    assert "This was taken back already." in client.post(url, headers=HTMX).content.decode()


def test_an_action_that_there_is_not_is_not_found(cast: Cast):
    assert logged_in(cast.owner).get("/accounts/bulk/explode/").status_code == 404
    assert logged_in(cast.owner).delete("/accounts/bulk/tag/").status_code == 405


@pytest.mark.parametrize("rows", [1, 30])
def test_the_dialog_costs_the_same_queries_however_many(cast: Cast, rows: int, django_assert_num_queries: Any):
    AccountFactory.create_batch(rows, owner=cast.owner)
    client = logged_in(cast.owner)
    with django_assert_num_queries(4):
        client.get("/accounts/bulk/tag/?all=1", headers=HTMX)
