"""The customer's answer to a proposal: given by them at their link, or put down by us."""

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.services.notifying import Message, notify
from accounts.services.share_links import make_link
from accounts.services.versions import locked
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.proposals import STATE_LABELS, Action, State
from renewals.models import Proposal, ProposalOption, ProposalShare
from renewals.services.proposal_steps import lock_renewal, next_state, settle

HIGH = 2


@transaction.atomic
def accept_option(
    *, by: User | None, proposal: Proposal, option: ProposalOption, name: str, note: str = ""
) -> Proposal:
    """The customer takes one of the options: it is marked, and those who care for the renewal are told.

    `name` says who at the customer; `by` is None where they say it themselves. The renewal stays as it is: closing it
    takes a signature. Saying the same twice changes nothing. Raises `RefusedError` where the proposal is not out, was
    answered otherwise, or does not hold the option.
    """
    held = _locked(proposal)
    chosen = held.options.filter(pk=option.pk).first()
    if chosen is None:
        raise RefusedError("There is no such option in this proposal.")
    if held.state == State.ACCEPTED and chosen.is_chosen:
        return held
    _answer(held, Action.ACCEPT, name, note, by=by)
    held.options.filter(pk=chosen.pk).update(is_chosen=True)
    _tell(held, f"{name} accepted “{chosen.title}” for {held.account}", by=by)
    return held


@transaction.atomic
def decline_proposal(*, by: User | None, proposal: Proposal, name: str, note: str = "") -> Proposal:
    """The customer takes none of the options. Raises as `accept_option` does; twice changes nothing."""
    held = _locked(proposal)
    if held.state == State.DECLINED:
        return held
    _answer(held, Action.DECLINE, name, note, by=by)
    _tell(held, f"{name} declined the proposal to {held.account}", by=by)
    return held


@transaction.atomic
def share_proposal(*, by: User, proposal: Proposal, days: int) -> ProposalShare:
    """Makes the link by which the customer reads a proposal and answers it, for so many days.

    Raises `RefusedError` for a proposal that the customer is not to have yet or any more, and where there is a link.
    """
    held = _locked(proposal)
    if held.state not in (State.SENT, State.ACCEPTED, State.DECLINED):
        state = STATE_LABELS[State(held.state)].lower()
        raise RefusedError(f"Only a proposal that was sent has a link, and this one is {state}.")
    return make_link(ProposalShare, held, days, by=by)


def _locked(proposal: Proposal) -> Proposal:
    lock_renewal(proposal.renewal)
    return locked(proposal)


def _answer(held: Proposal, action: Action, name: str, note: str, *, by: User | None) -> None:
    state = next_state(held, action)
    if not name.strip():
        raise RefusedError("Say who answers.")
    held.answered_at, held.answered_name, held.answer_note = clock.now(), name.strip()[:120], note.strip()[:300]
    settle(held, state, by=by)


def _tell(held: Proposal, title: str, *, by: User | None) -> None:
    """Tells the owner of the renewal and who sent the proposal."""
    people = {one.pk: one for one in (held.renewal.owner, held.sent_by, held.author) if one and one != by}
    key, url = f"proposal:{held.pk}:{held.state}", reverse("renewals:proposal", args=[held.pk])
    notify(
        [
            Message(
                user=one,
                key=f"{key}:{one.pk}",
                title=title,
                body=held.answer_note,
                url=url,
                severity=HIGH,
                account_id=held.account_id,
            )
            for one in people.values()
        ]
    )
