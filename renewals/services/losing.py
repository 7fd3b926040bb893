"""Losing a customer, or some of its contracts, from its page: whatever is given up is closed as a renewal that is lost.

So there is one way to write a loss, and one to take it back. A contract whose renewal is not opened yet gets it now:
it is the question whether the customer stays, and the answer has come early.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

import pghistory
from django.db import transaction

from accounts.models import Account, Contract, User
from accounts.services.once import claim
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.closing import Lost, Problem
from renewals.models import Renewal
from renewals.services.closing import TermsError, close_renewal, undo_closing
from renewals.services.opening import open_due_renewals


@transaction.atomic
def lose_contracts(
    *, by: User, account: Account, contracts: Collection[Contract], lost: Lost, key: UUID | None = None
) -> list[Renewal]:
    """Closes the renewals of contracts of an account as lost, with one last day for all that do not end before it.

    Gives the renewals, by key. The account is lost on the day on which nothing is under contract any more; with
    another contract it stays, and what it gave up is a contraction. Raises `TermsError` where the last day does not
    hold for a contract, `RefusedError` where one cannot be lost, `RepeatedError` for a form (`key`) sent before.
    """
    claim(key, by=by)
    if not contracts:
        raise RefusedError("Choose at least one contract.")
    wanted = {contract.pk for contract in contracts}
    # In the order in which everybody locks: renewals, account, contracts.
    opened = {one.contract_id: one for one in _open_renewals(wanted)}
    Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    held = list(
        Contract.objects.filter(account=account, pk__in=wanted)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if len(held) != len(wanted):
        raise RefusedError("Choose contracts of this account.")
    endless = _give_ends(held, lost, by=by)
    early = [one.pk for one in held if one.pk not in opened]
    if early:
        open_due_renewals(today=clock.today(), account_ids=[account.pk], early=early)
        opened |= {one.contract_id: one for one in _open_renewals(early)}
    for contract in held:
        if contract.pk not in opened:
            raise RefusedError(f"{contract} has no renewal that could be lost: it was settled already.")
    closed = []
    for contract in held:
        terms = replace(lost, last_day=min(lost.last_day, _last_day(contract)))
        renewal = opened[contract.pk]
        closed.append(close_renewal(by=by, renewal=renewal, terms=terms, open_ended=contract.pk in endless))
    return sorted(closed, key=lambda one: one.pk)


@transaction.atomic
def undo_loss(*, by: User, renewals: Collection[Renewal]) -> list[Renewal]:
    """Takes the loss of several contracts back, all or none of them. Raises `RefusedError` with the reason."""
    return [undo_closing(by=by, renewal=one) for one in sorted(renewals, key=lambda one: one.pk)]


def _open_renewals(contract_ids: Collection[int]) -> Sequence[Renewal]:
    found = Renewal.objects.open().filter(contract__in=contract_ids).order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _give_ends(contracts: Sequence[Contract], lost: Lost, *, by: User) -> set[int]:
    """Ends the contracts that had no end with the loss, and gives their keys."""
    endless = [one for one in contracts if one.end is None]
    for contract in endless:
        if lost.end <= contract.start:
            raise TermsError([Problem("last_day", f"{contract} began on {contract.start:%d %b %Y}.")])
        contract.end = lost.end
        with pghistory.context(user=by.pk):
            contract.save()
    return {one.pk for one in endless}


def _last_day(contract: Contract) -> dt.date:
    assert contract.end is not None  # it was given one
    return contract.end - dt.timedelta(days=1)
