"""The verb `score ACCOUNT`: computed anew and explained in plain values."""

import json
from decimal import Decimal

import pytest
import time_machine

from health.models import AlertRule, Snapshot
from health.services.recompute import recompute_accounts
from health.services.score import score
from tests.health.making import TODAY, account, ago, contents, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


def test_it_computes_what_was_observed_since_and_explains_it():
    one = observed_account(0.6)
    recompute_accounts([one.pk], day=TODAY)
    Snapshot.objects.update(day=ago(30))
    one.training.update(completed_on=None)
    one.alignment.update(value="misaligned")
    found = score(account=one)
    assert found.score == Snapshot.objects.get(day=TODAY).score == one.health_score
    assert (found.tier, found.reason, found.scorecard["key"]) == (one.health_tier, None, "ops")
    points = [line["points"] for dimension in found.dimensions for line in dimension["indicators"]]
    assert sum(points) == pytest.approx(float(found.score), abs=0.06)
    moved = found.moved
    assert moved["since"] == "2026-02-13"
    assert sum(Decimal(str(move["points"])) for move in moved["moves"]) == Decimal(str(moved["points"]))
    gains = [one["points"] for one in found.raises]
    assert gains
    assert gains == sorted(gains, reverse=True)
    assert found.together["score"] > float(found.score)


def test_it_is_json():
    one = observed_account(0.6)
    printed = json.loads(json.dumps(score(account=one).to_dict()))
    assert (printed["id"], printed["name"], printed["as_of"], printed["day"]) == (
        one.pk, one.name, "2026-03-15", "2026-03-15",
    )  # fmt: skip
    assert printed["score"] == float(one.health_score)
    unseen = [line for part in printed["dimensions"] for line in part["indicators"] if line["reading"] is None]
    assert {line["metric"] for line in unseen} == {"feature_breadth", "event_attendance"}
    assert {line["points"] for line in unseen} == {0}
    assert printed["moved"] is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"is_trial": True}, "trial"),
        ({"status": "churned", "churned_on": ago(1)}, "churned"),
        ({"customer_since": ago(-2)}, "not a customer yet"),
        ({}, "not enough data"),
    ],
)
def test_who_has_no_score_is_told_why(fields, reason):
    found = score(account=account(**fields))
    assert (found.score, found.tier, found.reason) == (None, None, reason)
    assert found.raises == []
    assert found.together is None


def test_doing_it_again_changes_nothing():
    one = observed_account(0.6)
    first = score(account=one)
    kept = contents(Snapshot)
    assert score(account=one) == first
    assert contents(Snapshot) == kept
