import datetime as dt
from decimal import Decimal

import pytest

from accounts.services.latest import refresh_latest
from cs_workspace.common import clock
from health.domain.deadlines import Urgency
from health.models import AlertRule, ChurnEstimate
from health.queries.at_risk import (
    NOBODY,
    PAGE,
    QueueFilter,
    all_rows,
    at_risk_accounts,
    page_of_queue,
    queue,
    rows_of,
)
from health.queries.at_risk_figures import OWNERS, concentration, figures
from tests.factories import (
    AccountFactory,
    AlertFactory,
    ScorecardVersionFactory,
    SnapshotFactory,
    TaskFactory,
    TouchFactory,
    UserFactory,
    day,
    days_ago,
)
from tests.health.churning import model_in_use
from tests.health.queue import entered, queued

pytestmark = pytest.mark.django_db


def shown(user, **wanted):
    return [account.name for account in queue(user, QueueFilter(**wanted))]


def only_row(user):
    [row] = rows_of(list(queue(user, QueueFilter()).select_related("owner")), now=clock.now())
    return row


def test_the_two_bottom_tiers_are_in_the_queue_and_nobody_else(cast):
    at_risk, critical = queued(3, owner=cast.owner), queued(4, owner=cast.owner)
    AccountFactory(owner=cast.owner, watch=True)
    AccountFactory(owner=cast.owner, churned=True, health_rank=4)
    AccountFactory(owner=cast.owner, critical=True, archived_at=days_ago(1))
    assert set(at_risk_accounts(cast.owner)) == {at_risk, critical}


def test_an_account_with_a_critical_alert_or_a_low_score_joins_it_until_that_is_resolved(cast):
    critical = AlertFactory(account=AccountFactory(owner=cast.owner, watch=True), severity=1)
    low = AlertFactory(
        account=AccountFactory(owner=cast.owner, watch=True), rule=AlertRule.objects.get(key="score-under")
    )
    AlertFactory(account=AccountFactory(owner=cast.owner, watch=True), severity=2)
    AlertFactory(account=AccountFactory(owner=cast.owner, watch=True), severity=1, resolved=True)
    assert set(at_risk_accounts(cast.owner)) == {critical.account, low.account}


def test_everybody_finds_their_own_accounts_and_managers_their_teams(cast):
    mine = queued(3, owner=cast.owner)
    other = queued(3, owner=cast.outsider)
    assert list(at_risk_accounts(cast.owner)) == [mine]
    assert list(at_risk_accounts(cast.manager)) == [mine]
    assert list(at_risk_accounts(cast.outsider)) == [other]
    assert set(at_risk_accounts(cast.executive)) == {mine, other}


def test_the_most_revenue_at_risk_comes_first_and_the_unknown_last(cast):
    queued(3, owner=cast.owner, name="large", arr=Decimal(100_000))  # 40 000
    queued(4, owner=cast.owner, name="small and critical", arr=Decimal(60_000))  # 48 000
    queued(4, owner=cast.owner, name="no churn known", arr=Decimal(900_000), expected_churn=None)
    assert shown(cast.owner) == ["small and critical", "large", "no churn known"]


def test_revenue_at_risk_is_arr_times_expected_churn(cast):
    queued(3, owner=cast.owner, arr=Decimal("96500.50"))
    row = only_row(cast.owner)
    assert (row.risk, row.renews) == (Decimal("38600.20"), Decimal("0.600"))


@pytest.mark.parametrize(
    ("rank", "hours", "urgency"),
    [
        (3, 30, Urgency.RUNNING),
        (3, 40, Urgency.SOON),
        (3, 49, Urgency.OVERDUE),
        (4, 6, Urgency.RUNNING),
        (4, 20, Urgency.SOON),
        (4, 25, Urgency.OVERDUE),
    ],
)
def test_the_clock_is_48_hours_for_at_risk_and_24_for_critical(cast, rank, hours, urgency):
    queued(rank, owner=cast.owner, hours=hours)
    assert only_row(cast.owner).clock.urgency is urgency


def test_critical_sets_a_clock_of_its_own_and_the_older_one_holds_no_more(cast):
    account = queued(4, owner=cast.owner, hours=2)
    entered(account, 3, hours=200)
    assert only_row(cast.owner).clock.urgency is Urgency.RUNNING


