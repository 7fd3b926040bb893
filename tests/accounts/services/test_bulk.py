from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Account, BulkChange, Notification, Task, User
from accounts.services.bulk import add_tag, assign_owner, assignable_by, count_of, create_tasks, remove_tag, undo
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests.cast import Cast
from tests.factories import AccountFactory, TaskFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def book(user: User) -> Any:
    return Account.objects.visible_to(user)


def state(account: Account) -> tuple[Any, ...]:
    account.refresh_from_db()
    return account.owner, account.owner_since, account.tags


# Assign


def test_accounts_get_a_new_owner_from_today_and_those_that_are_theirs_stay(cast: Cast):
    mine = AccountFactory(owner=cast.team_mate, owner_since=day(-9))
    change = assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.team_mate, key=uuid4())
    assert change.account_ids == [cast.account.pk]
    assert state(cast.account)[:2] == (cast.team_mate, clock.today())
    assert state(mine)[:2] == (cast.team_mate, day(-9))
    assert state(cast.strangers)[0] == cast.outsider


def test_the_new_owner_is_told_once(cast: Cast):
    AccountFactory(owner=cast.owner)
    assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.team_mate, key=uuid4())
    assert [(message.user, message.title) for message in Notification.objects.all()] == [
        (cast.team_mate, "Mona Manager gave you 2 accounts")
    ]


def test_the_audit_says_who_assigned(cast: Cast):
    assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.team_mate, key=uuid4())
    [event] = Account.pgh_event_models["update"].objects.filter(pgh_obj=cast.account)  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["user"] == cast.manager.pk


def test_a_form_that_is_sent_twice_acts_once(cast: Cast):
    key = uuid4()
    first = assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.team_mate, key=key)
    Account.objects.filter(pk=cast.account.pk).update(owner=cast.owner)
    second = assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.team_mate, key=key)
    assert second == first
    assert state(cast.account)[0] == cast.owner
    assert BulkChange.objects.count() == 1


def test_an_assignment_is_taken_back_with_its_day(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(owner_since=day(-40))
    orphan = AccountFactory()
    change = assign_owner(by=cast.executive, accounts=book(cast.executive), owner=cast.team_mate, key=uuid4())
    assert undo(by=cast.executive, change=change) == 3
    assert state(cast.account)[:2] == (cast.owner, day(-40))
    assert state(orphan)[:2] == (None, None)
    assert state(cast.strangers)[0] == cast.outsider


def test_what_somebody_changed_since_stays(cast: Cast):
    other = AccountFactory(owner=cast.owner)
    change = assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.team_mate, key=uuid4())
    Account.objects.filter(pk=other.pk).update(owner=cast.manager)
    assert undo(by=cast.manager, change=change) == 1
    assert state(cast.account)[0] == cast.owner
    assert state(other)[0] == cast.manager


def test_nothing_is_taken_back_twice(cast: Cast):
    change = add_tag(by=cast.owner, accounts=book(cast.owner), tag="pilot", key=uuid4())
    undo(by=cast.owner, change=change)
    with pytest.raises(RefusedError, match="taken back already"):
        undo(by=cast.owner, change=change)


def test_accounts_are_given_to_ones_own_people_only(cast: Cast):
    assert set(assignable_by(cast.manager)) == {cast.manager, cast.owner, cast.team_mate}
    assert assignable_by(cast.owner) == []
    assert cast.outsider in assignable_by(cast.executive)
    assert not {cast.ae, cast.read_only} & set(assignable_by(cast.executive))
    with pytest.raises(RefusedError, match="You cannot give accounts to Udo Outsider"):
        assign_owner(by=cast.manager, accounts=book(cast.manager), owner=cast.outsider, key=uuid4())
    with pytest.raises(RefusedError):
        assign_owner(by=cast.owner, accounts=book(cast.owner), owner=cast.owner, key=uuid4())
    assert not BulkChange.objects.exists()


# Tags


def test_a_tag_is_put_on_those_that_lack_it_and_undo_leaves_the_others(cast: Cast):
    had = AccountFactory(owner=cast.owner, tags=["pilot"])
    change = add_tag(by=cast.owner, accounts=book(cast.owner), tag="pilot", key=uuid4())
    assert change.account_ids == [cast.account.pk]
    assert state(cast.account)[2] == ["pilot"]
    assert undo(by=cast.owner, change=change) == 1
    assert (state(cast.account)[2], state(had)[2]) == ([], ["pilot"])


