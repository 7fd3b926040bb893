"""Winning an opportunity: contract, ledger, account and roll-out in one transaction; and taking that back on the day.

Locks are taken in this order: account, contract, opportunity, signal. Whoever writes the ledger or closes a renewal
holds the account before the contract as well, so nobody waits for somebody who waits for them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pghistory
from django.db import transaction

from accounts.models import Account, Contract, ContractLine, Product, User
from accounts.services.arr import refresh_arr
from accounts.services.once import claim
from accounts.services.versions import locked
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.opportunities import Stage
from renewals.models import LineArr, Opportunity
from renewals.queries.proposals import rates_on
from renewals.services.ledger import write_ledger
from renewals.services.opportunities import close, reopen
from renewals.services.rolling_out import plan_roll_out, withdraw_roll_out


@dataclass(frozen=True)
class WinTerms:
    """What was sold: `arr` more a year of a product, in the contract's currency, from `won_on` on; `seats` more, where
    it is sold by the seat."""

    contract: Contract
    product: Product
    arr: Decimal
    won_on: dt.date
    seats: int | None = None


@transaction.atomic
def win_opportunity(
    *, by: User, opportunity: Opportunity, terms: WinTerms, version: int | None = None, key: UUID | None = None
) -> Opportunity:
    """Writes what was sold into the contract in force, books it in the ledger and plans the roll-out.

    The line of the product in that contract grows; where it has none, it gets one. Raises `RefusedError` where the
    opportunity is closed already, for a contract that is not in force and for a day that cannot be; `StaleError` where
    somebody changed it since `version`; `RepeatedError` for a form that was sent before.
    """
    claim(key, by=by)
    today, account = clock.today(), _lock_account(opportunity)
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=terms.contract.pk)
    held = locked(opportunity)
    if not held.is_open:
        who = held.closed_by.name if held.closed_by else "Somebody"
        raise RefusedError(f"{who} was faster: it is {held.get_stage_display().lower()} already.")
    held = locked(opportunity, version=version)
    _check(terms, contract, account, today)
    with pghistory.context(user=by.pk):
        line, is_new = _write_line(contract, terms)
    held.contract_line, held.line_is_new, held.added_arr = line, is_new, terms.arr
    held.won_on, held.product, held.seats = terms.won_on, terms.product, terms.seats
    # As everywhere, a currency without a rate counts one to one.
    held.value = (terms.arr * rates_on(today).get(contract.currency, Decimal(1))).quantize(Decimal("0.01"))
    held.onboarding = plan_roll_out(held, by=by)
    close(held, Stage.WON, by=by)
    _settle(account, today)
    return held


@transaction.atomic
def undo_win(*, by: User, opportunity: Opportunity) -> Opportunity:
    """Takes a win back on the day on which it was entered: the line says what it said, a correction of the same day
    stands beside the entry, and the roll-out is given up.

    Raises `RefusedError` where it was not won, or not today, and where its line is gone.
    """
    account, held = _lock_account(opportunity), locked(opportunity)
    today = clock.today()
    if held.stage != Opportunity.Stage.WON or held.closed_at is None:
        raise RefusedError("It is not won.")
    if clock.day_of(held.closed_at) != today:
        raise RefusedError("A win can be taken back on its day only. What was sold stands in the contract now.")
    line = ContractLine.objects.select_for_update(of=("self",)).filter(pk=held.contract_line_id or 0).first()
    if line is None or line.arr < (held.added_arr or 0):
        raise RefusedError("The contract was changed since. Change the line there.")
    with pghistory.context(user=by.pk):
        _take_out(line, held)
    withdraw_roll_out(held, by=by)
    held.contract_line, held.line_is_new, held.added_arr = None, False, None
    held.won_on, held.onboarding = None, None
    reopen(held, by=by)
    _settle(account, today)
    return held


def _lock_account(opportunity: Opportunity) -> Account:
    return Account.objects.select_for_update(of=("self",), no_key=True).get(pk=opportunity.account_id)


def _check(terms: WinTerms, contract: Contract, account: Account, today: dt.date) -> None:
    if contract.account_id != account.pk or not Contract.objects.in_force(today).filter(pk=contract.pk).exists():
        raise RefusedError("This contract is not in force. Choose one that is.")
    if not contract.start <= terms.won_on <= today:
        raise RefusedError(f"Give a day between {contract.start:%d %b %Y}, when the contract began, and today.")
    if terms.arr <= 0:
        raise RefusedError("Give the ARR that was added.")


def _write_line(contract: Contract, terms: WinTerms) -> tuple[ContractLine, bool]:
    """Lets the line of the product grow, or makes one; gives it, and whether it is new."""
    lines = ContractLine.objects.select_for_update(of=("self",)).filter(contract=contract, product=terms.product)
    line = lines.order_by("pk").first()
    if line is None:
        line = ContractLine.objects.create(contract=contract, product=terms.product, seats=terms.seats, arr=terms.arr)
        _remember(line, Decimal(0), terms)
        return line, True
    _remember(line, line.arr, terms)
    line.arr += terms.arr
    if terms.seats:
        line.seats = (line.seats or 0) + terms.seats
    line.save()
    return line, False


def _remember(line: ContractLine, before: Decimal, terms: WinTerms) -> None:
    """Tells the ledger since when the line is worth more: its first amount counts from the contract's beginning, so
    what it was worth until the day is written first. Raises `RefusedError` where a later day is known already."""
    known, start = LineArr.objects.filter(line=line), line.contract.start
    first = known.order_by("seen_on").first()
    later = known.filter(seen_on__gt=terms.won_on).exclude(pk=first.pk if first else 0)
    if later.exists():
        latest = later.latest("seen_on").seen_on
        raise RefusedError(f"The ARR of this line changed on {latest:%d %b %Y}. Give that day or a later one.")
    if first is None and start < terms.won_on:
        LineArr.objects.create(line=line, seen_on=start, arr=before)
    elif first is not None and first.seen_on >= terms.won_on:
        first.seen_on = start
        first.save()
    LineArr.objects.update_or_create(line=line, seen_on=terms.won_on, defaults={"arr": before + terms.arr})


def _take_out(line: ContractLine, held: Opportunity) -> None:
    if held.line_is_new:
        line.delete()
        return
    added = held.added_arr or Decimal(0)
    line.arr -= added
    if held.seats and line.seats:
        line.seats = max(0, line.seats - held.seats)
    line.save()
    LineArr.objects.filter(line=line, seen_on__gte=held.won_on).update(arr=line.arr)


def _settle(account: Account, today: dt.date) -> None:
    """Brings ledger and account up to date, and lets the score follow.

    Renewals follow their contracts within the hour: whoever writes them holds the renewal before the account.
    """
    write_ledger(today=today, account_ids=[account.pk])
    refresh_arr(today=today, account_ids=[account.pk])
    account_observed.send(sender=Contract, account_ids=[account.pk])
