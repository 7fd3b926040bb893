"""Entries from contract lines: by hand, by published movements, and by what holds for whatever contracts."""

import datetime as dt
from dataclasses import fields
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.ledger import NEVER, NONE, Additions, Booked, Entries, Spans, amend, derive
from renewals.domain.movements import KINDS, PLACE, Kind, Movements
from tests.renewals.books import movements_of, table_of
from tests.renewals.published import rows_of

TODAY = dt.date(2026, 12, 31).toordinal()


def day(text):
    return dt.date.fromisoformat(text).toordinal() if text else NEVER


def spans_of(*lines):
    """Lines of account, product, since, until ("" for open-ended), ARR in cents; of one currency."""
    rows = [
        (account, product, day(since), day(until), arr, line, 0, arr)
        for line, (account, product, since, until, arr) in enumerate(lines, start=1)
    ]
    return Spans(*np.array(rows, dtype=np.int64).reshape(-1, 8).T)


def rows(entries, *names):
    """Entries as rows of day, product, kind, amount and the columns named."""
    columns = [entries.day, entries.product, entries.kind, entries.amount, *(getattr(entries, name) for name in names)]
    return [
        (dt.date.fromordinal(int(on)).isoformat(), int(product), str(KINDS[kind]), int(amount), *map(int, more))
        for on, product, kind, amount, *more in zip(*columns, strict=True)
    ]


A, B = 1, 2


@pytest.mark.parametrize(
    ("lines", "entries"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(
            [(0, A, "2026-01-01", "", 100)], [("2026-01-01", A, "new", 100)], id="a first contract"
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, A, "2026-06-01", "", 100)],
            [("2026-01-01", A, "new", 100)],
            id="a flat renewal on the same day writes nothing",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, A, "2026-06-01", "", 130)],
            [("2026-01-01", A, "new", 100), ("2026-06-01", A, "expansion", 30)],
            id="a renewal is its difference",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, B, "2026-01-01", "", 50)],
            [("2026-01-01", A, "new", 100), ("2026-01-01", B, "new", 50), ("2026-06-01", A, "contraction", -100)],
            id="one of several products that is cancelled is a contraction",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "", 100), (0, B, "2026-03-01", "", 50)],
            [("2026-01-01", A, "new", 100), ("2026-03-01", B, "expansion", 50)],
            id="a second product is an expansion",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, B, "2026-01-01", "2026-06-01", 50)],
            [("2026-01-01", A, "new", 100), ("2026-01-01", B, "new", 50),
             ("2026-06-01", A, "churn", -100), ("2026-06-01", B, "churn", -50)],
            id="what ends together is all churn",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, B, "2026-06-01", "", 80)],
            [("2026-01-01", A, "new", 100), ("2026-06-01", A, "contraction", -100), ("2026-06-01", B, "expansion", 80)],
            id="whoever changes the product on a day goes on",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, A, "2026-06-02", "", 100)],
            [("2026-01-01", A, "new", 100), ("2026-06-01", A, "churn", -100), ("2026-06-02", A, "reactivation", 100)],
            id="a day without contract is churn and reactivation",
        ),
        pytest.param(
            [(0, A, "2026-01-01", "2026-06-01", 100), (0, A, "2026-05-01", "2026-09-01", 100)],
            [("2026-01-01", A, "new", 100), ("2026-05-01", A, "expansion", 100),
             ("2026-06-01", A, "contraction", -100), ("2026-09-01", A, "churn", -100)],
            id="contracts that overlap count both",
        ),
        pytest.param([(0, A, "2027-01-01", "", 100)], [], id="what has not begun is not booked"),
        pytest.param(
            [(0, A, "2026-12-31", "2026-12-31", 100), (0, A, "2026-01-01", "2027-01-01", 100),
             (0, B, "2026-01-01", "", 0)],
            [("2026-01-01", A, "new", 100)],
            id="no day, an end to come and a line without ARR are nothing",
        ),
    ],
)  # fmt: skip
def test_lines_make_entries(lines, entries):
    assert rows(derive(spans_of(*lines), TODAY)) == entries


def test_accounts_do_not_mix():
    found = derive(spans_of((1, A, "2026-01-01", "2026-03-01", 100), (0, A, "2026-03-01", "", 100)), TODAY)
    assert list(zip(found.account.tolist(), rows(found), strict=True)) == [
        (0, ("2026-03-01", A, "new", 100)),
        (1, ("2026-01-01", A, "new", 100)),
        (1, ("2026-03-01", A, "churn", -100)),
    ]