def test_a_tag_is_taken_off_those_that_have_it_and_undo_puts_it_back(cast: Cast):
    had = AccountFactory(owner=cast.owner, tags=["a", "pilot"])
    change = remove_tag(by=cast.owner, accounts=book(cast.owner), tag="pilot", key=uuid4())
    assert (change.account_ids, state(had)[2]) == ([had.pk], ["a"])
    assert undo(by=cast.owner, change=change) == 1
    assert (state(had)[2], state(cast.account)[2]) == (["a", "pilot"], [])


def test_a_tag_that_was_taken_off_since_is_not_missed_by_the_way_back(cast: Cast):
    change = add_tag(by=cast.owner, accounts=book(cast.owner), tag="pilot", key=uuid4())
    Account.objects.filter(pk=cast.account.pk).update(tags=["other"])
    assert undo(by=cast.owner, change=change) == 0
    assert state(cast.account)[2] == ["other"]


def test_an_account_that_was_changed_has_a_new_version(cast: Cast):
    before = cast.account.version
    add_tag(by=cast.owner, accounts=book(cast.owner), tag="pilot", key=uuid4())
    cast.account.refresh_from_db()
    assert cast.account.version == before + 1


# Tasks


def create(by: User, **fields: Any) -> BulkChange:
    given = {"title": "Call", "due_at": None, "priority": 3, "assignee": None, "key": uuid4()} | fields
    return create_tasks(by=by, accounts=book(by), **given)


def test_each_account_gets_a_task_for_its_owner_and_one_without_for_the_maker(cast: Cast):
    orphan = AccountFactory()
    create(cast.executive)
    assert {task.account: list(task.assignees.all()) for task in Task.objects.all()} == {
        cast.account: [cast.owner],
        cast.strangers: [cast.outsider],
        orphan: [cast.executive],
    }
    assert {message.user: message.title for message in Notification.objects.all()} == {
        cast.owner: "Edda Executive gave you 1 task",
        cast.outsider: "Edda Executive gave you 1 task",
    }


@pytest.mark.parametrize("gone", [{"is_active": False}, {"read_only": True}])
def test_an_owner_who_cannot_work_gets_no_task(cast: Cast, gone: dict[str, bool]):
    User.objects.filter(pk=cast.owner.pk).update(**gone)
    create(cast.manager)
    assert [list(task.assignees.all()) for task in Task.objects.filter(account=cast.account)] == [[cast.manager]]


def test_tasks_can_all_be_for_one_person_who_sees_the_accounts(cast: Cast):
    create(cast.manager, assignee=cast.team_mate)
    assert [list(task.assignees.all()) for task in Task.objects.all()] == [[cast.team_mate]]


def test_tasks_are_not_given_to_one_who_may_not_see_the_account(cast: Cast):
    with pytest.raises(RefusedError, match="Udo Outsider may not see 1 of the 1 account"):
        create(cast.manager, assignee=cast.outsider)
    assert not Task.objects.exists()
    assert not BulkChange.objects.exists()


def test_tasks_of_a_form_that_is_sent_twice_are_made_once(cast: Cast):
    key = uuid4()
    assert create(cast.owner, key=key) == create(cast.owner, key=key)
    assert Task.objects.count() == 1


def test_undo_cancels_the_tasks_and_leaves_what_was_done_since(cast: Cast):
    AccountFactory(owner=cast.owner)
    before = TaskFactory(account=cast.account)
    change = create(cast.owner)
    done = Task.objects.exclude(pk=before.pk).get(account=cast.account)
    Task.objects.filter(pk=done.pk).update(status=Task.Status.DONE, done_at=clock.now())
    assert undo(by=cast.owner, change=change) == 1
    assert sorted(Task.objects.values_list("status", flat=True)) == ["cancelled", "done", "open"]


@pytest.mark.parametrize("act", [add_tag, remove_tag])
def test_many_accounts_cost_no_more_queries_than_one(cast: Cast, act: Any, django_assert_max_num_queries: Any):
    AccountFactory.create_batch(30, owner=cast.owner, tags=["x"])
    with django_assert_max_num_queries(10):
        act(by=cast.owner, accounts=book(cast.owner), tag="x" if act is remove_tag else "y", key=uuid4())


def test_tasks_for_many_accounts_cost_no_more_queries_than_for_one(cast: Cast, django_assert_max_num_queries: Any):
    AccountFactory.create_batch(30, owner=UserFactory(manager=cast.manager))
    with django_assert_max_num_queries(20):
        create(cast.manager)


@pytest.mark.parametrize(("number", "words"), [(0, "0 accounts"), (1, "1 account"), (1200, "1,200 accounts")])
def test_a_number_stands_with_its_noun(number: int, words: str):
    assert count_of(number, "account") == words
