"""Feature requests: made, moved on, shipped, merged; and the way back of each."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import FeatureAsk, FeatureRequest, FeatureRequestStep, Notification, Task
from accounts.services.feature_asks import ask_for, ask_for_what, edit_ask, remove_ask, restore_ask
from accounts.services.feature_requests import add_request, edit_request, merge, move_on, take_step_back, unmerge
from accounts.services.tasks import complete_task, edit_task
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from tests.factories import (
    AccountFactory,
    ContactFactory,
    FeatureAskFactory,
    FeatureRequestFactory,
    UserFactory,
    day,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def feature():
    return FeatureRequestFactory(title="Dark mode")


def accounts_of(request):
    return sorted(ask.account.name for ask in FeatureAsk.objects.kept().filter(request=request))


# Made and changed


def test_a_form_sent_twice_writes_it_down_once(cast):
    key = uuid4()
    add_request(by=cast.owner, title="Dark mode", key=key)
    with pytest.raises(RepeatedError):
        add_request(by=cast.owner, title="Dark mode", key=key)
    assert FeatureRequest.objects.get().by == cast.owner


def test_the_second_writer_is_told(cast, feature):
    edit_request(by=cast.manager, request=feature, fields={"title": "Dark theme"}, version=feature.version)
    with pytest.raises(StaleError) as stale:
        edit_request(by=cast.owner, request=feature, fields={"title": "Night mode"}, version=feature.version)
    assert stale.value.by == "Mona Manager"


# Moved on


def test_each_step_is_kept_with_who_and_why(cast, feature):
    move_on(by=cast.owner, request=feature, status="review", note="Three large ones want it")
    move_on(by=cast.manager, request=feature, status="planned")
    assert [(step.old, step.new, step.note, step.by) for step in feature.steps.all()] == [
        ("review", "planned", "", cast.manager),
        ("new", "review", "Three large ones want it", cast.owner),
    ]
    feature.refresh_from_db()
    assert feature.status == "planned"


@pytest.mark.parametrize("status", ["new"])
def test_what_is_no_step_is_refused(cast, feature, status):
    with pytest.raises(RefusedError):
        move_on(by=cast.owner, request=feature, status=status)


def test_the_latest_step_is_taken_back_and_no_other(cast, feature):
    first = move_on(by=cast.owner, request=feature, status="review")
    second = move_on(by=cast.owner, request=feature, status="declined")
    with pytest.raises(RefusedError, match="moved on since"):
        take_step_back(by=cast.owner, step=first)
    take_step_back(by=cast.owner, step=second)
    feature.refresh_from_db()
    assert feature.status == "review"
    assert feature.steps.get() == first


# Shipped


@pytest.fixture
def asked(cast, feature):
    contact = ContactFactory(account=cast.account, name="Vera Okafor")
    FeatureAskFactory(request=feature, account=cast.account, contact=contact, words="Our eyes hurt")
    FeatureAskFactory(request=feature, account=cast.strangers)
    FeatureAskFactory(request=feature, account=AccountFactory(name="Left", owner=cast.owner, churned=True))
    FeatureAskFactory(request=feature, account=AccountFactory(name="Not any more", owner=cast.owner), removed=True)
    return feature


def test_once_it_is_shipped_the_owner_of_each_active_account_is_to_tell_them(cast, asked):
    move_on(by=cast.manager, request=asked, status="shipped")
    tasks = list(Task.objects.order_by("title"))
    assert [(task.title, task.account, list(task.assignees.all())) for task in tasks] == [
        ("Tell Stranger Foods: “Dark mode” is there", cast.strangers, [cast.outsider]),
        ("Tell Vera Okafor: “Dark mode” is there", cast.account, [cast.owner]),
    ]
    assert "Our eyes hurt" in tasks[1].body
    assert tasks[0].due_at is not None
    told = Notification.objects.order_by("user__name").values_list("user__name", "title")
    assert list(told) == [("Olga Owner", "Shipped: Dark mode"), ("Udo Outsider", "Shipped: Dark mode")]


def test_an_owner_of_many_is_told_once(cast, feature):
    for _ in range(3):
        FeatureAskFactory(request=feature, account=AccountFactory(owner=cast.owner))
    move_on(by=cast.manager, request=feature, status="shipped")
    assert Task.objects.count() == 3
    assert Notification.objects.get().body.startswith("3 of your accounts")


def test_whoever_ships_it_tells_those_without_an_owner_who_can(cast, feature):
    for owner in (None, UserFactory(is_active=False), UserFactory(read_only=True)):
        FeatureAskFactory(request=feature, account=AccountFactory(owner=owner))
    move_on(by=cast.manager, request=feature, status="shipped")
    assert {tuple(task.assignees.all()) for task in Task.objects.all()} == {(cast.manager,)}
    assert not Notification.objects.exists()


def test_the_number_of_statements_does_not_hang_on_how_many_asked(cast, feature, django_assert_max_num_queries):
    for _ in range(30):
        FeatureAskFactory(request=feature, account=AccountFactory(owner=cast.owner))
    with django_assert_max_num_queries(16):
        move_on(by=cast.manager, request=feature, status="shipped")


def test_it_is_told_once_however_often_it_is_shipped(cast, asked):
    move_on(by=cast.manager, request=asked, status="shipped")
    move_on(by=cast.manager, request=asked, status="review")
    move_on(by=cast.manager, request=asked, status="shipped")
    assert Task.objects.count() == 2


def test_taking_it_back_takes_the_tasks_that_nobody_touched(cast, asked):
    step = move_on(by=cast.manager, request=asked, status="shipped")
    task = Task.objects.get(account=cast.account)
    edit_task(by=cast.owner, task=task, fields={"title": "Call Vera about it"})
    take_step_back(by=cast.manager, step=step)
    assert list(Task.objects.values_list("title", flat=True)) == ["Call Vera about it"]
    move_on(by=cast.manager, request=asked, status="shipped")
    assert Task.objects.count() == 2


def test_a_task_that_was_done_stays_done(cast, asked):
    step = move_on(by=cast.manager, request=asked, status="shipped")
    complete_task(by=cast.owner, task=Task.objects.get(account=cast.account))
    take_step_back(by=cast.manager, step=step)
    assert [task.status for task in Task.objects.all()] == ["done"]


# Merged


def test_those_who_asked_go_along_and_come_back(cast, feature):
    twin = FeatureRequestFactory(title="Night theme")
    FeatureAskFactory(request=twin, account=cast.account)
    FeatureAskFactory(request=twin, account=cast.strangers, words="Said there")
    FeatureAskFactory(request=feature, account=cast.strangers, words="Said here")
    merge(by=cast.owner, request=twin, into=feature)
    assert accounts_of(feature) == ["Halden Logistics", "Stranger Foods"]
    assert accounts_of(twin) == ["Stranger Foods"]
    assert FeatureAsk.objects.get(request=feature, account=cast.strangers).words == "Said here"
    assert list(FeatureRequest.objects.kept()) == [feature]
    unmerge(by=cast.owner, request=twin)
    assert (accounts_of(feature), accounts_of(twin)) == (["Stranger Foods"], ["Halden Logistics", "Stranger Foods"])
    assert FeatureRequest.objects.kept().count() == 2


def test_an_account_that_had_taken_it_back_asks_again_by_the_merge(cast, feature):
    twin = FeatureRequestFactory()
    FeatureAskFactory(request=feature, account=cast.account, removed=True)
    FeatureAskFactory(request=twin, account=cast.account, words="We do want it")
    merge(by=cast.owner, request=twin, into=feature)
    assert FeatureAsk.objects.get(request=feature).words == "We do want it"


def test_merges_in_a_row_are_taken_back_in_their_order(cast, feature):
    first, second = FeatureRequestFactory(title="One"), FeatureRequestFactory(title="Two")
    FeatureAskFactory(request=first, account=cast.account)
    merge(by=cast.owner, request=first, into=second)
    merge(by=cast.owner, request=second, into=feature)
    assert accounts_of(feature) == ["Halden Logistics"]
    with pytest.raises(RefusedError, match="“Two” was merged itself"):
        unmerge(by=cast.owner, request=first)
    unmerge(by=cast.owner, request=second)
    unmerge(by=cast.owner, request=first)
    assert accounts_of(first) == ["Halden Logistics"]


def test_what_cannot_be_merged_is_refused(cast, feature):
    twin = FeatureRequestFactory(title="Twin")
    with pytest.raises(RefusedError, match="itself"):
        merge(by=cast.owner, request=feature, into=feature)
    with pytest.raises(RefusedError, match="already"):
        unmerge(by=cast.owner, request=feature)
    merge(by=cast.owner, request=twin, into=feature)
    for one, other in ((twin, FeatureRequestFactory()), (feature, twin)):
        with pytest.raises(RefusedError, match="“Twin” was merged already"):
            merge(by=cast.owner, request=one, into=other)
    for change in (
        lambda: edit_request(by=cast.owner, request=twin, fields={"title": "X"}),
        lambda: move_on(by=cast.owner, request=twin, status="planned"),
        lambda: ask_for(by=cast.owner, request=twin, account=cast.account, asked_on=day(0)),
    ):
        with pytest.raises(RefusedError, match="Go on there"):
            change()


# Who asked


def test_an_account_asks_once_and_can_take_it_back(cast, feature):
    ask = ask_for(by=cast.owner, request=feature, account=cast.account, asked_on=day(-3), words="Please")
    with pytest.raises(RefusedError, match="asked for this already"):
        ask_for(by=cast.owner, request=feature, account=cast.account, asked_on=day(0))
    remove_ask(by=cast.owner, ask=ask)
    assert accounts_of(feature) == []
    restore_ask(by=cast.owner, ask=ask)
    assert accounts_of(feature) == ["Halden Logistics"]
    remove_ask(by=cast.owner, ask=ask)
    again = ask_for(by=cast.team_mate, request=feature, account=cast.account, asked_on=day(0), words="Again")
    assert (again.pk, again.words, again.by) == (ask.pk, "Again", cast.team_mate)


def test_whoever_asked_belongs_to_the_account_and_the_day_has_been(cast, feature):
    stranger = ContactFactory(account=cast.strangers, name="Sid")
    with pytest.raises(RefusedError, match="Sid is not with"):
        ask_for(by=cast.owner, request=feature, account=cast.account, asked_on=day(0), contact=stranger)
    with pytest.raises(RefusedError, match="still to come"):
        ask_for(by=cast.owner, request=feature, account=cast.account, asked_on=day(1))
    ask = FeatureAskFactory(request=feature, account=cast.account)
    with pytest.raises(RefusedError, match="Sid is not with"):
        edit_ask(by=cast.owner, ask=ask, asked_on=day(0), contact=stranger, words="")


def test_a_new_wish_of_an_account_is_made_with_who_asked_or_not_at_all(cast):
    ask = ask_for_what(by=cast.owner, account=cast.account, what="Export to Parquet", asked_on=day(0))
    assert ask.request.title == "Export to Parquet"
    with pytest.raises(RefusedError):
        ask_for_what(by=cast.owner, account=cast.account, what="Another", asked_on=day(1))
    assert FeatureRequest.objects.count() == 1


# The database


def test_the_database_keeps_what_makes_sense(cast, feature):
    FeatureAskFactory(request=feature, account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureAskFactory(request=feature, account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureRequest.objects.update(merged_into=feature.pk, merged_at=feature.created_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureRequestFactory(merged_into=feature)
    with pytest.raises(IntegrityError), transaction.atomic():
        FeatureRequestStep.objects.create(request=feature, old="new", new="new", at=feature.created_at)
