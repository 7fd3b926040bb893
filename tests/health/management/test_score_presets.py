"""`manage.py score` by the four presets beside Ops: accounts worked out by hand."""

import json
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.fixture
def scores_of(tmp_path):
    def run(preset, *accounts):
        path = tmp_path / "readings.json"
        path.write_text(json.dumps({"accounts": accounts}), encoding="utf-8")
        out = StringIO()
        call_command("score", preset=preset, readings=str(path), stdout=out)
        return {one["id"]: one for one in json.loads(out.getvalue())["scores"]}

    return run


def test_lifecycle(scores_of):
    # Daily use 0.3 lies in the middle of 0.2–0.4: 40 + 0.1 ÷ 0.2 × 20 = 50.
    # Logins +10 % are a fifth of the way from 5 % to 30 %: 70 + 0.05 ÷ 0.25 × 30 = 76.
    # 0.30 × 50 + 0.20 × 76 + 0.15 × 85 + 0.20 × 50 + 0.15 × 85 = 15 + 15.2 + 12.75 + 10 + 12.75 = 65.7.
    metrics = {
        "dau_mau": 0.3, "login_change": 0.1, "relationship_depth": "multi_threaded", "goals_standing": "some",
        "financial_standing": "expanding",
    }  # fmt: skip
    assert scores_of("lifecycle", {"id": 7, "metrics": metrics})[7] == {
        "id": 7, "score": 65.7, "tier": "Healthy", "confidence": 1.0,
        "dimensions": {
            "Product usage": 50.0, "Engagement": 76.0, "Relationship": 85.0, "Outcomes": 50.0, "Financial": 85.0,
        },
        "indicators": {
            "dau_mau": 50.0, "login_change": 76.0, "relationship_depth": 85.0, "goals_standing": 50.0,
            "financial_standing": 85.0,
        },
    }  # fmt: skip


def test_lifecycle_at_its_best_and_at_its_worst_and_partly_observed(scores_of):
    best = {
        "dau_mau": 0.7, "login_change": 0.4, "relationship_depth": "multi_threaded", "goals_standing": "all",
        "financial_standing": "expanding",
    }  # fmt: skip
    worst = {
        "dau_mau": 0, "login_change": -0.6, "relationship_depth": "none", "goals_standing": "none",
        "financial_standing": "delinquent",
    }  # fmt: skip
    # The goals are not known: (30 × 40 + 20 × 50 + 15 × 50 + 15 × 15) ÷ 80 = 3175 ÷ 80 = 39.6875: Critical.
    partly = {
        "dau_mau": 0.2, "login_change": 0.0, "relationship_depth": "champion", "financial_standing": "late",
    }  # fmt: skip
    found = scores_of(
        "lifecycle",
        {"id": "best", "metrics": best},
        {"id": "worst", "metrics": worst},
        {"id": "partly", "metrics": partly},
    )
    # 50 points for usage and logins, and 85 for the three categories: 50 + 0.5 × 85 = 92.5.
    assert (found["best"]["score"], found["best"]["tier"]) == (92.5, "Thriving")
    # 0.15 × 15 + 0.20 × 15 = 5.25, halves to the even digit.
    assert (found["worst"]["score"], found["worst"]["tier"]) == (5.2, "Critical")
    assert (found["partly"]["score"], found["partly"]["tier"], found["partly"]["confidence"]) == (39.7, "Critical", 0.8)


FIVE = {
    "active_user_ratio": 0.6, "feature_breadth": 0.5, "logins_per_week_ratio": 1.2,
    "email_response_rate": 0.5, "meeting_attendance": 0.8, "review_participation": True, "days_since_contact": 60,
    "ticket_volume_ratio": 0.4, "critical_ticket_share": 0.1, "support_csat": 4,
    "nps": 20, "csat": 4.5, "sentiment": "neutral",
    "payment_status": "late", "expansion_12m": 0.1, "renewal_budget_confirmed": False,
}  # fmt: skip


def test_five_dimension(scores_of):
    # Usage 0.4 × 60 + 0.3 × 50 + 0.3 × 100 = 69 · engagement 0.3 × 50 + 0.25 × 80 + 0.25 × 100 + 0.2 × 0 = 60
    # support 0.3 × 60 + 0.3 × 90 + 0.4 × 80 = 77 · satisfaction 0.5 × 60 + 0.3 × 90 + 0.2 × 50 = 67
    # financial 0.4 × 50 + 0.3 × 50 + 0.3 × 0 = 35
    # 0.30 × 69 + 0.25 × 60 + 0.20 × 77 + 0.15 × 67 + 0.10 × 35 = 20.7 + 15 + 15.4 + 10.05 + 3.5 = 64.65 → 64.6.
    one = scores_of("five_dimension", {"id": "a", "metrics": FIVE})["a"]
    assert (one["score"], one["tier"], one["confidence"]) == (64.6, "At Risk", 1.0)
    assert one["dimensions"] == {
        "Usage": 69.0, "Engagement": 60.0, "Support": 77.0, "Satisfaction": 67.0, "Financial": 35.0,
    }  # fmt: skip
    assert one["indicators"] == {
        "active_user_ratio": 60, "feature_breadth": 50, "logins_per_week_ratio": 100, "email_response_rate": 50,
        "meeting_attendance": 80, "review_participation": 100, "days_since_contact": 0, "ticket_volume_ratio": 60,
        "critical_ticket_share": 90, "support_csat": 80, "nps": 60, "csat": 90, "sentiment": 50,
        "payment_status": 50, "expansion_12m": 50, "renewal_budget_confirmed": 0,
    }  # fmt: skip


