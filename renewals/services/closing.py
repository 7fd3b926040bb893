"""Closing a renewal with what was signed, or as lost; and taking that back within a day.

Locks are taken in this order, and by nobody the other way round: renewal, account, contract. Whoever writes the ledger
or keeps accounts current holds the account alone, whoever makes a step of a renewal the renewal alone; tasks that
somebody else holds are passed by.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction

from accounts.models import Account, Contract, ContractLine, User
from accounts.services.arr import refresh_arr
from accounts.services.once import claim
from accounts.services.versions import last_writer, locked, save_next
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.churn import SUB_REASON_LABELS, Why
from renewals.domain.closing import (
    TAKEN_BACK_WITHIN,
    ClosingTerms,
    Figures,
    Lost,
    Problem,
    Signed,
    figures_of,
    given_up,
    problems_of,
)
from renewals.domain.stages import OUTCOME_LABELS, Outcome, Stage
from renewals.models import ChurnRecord, Closing, Renewal, StageMove
from renewals.queries.closing import assigned_of, current_of, taken_of
from renewals.queries.proposals import rates_on
from renewals.services.churning import open_record, settle_churn, withdraw_record
from renewals.services.closing_work import begin_work, take_back_work, tell_closed, tell_taken_back
from renewals.services.ledger import write_ledger
from renewals.services.signing import write_contract
from renewals.services.timelines import drop_open_tasks

TAKEN_BACK = "Closing taken back"


class TermsError(RefusedError):
    """What a renewal was to be closed with does not hold; `problems` says it field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.words for problem in problems))


@dataclass(frozen=True)
class Held:
    """A renewal with its account and contract, locked until the transaction ends."""

    renewal: Renewal
    account: Account
    contract: Contract


@transaction.atomic
def close_renewal(
    *,
    by: User | None,
    renewal: Renewal,
    terms: ClosingTerms,
    version: int | None = None,
    key: UUID | None = None,
    open_ended: bool = False,
) -> Renewal:
    """Closes an open renewal: writes the contract that follows or the churn record, the ledger and the account's row,
    drops what was still to be done for it, and hands over what is new.

    The ledger is written up to today: what begins or ends later is booked by the night of that day. A contract that
    follows leaves the one before as it is; of a lost one the end is moved to the day after its last. `open_ended` says
    that the contract got its end only for that, which taking it back undoes.

    `by` is None for the system. Raises `TermsError` where the terms do not hold, `RefusedError` for a renewal that is
    closed or has no contract to renew, `StaleError` where it was changed since `version`, `RepeatedError` for a form
    (`key`) that was sent before.
    """
    if by is not None:
        claim(key, by=by)
    held = _lock(locked(renewal, version=version))
    _check_can_close(held, terms)
    current, today = current_of(held.contract), clock.today()
    rates = rates_on(today)
    problems = problems_of(terms, current=current, taken=taken_of(held.contract), rates=rates, today=today)
    if problems:
        raise TermsError(problems)
    stood = Closing(
        renewal=held.renewal,
        by=by,
        at=clock.now(),
        stage_before=held.renewal.stage,
        competitor_before=held.renewal.competitor,
        end_before=None if open_ended else current.end,
    )
    lines, currency = ((), current.currency) if isinstance(terms, Lost) else (terms.lines, terms.currency)
    figures = figures_of(current, lines, currency, rates)
    if isinstance(terms, Lost):
        _end(held.contract, terms, by=by)
    else:
        stood.new_contract = _follow_on(held.contract, terms, by=by)
        stood.line_count = len(terms.lines)
    assert held.contract.end is not None  # it was checked
    stood.end_after = held.contract.end
    _close(held, terms, figures, stood, by=by)
    _write_down(held.renewal, terms, figures, given_up(current, lines, currency, rates), by=by)
    begin_work(by=by, closing=stood, account=held.account, terms=terms, current=current)
    stood.save(force_insert=True)
    _settle(held.account, by=by)
    tell_closed(by=by, renewal=held.renewal, account=held.account)
    return held.renewal


