import datetime as dt

import pytest

from cs_workspace.web.importing.checks import check
from cs_workspace.web.importing.problems import Severity

EARLY, LATE = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
NINE, TEN = dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("kind", "row", "field", "summary"),
    [
        ("contacts", {"status": "left"}, "status", "has left, but no day says when"),
        ("contacts", {"status": "active", "left_on": EARLY}, "left_on", "has left on a day, but is active"),
        ("contracts", {"start": LATE, "end": EARLY}, "end", "ends before it starts"),
        ("contracts", {"arr": 9, "product": ""}, "product", "has ARR, but no product"),
        ("contracts", {"arr": None, "product": "Core"}, "arr", "has a product, but no ARR"),
        ("invoices", {"status": "paid", "paid_on": None}, "status", "is paid, but no day says when"),
        ("invoices", {"status": "open", "paid_on": EARLY}, "paid_on", "is paid on a day, but open"),
        ("tickets", {"opened_at": TEN, "closed_at": NINE}, "closed_at", "is closed before it was opened"),
        ("surveys", {"kind": "csat", "score": 6}, "score", "is not from 1 to 5, as csat answers are"),
        ("surveys", {"kind": "nps", "score": 11}, "score", "is not from 0 to 10, as nps answers are"),
        ("touches", {"kind": "email", "attended": True}, "attended", "is for what is held: messages are answered"),
        (
            "touches",
            {"kind": "call", "at": TEN, "answered_at": NINE},
            "answered_at",
            "is answered before it was sent",
        ),
        (
            "training",
            {"assigned_on": LATE, "completed_on": EARLY},
            "completed_on",
            "is completed before it was assigned",
        ),
    ],
)
def test_the_impossible_is_an_error(kind, row, field, summary):
    found = check(kind, row)
    assert [(finding.severity, finding.field, finding.summary) for finding in found] == [
        (Severity.ERROR, field, summary)
    ]


@pytest.mark.parametrize(
    ("kind", "row", "field", "summary"),
    [
        (
            "accounts",
            {"customer_since": LATE, "churned_on": EARLY},
            "churned_on",
            "churned before becoming a customer",
        ),
        ("contracts", {"status": "ended", "end": None}, "status", "has ended, but no day says when"),
        ("invoices", {"issued_on": LATE, "due_on": EARLY}, "due_on", "is due before it was issued"),
        (
            "tickets",
            {"opened_at": NINE, "closed_at": TEN, "first_response_minutes": 90},
            "first_response_minutes",
            "first answered after it was closed",
        ),
    ],
)
def test_the_doubtful_is_a_warning(kind, row, field, summary):
    found = check(kind, row)
    assert [(finding.severity, finding.field, finding.summary) for finding in found] == [
        (Severity.WARNING, field, summary)
    ]


def test_a_finding_shows_what_stands_against_what():
    (finding,) = check("tickets", {"opened_at": TEN, "closed_at": NINE})
    assert finding.detail == "2026-01-01 09:00 is before 2026-01-01 10:00"


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("accounts", {}),
        ("contacts", {"status": "left", "left_on": EARLY}),
        ("contracts", {"start": EARLY, "end": EARLY}),
        ("contracts", {"start": EARLY, "status": "ended"}),
        ("invoices", {"status": "paid", "paid_on": EARLY}),
        ("tickets", {"opened_at": NINE, "closed_at": TEN, "first_response_minutes": 60}),
        ("surveys", {"kind": "nps", "score": 0}),
        ("touches", {"kind": "email", "attended": None}),
    ],
)
def test_what_agrees_with_itself_is_passed_without_a_word(kind, row):
    assert check(kind, row) == []
