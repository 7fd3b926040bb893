"""renewals.domain.stages: the way of a renewal, and how it ends."""

import datetime as dt
from decimal import Decimal

import pytest

from renewals.domain.stages import NEEDS_OPTION, OPEN_STAGES, Outcome, Stage, decision_day, move_refused, outcome_of


@pytest.mark.parametrize("now", OPEN_STAGES)
@pytest.mark.parametrize("to", OPEN_STAGES)
def test_an_open_renewal_moves_to_every_other_stage_once_there_is_an_option(now: Stage, to: Stage) -> None:
    refused = move_refused(now, to, options=1)
    assert (refused is not None) == (now is to)


@pytest.mark.parametrize("to", sorted(NEEDS_OPTION))
def test_what_is_on_the_table_needs_an_option(to: Stage) -> None:
    refused = move_refused(Stage.UPCOMING, to, options=0)
    assert refused is not None
    assert "option" in refused.reason


def test_closing_asks_for_its_figures() -> None:
    refused = move_refused(Stage.NEGOTIATION, Stage.CLOSED, options=3)
    assert refused is not None
    assert "signature" in refused.reason


@pytest.mark.parametrize("to", list(Stage))
def test_a_closed_renewal_stays(to: Stage) -> None:
    refused = move_refused(Stage.CLOSED, to, options=3)
    assert refused is not None
    assert "closed" in refused.reason


@pytest.mark.parametrize(
    ("closed_arr", "outcome"),
    [("0", Outcome.LOST), ("99.99", Outcome.CONTRACTED), ("100", Outcome.FLAT), ("100.01", Outcome.EXPANDED)],
)
def test_the_outcome_follows_from_the_figures(closed_arr: str, outcome: Outcome) -> None:
    assert outcome_of(Decimal("100.00"), Decimal(closed_arr)) is outcome


def test_notice_is_given_before_the_end() -> None:
    assert decision_day(dt.date(2027, 3, 31), 90) == dt.date(2026, 12, 31)
    assert decision_day(dt.date(2027, 3, 31), 0) is None
