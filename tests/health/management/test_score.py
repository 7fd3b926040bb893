"""`manage.py score`: worked examples, and every bad input with one line and exit code 1. No database is touched."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def readings_file(tmp_path):
    def write(content):
        path = tmp_path / "readings.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def score(path, *flags, preset="ops"):
    out = StringIO()
    call_command("score", *flags, preset=preset, readings=str(path), stdout=out)
    return out.getvalue()


def scores_of(path):
    return {one["id"]: one for one in json.loads(score(path))["scores"]}


# Usage (100 + 60 + 70 + 110) ÷ 4 = 85 · engagement (70 + 70 + 100 + 80) ÷ 4 = 80
# business (60 + 70 + 100 + 100) ÷ 4 = 82.5 · sentiment (70 + 100 + 60) ÷ 3 = 76.67
# 0.35 × 85 + 0.25 × 80 + 0.25 × 82.5 + 0.15 × 76.67 = 29.75 + 20 + 20.625 + 11.5 = 81.875
STEADY = {
    "login_days": 27, "feature_breadth": 0.6, "core_actions_ratio": 1.0, "usage_change": 0.12,
    "tickets_90d": 4, "training_completion": 0.8, "meeting_attendance": 1.0, "event_attendance": True,
    "late_payments": 1, "contract_status": "approaching", "stakeholder_changes": 0, "strategic_alignment": "aligned",
    "csat": 4.2, "nps_class": "promoter", "sentiment": "neutral",
}  # fmt: skip


def test_a_fully_observed_account_scores_as_by_hand(readings_file):
    steady = scores_of(readings_file({"accounts": [{"id": "s", "segment": "smb", "metrics": STEADY}]}))["s"]
    assert steady == {
        "id": "s",
        "score": 81.9,
        "tier": "Healthy",
        "confidence": 1.0,
        "dimensions": {"Product usage": 85.0, "Engagement": 80.0, "Business health": 82.5, "Sentiment": 76.7},
        "indicators": {
            "login_days": 100, "feature_breadth": 60, "core_actions_ratio": 70, "usage_change": 110,
            "tickets_90d": 70, "training_completion": 70, "meeting_attendance": 100, "event_attendance": 80,
            "late_payments": 60, "contract_status": 70, "stakeholder_changes": 100, "strategic_alignment": 100,
            "csat": 70, "nps_class": 100, "sentiment": 60,
        },
    }  # fmt: skip


def test_missing_readings_hand_their_weight_on_and_lower_the_confidence(readings_file):
    # Without sentiment and without core actions: usage (100 + 60 + 110) ÷ 3 = 90;
    # (35 × 90 + 25 × 80 + 25 × 82.5) ÷ 85 = 7212.5 ÷ 85 = 84.85; seen 35 × 3/4 + 25 + 25 = 76.25 %.
    metrics = {
        name: reading
        for name, reading in STEADY.items()
        if name not in ("csat", "nps_class", "sentiment", "core_actions_ratio")
    }
    partly = scores_of(readings_file({"accounts": [{"id": "p", "metrics": metrics}]}))["p"]
    assert (partly["score"], partly["tier"], partly["confidence"]) == (84.9, "Healthy", 0.7625)
    assert partly["dimensions"] == {
        "Product usage": 90.0, "Engagement": 80.0, "Business health": 82.5, "Sentiment": None,
    }  # fmt: skip


def test_an_account_without_enough_data_has_no_score_and_no_tier(readings_file):
    # 35 × 1/4 + 15 × 1/3 = 13.75 % of the weight.
    metrics = {"login_days": 27, "nps_class": "promoter"}
    thin = scores_of(readings_file({"accounts": [{"id": "a", "segment": "enterprise", "metrics": metrics}]}))["a"]
    assert (thin["score"], thin["tier"], thin["confidence"]) == (None, None, 0.1375)
    assert (thin["indicators"]["login_days"], thin["indicators"]["csat"]) == (100, None)


def test_the_tier_goes_by_the_unrounded_score(readings_file):
    # Usage (70 + 100 + 100 + 80) ÷ 4 = 87.5, engagement (100 + 70 + 100 + 40) ÷ 4 = 77.5,
    # business (60 + 70 + 60 + 50) ÷ 4 = 60, sentiment left out of 15: (35 × 87.5 + 25 × 77.5 + 25 × 60) ÷ 85
    # = 6500 ÷ 85 = 76.47; with sentiment (70 + 50 + 60) ÷ 3 = 60 it is 65 + 9 = 74. Below, two that end beside a bound.
    below = STEADY | {"nps_class": "passive", "csat": 3.5, "late_payments": 1}
    # 81.875 − 0.05 × (50 + 30) = 77.875: Watch.
    at = STEADY | {"nps_class": "passive", "contract_status": "active"}
    # 81.875 − 2.5 + 0.0625 × 30 = 81.25 → 81.2, halves to the even digit.
    found = scores_of(readings_file({"accounts": [{"id": "b", "metrics": below}, {"id": "a", "metrics": at}]}))
    assert (found["b"]["score"], found["b"]["tier"]) == (77.9, "Watch")
    assert (found["a"]["score"], found["a"]["tier"]) == (81.2, "Healthy")


def test_accounts_come_out_in_the_order_they_went_in(readings_file):
    accounts = [{"id": name, "metrics": {}} for name in ("z", "a", "m")]
    assert list(scores_of(readings_file({"accounts": accounts}))) == ["z", "a", "m"]


def test_no_accounts_give_no_scores(readings_file):
    assert json.loads(score(readings_file({"accounts": []}))) == {"scores": []}


def test_json_is_printed_on_one_line_for_programs(readings_file):
    path = readings_file({"accounts": [{"id": "ä", "metrics": STEADY}]})
    assert json.loads(score(path, "--json")) == json.loads(score(path))
    assert score(path, "--json").count("\n") == 1
    assert score(path).count("\n") > 10


def test_a_file_with_a_byte_order_mark_is_read(readings_file):
    assert scores_of(readings_file("\ufeff" + json.dumps({"accounts": [{"id": "a", "metrics": {}}]})))


def refusal(path, preset="ops"):
    with pytest.raises(CommandError) as refused:
        score(path, preset=preset)
    message = str(refused.value)
    assert "\n" not in message
    return message


def with_reading(name, reading):
    return json.dumps({"accounts": [{"id": "a", "metrics": {name: reading}}]})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is not JSON"),
        ('{"accounts": [', "is not JSON"),
        ("[]", "the document must be an object"),
        ('{"accounts": 3}', "“accounts” must be a list"),
        (with_reading("logins", 3), "account a: logins: no metric has this name"),
        (with_reading("nps_class", "happy"), "must be one of promoter, passive, detractor"),
        (with_reading("csat", float("nan")), "holds NaN"),
        (with_reading("csat", float("inf")), "holds Infinity"),
        ('{"accounts": [{"id": "a", "metrics": {"csat": 1e999}}]}', "csat: must be a finite number"),
        (json.dumps({"accounts": [{"id": "a", "metrics": {}}] * 2}), "the id a is already that of account 1"),
        ("[" * 200_000, "is nested too deeply"),
    ],
)
def test_bad_input_is_refused_in_one_line_that_names_the_file(readings_file, content, reason):
    path = readings_file(content)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert reason in message


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    assert refusal(tmp_path / "none.json").endswith("none.json: No such file or directory")
    assert refusal(tmp_path).endswith(": Is a directory")
    (tmp_path / "latin.json").write_bytes(b'{"accounts": "\xe9"}')
    assert "is not UTF-8 text (byte 14)" in refusal(tmp_path / "latin.json")


def test_an_unknown_preset_is_refused_with_those_there_are(readings_file):
    assert refusal(readings_file({"accounts": []}), preset="magic").startswith(
        "No preset is called “magic” (there are: "
    )


def test_as_a_program_it_exits_with_1_and_one_line_and_needs_no_database(readings_file):
    def run(path):
        return subprocess.run(
            [sys.executable, "manage.py", "score", "--preset", "ops", "--readings", str(path), "--json"],
            cwd=PROJECT,
            env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0",
                              "SECRET_KEY": "x" * 50},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    bad = run(readings_file("nonsense"))
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.strip().count("\n") == 0
    good = run(readings_file({"accounts": [{"id": "s", "metrics": STEADY}]}))
    assert good.returncode == 0
    assert json.loads(good.stdout)["scores"][0]["score"] == 81.9
