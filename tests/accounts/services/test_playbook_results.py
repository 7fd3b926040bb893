"""What runs brought is taken once, when their days are over, beside comparable accounts."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.domain.playbook_results import WITHIN_DAYS
from accounts.models import PlaybookResult
from accounts.services.playbook_results import take_results
from accounts.tasks import take_playbook_results
from cs_workspace.common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return make.ScorecardVersionFactory()


@pytest.fixture
def segment():
    return make.SegmentFactory(key="enterprise")


@pytest.fixture
def run(segment):
    account = make.AccountFactory(segment=segment)
    return make.PlaybookRunFactory(account=account, started_at=make.days_ago(70), score_at_start=Decimal("40.0"))


def began(run):
    return clock.day_of(run.started_at)


def judged(account, day, start, end, version, rank=4):
    """Snapshots of an account at both ends; None leaves an end out."""
    for at, score, tier in ((day, start, rank), (day + dt.timedelta(days=WITHIN_DAYS), end, 2)):
        if score is not None:
            make.SnapshotFactory(account=account, day=at, score=score, rank=tier, version=version)


def peer(run, version, start=40, end=42, rank=4, **fields):
    account = make.AccountFactory(**{"segment": run.account.segment} | fields)
    judged(account, began(run), start, end, version, rank)
    return account


def taken(run):
    take_results(today=clock.today())
    return PlaybookResult.objects.get(run=run)


def test_a_result_is_the_change_beside_the_mean_of_comparable_accounts(run, version):
    judged(run.account, began(run), 40, 52, version)
    for end in (41, 43):
        peer(run, version, end=end)
    result = taken(run)
    assert (result.day, result.segment, result.rank) == (began(run), run.account.segment, 4)
    assert (result.change, result.peers, result.peers_change, result.peers_squares) == (Decimal("12.0"), 2, 2.0, 2.0)
    assert result.beside == 10.0


def test_the_change_counts_from_the_score_that_the_run_kept(run, version):
    judged(run.account, began(run), 45, 52, version)
    assert taken(run).change == Decimal("12.0")


@pytest.mark.parametrize(
    "other",
    [
        {"rank": 3},
        {"segment": None},
        {"start": None},
        {"end": None},
    ],
    ids=["another tier", "no segment", "no score at the start", "no score at the end"],
)
def test_who_differs_at_the_start_or_has_no_score_is_not_comparable(run, version, other):
    judged(run.account, began(run), 40, 52, version)
    peer(run, version, **other)
    result = taken(run)
    assert (result.change, result.peers, result.peers_change, result.beside) == (Decimal("12.0"), 0, None, None)


def test_another_segment_is_not_comparable(run, version):
    judged(run.account, began(run), 40, 52, version)
    peer(run, version, segment=make.SegmentFactory(key="mid-market"))
    assert taken(run).peers == 0


@pytest.mark.parametrize(
    ("started", "ended", "peers"),
    [
        (70, None, 0),
        (12, None, 0),
        (200, 100, 0),
        (200, 129, 0),
        (200, 131, 1),
        (9, None, 1),
    ],
    ids=["then", "within the days after", "just before", "at the edge", "long before", "later"],
)
def test_who_had_the_playbook_around_then_is_not_comparable(run, version, started, ended, peers):
    judged(run.account, began(run), 40, 52, version)
    account = peer(run, version)
    over = {"finished": True, "ended_at": make.days_ago(ended)} if ended else {}
    make.PlaybookRunFactory(playbook=run.playbook, account=account, started_at=make.days_ago(started), **over)
    assert taken(run).peers == peers


def test_another_playbook_stands_in_nobodys_way(run, version):
    judged(run.account, began(run), 40, 52, version)
    make.PlaybookRunFactory(account=peer(run, version), started_at=make.days_ago(70))
    assert taken(run).peers == 1


@pytest.mark.parametrize(("start", "end"), [(40, None), (None, None)])
def test_without_a_score_at_the_end_the_change_is_unknown(run, version, start, end):
    judged(run.account, began(run), start, end, version)
    assert taken(run).change is None


def test_without_a_score_when_it_began_the_change_is_unknown(run, version):
    run.score_at_start = None
    run.save()
    judged(run.account, began(run), 40, 52, version)
    peer(run, version)
    assert (taken(run).change, taken(run).peers) == (None, 0)


@pytest.mark.parametrize(("days", "number"), [(WITHIN_DAYS, 0), (WITHIN_DAYS + 1, 1)])
def test_a_run_waits_until_its_days_are_over(segment, version, days, number):
    make.PlaybookRunFactory(started_at=make.days_ago(days))
    assert take_results(today=clock.today()) == number


def test_what_was_taken_stays_however_often_it_is_asked_for(run, version):
    judged(run.account, began(run), 40, 52, version)
    take_playbook_results()
    peer(run, version)
    take_playbook_results()
    assert PlaybookResult.objects.get(run=run).peers == 0


@pytest.mark.parametrize("number", [1, 12])
def test_many_results_take_as_many_queries(segment, version, number, django_assert_num_queries):
    for _ in range(number):
        account = make.AccountFactory(segment=segment)
        make.PlaybookRunFactory(account=account, started_at=make.days_ago(70))
    # A transaction of three statements, and one that finds that nothing is left.
    with django_assert_num_queries(8):
        take_results(today=clock.today())
