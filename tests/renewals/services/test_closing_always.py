"""What holds of closings whatever is closed and taken back, in whatever order, by how many at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Contract, ContractLine, Task
from cs_workspace.common.refusals import RefusedError, StaleError
from renewals.models import ChurnRecord, Closing, Renewal
from renewals.queries.ledger_check import ledger_differences
from renewals.services.churning import settle_churn
from renewals.services.closing import close_renewal, undo_closing
from renewals.services.ledger import write_ledger
from tests.factories import (
    AccountFactory,
    UserFactory,
    day,
)
from tests.renewals.services.closings import close, lost, signed, to_close, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return UserFactory(name="Olga Owner", manager=UserFactory(name="Mona Manager", as_manager=True))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["signed", "lost", "undo", "night"]),
        st.integers(1, 40_000),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, ends_in=st.integers(-20, 20))
def test_whatever_is_closed_and_taken_back_the_ledger_is_the_arr_under_contract_on_every_day(owner, steps, ends_in):
    account = AccountFactory(owner=owner)
    renewal = to_close(account, ends_in=ends_in)
    for verb, arr, days in steps:
        if verb == "night":
            write_ledger(today=day(0), account_ids=[account.pk])
            continue
        try:
            if verb == "undo":
                undo(renewal)
            elif verb == "signed":
                close(renewal, signed(renewal, arr, start=day(ends_in + days % 3), end=day(ends_in + 365)))
            else:
                close(renewal, lost(renewal, last_day=day(ends_in - 1 - days)))
        except RefusedError:
            continue
        assert ledger_differences([account.pk], today=day(0)) == []
        if Renewal.objects.get(pk=renewal.pk).stage == "closed":
            assert not Task.objects.unfinished().filter(origin_key__startswith=f"renewal:{renewal.pk}:").exists()
    contracts = Contract.objects.filter(account=account)
    turns = {turn for pair in contracts.values_list("start", "end") for turn in pair if turn >= day(0)}
    for turn in sorted(turns):
        write_ledger(today=turn, account_ids=[account.pk])
        assert ledger_differences([account.pk], today=turn) == []
    assert booked_by_day(account) == contracted_by_day(account)


DAYS = range(-400, 800)


def contracted_by_day(account):
    """What is under contract on each day, by the contracts that count."""
    lines = ContractLine.objects.filter(contract__account=account, contract__status="active")
    spans = list(lines.values_list("contract__start", "contract__end", "arr"))
    return [sum(arr for start, end, arr in spans if start <= day(days) < end) for days in DAYS]


def booked_by_day(account):
    """What the ledger sums to on each day."""
    entries = list(account.ledger_entries.values_list("day", "amount"))
    return [sum(amount for on, amount in entries if on <= day(days)) for days in DAYS]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kinds", [("signed", "signed"), ("signed", "lost")])
def test_of_two_who_close_it_at_once_one_does_and_the_other_is_told(kinds):
    mona = UserFactory(name="Mona Manager", as_manager=True)
    people = [UserFactory(name=name, manager=mona) for name in ("Ann One", "Bob Two")]
    account = AccountFactory(owner=people[0])
    renewal = to_close(account, ends_in=-5)
    terms = [signed(renewal, 30000) if kind == "signed" else lost(renewal) for kind in kinds]
    start = Barrier(2)

    def run(place):
        try:
            start.wait()
            close_renewal(by=people[place], renewal=renewal, terms=terms[place], version=renewal.version)
        except StaleError as stale:
            return str(stale)
        finally:
            connection.close()
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, range(2)))
    winner = results.index("closed")
    assert results[1 - winner] == f"{people[winner].name} changed this meanwhile."
    assert Closing.objects.count() == 1
    assert Contract.objects.count() == 1 + (kinds[winner] == "signed")
    assert ChurnRecord.objects.count() == (kinds[winner] == "lost")
    assert ledger_differences([account.pk], today=day(0)) == []


@pytest.mark.django_db(transaction=True)
def test_closing_and_the_nights_that_write_the_same_accounts_do_not_wait_in_a_ring():
    owner = UserFactory()
    renewals = [to_close(AccountFactory(owner=owner), ends_in=-5) for _ in range(6)]
    terms = [signed(renewal, 30000) for renewal in renewals]

    def nights(_):
        try:
            for _ in range(6):
                write_ledger(today=day(0))
                settle_churn(today=day(0))
        finally:
            connection.close()

    def closings(order):
        try:
            for place in order:
                close_renewal(by=owner, renewal=renewals[place], terms=terms[place])
                undo_closing(by=owner, renewal=renewals[place])
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda job: job[0](job[1]), [(nights, None), (closings, range(3)), (closings, range(5, 2, -1))]))
    assert Closing.objects.standing().count() == 0
    assert ledger_differences([renewal.account_id for renewal in renewals], today=day(0)) == []
