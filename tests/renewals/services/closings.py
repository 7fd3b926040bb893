"""Renewals to be closed, for tests: a contract with its ledger, and the terms that follow on it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from accounts.models import Account, Contract, User
from renewals.domain.churn import SubReason
from renewals.domain.closing import ClosingTerms, Lost, Signed
from renewals.models import LedgerEntry, Renewal, RenewalStep
from renewals.queries.closing import offered
from renewals.services.closing import close_renewal, undo_closing
from renewals.services.ledger import write_ledger
from tests.factories import ContractFactory, RenewalFactory, TaskFactory, day


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


def close(renewal: Renewal, terms: ClosingTerms, by: User | None = None, **more: object) -> Renewal:
    """Closed by the owner of the account, or by somebody else."""
    return close_renewal(by=by or renewal.account.owner, renewal=renewal, terms=terms, **more)


def undo(renewal: Renewal) -> Renewal:
    """The closing taken back by the owner of the account."""
    return undo_closing(by=renewal.account.owner, renewal=renewal)


def step_of(renewal: Renewal, *, made: bool = True) -> RenewalStep:
    """A step on the way of a renewal; one that is made has an open task."""
    count = renewal.steps.count()
    task = TaskFactory(account=renewal.account, origin="renewal") if made else None
    return RenewalStep.objects.create(
        renewal=renewal, key=f"step-{count}", title="Step", applies="always", offset_days=10, day=day(20), task=task,
        state="made" if made else "waiting",
    )  # fmt: skip
