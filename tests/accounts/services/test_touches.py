import datetime as dt

import pytest

from accounts.models import Task, Touch
from accounts.services.latest import refresh_latest
from accounts.services.touches import FollowUp, archive_touch, edit_touch, log_touch, undo_touch
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from health.models import DirtyMark
from tests.factories import ContactFactory, TouchFactory, days_ago

pytestmark = pytest.mark.django_db


def held(**fields):
    return {"kind": Touch.Kind.MEETING, "at": days_ago(1), "attended": True} | fields


def test_a_meeting_that_was_held_is_the_last_touch_and_asks_for_a_new_score(cast):
    contact = ContactFactory(account=cast.account)
    touch = log_touch(by=cast.owner, account=cast.account, fields=held(attendees=[contact], sentiment="positive"))
    cast.account.refresh_from_db()
    assert cast.account.last_touch == touch.at
    assert list(touch.attendees.all()) == [contact]
    assert [mark.account for mark in DirtyMark.objects.all()] == [cast.account]


def test_a_meeting_that_they_missed_is_no_contact_but_counts_for_the_score(cast):
    log_touch(by=cast.owner, account=cast.account, fields=held(attended=False))
    cast.account.refresh_from_db()
    assert cast.account.last_touch is None
    assert DirtyMark.objects.filter(account=cast.account).exists()


def test_the_latest_touch_counts_whatever_the_order_of_writing(cast):
    latest = log_touch(by=cast.owner, account=cast.account, fields=held(at=days_ago(1)))
    log_touch(by=cast.owner, account=cast.account, fields=held(at=days_ago(9)))
    cast.account.refresh_from_db()
    assert cast.account.last_touch == latest.at


def test_the_next_step_becomes_a_task_of_the_one_who_wrote_it(cast):
    due = clock.now() + dt.timedelta(days=3)
    touch = log_touch(
        by=cast.owner, account=cast.account, fields=held(next_step="Send it"), follow_up=FollowUp("Send it", due)
    )
    task = Task.objects.get()
    assert (task.title, task.account, task.due_at, task.linked) == ("Send it", cast.account, due, touch)
    assert list(task.assignees.all()) == [cast.owner]


def test_an_archived_touch_counts_no_longer_and_comes_back_whole(cast):
    touch = log_touch(by=cast.owner, account=cast.account, fields=held())
    version = archive_touch(by=cast.owner, touch=touch).version
    cast.account.refresh_from_db()
    assert cast.account.last_touch is None
    assert not Touch.objects.visible_to(cast.owner).exists()
    undo_touch(by=cast.owner, touch=touch, version=version)
    cast.account.refresh_from_db()
    assert cast.account.last_touch == touch.at


def test_an_edit_moves_the_last_touch(cast):
    touch = log_touch(by=cast.owner, account=cast.account, fields=held())
    edit_touch(by=cast.owner, touch=touch, fields={"at": days_ago(5)}, version=1)
    cast.account.refresh_from_db()
    touch.refresh_from_db()
    assert cast.account.last_touch == touch.at
    with pytest.raises(StaleError):
        edit_touch(by=cast.owner, touch=touch, fields={"summary": "late"}, version=1)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"at": clock.now() + dt.timedelta(days=1)}, "has happened"),
        ({"kind": Touch.Kind.EMAIL, "attended": True}, "attended or missed"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(cast, fields, reason):
    with pytest.raises(RefusedError, match=reason):
        log_touch(by=cast.owner, account=cast.account, fields=held(**fields))
    assert not Touch.objects.exists()


def test_contacts_of_another_account_cannot_attend(cast):
    stranger = ContactFactory(account=cast.strangers)
    with pytest.raises(RefusedError, match="another account"):
        log_touch(by=cast.owner, account=cast.account, fields=held(attendees=[stranger]))
    touch = TouchFactory(account=cast.account)
    with pytest.raises(RefusedError, match="another account"):
        edit_touch(by=cast.owner, touch=touch, fields={"attendees": [stranger]})


def test_an_answered_mail_is_two_way_and_an_unanswered_one_is_not(cast, django_assert_num_queries):
    TouchFactory(account=cast.account, kind="email", at=days_ago(2), answered_at=days_ago(1))
    TouchFactory(account=cast.account, kind="email", at=days_ago(1))
    with django_assert_num_queries(2):
        refresh_latest([cast.account.pk, cast.strangers.pk])
    cast.account.refresh_from_db()
    assert cast.account.last_touch == Touch.objects.get(answered_at__isnull=False).at
    assert cast.account.last_action == Touch.objects.get(answered_at=None).at
