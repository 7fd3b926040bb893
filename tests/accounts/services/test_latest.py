"""What is kept on the accounts of the last touch of each kind."""

import pytest

from accounts.models import Account
from accounts.services.arr import refresh_arr
from accounts.services.latest import refresh_by_kind
from accounts.services.touches import archive_touch, log_touch
from cs_workspace.common import clock
from tests.factories import AccountFactory, ContactFactory, TouchFactory, days_ago

pytestmark = pytest.mark.django_db
KINDS = ("last_sync", "last_async", "last_review", "last_executive")


def kept(account):
    """Days since the last touch of each kind that there was."""
    account.refresh_from_db()
    moments = {name.removeprefix("last_"): getattr(account, name) for name in KINDS}
    return {name: (clock.now() - moment).days for name, moment in moments.items() if moment}


@pytest.mark.parametrize(
    ("touch", "counts_as"),
    [
        ({"kind": "call", "attended": True}, {"sync"}),
        ({"kind": "meeting", "attended": True}, {"sync"}),
        ({"kind": "visit", "attended": True}, {"sync"}),
        ({"kind": "qbr", "attended": True}, {"sync", "review"}),
        ({"kind": "email", "direction": "in"}, {"async"}),
        ({"kind": "chat", "answered_at": days_ago(2)}, {"async"}),
        ({"kind": "email", "direction": "out"}, set()),
        ({"kind": "call", "attended": False}, set()),
        ({"kind": "call", "direction": "in"}, {"sync"}),
        ({"kind": "call", "attended": True, "archived_at": days_ago(0)}, set()),
    ],
)
def test_a_two_way_touch_counts_by_its_kind(cast, touch, counts_as):
    TouchFactory(account=cast.account, at=days_ago(3), **{"attended": None, **touch})
    refresh_by_kind([cast.account.pk])
    assert kept(cast.account) == dict.fromkeys(counts_as, 3)


@pytest.mark.parametrize(
    ("contact", "counts"),
    [
        ({"seniority": "executive"}, True),
        ({"roles": ["user", "sponsor"]}, True),
        ({"seniority": "executive", "gone": True}, True),
        ({"seniority": "director", "roles": ["decision_maker"]}, False),
        ({"seniority": "executive", "archived_at": days_ago(0)}, False),
    ],
)
def test_a_touch_with_a_sponsor_or_somebody_of_executive_rank_is_an_executive_one(cast, contact, counts):
    who = ContactFactory(account=cast.account, **contact)
    TouchFactory(account=cast.account, kind="meeting", attended=True, at=days_ago(4), attendees=[who])
    TouchFactory(account=cast.account, kind="meeting", attended=False, at=days_ago(1), attendees=[who])
    refresh_by_kind([cast.account.pk])
    assert kept(cast.account) == {"sync": 4} | ({"executive": 4} if counts else {})


def test_logging_and_archiving_a_touch_keeps_it_current(cast):
    fields = {"kind": "qbr", "at": days_ago(1), "attended": True}
    touch = log_touch(by=cast.owner, account=cast.account, fields=fields)
    assert kept(cast.account) == {"sync": 1, "review": 1}
    archive_touch(by=cast.owner, touch=touch)
    assert kept(cast.account) == {}


def test_the_night_brings_it_up_to_date_and_a_second_one_writes_nothing(cast):
    TouchFactory(account=cast.account, kind="call", attended=True, at=days_ago(6))
    Account.objects.filter(pk=cast.account.pk).update(last_review=days_ago(1))
    refresh_arr(today=clock.today())
    assert kept(cast.account) == {"sync": 6}
    assert refresh_by_kind([cast.account.pk]) == 0


@pytest.mark.parametrize("many", [1, 12])
def test_it_is_one_statement_however_many_accounts(many, django_assert_num_queries):
    accounts = AccountFactory.create_batch(many)
    for account in accounts:
        TouchFactory(account=account, kind="call", attended=True)
    with django_assert_num_queries(1):
        assert refresh_by_kind([account.pk for account in accounts]) == many
