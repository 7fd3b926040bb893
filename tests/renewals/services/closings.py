"""Renewals to be closed, for tests: a contract with its ledger, and the terms that follow on it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from accounts.models import Account, Contract
from renewals.domain.churn import SubReason
from renewals.domain.closing import Lost, Signed
from renewals.models import LedgerEntry, Renewal
from renewals.queries.closing import offered
from renewals.services.ledger import write_ledger
from tests.factories import ContractFactory, RenewalFactory, day


def to_close(account: Account, *, ends_in: int = 30, arr: int = 24000, **fields: object) -> Renewal:
    """An open renewal of a contract of one product that ends in so many days, and has been booked."""
    contract = ContractFactory(account=account, start=day(ends_in - 365), end=day(ends_in), with_line=arr, **fields)
    write_ledger(today=day(0), account_ids=[account.pk])
    return RenewalFactory(account=account, contract=contract, current_arr=Decimal(arr))


def signed(renewal: Renewal, arr: int | None = None, **fields: object) -> Signed:
    """The contract as it is once more, with its line at another ARR where one is given."""
    terms = replace(offered(renewal, today=day(0)).terms, **fields)
    if arr is None:
        return terms
    return replace(terms, lines=(replace(terms.lines[0], arr=Decimal(arr), unit_price=None), *terms.lines[1:]))


def lost(renewal: Renewal, *, last_day: dt.date | None = None, **fields: str) -> Lost:
    """Lost for its price, with the end of the contract or on another day."""
    end = Contract.objects.get(pk=renewal.contract_id).end
    return Lost(SubReason.PRICE, last_day or end - dt.timedelta(days=1), **fields)


def booked(account: Account) -> list[tuple[int, str, Decimal, str]]:
    """What the ledger holds of an account: days from today, kind, amount, source."""
    entries = LedgerEntry.objects.filter(account=account).order_by("day", "product", "number")
    return [((one.day - day(0)).days, one.kind, one.amount, one.source) for one in entries]
