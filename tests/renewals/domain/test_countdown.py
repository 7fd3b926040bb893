"""Which day a renewal is counted down to."""

import datetime as dt

import pytest

from renewals.domain.countdown import countdown_of

TODAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("due_in", "notice", "days", "is_decision"),
    [
        (100, 0, 100, False),
        (100, 30, 70, True),
        (30, 30, 0, True),
        (29, 30, 29, False),
        (0, 0, 0, False),
        (-3, 30, -3, False),
    ],
)
def test_it_counts_to_the_decision_while_that_is_ahead(due_in, notice, days, is_decision):
    found = countdown_of(TODAY + dt.timedelta(days=due_in), notice, today=TODAY)
    assert (found.days, found.is_decision) == (days, is_decision)
    assert found.day == TODAY + dt.timedelta(days=days)
    assert found.is_over == (days < 0)