def test_an_entry_names_the_line_that_begins_else_the_one_that_ends_and_what_it_was_in_its_currency():
    spans = spans_of((0, A, "2026-01-01", "2026-06-01", 100), (0, A, "2026-06-01", "2026-09-01", 150))
    spans = Spans(**{one.name: getattr(spans, one.name) for one in fields(spans)} | {"original": spans.arr * 2})
    found = derive(spans, TODAY)
    assert rows(found, "line", "currency", "original") == [
        ("2026-01-01", A, "new", 100, 1, 0, 200),
        ("2026-06-01", A, "expansion", 50, 2, 0, 100),
        ("2026-09-01", A, "churn", -150, 2, 0, -300),
    ]


def test_where_currencies_meet_the_entry_has_none():
    spans = spans_of((0, A, "2026-01-01", "2026-06-01", 100), (0, A, "2026-06-01", "", 150))
    spans = Spans(**{one.name: getattr(spans, one.name) for one in fields(spans)} | {"currency": np.array([3, 0])})
    assert [row[-2:] for row in rows(derive(spans, TODAY), "currency", "original")] == [(3, 100), (NONE, 0)]


def test_the_published_subscriptions_make_the_published_movements_of_every_customer_and_month():
    periods = rows_of("mrr_playbook/subscription_periods.csv")
    spans = spans_of(
        *((int(row["customer_id"]), A, row["start_date"], row["end_date"], 100 * int(row["monthly_amount"]))
          for row in periods)
    )  # fmt: skip
    due = derive(spans, day("2020-12-31"))
    moved = {(account, on): (kind, amount) for account, on, kind, amount in table_of(netted(due))}
    ledger = netted(due)
    expected = rows_of("mrr_playbook/expected_mrr_full_spine_from_2017-09.csv")
    assert len(expected) == 417
    named = {"upgrade": "expansion", "downgrade": "contraction"}
    for row in expected:
        customer, month = int(row["customer_id"]), dt.date.fromisoformat(row["date_month"])
        kind, amount = moved.pop((customer, row["date_month"]), ("", Decimal(0)))
        assert (kind, amount) == (named.get(row["change_category"], row["change_category"]), Decimal(row["mrr_change"]))
        arr = ledger.arr_before(month + dt.timedelta(1))[customer]
        assert ledger.money(int(arr)) == Decimal(row["mrr"])
    assert moved == {}


def test_the_published_revenue_events_make_a_ledger_of_their_own_sums():
    events = rows_of("complyflow_gtm/revenue_events.csv")
    entries = [(row["account_id"], row["event_date"], row["type"], Decimal(row["amount"])) for row in events]
    ledger = movements_of(*entries)
    names = list(dict.fromkeys(name for name, *_ in entries))
    sums = dict.fromkeys(names, Decimal(0))
    for name, _, _, amount in entries:
        sums[name] += amount
    end = ledger.arr_before(dt.date(2030, 1, 1))
    assert {name: ledger.money(int(end[place])) for place, name in enumerate(names)} == sums
    assert ledger.below_zero() is None


def netted(*parts):
    """The movements of entries, whoever wrote them; accounts have the places of their own numbers."""
    account, on, kind, amount = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("account", "day", "kind", "amount")
    )
    return Movements.of(int(account.max(initial=0)) + 1, account, on, kind, amount)


NOTHING = Booked(*[np.empty(0, dtype=np.int64)] * 5)


def booked(*parts):
    names = [one.name for one in fields(Booked)]
    return Booked.joined(*(Booked(*(getattr(part, name) for name in names)) for part in parts))


def appended(*states):
    """What is appended to an empty ledger as it meets one state of the contracts after the other."""
    held, found = NOTHING, []
    for lines in states:
        added = amend(held, derive(spans_of(*lines), TODAY))
        found.append(rows(added, "number"))
        held = booked(held, added)
    return found


FIRST_YEAR = (0, A, "2026-01-01", "2026-06-01", 100)


