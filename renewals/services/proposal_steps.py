"""What every step of a proposal has in common: the renewal locked and open, the step possible, the state kept."""

from accounts.models import User
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.proposals import Action, Refusal, State, outcome_of
from renewals.models import Proposal, Renewal


def lock_renewal(renewal: Renewal) -> Renewal:
    """The renewal, locked, so that its proposals are written one after the other.

    It is locked before its proposals, everywhere. Raises `RefusedError` once it is closed.
    """
    held = locked(renewal)
    if not held.is_open:
        raise RefusedError("This renewal is closed. Take the closing back to go on with its proposals.")
    return held


def next_state(held: Proposal, action: Action) -> State:
    """The state that an action leads to. Raises `RefusedError` with the reason where it leads nowhere."""
    outcome = outcome_of(held.state, action)
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome.reason)
    return outcome


def settle(held: Proposal, state: State, *, by: User | None) -> Proposal:
    """Saves a locked proposal in a state; `by` is None for the customer."""
    if held.state != state.value:
        held.state, held.state_since = state.value, clock.now()
    return save_next(held, by=by)
