"""Observations in the fewest words, for tests of what is made of them."""

import datetime as dt
import math
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db.models import Model

from accounts.models import Account, Contract, ContractLine, Product
from cs_workspace.common import clock
from health.domain.observations import UsageRow
from health.metrics import compute
from health.services.observing import record_usage_days
from tests.factories import (
    AlignmentJudgementFactory,
    ContactFactory,
    InvoiceFactory,
    SurveyAnswerFactory,
    TicketFactory,
    TouchFactory,
    TrainingRecordFactory,
)

TODAY = dt.date(2026, 3, 15)
serial = count(1)


def account(**fields: Any) -> Account:
    """An active account, a customer for two years."""
    defaults = {"name": f"Account {next(serial)}", "customer_since": TODAY - dt.timedelta(days=730)}
    return Account.objects.create(**defaults | fields)


def product(**fields: Any) -> Product:
    number = next(serial)
    return Product.objects.create(**{"key": f"made-{number}", "name": f"Product {number}"} | fields)


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


def observed_account(strength: float = 1.0, **fields: Any) -> Account:
    """An account with nearly everything that Ops looks at; `strength` from 0 (bad) to 1 (good) sets how it fares."""
    one = account(**fields)
    crm = product(feature_count=10)
    contract(one, seats=10, of=crm, arr=fields.get("arr", 30_000))
    usage(one, [day for day in range(30) if day < 30 * strength], logins=2, active_users=4, core_actions=20)
    usage(one, range(30, 75), logins=2, active_users=4, core_actions=20)
    InvoiceFactory(account=one, due_on=ago(40), paid_on=ago(40 if strength > 0.5 else 10))
    ContactFactory(account=one, roles=["champion"], influence=7)
    TrainingRecordFactory(account=one, assigned_on=ago(90), completed_on=ago(60) if strength > 0.3 else None)
    TouchFactory(
        account=one, at=noon(5), attended=strength > 0.3, sentiment="positive" if strength > 0.5 else "negative"
    )
    SurveyAnswerFactory(account=one, kind="csat", score=max(1, round(5 * strength)), at=noon(20))
    SurveyAnswerFactory(account=one, kind="nps", score=round(10 * strength), at=noon(20))
    AlignmentJudgementFactory(account=one, value="aligned" if strength > 0.5 else "misaligned", at=noon(30))
    for day in range(round((1 - strength) * 12)):
        TicketFactory(account=one, opened_at=noon(day))
    return one


def contents(*models: type[Model], without: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables, to be compared with what they hold later."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in without}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in models
    }