@transaction.atomic
def undo_closing(*, by: User, renewal: Renewal) -> Renewal:
    """Takes the closing of a renewal back: it stands where it stood, and what was made is cancelled, never deleted.

    The contract that followed keeps its row, cancelled and without a day; the ledger gets corrections. Doing it twice
    changes nothing. Raises `RefusedError` with the reason once a day has passed, or something was built upon it.
    """
    held = _lock(locked(renewal))
    closing = held.renewal.closings.standing().select_related("new_contract").first()
    if closing is None:
        if held.renewal.is_open and held.renewal.closings.exists():
            return held.renewal
        raise RefusedError("This renewal was not closed here, so it cannot be taken back.")
    reason = _built_upon(closing, held)
    if reason:
        raise RefusedError(reason)
    with pghistory.context(user=by.pk):
        if closing.new_contract is not None:
            # Over no day at all, so that it was never in force, neither in the ledger nor on any report.
            closing.new_contract.status = Contract.Status.CANCELLED
            closing.new_contract.end = closing.new_contract.start
            closing.new_contract.save()
        held.contract.end = closing.end_before
        held.contract.save()
    record = ChurnRecord.objects.standing().filter(renewal=held.renewal).first()
    if record is not None:
        withdraw_record(by=by, record=record, account=held.account)
    _reopen(held.renewal, closing, by=by)
    take_back_work(by=by, closing=closing)
    _settle(held.account, by=by)
    tell_taken_back(by=by, renewal=held.renewal, account=held.account)
    return held.renewal


def _lock(renewal: Renewal) -> Held:
    """The account and the contract of a locked renewal, locked as well."""
    account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=renewal.account_id)
    contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=renewal.contract_id)
    renewal.account, renewal.contract = account, contract
    return Held(renewal, account, contract)


def _check_can_close(held: Held, terms: ClosingTerms) -> None:
    if not held.renewal.is_open:
        who = f" by {held.renewal.closed_by}" if held.renewal.closed_by else ""
        raise RefusedError(f"This renewal was closed{who} already: {held.renewal.get_outcome_display()}.")
    if held.account.status == Account.Status.CHURNED and isinstance(terms, Signed):
        raise RefusedError("This account is no customer any more. Bring it back before it signs again.")
    if held.contract.end is None:
        raise RefusedError("The contract has no end any more, so there is nothing to renew.")
    if held.contract.status == Contract.Status.DRAFT:
        raise RefusedError("The contract is still a draft: nothing is in force that could be renewed.")
    if held.contract.status == Contract.Status.CANCELLED and isinstance(terms, Signed):
        raise RefusedError("The contract was cancelled: what follows is a new one. Close the renewal as lost.")


def _follow_on(contract: Contract, signed: Signed, *, by: User | None) -> Contract:
    """The contract that follows, with its lines; seats that people have stay theirs."""
    return write_contract(
        signed,
        by=by,
        account_id=contract.account_id,
        assigned=assigned_of(contract),
        expected_logins_per_week=contract.expected_logins_per_week,
    )


def _end(contract: Contract, lost: Lost, *, by: User | None) -> None:
    if contract.end != lost.end:
        contract.end = lost.end
        with pghistory.context(**({"user": by.pk} if by else {})):
            contract.save()


