"""What both sides promise: ours are tasks, theirs are ticked through the link."""

import datetime as dt
from uuid import uuid4

import pytest

from accounts.models import Task
from accounts.services.tasks import complete_task, reopen_task
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from qbr.models import ActionItem
from qbr.queries.actions import actions_of
from qbr.services import actions as service
from tests.factories import ContactFactory
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db

DUE = clock.today() + dt.timedelta(days=10)


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held")


def add(review, by, side="us", **fields):
    given = {"title": "Send the guide", "due_on": DUE} | fields
    return service.add_action(by=by, review=review, side=side, fields=given)


def anew(record):
    return type(record).objects.get(pk=record.pk)


def only(review):
    found = actions_of(review)
    [row] = [*found.ours, *found.theirs]
    return row


def test_ours_is_a_task_of_whoever_promised_it(cast, review):
    item = add(review, cast.owner, user=cast.team_mate)
    task = item.task
    assert (task.title, task.origin, task.account) == ("Send the guide", "review", cast.account)
    assert (list(task.assignees.all()), clock.day_of(task.due_at)) == ([cast.team_mate], DUE)
    assert task.origin_key == f"review:{review.pk}:action:{item.pk}"


def test_without_a_name_it_is_the_owners_of_the_review(cast, review):
    assert add(review, cast.team_mate).user == cast.owner


def test_its_task_says_when_it_is_done(cast, review):
    item = add(review, cast.owner)
    complete_task(by=cast.team_mate, task=item.task)
    row = only(review)
    assert (row.is_open, row.done_by, row.done_at) == (False, "Tim Teammate", anew(item.task).done_at)
    reopen_task(by=cast.owner, task=item.task)
    assert only(review).is_open
    service.finish_action(by=cast.owner, action=item)
    assert anew(item.task).status == "done"
    service.reopen_action(by=cast.owner, action=item)
    assert anew(item.task).status == "open"


def test_theirs_is_no_task_and_is_done_by_our_word_too(cast, review):
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    item = add(review, cast.owner, side="customer", contact=kim)
    assert (item.task, Task.objects.count(), only(review).who) == (None, 0, "Kim Roth")
    service.finish_action(by=cast.owner, action=item)
    assert (only(review).done_by, only(review).is_open) == ("Olga Owner", False)
    with pytest.raises(RefusedError, match="Olga Owner said already"):
        service.finish_action(by=cast.manager, action=item)
    service.reopen_action(by=cast.owner, action=item)
    assert only(review).is_open


def test_what_is_past_its_day_is_late(cast, review):
    add(review, cast.owner, due_on=clock.today() - dt.timedelta(days=1))
    assert only(review).is_late


def test_a_change_reaches_the_task_and_is_taken_back(cast, review):
    item = add(review, cast.owner)
    later = DUE + dt.timedelta(days=5)
    edited = service.edit_action(
        by=cast.owner, action=item, fields={"title": "Send both", "user": cast.team_mate, "due_on": later}
    )
    task = anew(item.task)
    assert (task.title, list(task.assignees.all()), clock.day_of(task.due_at)) == ("Send both", [cast.team_mate], later)
    service.take_back_action(by=cast.owner, action=edited, version=edited.version)
    task, back = anew(item.task), anew(item)
    assert (back.title, back.user, back.due_on) == ("Send the guide", cast.owner, DUE)
    assert (task.title, list(task.assignees.all()), clock.day_of(task.due_at)) == ("Send the guide", [cast.owner], DUE)


def test_a_task_that_is_done_stays_as_it_was(cast, review):
    item = add(review, cast.owner)
    complete_task(by=cast.owner, task=item.task)
    service.edit_action(by=cast.owner, action=item, fields={"title": "Other words"})
    assert anew(item.task).title == "Send the guide"


def test_a_second_writer_is_told(cast, review):
    item = add(review, cast.owner)
    with pytest.raises(StaleError):
        service.edit_action(by=cast.owner, action=item, fields={"title": "X"}, version=item.version + 1)


def test_taken_out_its_task_is_cancelled_and_comes_back_with_it(cast, review):
    item = add(review, cast.owner)
    service.archive_action(by=cast.owner, action=item)
    assert (actions_of(review).count, anew(item.task).status) == (0, "cancelled")
    service.restore_action(by=cast.owner, action=item)
    assert (actions_of(review).count, anew(item.task).status) == (1, "open")


def test_given_up_as_a_task_it_is_neither_open_nor_done(cast, review):
    item = add(review, cast.owner)
    Task.objects.filter(pk=item.task_id).update(status="cancelled")
    row = only(review)
    assert (row.is_open, row.is_dropped, row.done_at) == (False, True, None)


def test_people_who_have_nothing_to_do_with_the_account_promise_nothing(cast, review):
    with pytest.raises(RefusedError, match="may not see"):
        add(review, cast.owner, user=cast.outsider)
    with pytest.raises(RefusedError, match="another account"):
        add(review, cast.owner, side="customer", contact=ContactFactory(account=cast.strangers))
    assert (ActionItem.objects.count(), Task.objects.count()) == (0, 0)


@pytest.mark.parametrize("status", ["cancelled", "followed_up"])
def test_nothing_is_promised_in_a_review_that_is_over(cast, status):
    review = ReviewFactory(account=cast.account, status=status)
    with pytest.raises(RefusedError, match="This review was"):
        add(review, cast.owner)


def test_a_form_that_comes_twice_promises_once(cast, review):
    key = uuid4()
    fields = {"title": "Send the guide", "due_on": DUE}
    service.add_action(by=cast.owner, review=review, side="us", fields=fields, key=key)
    with pytest.raises(RepeatedError):
        service.add_action(by=cast.owner, review=review, side="us", fields=fields, key=key)
    assert Task.objects.count() == 1


def test_a_link_is_made_once_the_review_was_held(cast, review):
    ahead = ReviewFactory(account=cast.account, kind="annual")
    with pytest.raises(RefusedError, match="Hold the review first"):
        service.share_actions(by=cast.owner, review=ahead, days=30)
    assert service.share_actions(by=cast.owner, review=review, days=30).review == review
    with pytest.raises(RefusedError, match="a link already"):
        service.share_actions(by=cast.owner, review=review, days=30)


def test_by_the_link_the_customer_ticks_what_is_theirs_only(cast, review):
    share = service.share_actions(by=cast.owner, review=review, days=30)
    theirs, ours = add(review, cast.owner, side="customer"), add(review, cast.owner)
    other = add(ReviewFactory(account=cast.strangers, status="held"), cast.outsider, side="customer")
    service.tick_for_customer(share=share, action=theirs)
    assert (anew(theirs).done_by, anew(theirs).done_at is None) == ("The customer", False)
    service.untick_for_customer(share=share, action=theirs)
    assert anew(theirs).done_at is None
    for action in (ours, other):
        with pytest.raises(RefusedError, match="not among what you agreed"):
            service.tick_for_customer(share=share, action=action)
