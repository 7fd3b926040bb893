"""Renewals are moved from stage to stage."""

import pytest

from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from renewals.domain.stages import Stage
from renewals.services.editing import edit_renewal
from renewals.services.stages import move_stage, take_back_move
from tests.factories import RenewalFactory
from tests.factories.proposals import ProposalFactory, ProposalOptionFactory

pytestmark = pytest.mark.django_db


def moves(renewal):
    return list(renewal.moves.values_list("before", "after", "by__name", "note"))


def test_a_move_is_kept_with_who_and_why(cast):
    renewal = RenewalFactory(account=cast.account)
    moved = move_stage(by=cast.owner, renewal=renewal, to=Stage.VALUE_REVIEW, note="They asked for it", version=1)
    assert (moved.stage, moved.version) == ("value_review", 2)
    assert clock.day_of(moved.stage_since) == clock.today()
    assert moves(renewal) == [("upcoming", "value_review", "Olga Owner", "They asked for it")]


def test_a_proposal_needs_an_option_and_then_may_be_moved_to(cast):
    renewal = RenewalFactory(account=cast.account)
    with pytest.raises(RefusedError, match="needs a proposal with at least one option"):
        move_stage(by=cast.owner, renewal=renewal, to=Stage.PROPOSAL)
    assert moves(renewal) == []
    ProposalOptionFactory(proposal=ProposalFactory(renewal=renewal))
    assert move_stage(by=cast.owner, renewal=renewal, to=Stage.NEGOTIATION).stage == "negotiation"


@pytest.mark.parametrize("to", [Stage.CLOSED, Stage.UPCOMING])
def test_what_the_rules_forbid_is_refused_and_nothing_is_kept(cast, to):
    renewal = RenewalFactory(account=cast.account)
    with pytest.raises(RefusedError):
        move_stage(by=cast.owner, renewal=renewal, to=to)
    renewal.refresh_from_db()
    assert (renewal.stage, renewal.version, moves(renewal)) == ("upcoming", 1, [])


def test_the_second_of_two_moves_is_told(cast):
    renewal = RenewalFactory(account=cast.account)
    move_stage(by=cast.team_mate, renewal=renewal, to=Stage.KICK_OFF, version=1)
    with pytest.raises(StaleError, match="Tim Teammate"):
        move_stage(by=cast.owner, renewal=renewal, to=Stage.VALUE_REVIEW, version=1)


def test_a_move_is_taken_back_which_is_kept_too(cast):
    renewal = RenewalFactory(account=cast.account)
    moved = move_stage(by=cast.owner, renewal=renewal, to=Stage.KICK_OFF)
    back = take_back_move(by=cast.owner, renewal=renewal, version=moved.version)
    assert back.stage == "upcoming"
    assert moves(renewal)[1] == ("kick_off", "upcoming", "Olga Owner", "Taken back")
    with pytest.raises(StaleError):
        take_back_move(by=cast.owner, renewal=renewal, version=moved.version)


def test_a_move_is_not_taken_back_once_something_else_was_said(cast):
    renewal = RenewalFactory(account=cast.account)
    moved = move_stage(by=cast.owner, renewal=renewal, to=Stage.KICK_OFF)
    edit_renewal(by=cast.team_mate, renewal=renewal, fields={"competitor": "Rival"})
    with pytest.raises(StaleError):
        take_back_move(by=cast.owner, renewal=renewal, version=moved.version)


def test_without_a_move_there_is_nothing_to_take_back(cast):
    with pytest.raises(RefusedError, match="no move"):
        take_back_move(by=cast.owner, renewal=RenewalFactory(account=cast.account), version=1)
