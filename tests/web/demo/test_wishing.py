"""What the demo's customers ask for, and the tasks of its CSM that come again."""

import pytest

from accounts.models import Account, FeatureAsk, FeatureRequest, Notification, Recurrence, Task, User
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.living import _at_moment
from cs_workspace.web.demo.wishing import ROUNDS, TWIN, WISHES, wish_and_repeat
from tests.factories import AccountFactory, ContactFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    mara = UserFactory(name=LOGINS[0].name, email=LOGINS[0].email)
    accounts = [AccountFactory(owner=mara, external_id=f"{number:03}", source="demo") for number in range(20)]
    for account in accounts:
        ContactFactory(account=account)
    return accounts


def live(seed=7):
    wish_and_repeat(clock.today(), seed, at_moment=_at_moment)


def test_requests_stand_in_every_status_with_those_who_ask(book):
    live()
    assert set(FeatureRequest.objects.values_list("status", flat=True)) == set(FeatureRequest.Status.values)
    assert FeatureRequest.objects.get(title=TWIN.title).merged_into.title == WISHES[0].title
    assert FeatureAsk.objects.filter(contact=None).count() == 0
    assert all(request.created_at < clock.now() for request in FeatureRequest.objects.kept())
    assert FeatureAsk.objects.filter(asked_on__gt=clock.today()).count() == 0


def test_what_was_shipped_is_to_be_told_and_sends_no_mail(book):
    live()
    shipped = FeatureRequest.objects.get(status="shipped")
    told = Task.objects.filter(origin_key__startswith=f"feature:{shipped.pk}:")
    assert told.count() == shipped.asks.count()
    assert set(Notification.objects.values_list("email_state", flat=True)) <= {Notification.Email.NONE}


def test_the_csm_has_tasks_that_come_again_each_once(book):
    live()
    rounds = Recurrence.objects.select_related("task")
    assert [one.task.title for one in rounds] == [title for title, _ in ROUNDS]
    assert {one.task.assignees.get() for one in rounds} == {User.objects.get(email=LOGINS[0].email)}
    assert all(one.task.due_at > clock.now() for one in rounds)


def test_the_same_seed_asks_the_same(book):
    def asked():
        return sorted(FeatureAsk.objects.values_list("request__title", "account__external_id", "asked_on", "words"))

    live()
    first = asked()
    FeatureRequest.objects.update(merged_into=None, merged_at=None)
    for model in (FeatureRequest, Recurrence, Task):
        model.objects.all().delete()
    live()
    assert asked() == first


def test_without_accounts_nobody_asks():
    live()
    assert not FeatureRequest.objects.exists()
    assert not Account.objects.exists()
