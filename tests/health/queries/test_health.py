"""The open box: everything adds up, and what is missing is said."""

from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from health.models import AlertRule, ScorecardVersion, Snapshot
from health.queries.health import health_of, sparklines
from health.queries.scorecards import domain_scorecards
from health.services.publishing import draft_from, publish
from health.services.recompute import recompute_accounts
from tests.factories import SnapshotFactory
from tests.health.making import TODAY, account, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


def scored(one, *days: int):
    """Recomputes as of these days and gives the account as it stands."""
    for day in days:
        recompute_accounts([one.pk], day=ago(day))
    one.refresh_from_db()
    return one


def fall(one) -> None:
    one.training.update(completed_on=None)
    one.alignment.update(value="misaligned")
    one.touches.all().delete()


def test_an_account_that_was_never_scored_has_no_panel():
    assert health_of(account(), today=TODAY) is None


def test_points_of_all_indicators_sum_to_the_score_and_weights_to_100():
    health = health_of(scored(observed_account(0.6), 0), today=TODAY)
    lines = [line for dimension in health.dimensions for line in dimension.indicators]
    assert sum(line.points for line in lines) == pytest.approx(float(health.score), abs=0.05)
    assert sum(line.weight for line in lines) == pytest.approx(100)
    assert [(one.label, one.weight) for one in health.dimensions] == [
        ("Product usage", 35), ("Engagement", 25), ("Business health", 25), ("Sentiment", 15),
    ]  # fmt: skip


def test_what_was_not_observed_is_said_and_has_no_weight():
    health = health_of(scored(observed_account(0.6), 0), today=TODAY)
    assert health.missing == ["Feature breadth", "Events"]
    line = next(
        line for dimension in health.dimensions for line in dimension.indicators if line.metric == "feature_breadth"
    )
    assert (line.observed, line.score, line.weight, line.points) == (False, None, 0, 0)
    assert line.reading.lower() == "feature breadth not observed"
    assert 0.5 < health.confidence < 1


def test_moves_sum_to_the_difference_as_shown():
    one = scored(observed_account(1.0), 0, 10)
    Snapshot.objects.filter(day=TODAY).update(day=ago(30))
    fall(one)
    one.tickets.create(opened_at=noon(2))
    one.tickets.create(opened_at=noon(3))
    movement = health_of(scored(one, 0), today=TODAY).movement
    assert movement.since == ago(30)
    assert movement.points < -15
    assert sum(Decimal(str(move.tenths)) for move in movement.moves) == movement.points
    assert sum(move.points for move in movement.moves) == pytest.approx(float(movement.points), abs=0.1)
    assert "Training" in {move.label for move in movement.moves}


def test_a_young_history_compares_with_its_oldest_score():
    one = scored(observed_account(1.0), 7, 3)
    fall(one)
    assert health_of(scored(one, 0), today=TODAY).movement.since == ago(7)
    assert health_of(scored(observed_account(1.0), 0), today=TODAY).movement is None


def test_a_new_version_of_the_scorecard_is_a_move_of_its_own():
    one = scored(observed_account(1.0), 7)
    draft = draft_from(ScorecardVersion.objects.get(), by=None)
    heavy, light = draft.dimensions.order_by("position")[:2]
    heavy.weight, light.weight = 5, 55
    heavy.save()
    light.save()
    publish(draft, by=None)
    movement = health_of(scored(one, 0), today=TODAY).movement
    assert "Scorecard changed" in {move.label for move in movement.moves}
    assert sum(Decimal(str(move.tenths)) for move in movement.moves) == movement.points


def test_what_would_raise_it_reaches_what_it_promises():
    one = observed_account(1.0)
    fall(one)
    health = health_of(scored(one, 0), today=TODAY)
    best = health.raises[0]
    assert health.raises == tuple(sorted(health.raises, key=lambda each: -each.points))
    assert best.metric in ("training_completion", "strategic_alignment")
    one.alignment.update(value="aligned")
    raised = health_of(scored(one, 0), today=TODAY)
    promised = next(each for each in health.raises if each.metric == "strategic_alignment")
    assert float(raised.score) == pytest.approx(promised.total, abs=0.05)
    assert health.way_up.tier.rank < health.rank


def test_an_account_without_enough_data_shows_no_score_and_what_is_known():
    one = account()
    one.tickets.create(opened_at=noon(2))
    health = health_of(scored(one, 0), today=TODAY)
    assert (health.score, health.tier, health.rank, health.movement, health.raises) == (None, "", None, None, ())
    assert health.confidence < 0.5
    assert [dimension.score for dimension in health.dimensions] == [None, 100, None, None]


def test_history_leaves_days_without_a_score_out():
    one, version = account(), ScorecardVersion.objects.get()
    for day, score in ((20, "50.0"), (10, None), (0, "70.0"), (200, "10.0")):
        SnapshotFactory(
            account=one, day=ago(day), version=version, score=score and Decimal(score), rank=score and 3,
            readings=[None] * 15, points=[None] * 15, dimensions=[None] * 4,
        )  # fmt: skip
    health = health_of(one, today=TODAY)
    assert health.history == ((ago(20), 50.0, 3), (ago(0), 70.0, 3))


def test_the_panel_takes_three_queries_whatever_the_history():
    short, long = scored(observed_account(), 1, 0), scored(observed_account(), *range(40, -1, -1))
    for one in (short, long):
        with CaptureQueriesContext(connection) as queries:
            health_of(one, today=TODAY)
        assert len(queries) == 3


def test_sparklines_of_a_page_are_one_query_and_end_with_the_newest_score():
    version = ScorecardVersion.objects.get()
    accounts = [account() for _ in range(3)]
    for one in accounts[:2]:
        for day in range(100):
            SnapshotFactory(account=one, day=ago(day), version=version, score=Decimal(100 - day), rank=1)
    with CaptureQueriesContext(connection) as queries:
        lines = sparklines([one.pk for one in accounts], today=TODAY)
    assert len(queries) == 1
    assert set(lines) == {one.pk for one in accounts}
    assert lines[accounts[2].pk] == []
    line = lines[accounts[0].pk]
    assert line[0] == (ago(90), 10.0)
    assert line[-1] == (TODAY, 100.0)
    assert line == sorted(line)
    assert len(line) == 20


def test_snapshots_of_the_night_before_still_end_the_line():
    one, version = account(), ScorecardVersion.objects.get()
    SnapshotFactory(account=one, day=ago(1), version=version, score=Decimal(42), rank=3)
    assert sparklines([one.pk], today=TODAY)[one.pk] == [(ago(1), 42.0)]


def test_several_scorecards_are_read_in_one_query_as_their_models_say():
    version = ScorecardVersion.objects.get()
    draft = draft_from(version, by=None)
    with CaptureQueriesContext(connection) as queries:
        cards = domain_scorecards([version.pk, draft.pk])
    assert len(queries) == 1
    assert cards == {version.pk: version.to_domain(), draft.pk: draft.to_domain()}
    assert not Snapshot.objects.exists()