def test_five_dimension_clamps_each_term_and_shares_out_what_is_missing(scores_of):
    # Expansion is full at 0.2, tickets above the usual are worth nothing: financial (0.4 × 50 + 0.3 × 100) ÷ 0.7
    # = 71.43 without the budget; support 0 + 27 + 32 = 59.
    # 20.7 + 15 + 0.2 × 59 + 10.05 + 7.143 = 64.69; seen all but 3 % of the weight.
    metrics = FIVE | {"expansion_12m": 0.5, "ticket_volume_ratio": 3, "renewal_budget_confirmed": None}
    one = scores_of("five_dimension", {"id": "a", "metrics": metrics})["a"]
    assert (one["score"], one["confidence"]) == (64.7, 0.97)
    assert (one["dimensions"]["Support"], one["dimensions"]["Financial"]) == (59.0, 71.4)


def test_six_signal(scores_of):
    # Usage −30 % is down: 30 · 7 tickets: 40 · NPS −20: 40 · 20 days since contact: (60 − 20) ÷ 53 × 100 = 75.47
    # delinquent: 0 · 120 days to renewal: 70 + 30 ÷ 90 × 30 = 80
    # 0.20 × 30 + 0.15 × 40 + 0.15 × 40 + 0.20 × 75.47 + 0.15 × 0 + 0.15 × 80 = 6 + 6 + 6 + 15.09 + 0 + 12 = 45.09.
    metrics = {
        "usage_change": -0.3, "tickets_90d": 7, "nps": -20, "days_since_contact": 20, "payment_status": "delinquent",
        "days_to_renewal": 120,
    }  # fmt: skip
    one = scores_of("six_signal", {"id": "a", "metrics": metrics})["a"]
    assert (one["score"], one["tier"], one["confidence"]) == (45.1, "At-Risk", 1.0)
    assert one["dimensions"] == {
        "Usage trend": 30.0, "Support tickets": 40.0, "NPS": 40.0, "Engagement": 75.5, "Payment": 0.0, "Renewal": 80.0,
    }  # fmt: skip
    # Without NPS and payment: (6 + 6 + 15.094 + 12) ÷ 0.7 = 55.85.
    partly = {name: reading for name, reading in metrics.items() if name not in ("nps", "payment_status")}
    two = scores_of("six_signal", {"id": "a", "metrics": partly})["a"]
    assert (two["score"], two["confidence"]) == (55.8, 0.7)


BENCHMARKED = {
    "critical_ticket_share": 0.2, "training_completion": 0.8, "meeting_attendance": 0.5, "event_attendance": True,
    "goals_achieved_share": 0.6, "nps": 20, "outcome_evidence": False, "stakeholder_satisfaction": 4,
    "champion_strength": 7, "exec_sponsor": True, "buying_committee": False,
}  # fmt: skip


def test_benchmark(scores_of):
    # Nine accounts of one segment, whose readings are 0, 1 … 8 tenths, days or pieces: of nine equally spaced ones the
    # fourth (3) has a rank of 3 ÷ 8 × 100 = 37.5, and 62.5 where fewer are better.
    def readings(place):
        return BENCHMARKED | {
            "login_days": place, "feature_breadth": place / 10, "core_actions_per_user": place / 10,
            "integration_count": place, "data_volume_change": place / 10, "ticket_volume_ratio": place / 10,
            "community_activity": place, "contact_count": place,
        }  # fmt: skip

    accounts = [{"id": place, "segment": "smb", "metrics": readings(place)} for place in range(9)]
    # Another segment must not matter: it is large enough to stand by itself.
    others = [{"id": 100 + place, "segment": "enterprise", "metrics": readings(8)} for place in range(9)]
    one = scores_of("benchmark", *accounts, *others)[3]
    # Usage 37.5 · engagement (62.5 + 80 + 80 + 50 + 100 + 37.5) ÷ 6 = 410 ÷ 6 = 68.33
    # business value (60 + 60 + 0 + 75) ÷ 4 = 48.75 · relationship (70 + 37.5 + 100 + 0) ÷ 4 = 51.875
    # 0.40 × 37.5 + 0.25 × 68.33 + 0.20 × 48.75 + 0.15 × 51.875 = 15 + 17.083 + 9.75 + 7.781 = 49.61.
    assert (one["score"], one["tier"], one["confidence"]) == (49.6, "At-Risk", 1.0)
    assert one["dimensions"] == {
        "Product usage": 37.5, "Engagement": 68.3, "Business value": 48.8, "Relationship": 51.9,
    }  # fmt: skip
    assert (one["indicators"]["login_days"], one["indicators"]["ticket_volume_ratio"]) == (37.5, 62.5)
