"""Who is due is found by the database just as the domain reckons it for each."""

import datetime as dt
from itertools import product

import pytest
import time_machine

from accounts.domain.cadence import CadenceKind, most_pressing
from accounts.models import Account, Segment
from accounts.queries.cadence import cadence_of, most_due_in, standings_in, standings_of, touch_due
from cs_workspace.common import clock
from tests.factories import AccountFactory, SegmentFactory, day, days_ago

pytestmark = pytest.mark.django_db
ANY, SYNC, ASYNC, REVIEW, EXECUTIVE = CadenceKind
AGO = (None, 0, 1, 6, 7, 13, 14, 27, 28, 31, 89, 92, 181, 184, 365, 400)


def found(**filters):
    return set(Account.objects.filter(touch_due(today=clock.today(), **filters)))


def reckoned(kinds=tuple(CadenceKind)):
    accounts = Account.objects.active().select_related("segment")
    today = clock.today()
    return {one for one in accounts if any(s.is_due and s.kind in kinds for s in standings_of(one, today=today))}


def segment(key, **paces):
    return SegmentFactory(key=key, **paces)


@pytest.fixture
def many():
    """Accounts of every segment and rank with last touches of all ages."""
    segments = [None, *(segment(key) for key in ("enterprise", "mid_market", "smb", "self_serve"))]
    segments.append(segment("own", sync_pace="monthly", review_pace="daily", executive_pace="none"))
    rows = [
        AccountFactory.build(
            segment=one,
            health_rank=[None, 1, 3, 4][place % 4],
            customer_since=[None, day(-20), day(-700)][place % 3],
            last_touch=None if ago is None else days_ago(ago),
            last_sync=None if ago is None else days_ago(ago),
            last_async=None if ago is None or place % 2 else days_ago(ago),
            last_review=None if ago is None else days_ago(ago),
            last_executive=None if ago is None or place % 5 else days_ago(ago),
        )
        for place, (one, ago) in enumerate(product(segments, AGO))
    ]
    return Account.objects.bulk_create(rows)


@pytest.mark.parametrize(
    "today", [dt.date(2026, 2, 28), dt.date(2028, 2, 29), dt.date(2026, 5, 31), dt.date(2026, 12, 1)]
)
@pytest.mark.parametrize("kinds", [tuple(CadenceKind), *((kind,) for kind in CadenceKind)])
def test_the_database_finds_those_of_whom_the_domain_says_so(many, today, kinds):
    with time_machine.travel(clock.start_of(today) + dt.timedelta(hours=10), tick=False):
        assert found(kinds=kinds) == reckoned(kinds)


def test_who_is_no_customer_any_more_is_asked_for_no_touch():
    account = AccountFactory(churned=True, segment=segment("enterprise"))
    assert found() == set()
    (value,) = Account.objects.filter(pk=account.pk).annotate(cadence=cadence_of()).values_list("cadence", flat=True)
    assert most_due_in(value) is None


def test_what_the_book_reads_in_one_value_says_the_same(many):
    rows = Account.objects.select_related("segment").annotate(cadence=cadence_of())
    today = clock.today()
    for one in rows:
        assert standings_in(one.cadence, today=today) == standings_of(one, today=today)
        assert most_due_in(one.cadence) == next(iter(most_pressing(standings_of(one, today=today))), None)


@pytest.mark.parametrize(
    ("zone", "hour", "is_due"),
    [
        ("UTC", 5, True),
        ("Pacific/Auckland", 5, False),
        ("Pacific/Auckland", 12, True),
        ("America/Los_Angeles", 5, False),
        ("America/Los_Angeles", 9, True),
    ],
)
def test_the_day_is_that_of_the_workspace_whatever_the_zone(settings, zone, hour, is_due):
    """A touch at half past twelve in UTC is one of the next day in Auckland; midnight comes later in Los Angeles."""
    settings.TIME_ZONE = zone
    last = dt.datetime(2026, 11, 10, 12, 30, tzinfo=dt.UTC)
    account = AccountFactory(segment=segment("enterprise"), last_sync=last)
    with time_machine.travel(dt.datetime(2026, 11, 24, hour, tzinfo=dt.UTC), tick=False):
        assert (account in found(kinds=(SYNC,))) is is_due
        assert standings_of(account, today=clock.today())[0].is_due is is_due


@pytest.mark.parametrize("clocks_change", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_day_with_23_or_25_hours_is_a_day(settings, clocks_change):
    settings.TIME_ZONE = "Europe/Berlin"
    at = dt.time(23, 30, tzinfo=clock.workspace_zone())
    last = dt.datetime.combine(clocks_change - dt.timedelta(days=1), at)
    account = AccountFactory(critical=True, last_touch=last)
    moments = [dt.datetime.combine(clocks_change, dt.time(0, 10, tzinfo=clock.workspace_zone())), last]
    for moment, is_due in zip(moments, (True, False), strict=True):
        with time_machine.travel(moment, tick=False):
            assert (account in found()) is is_due
            assert standings_of(account, today=clock.today())[0].is_due is is_due


def test_what_an_admin_chose_for_a_segment_counts_at_once():
    account = AccountFactory(
        segment=segment("smb"), **dict.fromkeys(("last_sync", "last_async", "last_review"), days_ago(9))
    )
    assert found() == set()
    Segment.objects.filter(key="smb").update(sync_pace="weekly")
    assert found() == {account}
