import datetime as dt
from decimal import Decimal

import pytest

from cs_workspace.web.domain.today import (
    BEHIND,
    BY_SEVERITY,
    FELL,
    LEAST,
    ONBOARDING,
    STUCK,
    Item,
    Kind,
    Reason,
    ranked,
    urgency_of_renewal,
    urgency_of_review,
    urgency_of_silence,
    urgency_of_task,
    value_at_risk,
)

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)


def item(account, value, kind=Kind.TASK, urgency="0.5", **more):
    return Item(account, Decimal(value), Reason(kind, str(kind), Decimal(urgency), **more))


def order(*items):
    return [line.account for line in ranked(items)]


@pytest.mark.parametrize(
    ("arr", "churn", "value"),
    [
        ("100000", "0.4", "40000"),
        ("100000", None, "15000"),  # nothing known is no comfort
        ("100000", "0", LEAST),
        ("0", "0.9", LEAST),
    ],
)
def test_the_value_of_an_account_is_what_is_expected_to_go(arr, churn, value):
    assert value_at_risk(Decimal(arr), None if churn is None else Decimal(churn)) == Decimal(value)


@pytest.mark.parametrize(
    ("priority", "hours", "urgency"),
    [(1, 2, "0.9"), (1, -2, "1.0"), (2, 2, "0.8"), (3, -2, "0.75"), (4, 2, "0.4"), (4, -2, "0.5")],
)
def test_a_task_presses_by_its_priority_and_more_once_it_is_late(priority, hours, urgency):
    assert urgency_of_task(priority, NOW + dt.timedelta(hours=hours), now=NOW) == Decimal(urgency)


def test_a_task_without_a_day_is_never_late():
    assert urgency_of_task(3, None, now=NOW) == Decimal("0.65")


@pytest.mark.parametrize(
    ("days", "urgency"),
    [
        *((0, "0.8"), (14, "0.8"), (15, "0.65"), (30, "0.65"), (31, "0.45")),
        *((60, "0.45"), (61, "0.3"), (90, "0.3"), (91, "0")),
    ],
)
def test_a_renewal_presses_more_the_nearer_it_is(days, urgency):
    assert urgency_of_renewal(days) == Decimal(urgency)


@pytest.mark.parametrize(
    ("overdue", "allowed", "urgency"),
    [(0, 14, "0.35"), (7, 14, "0.45"), (14, 14, "0.55"), (900, 14, "0.55"), (0, 0, "0.35")],
)
def test_silence_presses_by_how_late_it_is_for_its_interval(overdue, allowed, urgency):
    assert urgency_of_silence(overdue, allowed) == Decimal(urgency)


def test_nothing_presses_more_than_a_critical_alert():
    others = [
        FELL,
        ONBOARDING,
        BEHIND,
        STUCK,
        urgency_of_renewal(0),
        urgency_of_silence(99, 1),
        urgency_of_task(1, NOW, now=NOW),
    ]
    assert max(others) <= max(BY_SEVERITY.values()) == BY_SEVERITY[1]


def test_the_list_is_in_the_order_of_revenue_weighed_by_urgency():
    assert order(item(1, 10_000, urgency="0.9"), item(2, 40_000, urgency="0.3"), item(3, 9_000, urgency="0.5")) == [
        2,
        1,
        3,
    ]


def test_an_account_has_one_line_with_the_most_pressing_reason_first():
    [line] = ranked(
        [item(1, 5000, Kind.RENEWAL, "0.3"), item(1, 5000, Kind.ALERT, "0.8"), item(1, 5000, Kind.TASK, "0.65")]
    )
    assert [reason.kind for reason in line.reasons] == [Kind.ALERT, Kind.TASK, Kind.RENEWAL]
    assert line.first.kind is Kind.ALERT


def test_among_equally_pressing_reasons_the_one_with_a_deadline_comes_first():
    [line] = ranked([item(1, 5000, pk=1), item(1, 5000, pk=2, due_at=NOW)])
    assert [reason.pk for reason in line.reasons] == [2, 1]


@pytest.mark.parametrize(("reasons", "worth"), [(1, "500"), (2, "550"), (4, "650"), (9, "650")])
def test_each_further_reason_adds_a_tenth_up_to_three(reasons, worth):
    [line] = ranked([item(1, 1000) for _ in range(reasons)])
    assert line.worth == Decimal(worth)


def test_errands_without_an_account_have_a_line_each():
    assert order(item(None, 1000, pk=1), item(None, 1000, pk=2), item(7, 1000)) == [7, None, None]


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        ([Kind.ALERT, Kind.FELL], [Kind.ALERT]),
        ([Kind.ALERT, Kind.TOUCH], [Kind.ALERT, Kind.TOUCH]),
        ([Kind.FELL, Kind.TOUCH], [Kind.FELL]),
        ([Kind.ONBOARDING, Kind.TOUCH], [Kind.ONBOARDING]),
        ([Kind.MILESTONE, Kind.TOUCH], [Kind.MILESTONE, Kind.TOUCH]),
        ([Kind.ALERT, Kind.FELL, Kind.TOUCH], [Kind.ALERT, Kind.TOUCH]),
        ([Kind.TASK, Kind.RENEWAL, Kind.TOUCH], [Kind.TASK, Kind.RENEWAL, Kind.TOUCH]),
    ],
)
def test_what_says_the_same_more_faintly_is_left_out(kinds, left):
    [line] = ranked([item(1, 1000, kind) for kind in kinds])
    assert [reason.kind for reason in line.reasons] == left


def test_the_order_of_equals_does_not_depend_on_how_they_came():
    items = [item(account, 1000) for account in (3, 1, 2)] + [item(None, 1000, pk=5)]
    assert order(*items) == order(*reversed(items)) == [1, 2, 3, None]


def test_an_empty_day_is_an_empty_list():
    assert ranked([]) == []


@pytest.mark.parametrize(("late", "urgency"), [(0, "0.3"), (15, "0.4"), (30, "0.5"), (400, "0.5")])
def test_a_review_of_a_plan_presses_more_the_longer_it_is_due(late, urgency):
    assert urgency_of_review(late) == Decimal(urgency)
