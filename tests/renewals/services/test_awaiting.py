"""What is kept of contracts to come is what the contracts say, whatever changes and whenever it is kept."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Account, Contract, ContractLine, Segment
from cs_workspace.common import clock
from renewals.models import AwaitedMark, AwaitedRenewal, Renewal
from renewals.queries.awaited import AWAITED, COLUMNS, OF_ACCOUNT
from renewals.services.awaiting import keep_awaited, mark_foreign
from tests.factories import (
    AccountFactory,
    ContractFactory,
    ContractLineFactory,
    ExchangeRateFactory,
    RenewalFactory,
    UserFactory,
    day,
)

pytestmark = pytest.mark.django_db

LIVE = (
    f"SELECT live.* FROM (SELECT id AS account_id FROM accounts_account) chosen CROSS JOIN LATERAL ({OF_ACCOUNT}) live"
)


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"today": clock.today(), "currency": settings.WORKSPACE_CURRENCY})
        return sorted(cursor.fetchall())


def kept() -> list[tuple[Any, ...]]:
    return sorted(AwaitedRenewal.objects.values_list(*COLUMNS))


def keep() -> int:
    return keep_awaited(today=clock.today())


def ending(account: Account, *arrs: Any, **fields: Any) -> Contract:
    """A contract that ends in half a year, with a line for each amount."""
    contract = ContractFactory(account=account, **fields)
    for arr in arrs:
        ContractLineFactory(contract=contract, arr=Decimal(arr))
    return contract


class Changes:
    """Changes of all that an awaited renewal is made of, each of something by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.owners = [None, UserFactory(), UserFactory()]

    def some(self, model: Any) -> Any:
        return self.chance.choice(list(model.objects.order_by("pk")) or [None])

    def make(self) -> None:
        name = self.chance.choice([name for name in vars(Changes) if name.startswith("of_")])
        getattr(self, name)()

    def update(self, one: Any, **choices: list[Any]) -> None:
        if one is not None:
            values = {name: self.chance.choice(values) for name, values in choices.items()}
            type(one).objects.filter(pk=one.pk).update(**values)

    def of_account(self) -> None:
        one, churned_on = self.some(Account), self.chance.choice([None, day(-3)])
        self.update(
            one,
            owner=self.owners,
            segment=[None, *Segment.objects.all()],
            is_trial=[True, False, False],
            archived_at=[None, None, clock.now()],
            expected_churn=[None, Decimal("0.2"), Decimal("0.35")],
            status=["churned" if churned_on else "active"],
            churned_on=[churned_on],
        )

    def of_contract(self) -> None:
        self.update(
            self.some(Contract),
            start=[day(-400), day(-182), day(-20)],
            end=[None, day(-1), day(0), day(40), day(183), day(500)],
            status=["draft", "active", "active", "ended", "cancelled"],
            currency=["EUR", "USD"],
            account=list(Account.objects.all()),
        )

    def of_new_contract(self) -> None:
        one = self.some(Contract)
        if one is not None and one.end is not None:
            start = one.end - dt.timedelta(days=self.chance.choice([0, 30, 31]))
            ContractFactory(account=one.account, start=start, end=start + dt.timedelta(days=365), with_line=700)

    def of_gone_contract(self) -> None:
        if self.chance.random() < 0.3:
            self.some(Contract).delete()

    def of_line(self) -> None:
        self.update(self.some(ContractLine), arr=[0, 10, 2000], contract=list(Contract.objects.all()))

    def of_new_line(self) -> None:
        ContractLineFactory(contract=self.some(Contract), arr=Decimal("0.5"))

    def of_gone_line(self) -> None:
        ContractLine.objects.filter(pk=self.chance.choice([0, getattr(self.some(ContractLine), "pk", 0)])).delete()

    def of_opening(self) -> None:
        one = self.some(Contract)
        if one.end is not None and not one.renewals.filter(stage="upcoming").exists():
            Renewal.objects.filter(contract=one, due_on=one.end).delete()
            RenewalFactory(account=one.account, contract=one)

    def of_renewal(self) -> None:
        one = self.some(Renewal)
        if one is not None:
            over = {"stage": "closed", "outcome": "flat", "closed_arr": 1, "closed_at": clock.now()}
            changed = self.chance.choice([over, {"due_on": one.due_on + dt.timedelta(days=90)}])
            Renewal.objects.filter(pk=one.pk).update(**changed)

    def of_gone_renewal(self) -> None:
        Renewal.objects.filter(pk=getattr(self.some(Renewal), "pk", 0)).delete()


@pytest.mark.parametrize("seed", range(12))
def test_after_any_changes_both_the_forecast_and_what_is_kept_say_what_the_contracts_say(seed):
    ExchangeRateFactory(currency="USD", rate=Decimal("0.005"), valid_from=day(-500))
    for _ in range(4):
        account = AccountFactory(expected_churn=Decimal("0.1"))
        ending(account, 100, "33.33")
        ending(account, 3, 1, currency="USD")
    changes = Changes(seed)
    for step in range(25):
        if step % 7 == 0:
            keep()
            assert kept() == rows(LIVE)
        changes.make()
        assert rows(AWAITED) == rows(LIVE)
    keep()
    assert kept() == rows(LIVE)
    assert not AwaitedMark.objects.exists()


def test_it_is_kept_with_what_contract_lines_and_account_say_and_twice_changes_nothing():
    account = AccountFactory(segment=Segment.objects.first(), expected_churn=Decimal("0.250"))
    contract = ending(account, 100, "0.55")
    assert keep() == 1
    assert kept() == [
        (contract.pk, account.pk, day(183), account.owner_id, account.segment_id, Decimal("100.55"), Decimal("0.75"))
    ]
    AwaitedMark.objects.create(account=account)
    assert keep() == 0


def test_what_says_nothing_of_it_leaves_no_mark():
    account = AccountFactory(expected_churn=Decimal("0.1"))
    contract = ending(account, 100)
    renewal = RenewalFactory(account=account, contract=ContractFactory(account=account))
    keep()
    Account.objects.filter(pk=account.pk).update(name="Renamed", health_score=50, expected_churn=Decimal("0.100"))
    Contract.objects.filter(pk=contract.pk).update(number="C-other", notice_days=60)
    ContractLine.objects.update(seats=7)
    Renewal.objects.filter(pk=renewal.pk).update(stage="proposal", computed_probability=Decimal("0.5"))
    assert not AwaitedMark.objects.exists()


def test_a_rate_that_came_into_force_counts_when_foreign_contracts_are_looked_at_again():
    ExchangeRateFactory(currency="USD", rate=Decimal("0.5"), valid_from=day(-10))
    ending(AccountFactory(), 100, currency="USD")
    ending(AccountFactory(), 100)
    keep()
    ExchangeRateFactory(currency="USD", rate=Decimal("0.8"), valid_from=day(0))
    mark_foreign()
    assert AwaitedMark.objects.count() == 1
    assert keep() == 1
    assert sorted(AwaitedRenewal.objects.values_list("arr", flat=True)) == [80, 100]


def test_what_is_over_is_kept_no_longer_and_counts_no_more_on_the_day_after():
    ending(AccountFactory(), 100, end=day(1))
    keep()
    with clock.set_to(clock.now() + dt.timedelta(days=2)):
        assert rows(AWAITED) == []
        keep()
    assert kept() == []


def test_an_account_that_is_erased_takes_it_along_and_its_mark_harms_nobody():
    account = AccountFactory()
    ending(account, 100)
    keep()
    account.delete()
    assert keep() == 0
    assert (kept(), AwaitedMark.objects.count()) == ([], 0)