def test_an_alert_resolved_by_hand_still_says_when_the_tier_was_entered(cast):
    account = queued(3, owner=cast.owner)
    entered(account, 3, hours=60, resolved=True)
    row = only_row(cast.owner)
    assert (row.clock.urgency, row.alert) == (Urgency.OVERDUE, None)


def test_a_critical_time_that_is_over_sets_no_clock_for_an_account_back_in_at_risk(cast):
    account = queued(3, owner=cast.owner)
    entered(account, 4, hours=100, resolved=True)
    assert only_row(cast.owner).clock.urgency is Urgency.UNKNOWN


def test_a_touch_or_a_finished_task_since_the_entry_stops_the_clock(cast):
    touched, done, before = (queued(3, owner=cast.owner, hours=60) for _ in range(3))
    TouchFactory(account=touched, at=days_ago(1))
    TaskFactory(account=done, done=True)
    TouchFactory(account=before, at=days_ago(9))
    TaskFactory(account=before)
    refresh_latest([touched.pk, done.pk, before.pk])
    rows = rows_of(list(queue(cast.owner, QueueFilter())), now=clock.now())
    assert {row.account.pk: row.clock.urgency for row in rows} == {
        touched.pk: Urgency.ACTED,
        done.pk: Urgency.ACTED,
        before.pk: Urgency.OVERDUE,
    }


def test_a_row_shows_the_gravest_alert_and_the_task_that_is_due_first(cast):
    account = queued(4, owner=cast.owner)
    AlertFactory(account=account, severity=3)
    grave = entered(account, 4)
    TaskFactory(account=account, due_at=None)
    TaskFactory(account=account, due_at=days_ago(-3))
    first = TaskFactory(account=account, due_at=days_ago(-2))
    TaskFactory(account=account, due_at=days_ago(5), done=True)
    row = only_row(cast.owner)
    assert (row.alert, row.task, row.can_acknowledge) == (grave, first, True)


@pytest.mark.parametrize(("state", "can"), [("snoozed", True), ("acknowledged", False)])
def test_only_an_alert_that_nobody_is_on_can_be_acknowledged(cast, state, can):
    entered(queued(3, owner=cast.owner), **{state: True})
    assert only_row(cast.owner).can_acknowledge is can


def test_chips_show_what_they_count(cast):
    queued(4, owner=cast.owner, name="late", hours=30)
    queued(3, owner=cast.owner, name="in time", hours=1, renewal_date=day(90))
    acted = queued(3, owner=cast.owner, name="acted", hours=60, renewal_date=day(91))
    TouchFactory(account=acted, at=clock.now())
    refresh_latest([acted.pk])
    queued(3, owner=cast.owner, name="no clock", renewal_date=day(-1))
    found = figures(cast.owner, QueueFilter())
    for key, names in {
        "all": {"late", "in time", "acted", "no clock"},
        "critical": {"late"},
        "idle": {"late", "in time"},
        "overdue": {"late"},
        "renewal": {"in time"},
    }.items():
        assert (key, set(shown(cast.owner, only=key)), found.counts[key]) == (key, names, len(names))
    assert (found.acted, found.known) == (1, 3)


def test_owner_and_text_narrow_queue_and_figures(cast):
    queued(3, owner=cast.owner, name="Halden One", arr=Decimal(1000))
    queued(3, owner=cast.team_mate, name="Halden Two", arr=Decimal(2000))
    queued(3, owner=None, name="Nobody's", arr=Decimal(4000))
    everything = cast.executive
    assert shown(everything, text=" halden ") == ["Halden Two", "Halden One"]
    assert shown(everything, owner=str(cast.owner.pk)) == ["Halden One"]
    assert shown(everything, owner=NOBODY) == ["Nobody's"]
    assert figures(everything, QueueFilter(text="halden")).revenue == Decimal("1200.00")
    assert figures(everything, QueueFilter(owner=NOBODY)).revenue == Decimal("1600.00")


