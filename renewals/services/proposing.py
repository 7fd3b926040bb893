"""Every write to a proposal of ours: begun, changed, sent, withdrawn, and made anew."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.services.once import claim
from accounts.services.versions import locked, save_first
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.authority import limit_of, percent
from renewals.domain.proposals import (
    MOST_LINES,
    YEAR_MONTHS,
    Action,
    Held,
    Option,
    Refusal,
    State,
    beside_today,
    first_options,
    outcome_of,
)
from renewals.models import Proposal, ProposalLine, ProposalOption, ProposalShare, Renewal
from renewals.queries.approvals import asks_for, limits
from renewals.queries.proposals import held_in, rates_on, terms_of, worth_of
from renewals.services.approving import take_back_asking
from renewals.services.proposal_steps import lock_renewal, next_state, settle

REPLACED = "Replaced by proposal {number}"


@transaction.atomic
def start_proposal(*, by: User, renewal: Renewal, key: UUID | None = None) -> Proposal:
    """Begins a proposal with three options made from the contract: as it is, grown, and grown over several years.

    `key` is that of the form. Raises `RefusedError` for a renewal that is closed, a contract without lines, one with
    more lines than a proposal holds, and a currency without a rate; `RepeatedError` for a form that was sent already.
    """
    claim(key, by=by)
    held_renewal = lock_renewal(renewal)
    contract = held_renewal.contract
    held = held_in(contract.pk)
    if not held:
        raise RefusedError("The contract has no lines, so there is nothing to offer. Add its products first.")
    if len(held) > MOST_LINES:
        raise RefusedError(f"The contract has {len(held)} lines, and a proposal holds {MOST_LINES} at most.")
    options = first_options(held, term_months=contract.term_months or YEAR_MONTHS, billing=contract.billing)
    return _make(held_renewal, options, held, by=by)


@transaction.atomic
def revise_proposal(*, by: User, proposal: Proposal, key: UUID | None = None) -> Proposal:
    """Makes a new version of a proposal that stays as it was sent: a draft with the same options.

    Raises `RefusedError` for one that can still be changed and for a closed renewal; `RepeatedError`.
    """
    claim(key, by=by)
    renewal = lock_renewal(proposal.renewal)
    held = locked(proposal)
    if not isinstance(outcome_of(held.state, Action.EDIT), Refusal):
        raise RefusedError("This proposal can still be changed.")
    return _make(renewal, terms_of(held), held_in(renewal.contract_id), by=by, note=held.note)


@transaction.atomic
def edit_proposal(
    *, by: User, proposal: Proposal, options: Sequence[Option], note: str = "", version: int | None = None
) -> Proposal:
    """Puts other options in the place of those that there are. The proposal is a draft again, what was approved or
    asked for counts no more, and by the limit of who changed the terms its discounts are judged from now on.

    What is said already changes nothing. What the customer pays today is looked up, not taken from `options`. Raises
    `RefusedError` for one that was sent and for a closed renewal, `StaleError`.
    """
    renewal = lock_renewal(proposal.renewal)
    held = locked(proposal)
    state = next_state(held, Action.EDIT)
    today = held_in(renewal.contract_id)
    terms = [beside_today(option, today) for option in options]
    is_same = terms == terms_of(held)
    if is_same and note == held.note:
        return held
    locked(proposal, version=version)
    if not is_same:
        held.author = by
        held.options.all().delete()
        _write_options(held, terms)
    take_back_asking(held, by=by)
    held.note, held.today_arr = note, _arr_of(today)
    held.worth = worth_of(held.account_id, held.currency, today=clock.today())
    return settle(held, state, by=by)


@transaction.atomic
def send_proposal(*, by: User, proposal: Proposal, version: int | None = None) -> Proposal:
    """The customer gets it: from now on it stays as it is. One that they had before is withdrawn.

    Raises `RefusedError` where a discount is above the author's limit and not approved, where the renewal is closed,
    and where the customer has accepted another one; `StaleError`.
    """
    renewal = lock_renewal(proposal.renewal)
    held = locked(proposal, version=version)
    state = next_state(held, Action.SEND)
    refused = sending_refused(held)
    if refused is not None:
        raise RefusedError(refused.reason)
    others = Proposal.objects.filter(renewal=renewal).exclude(pk=held.pk)
    accepted = others.filter(state=State.ACCEPTED.value).first()
    if accepted is not None:
        raise RefusedError(f"The customer has accepted proposal {accepted.number}. Withdraw that one first.")
    for before in others.filter(state=State.SENT.value):
        withdraw_proposal(by=by, proposal=before, reason=REPLACED.format(number=held.number))
    held.sent_at, held.sent_by = clock.now(), by
    return settle(held, state, by=by)


@transaction.atomic
def withdraw_proposal(*, by: User, proposal: Proposal, reason: str = "", version: int | None = None) -> Proposal:
    """Takes a proposal back, for good: its link opens nothing any more, and nobody is to approve it.

    Raises `RefusedError` where it is declined or withdrawn already, and for a closed renewal; `StaleError`.
    """
    lock_renewal(proposal.renewal)
    held = locked(proposal, version=version)
    state = next_state(held, Action.WITHDRAW)
    take_back_asking(held, by=by)
    with pghistory.context(user=by.pk):
        ProposalShare.objects.unrevoked().of(held).update(revoked_at=clock.now())
    held.withdrawn_reason = reason[:300]
    return settle(held, state, by=by)


def sending_refused(proposal: Proposal) -> Refusal | None:
    """Why a proposal cannot go to the customer, by its state and the limit of its author; None where it can."""
    outcome = outcome_of(proposal.state, Action.SEND)
    if isinstance(outcome, Refusal):
        return outcome
    matrix = limits()
    if proposal.state == State.APPROVED or not asks_for(proposal, matrix):
        return None
    author = proposal.author
    whose = f"{author}, {percent(limit_of(author.role, matrix))}" if author else "an author who is gone"
    return Refusal(f"Its discount is above the limit of {whose}. Ask for an approval first.")


def _make(renewal: Renewal, options: Sequence[Option], held: Sequence[Held], *, by: User, note: str = "") -> Proposal:
    """The next proposal of a locked renewal, by the rates and what is known of today."""
    today, currency = clock.today(), renewal.contract.currency
    rate = rates_on(today).get(currency)
    if rate is None:
        raise RefusedError(f"There is no exchange rate for {currency}. An admin adds one, then it can be offered.")
    last = renewal.proposals.aggregate(last=Max("number"))["last"] or 0
    proposal = Proposal(
        account=renewal.account,
        renewal=renewal,
        number=last + 1,
        author=by,
        state_since=clock.now(),
        currency=currency,
        rate=rate,
        today_arr=_arr_of(held),
        worth=worth_of(renewal.account_id, currency, today=today),
        note=note,
    )
    save_first(proposal, by=by)
    _write_options(proposal, [beside_today(option, held) for option in options])
    return proposal


def _arr_of(held: Sequence[Held]) -> Decimal:
    return sum((line.arr for line in held), Decimal(0))


def _write_options(proposal: Proposal, options: Sequence[Option]) -> None:
    """Writes options and lines in their order: two statements."""
    rows = ProposalOption.objects.bulk_create(
        ProposalOption(
            proposal=proposal,
            position=position,
            title=option.title,
            note=option.note,
            is_recommended=option.is_recommended,
            term_months=option.term_months,
            billing=option.billing,
            discount=option.discount,
            in_return=option.in_return,
        )
        for position, option in enumerate(options, start=1)
    )
    ProposalLine.objects.bulk_create(
        ProposalLine(
            option=row,
            position=position,
            product_id=line.product,
            seats=line.seats,
            price=line.price,
            today_price=line.today_price,
            discount=line.discount,
        )
        for row, option in zip(rows, options, strict=True)
        for position, line in enumerate(option.lines, start=1)
    )
