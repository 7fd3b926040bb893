"""Observations in the fewest words, for tests of what is made of them."""

import datetime as dt
import math
from itertools import count
from typing import Any

from accounts.models import Account, Contract, ContractLine, Product
from cs_workspace.common import clock
from health.domain.observations import UsageRow
from health.metrics import compute
from health.services.observing import record_usage_days

TODAY = dt.date(2026, 3, 15)
serial = count(1)


def account(**fields: Any) -> Account:
    """An active account, a customer for two years."""
    defaults = {"name": f"Account {next(serial)}", "customer_since": TODAY - dt.timedelta(days=730)}
    return Account.objects.create(**defaults | fields)


def product(**fields: Any) -> Product:
    number = next(serial)
    return Product.objects.create(**{"key": f"product-{number}", "name": f"Product {number}"} | fields)


def contract(
    account: Account, *, seats: int | None = None, arr: int = 12_000, of: Product | None = None, **fields: Any
):
    """A year's contract with one line, half over on `TODAY`."""
    defaults = {"start": TODAY - dt.timedelta(days=180), "end": TODAY + dt.timedelta(days=185)}
    made = Contract.objects.create(account=account, **defaults | fields)
    ContractLine.objects.create(contract=made, product=of or product(), seats=seats, arr=arr)
    return made


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def noon(days: int) -> dt.datetime:
    """Midday, so many days ago."""
    return clock.start_of(ago(days)) + dt.timedelta(hours=12)


def usage(account: Account, days: range | list[int], **measures: Any) -> None:
    """The same measures on each of the days (counted back from `TODAY`)."""
    record_usage_days([UsageRow(account.pk, ago(day), **measures) for day in days])


def reading(metric: str, account: Account, *, day: dt.date = TODAY) -> float | None:
    """What the metric says of the account; None where it is unknown."""
    value = float(compute([metric], [account.pk], day)[metric][0])
    return None if math.isnan(value) else round(value, 6)
