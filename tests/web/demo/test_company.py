"""The demo company as a plan: the same for a seed, and its customers behave as customers do."""

import datetime as dt
from functools import cache

import numpy as np
import pytest

from cs_workspace.web.demo.company import Chunk, Company
from cs_workspace.web.demo.stories import NEVER, Story

AS_OF = dt.date(2026, 3, 18)
MONTH = 30


@cache
def chunk_of(accounts: int, seed: int = 7) -> Chunk:
    (chunk,) = Company(accounts, seed, AS_OF).chunks()
    return chunk


def plain(chunk: Chunk) -> str:
    """Everything row by row, without the arrays."""
    rows = ("people", "agreements", "lines", "bills", "talks", "complaints", "answers", "courses", "happenings")
    return repr([list(getattr(chunk, name)) for name in (*rows, "judgements", "todos", "remarks")])


def activity(chunk: Chunk) -> np.ndarray:
    """Core actions of each customer on each day."""
    usage = chunk.history.usage
    found = np.zeros((len(chunk.book), chunk.history.days.count))
    np.add.at(found, usage.account, usage.core_actions * usage.reported)
    return found


def test_the_same_seed_gives_the_same_company_and_another_seed_another() -> None:
    first, second = chunk_of(30), next(Company(30, 7, AS_OF).chunks())
    assert plain(first) == plain(second)
    assert np.array_equal(activity(first), activity(second))
    assert first.book == second.book
    assert plain(first) != plain(chunk_of(30, seed=8))


def test_use_falls_before_customers_leave() -> None:
    chunk = chunk_of(300)
    uses, churn = activity(chunk), chunk.history.churn
    left = [place for place, day in enumerate(churn) if 150 <= day < NEVER]
    assert len(left) >= 5
    fell = [uses[place, day - MONTH : day].sum() < 0.7 * uses[place, day - 150 : day - 120].sum()
            for place, day in ((place, churn[place]) for place in left)]  # fmt: skip
    assert np.mean(fell) >= 0.8
    stayed = uses[churn == NEVER]
    assert stayed[:, -MONTH:].sum() > 0.8 * stayed[:, -150:-120].sum()


def test_where_the_champion_leaves_others_follow_far_more_often() -> None:
    chunk = chunk_of(300)
    gone = {one.customer for one in chunk.people if "champion" in one.roles and one.left_on is not None}
    churned = {place for place, day in enumerate(chunk.history.churn) if day != NEVER}
    rest = set(range(len(chunk.book))) - gone
    assert gone & churned
    assert len(gone & churned) / len(gone) > 2 * len(rest & churned) / len(rest)
    for one in chunk.people:
        day = chunk.history.churn[one.customer]
        if one.customer in gone & churned and one.left_on is not None and "champion" in one.roles:
            assert one.left_on <= chunk.history.days.day(int(day))


def test_tickets_spike_before_the_silence() -> None:
    chunk = chunk_of(300)
    fates = chunk.history.fates
    days = chunk.history.days
    opened: dict[int, list[int]] = {}
    for one in chunk.complaints:
        opened.setdefault(one.customer, []).append((one.opened_at.date() - days.day(0)).days)
    before = after = 0
    for place in np.flatnonzero(fates.story == Story.TICKETS_THEN_SILENCE):
        onset = int(fates.onset[place])
        if 60 <= onset < days.count - 40:
            before += sum(onset - 35 <= day < onset for day in opened.get(place, []))
            after += sum(onset <= day < onset + 35 for day in opened.get(place, []))
    assert after > 2.5 * before


def test_seasonal_customers_are_quiet_in_their_low_months_and_are_no_trouble() -> None:
    chunk = chunk_of(300)
    uses = activity(chunk)
    months = np.array([chunk.history.days.day(day).month for day in range(chunk.history.days.count)])
    ratios = []
    for place, customer in enumerate(chunk.book):
        if customer.low_season and (AS_OF - customer.start).days > 500:
            low = np.isin(months, customer.low_season)
            ratios.append(uses[place, low].mean() / uses[place, ~low].mean())
    assert len(ratios) >= 5
    assert np.median(ratios) < 0.7


def test_work_is_overdue_due_today_and_later_and_much_is_done() -> None:
    todos = chunk_of(300).todos
    due = {(one.due_at.date() > AS_OF) - (one.due_at.date() < AS_OF) for one in todos if one.done_at is None}
    assert due == {-1, 0, 1}
    assert sum(one.done_at is not None for one in todos) > 50


@pytest.mark.parametrize("accounts", [1, 2, 7])
def test_a_company_of_few_customers_is_one_too(accounts: int) -> None:
    assert len(chunk_of(accounts).book) == accounts


def test_a_product_on_the_shelf_is_hardly_opened_while_the_first_goes_on() -> None:
    chunk = chunk_of(30)
    usage = chunk.history.usage
    (place,) = (number for number, customer in enumerate(chunk.book) if customer.part.shelved_days)
    first, second = np.flatnonzero(usage.account == place)
    shelved = chunk.book[place].part.shelved_days
    now, before = slice(-shelved, None), slice(-90, -shelved)
    share = {line: usage.active[line, now].mean() / usage.active[line, before].mean() for line in (first, second)}
    assert share[first] > 0.6
    assert share[second] < 0.1
