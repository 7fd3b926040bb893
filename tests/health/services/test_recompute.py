"""From observations to snapshots, the account's row and alerts."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Notification, Segment, Task
from health.domain import scorecards as domain
from health.domain.scorecards import load_preset, preset_names
from health.domain.scoring import score_accounts
from health.metrics import compute
from health.models import Alert, Scorecard, ScorecardVersion, SegmentFigures, Snapshot
from health.queries.health import health_of
from health.services.presets import install_preset, write_content
from health.services.publishing import draft_from, publish
from health.services.recompute import recompute_accounts
from tests.factories import MetricPointFactory, SnapshotFactory, TouchFactory, UserFactory
from tests.health.making import TODAY, account, ago, contents, noon, observed_account, usage

pytestmark = pytest.mark.django_db

WRITTEN = (Account, Snapshot, Alert, Task, Notification, SegmentFigures)


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


def recompute(*accounts: Account, day: dt.date = TODAY, **options):
    return recompute_accounts([one.pk for one in accounts], day=day, **options)


def test_a_healthy_account_shows_its_score_tier_and_reason_on_its_row():
    one = observed_account(1.0)
    outcome = recompute(one)
    one.refresh_from_db()
    snapshot = Snapshot.objects.get()
    assert (outcome.scored, outcome.tiers) == (1, Counter({"Healthy": 1}))
    assert one.health_score == snapshot.score
    assert one.health_score > 80
    assert (one.health_tier, one.health_rank, snapshot.rank) == ("Healthy", 1, 1)
    assert one.expected_churn == Decimal("0.025")
    assert one.health_updated == noon(0)
    assert (one.arr, one.segment.key, one.renewal_date) == (Decimal(30_000), "mid_market", ago(-185))
    assert one.last_touch == noon(5)
    assert sum(points or 0 for points in snapshot.points) == pytest.approx(float(snapshot.score), abs=0.05)


def test_an_ailing_account_says_why():
    one = observed_account(0.1)
    recompute(one)
    one.refresh_from_db()
    assert one.health_tier == "Critical"
    assert one.health_reason == "3 of 30 days with a login · 11 tickets in 90 days"


def test_doing_it_again_changes_nothing_and_tells_nobody_anything():
    manager = UserFactory(as_manager=True)
    owner = UserFactory(manager=manager)
    accounts = [observed_account(strength, owner=owner) for strength in (0.0, 0.4, 0.7, 1.0)]
    first = recompute(*accounts)
    assert first.alerts > 0
    before = contents(*WRITTEN)
    with time_machine.travel(noon(0) + dt.timedelta(hours=2), tick=False):
        again = recompute(*accounts)
    assert contents(*WRITTEN) == before
    assert (again.alerts, again.tier_moves) == (0, 0)
    assert (again.scored, again.tiers) == (first.scored, first.tiers)


def test_one_account_alone_scores_as_it_does_among_all():
    accounts = [observed_account(strength / 5) for strength in range(6)]
    usage(accounts[0], [0], core_actions=900, active_users=1)
    recompute(*accounts)
    among_all = contents(Snapshot)
    Snapshot.objects.all().delete()
    for one in accounts:
        recompute(one)
    assert contents(Snapshot) == among_all


def test_segments_are_measured_once_a_day_and_anew_only_by_a_run_over_all():
    one, other = observed_account(), observed_account()
    recompute(one)
    taken = contents(SegmentFigures)
    usage(other, range(30), core_actions=500, active_users=1)
    recompute(other)
    assert contents(SegmentFigures) == taken


def test_those_who_get_no_score_are_counted_by_reason_and_shown_without_one():
    scored = {"health_score": 50, "health_tier": "At-Risk", "health_rank": 3, "health_reason": "x"}
    churned = account(status="churned", churned_on=ago(1), **scored)
    trial = account(is_trial=True, **scored)
    coming = account(customer_since=ago(-1))
    archived = account(archived_at=noon(3))
    silent = account()
    SnapshotFactory(account=churned, day=TODAY, version=ScorecardVersion.objects.get())
    outcome = recompute(churned, trial, coming, archived, silent)
    assert outcome.scored == 0
    assert outcome.skipped == Counter(
        {"churned": 1, "trial": 1, "not a customer yet": 1, "archived": 1, "not enough data": 1}
    )
    assert [snapshot.account_id for snapshot in Snapshot.objects.all()] == [silent.pk]
    assert Snapshot.objects.get().score is None
    for one in (churned, trial):
        one.refresh_from_db()
        assert (one.health_score, one.health_tier, one.health_rank, one.health_reason) == (None, "", None, "")
    silent.refresh_from_db()
    assert silent.health_reason.startswith("not enough data")


def test_without_any_scorecard_nobody_is_judged():
    one = observed_account()
    Scorecard.objects.update(is_default=False)
    assert recompute(one).skipped == Counter({"no scorecard": 1})


def test_a_past_day_gets_a_snapshot_and_nothing_else():
    one = observed_account(0.0)
    row = contents(Account)
    outcome = recompute(one, day=ago(10))
    assert outcome.scored == 1
    assert Snapshot.objects.get().day == ago(10)
    assert not Alert.objects.exists()
    # The figures of the segment belong to that day; the row is today's.
    assert contents(Account) == row


def test_an_account_that_churned_since_was_a_customer_on_the_past_day():
    one = observed_account(status="churned", churned_on=ago(5))
    assert recompute(one, day=ago(6)).scored == 1
    assert recompute(one, day=ago(5)).skipped == Counter({"churned": 1})


def test_the_trend_is_the_slope_of_30_days_and_a_fall_is_told_with_what_moved_it():
    owner = UserFactory()
    one = observed_account(1.0, owner=owner)
    for back in range(30, 0, -1):
        recompute(one, day=ago(back))
    assert Snapshot.objects.count() == 30
    one.tickets.create(opened_at=noon(0))
    one.training.update(completed_on=None)
    one.alignment.update(value="misaligned")
    one.survey_answers.update(score=1)
    recompute(one)
    one.refresh_from_db()
    assert one.health_trend in ("declining", "stable")
    alert = Alert.objects.get(rule__key="score-drop")
    assert alert.score_before - alert.score_after > 15
    labels = [reason["label"] for reason in alert.reasons]
    assert "Training" in labels
    assert sum(reason["points"] for reason in alert.reasons) == pytest.approx(
        float(alert.score_after - alert.score_before), abs=0.5
    )


def test_entering_critical_opens_an_alert_and_a_task_once():
    owner = UserFactory(manager=UserFactory(as_manager=True))
    one = observed_account(0.0, owner=owner)
    recompute(one)
    one.refresh_from_db()
    assert one.open_alerts == Alert.objects.unresolved().count() > 0
    assert Task.objects.filter(account=one, origin=Task.Origin.ALERT).count() == 1


def test_a_better_score_moves_the_tier():
    one = observed_account(0.0)
    recompute(one)
    Alert.objects.all().delete()
    for number in range(30):
        one.usage_days.update_or_create(
            day=ago(number), product=None, defaults={"logins": 3, "active_users": 6, "core_actions": 60}
        )
    one.tickets.all().delete()
    one.survey_answers.filter(kind="csat").update(score=5)
    one.survey_answers.filter(kind="nps").update(score=10)
    one.alignment.update(value="aligned")
    assert recompute(one).tier_moves == 1


def test_alerts_can_be_left_out():
    assert recompute(observed_account(0.0), alerts=False).alerts == 0
    assert not Alert.objects.exists()


def scorecard(key: str, *, content: dict | None = None, **binding) -> Scorecard:
    """A published scorecard; Ops under another name unless `content` changes it."""
    card = domain.Scorecard.from_dict(load_preset("ops").to_dict() | {"key": key, "name": key} | (content or {}))
    made = Scorecard.objects.create(key=key, name=key, **binding)
    write_content(ScorecardVersion.objects.create(scorecard=made, number=1, state="published"), card)
    return made


def test_the_most_specific_scorecard_judges():
    plain, large = observed_account(stage="established"), observed_account(stage="established", arr=200_000)
    starting = observed_account(stage="onboarding", arr=200_000)
    bought = observed_account(stage="onboarding", arr=200_000)
    scorecard("of-enterprise", segment=Segment.objects.get(key="enterprise"))
    scorecard("of-onboarding", stage="onboarding")
    scorecard("of-product", product=bought.contracts.get().lines.get().product)
    recompute(plain, large, starting, bought)
    assert dict(Snapshot.objects.values_list("account_id", "version__scorecard__key")) == {
        plain.pk: "ops",
        large.pk: "of-enterprise",
        starting.pk: "of-onboarding",
        bought.pk: "of-product",
    }


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_judges_what_was_observed_as_the_engine_does(name):
    Scorecard.objects.update(is_default=False)
    Scorecard.objects.filter(pk=install_preset(name).pk).update(is_default=True)
    accounts = [observed_account((number + 1) / 10) for number in range(10)]
    for one in accounts:
        # Without a plan or a review, what was sent about them holds.
        for metric in ("goals_achieved_share", "goals_standing", "review_participation"):
            MetricPointFactory(account=one, name=metric, day=ago(3), value=1)
    recompute(*accounts)
    card, ids = load_preset(name), [one.pk for one in accounts]
    readings = compute(card.metrics, ids, TODAY)
    segments = np.array(list(Account.objects.order_by("pk").values_list("segment__key", flat=True)))
    expected = score_accounts(card, readings, segments=segments, months=np.full(10, 24.0))
    assert expected.enough.all()
    snapshots = Snapshot.objects.order_by("account_id")
    assert [snapshot.version.scorecard.key for snapshot in snapshots] == [name] * 10
    assert [float(snapshot.score) for snapshot in snapshots] == pytest.approx(expected.total, abs=0.051)
    assert [snapshot.rank for snapshot in snapshots] == [expected.tier_at(row).rank for row in range(10)]
    assert expected.total[-1] > expected.total[0]


@pytest.mark.parametrize(
    "kept",
    [
        {"product", "stage", "segment"}, {"product", "stage"}, {"product", "segment"}, {"stage", "segment"},
        {"product"}, {"stage"}, {"segment"}, set(),
    ],
)  # fmt: skip
def test_product_comes_before_stage_before_segment_before_the_default(kept):
    one = observed_account(stage="onboarding", arr=200_000)
    bindings = {
        "product": {"product": one.contracts.get().lines.get().product},
        "stage": {"stage": "onboarding"},
        "segment": {"segment": Segment.objects.get(key="enterprise")},
    }
    for name in kept:
        scorecard(name, **bindings[name])
    recompute(one)
    first = next((name for name in bindings if name in kept), "ops")
    assert Snapshot.objects.get().version.scorecard.key == first


def test_a_young_account_is_judged_by_its_age_band_from_the_stored_scorecard_to_the_row():
    used = {"metric": "login_days", "weight": 100, "scorer": {"kind": "bands", "bands": [[25, 100]], "below": 20}}
    ages = [
        {"under_months": 3, "scorer": {"kind": "bands", "bands": [[5, 90]], "below": 50}},
        {"under_months": 12, "scorer": {"kind": "bands", "bands": [[10, 70]], "below": 30}},
    ]
    usage_alone = {"key": "usage", "label": "Usage", "weight": 100, "indicators": [used | {"ages": ages}]}
    Scorecard.objects.update(is_default=False)
    made = scorecard("by-age", content={"dimensions": [usage_alone]}, is_default=True)
    publish(draft_from(made.versions.get(), by=None), by=None)  # a draft carries the bands on

    # 91 days are 2.99 months, 92 are 3.02; a year is 365.25 days. All have logged in on six days.
    since = {ago(91): 90, ago(92): 30, ago(365): 30, ago(366): 20, None: 20}
    accounts = [account(customer_since=day) for day in since]
    for one in accounts:
        usage(one, range(6), logins=1)
    recompute(*accounts)
    scores = dict(Account.objects.values_list("pk", "health_score"))
    assert [scores[one.pk] for one in accounts] == list(since.values())
    assert {one.version.number for one in Snapshot.objects.select_related("version")} == {2}
    # Shown out of the snapshot, the band of the account's age is the one that is said to be reached.
    health = health_of(Account.objects.get(pk=accounts[1].pk), today=TODAY)
    assert (health.dimensions[0].score, health.raises[0].goal) == (30, "logins on 10 of 30 days")


def test_a_rank_within_the_segment_is_the_same_alone_as_among_all():
    ranked = {
        "key": "usage",
        "label": "Usage",
        "weight": 100,
        "indicators": [{"metric": "login_days", "weight": 100, "scorer": {"kind": "quartile"}}],
    }
    Scorecard.objects.update(is_default=False)
    scorecard("ranked", content={"dimensions": [ranked]}, is_default=True)
    accounts = [observed_account(0.3 + number / 20) for number in range(9)]
    recompute(*accounts)
    among_all = contents(Snapshot)
    scores = [row["score"] for row in among_all["Snapshot"]]
    assert scores == sorted(scores)
    assert (scores[0], scores[4], scores[8]) == (0, 50, 100)
    for one in accounts:
        recompute(one)
    assert contents(Snapshot) == among_all


def test_the_number_of_statements_does_not_grow_with_the_accounts():
    few = [observed_account(number) for number in (0, 1)]
    many = [observed_account(number % 2) for number in range(12)]
    recompute(*few, *many, day=ago(1))
    counts = []
    for chosen in (few, many):
        with CaptureQueriesContext(connection) as queries:
            recompute(*chosen)
        counts.append(len(queries))
    # The first one of the day takes the figures of the segments.
    assert counts[1] <= counts[0]
    assert counts[1] < 70


def test_a_touch_moves_the_engagement_of_the_score():
    one = observed_account()
    recompute(one)
    one.refresh_from_db()
    before = one.health_score
    for _ in range(3):
        TouchFactory(account=one, at=noon(0), attended=False)
    recompute(one)
    one.refresh_from_db()
    assert one.health_score < before


def test_a_reading_of_ours_that_ends_is_a_data_gap_only_where_it_used_to_come_daily():
    regular, rare = observed_account(), observed_account()
    regular.usage_days.filter(day__gt=ago(9)).delete()
    rare.usage_days.all().delete()
    usage(rare, [20, 40], logins=1)
    recompute(regular, rare)
    gaps = Alert.objects.filter(rule__trigger="data_gap")
    assert [alert.account_id for alert in gaps] == [regular.pk]