def test_the_change_against_a_week_ago_is_at_todays_arr(cast):
    version = ScorecardVersionFactory()
    fell, stayed, recovered = (
        queued(3, owner=cast.owner, arr=Decimal(1000)),
        queued(3, owner=cast.owner, arr=Decimal(2000)),
        AccountFactory(owner=cast.owner, watch=True, arr=Decimal(500)),
    )
    SnapshotFactory(account=fell, version=version, day=day(-7), rank=2)
    SnapshotFactory(account=stayed, version=version, day=day(-7), rank=3)
    SnapshotFactory(account=recovered, version=version, day=day(-7), rank=4)
    SnapshotFactory(account=cast.strangers, version=version, day=day(-7), rank=4)
    found = figures(cast.owner, QueueFilter())
    assert (found.revenue, found.week_ago, found.change) == (Decimal("1200.00"), Decimal("1200.00"), Decimal("0.00"))
    assert figures(cast.owner, QueueFilter(text="nothing like it")).change is None


def test_the_concentration_says_where_the_risk_sits_whatever_owner_is_chosen(cast):
    queued(3, owner=cast.owner, arr=Decimal(3000))
    queued(3, owner=cast.owner, arr=Decimal(3000))
    queued(3, owner=None, arr=Decimal(2000))
    found = concentration(cast.executive, QueueFilter(owner=NOBODY))
    assert [(one.key, one.name, one.accounts, one.revenue, one.share) for one in found.owners] == [
        (str(cast.owner.pk), "Olga Owner", 2, Decimal("2400.00"), 0.75),
        (NOBODY, "No owner", 1, Decimal("800.00"), 0.25),
    ]
    assert found.others == 0


@pytest.mark.parametrize("wanted", [QueueFilter(), QueueFilter(only="idle"), QueueFilter(text="Acme")])
def test_a_page_is_that_part_of_the_queue(cast, wanted):
    for number in range(PAGE + 2):
        queued(3, owner=cast.owner, hours=5, name=f"Acme {number}", arr=Decimal(1000 + number))
    for user in (cast.owner, cast.manager, cast.executive):
        found = list(queue(user, wanted))
        assert page_of_queue(user, wanted, start=0) == found[:PAGE]
        assert page_of_queue(user, wanted, start=PAGE) == found[PAGE:]
    assert page_of_queue(cast.outsider, wanted, start=0) == []


def test_a_page_of_one_owner_or_of_nobody_holds_their_accounts(cast):
    mine, his, nobodys = (queued(3, owner=owner) for owner in (cast.owner, cast.team_mate, None))
    for owner, account in ((str(cast.owner.pk), mine), (str(cast.team_mate.pk), his), (NOBODY, nobodys)):
        assert page_of_queue(cast.executive, QueueFilter(owner=owner), start=0) == [account]
        assert figures(cast.executive, QueueFilter(owner=owner)).counts["all"] == 1


def test_owners_beyond_the_first_are_summed_up(cast):
    for number in range(OWNERS + 2):
        queued(3, owner=UserFactory(), arr=Decimal(1000 * (number + 1)))
    found = concentration(cast.executive, QueueFilter())
    assert (len(found.owners), found.others, found.others_revenue) == (OWNERS, 2, Decimal("1200.00"))


@pytest.mark.parametrize("count", [1, 12])
def test_the_queue_costs_the_same_however_long_it_is(cast, django_assert_num_queries, count):
    for _ in range(count):
        account = queued(3, owner=cast.owner, hours=5)
        TaskFactory(account=account)
    user = cast.manager
    user.team_ids  # noqa: B018  read once a request
    with django_assert_num_queries(2):
        figures(user, QueueFilter())
    with django_assert_num_queries(1):
        concentration(user, QueueFilter())
    with django_assert_num_queries(4):
        assert len(list(all_rows(user, QueueFilter(), now=clock.now() + dt.timedelta(hours=1)))) == count


@pytest.mark.parametrize(("said", "then_at_risk"), [(None, 4000), (0.2, 4000), (0.5, 5000)])
def test_a_week_ago_is_what_a_model_said_then_where_that_was_more_than_the_tier(cast, said, then_at_risk):
    account = queued(3, owner=cast.owner, arr=Decimal(10_000), churn_basis="learned", expected_churn=Decimal("0.55"))
    SnapshotFactory(account=account, version=ScorecardVersionFactory(), day=day(-7), rank=3)
    if said is not None:
        ChurnEstimate.objects.create(
            account=account, day=day(-7), model=model_in_use(), probability=said, factors=[], readings=[], effects=[]
        )
    found = figures(cast.manager, QueueFilter())
    assert (found.revenue, found.week_ago, found.change) == (5500, then_at_risk, 5500 - then_at_risk)
