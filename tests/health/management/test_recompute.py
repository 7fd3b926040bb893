"""`manage.py recompute`: what it prints, what it covers, and every bad input with one line."""

import datetime as dt
import json
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Account, Notification, Task
from health.models import Alert, Chunk, Run, SegmentFigures, Snapshot
from health.services import runs
from tests.factories import UserFactory
from tests.health.making import TODAY, account, ago, contents, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


def recompute(*arguments):
    out = StringIO()
    call_command("recompute", *arguments, stdout=out)
    return out.getvalue()


def figures(*arguments):
    printed = recompute("--json", *arguments)
    assert printed.count("\n") == 1
    return json.loads(printed)


def written():
    return contents(Account, Snapshot, Alert, Task, Notification, SegmentFigures, without=("run_id",))


def refusal(*arguments):
    with pytest.raises(CommandError) as refused:
        recompute(*arguments)
    assert refused.value.returncode == 1
    assert not Run.objects.exists()
    message = str(refused.value)
    assert "\n" not in message
    return message


def test_it_prints_what_came_of_it():
    bad = observed_account(0.0, owner=UserFactory())
    observed_account(1.0)
    account(is_trial=True)
    account(churned_on=ago(1), status="churned")
    account()
    found = figures()
    assert found == {
        "run": "demand:all:2026-03-15:2026-03-15:1",
        "state": "done",
        "as_of": "2026-03-15",
        "from": None,
        "accounts": 5,
        "scored": 2,
        "skipped": found["skipped"],
        "tiers": {"Healthy": 1, "Critical": 1},
        "tier_moves": 0,
        "alerts": Alert.objects.count(),
        "seconds": found["seconds"],
    }
    assert sum(found["skipped"].values()) == 3
    assert len(found["skipped"]) == 3
    assert found["alerts"] > 0
    bad.refresh_from_db()
    assert bad.health_tier == "Critical"


def test_the_same_again_changes_nothing_and_sends_nothing():
    observed_account(0.0, owner=UserFactory())
    observed_account(1.0, owner=UserFactory())
    figures()
    before = written()
    assert before["Alert"]
    again = figures()
    assert (again["alerts"], again["tier_moves"]) == (0, 0)
    assert written() == before


def test_one_account_alone():
    one, other = observed_account(), observed_account()
    found = figures("--account", str(one.pk))
    assert (found["accounts"], found["scored"]) == (1, 1)
    assert [snapshot.account_id for snapshot in Snapshot.objects.all()] == [one.pk]
    other.refresh_from_db()
    assert other.health_score is None


def test_one_account_is_explained():
    one = observed_account(0.6)
    health = figures("--account", str(one.pk))["health"]
    one.refresh_from_db()
    assert (health["name"], health["score"], health["tier"]) == (one.name, float(one.health_score), one.health_tier)
    printed = recompute("--account", str(one.pk))
    for words in (f"{one.name}: {one.health_score}, {one.health_tier}", "Product usage (35 %)", "What would raise it"):
        assert words in printed
    assert "health" not in figures()


def test_an_account_without_a_score_is_told_why():
    trial = account(is_trial=True)
    assert f"{trial.name}: no score (trial)" in recompute("--account", str(trial.pk))


def test_a_past_day_gets_its_snapshot_and_neither_alerts_nor_the_row_change():
    one = observed_account(0.0, owner=UserFactory())
    found = figures("--as-of", str(ago(10)))
    assert (found["as_of"], found["scored"], found["alerts"]) == ("2026-03-05", 1, 0)
    assert [snapshot.day for snapshot in Snapshot.objects.all()] == [ago(10)]
    one.refresh_from_db()
    assert one.health_score is None
    assert not Alert.objects.exists()
    assert not Notification.objects.exists()


def test_every_day_of_a_span_is_rebuilt_without_alerts():
    observed_account(0.0, owner=UserFactory())
    found = figures("--from", str(ago(3)), "--to", str(ago(1)))
    assert (found["from"], found["as_of"], found["scored"]) == ("2026-03-12", "2026-03-14", 3)
    assert sorted(snapshot.day for snapshot in Snapshot.objects.all()) == [ago(3), ago(2), ago(1)]
    figures("--from", str(ago(1)))
    assert Snapshot.objects.filter(day=TODAY).exists()
    assert not Alert.objects.exists()
    assert not Notification.objects.exists()


def test_for_people_it_prints_lines():
    observed_account()
    account(is_trial=True)
    lines = recompute().splitlines()
    assert lines[0].startswith("1 of 2 accounts scored in ")
    assert "  1 in Healthy" in lines
    assert any(line.startswith("  1 skipped: ") for line in lines)
    assert "0 alerts raised" in lines


def test_an_empty_workspace_is_done_at_once():
    assert figures()["accounts"] == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--account", "987654"), "No account has the key 987654."),
        (("--account", "9" * 20), "No account has the key 99999999999999999999."),
        (("--as-of", "2026-03-16"), "2026-03-16 is still to come."),
        (("--to", "2026-03-01"), "--to needs --from."),
        (("--as-of", "2026-03-01", "--from", "2026-02-01"), "Give either --as-of or --from and --to."),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "The first day, 2026-03-02, is after the last, 2026-03-01."),
        (("--from", "2026-03-02", "--to", "2027-03-01"), "2027-03-01 is still to come."),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments, reason):
    assert refusal(*arguments) == reason


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("--as-of", "yesterday"), "--as-of"),
        (("--from", "2026-02-30"), "--from"),
        (("--to", ""), "--to"),
        (("--account", "Halden"), "--account"),
    ],
)
def test_what_is_no_day_and_no_key_is_refused_by_the_name_of_its_option(arguments, option):
    assert option in refusal(*arguments)


def test_a_run_that_cannot_be_finished_says_why_in_one_line(monkeypatch):
    observed_account()

    def failing(ids, **options):
        raise ZeroDivisionError("nothing to divide by\nand more of it")

    monkeypatch.setattr(runs, "recompute_accounts", failing)
    with pytest.raises(CommandError) as refused:
        recompute("--json")
    assert str(refused.value) == "The run failed after 0 of 1 chunks: nothing to divide by"
    assert Run.objects.get().state == Run.State.FAILED


def test_what_others_have_claimed_is_waited_for(monkeypatch):
    observed_account()
    monkeypatch.setattr(runs, "CHUNK_ACCOUNTS", 1)
    observed_account()
    claimed = runs.start_run(dispatch=False).chunks.first()
    Chunk.objects.filter(pk=claimed.pk).update(claimed_at=noon(0), attempts=1)

    def the_other_is_gone(seconds):
        Chunk.objects.filter(pk=claimed.pk).update(claimed_at=noon(0) - dt.timedelta(minutes=5))

    monkeypatch.setattr("health.management.commands.recompute.time.sleep", the_other_is_gone)
    assert figures()["scored"] == 2