def _close(held: Held, terms: ClosingTerms, figures: Figures, closing: Closing, *, by: User | None) -> None:
    """The renewal as it is closed, its last move, and the churn record of a lost one."""
    renewal, is_lost = held.renewal, isinstance(terms, Lost)
    outcome = Outcome.LOST if is_lost else figures.outcome
    label = OUTCOME_LABELS[outcome]
    renewal.stage, renewal.stage_since = Stage.CLOSED.value, closing.at
    renewal.outcome, renewal.closed_at, renewal.closed_by = outcome.value, closing.at, by
    renewal.due_on = closing.end_after
    renewal.current_arr, renewal.closed_arr = figures.before, figures.after
    renewal.competitor = terms.competitor or renewal.competitor
    renewal.close_reason = terms.reason
    if isinstance(terms, Lost):
        renewal.close_reason = terms.reason or SUB_REASON_LABELS[terms.sub_reason]
    else:
        renewal.signed_on, renewal.closed_term_months = terms.signed_on, terms.term_months
        renewal.new_contract = closing.new_contract
    save_next(renewal, by=by)
    closing.version = renewal.version
    StageMove.objects.create(
        renewal=renewal, before=closing.stage_before, after=renewal.stage, at=closing.at, by=by, note=label
    )
    closing.dropped_tasks = drop_open_tasks(renewal)


def _write_down(
    renewal: Renewal, terms: ClosingTerms, figures: Figures, products: dict[int, Decimal], *, by: User | None
) -> None:
    """The churn record of a renewal that is lost, and of one that goes on smaller where it was said why."""
    if isinstance(terms, Lost):
        day = terms.end
        why = Why(terms.sub_reason, terms.preventable, terms.competitor, terms.notes)
    elif terms.less_reason is not None:
        day = terms.start
        why = Why(terms.less_reason, competitor=terms.competitor, notes=terms.reason)
    else:
        return
    record = ChurnRecord(account_id=renewal.account_id, renewal=renewal, day=day, arr_lost=-figures.difference)
    open_record(by=by, record=record, why=why, products=products)


def _settle(account: Account, *, by: User | None) -> None:
    """Brings the ledger and the account's row to what is under contract now."""
    today = clock.today()
    # A lost account keeps the ARR that it had, so it is marked before its row is brought up to date.
    settle_churn(today=today, account_ids=[account.pk], by=by)
    write_ledger(today=today, account_ids=[account.pk])
    refresh_arr(today=today, account_ids=[account.pk])
    account_observed.send(sender=Renewal, account_ids=[account.pk])


def _built_upon(closing: Closing, held: Held) -> str:
    """Why a closing cannot be taken back any more; empty where it can."""
    if clock.now() - closing.at > TAKEN_BACK_WITHIN:
        return "It was closed more than a day ago. Correct the contract instead."
    if held.renewal.version != closing.version:
        return f"{last_writer(held.renewal) or 'Somebody'} changed this renewal since it was closed."
    if held.contract.end != closing.end_after:
        return "The contract that it renews was changed since."
    new = closing.new_contract
    if new is None:
        return ""
    lines = ContractLine.objects.filter(contract=new)
    history: Any = new.history  # type: ignore[attr-defined]  # the tracker's
    if history.exists() or lines.count() != closing.line_count or lines.exclude(history=None).exists():
        return "The new contract was changed since."
    if new.invoices.exists():
        return "An invoice was issued on the new contract."
    if new.renewals.exclude(stage=Stage.UPCOMING.value).exists():
        return "The renewal after this one is under way."
    return ""


def _reopen(renewal: Renewal, closing: Closing, *, by: User) -> None:
    """The renewal as it stood, and the move that says so."""
    now = clock.now()
    renewal.stage, renewal.stage_since = closing.stage_before, now
    renewal.outcome, renewal.close_reason = "", ""
    renewal.closed_at = renewal.closed_by = renewal.closed_arr = renewal.closed_term_months = None
    renewal.signed_on = renewal.new_contract = None
    renewal.competitor = closing.competitor_before
    # Of a contract that had no end, the renewal was opened for the day of the loss, and is closed with that again.
    renewal.due_on = closing.end_before or renewal.due_on
    save_next(renewal, by=by)
    StageMove.objects.create(
        renewal=renewal, before=Stage.CLOSED.value, after=renewal.stage, at=now, by=by, note=TAKEN_BACK
    )
    closing.taken_back_at, closing.taken_back_by = now, by
    closing.save()