@pytest.mark.parametrize(
    ("states", "last"),
    [
        pytest.param([[FIRST_YEAR], [FIRST_YEAR]], [], id="nothing new"),
        pytest.param(
            [[FIRST_YEAR], [FIRST_YEAR, (0, B, "2026-02-01", "2026-06-01", 50)]],
            [("2026-02-01", B, "expansion", 50, 0), ("2026-06-01", B, "churn", -50, 0)],
            id="what is known late is entered as what it was",
        ),
        pytest.param(
            [[FIRST_YEAR], [FIRST_YEAR, (0, A, "2026-06-01", "", 120)]],
            [("2026-06-01", A, "correction", 100, 1), ("2026-06-01", A, "expansion", 20, 2)],
            id="a renewal signed late takes the churn back",
        ),
        pytest.param(
            [[FIRST_YEAR], [FIRST_YEAR, (0, A, "2026-06-01", "", 100)]],
            [("2026-06-01", A, "correction", 100, 1)],
            id="a flat renewal signed late only takes it back",
        ),
        pytest.param(
            [[FIRST_YEAR], [(0, A, "2026-01-01", "2026-06-01", 110)]],
            [("2026-01-01", A, "correction", 10, 1), ("2026-06-01", A, "correction", -10, 1)],
            id="another amount is corrected by the difference",
        ),
        pytest.param(
            [[FIRST_YEAR], []],
            [("2026-01-01", A, "correction", -100, 1), ("2026-06-01", A, "correction", 100, 1)],
            id="a contract that never was is taken back",
        ),
        pytest.param(
            [[FIRST_YEAR], [], [FIRST_YEAR]],
            [("2026-01-01", A, "correction", 100, 2), ("2026-06-01", A, "correction", -100, 2)],
            id="and comes back",
        ),
        pytest.param(
            [[FIRST_YEAR], [(0, A, "2025-01-01", "2025-06-01", 70), FIRST_YEAR]],
            [("2025-01-01", A, "new", 70, 0), ("2025-06-01", A, "churn", -70, 0),
             ("2026-01-01", A, "correction", -100, 1), ("2026-01-01", A, "reactivation", 100, 2)],
            id="an older contract found later makes the new one a reactivation",
        ),
    ],
)  # fmt: skip
def test_the_ledger_follows_the_contracts_by_appending(states, last):
    # Corrections and entries come apart; what matters is each key with its number.
    assert sorted(appended(*states)[-1], key=lambda row: (row[0], row[1], row[-1])) == last


LINES = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(1, 3), st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 8)), st.integers(0, 5),
        st.integers(0, 4),
    ).map(
        lambda line: (line[0], line[1], line[2].isoformat(), (line[2] + dt.timedelta(line[3])).isoformat(), line[4])
    ),
    max_size=8,
)  # fmt: skip
DAYS = [dt.date(2025, 12, 31) + dt.timedelta(ahead) for ahead in range(16)]


def under_contract(lines, account, product, on):
    return sum(arr for one, other, since, until, arr in lines
               if (one, other) == (account, product) and since <= on.isoformat() < until)  # fmt: skip


@given(LINES, st.sampled_from(DAYS))
def test_the_sum_of_entries_is_the_arr_under_contract_on_every_day(lines, today):
    found = derive(spans_of(*lines), today.toordinal())
    for on in DAYS:
        if on <= today:
            for account in range(3):
                for product in (1, 2, 3):
                    own = (found.account == account) & (found.product == product) & (found.day <= on.toordinal())
                    assert found.amount[own].sum() == under_contract(lines, account, product, on)


@given(LINES)
def test_kinds_are_those_of_the_whole_account(lines):
    """Each day's net is new, churn and so on by the ARR that the account has before and after it."""
    active = set()
    for account, on, kind, amount in table_of(netted(derive(spans_of(*lines), TODAY))):
        was = sum(
            under_contract(lines, account, product, dt.date.fromisoformat(on) - dt.timedelta(1))
            for product in (1, 2, 3)
        )
        becomes = was + amount * 100
        expected = (
            (Kind.REACTIVATION if account in active else Kind.NEW) if was == 0
            else Kind.CHURN if becomes == 0
            else Kind.EXPANSION if becomes > was else Kind.CONTRACTION
        )  # fmt: skip
        assert kind == expected
        active.add(account)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_whatever_changes_the_ledger_says_what_the_contracts_say_and_appends_nothing_twice(states):
    held = NOTHING
    keys = set()
    for lines in states:
        due = derive(spans_of(*lines), TODAY)
        added = amend(held, due)
        own = set(
            zip(added.account.tolist(), added.day.tolist(), added.product.tolist(), added.number.tolist(), strict=True)
        )
        assert len(own) == len(added.account)
        assert own.isdisjoint(keys)
        keys |= own
        held = booked(held, added)
        assert len(amend(held, due).account) == 0
        assert table_of(netted(held)) == table_of(netted(due))
        assert not (added.amount == 0).any()
        gains = np.isin(added.kind, [PLACE[kind] for kind in (Kind.NEW, Kind.EXPANSION, Kind.REACTIVATION)])
        losses = np.isin(added.kind, [PLACE[kind] for kind in (Kind.CONTRACTION, Kind.CHURN)])
        assert (added.amount[gains] > 0).all()
        assert (added.amount[losses] < 0).all()


def test_of_nothing_nothing_is_appended():
    empty = derive(spans_of(), TODAY)
    assert isinstance(empty, Entries)
    assert isinstance(amend(NOTHING, empty), Additions)
    assert len(amend(NOTHING, empty).account) == 0
