"""The demo company as a plan: the same for a seed, and its customers behave as customers do."""

import datetime as dt
from functools import cache

import numpy as np
import pytest

from cs_workspace.web.demo.company import Chunk, Company
from cs_workspace.web.demo.living import days_to_live
from cs_workspace.web.demo.loading import ACCOUNTS
from cs_workspace.web.demo.stories import NEVER, Story
from health.domain import signals
from health.domain.learning import HORIZON_DAYS, LEAST_ACCOUNTS, LEAST_OUTCOMES
from health.queries.churn_examples import WITHIN_DAYS, reference_days

AS_OF = dt.date(2026, 3, 18)
MONTH = 30
# Days after the start from which on enough is observed for a score.
SCORED_AFTER = 30


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


@pytest.mark.parametrize("ago", [0, MONTH], ids=["trained today", "trained a month ago"])
def test_the_default_company_has_enough_customers_who_left_for_a_churn_model_to_be_trained(ago: int) -> None:
    chunk = chunk_of(ACCOUNTS)
    days, trained = chunk.history.days, AS_OF - dt.timedelta(days=ago)
    _, nights = days_to_live(AS_OF, ACCOUNTS)
    accounts = outcomes = 0
    for place, customer in enumerate(chunk.book):
        if customer.trial:
            continue
        churn, start = int(chunk.history.churn[place]), days.index(customer.start)
        # As `churn_examples` asks: scored in the days up to the reference day, a customer on it, gone soon after.
        looked_at = [
            days.index(day)
            for day in reference_days(trained)
            if days.index(day) < churn
            and any(
                day - dt.timedelta(days=WITHIN_DAYS) < night <= day and days.index(night) >= start + SCORED_AFTER
                for night in nights
            )
        ]
        accounts += bool(looked_at)
        outcomes += any(churn <= day + HORIZON_DAYS for day in looked_at)
    assert outcomes >= LEAST_OUTCOMES
    assert accounts >= LEAST_ACCOUNTS


@pytest.mark.parametrize("kind", ["data_export", "billing_visited"])
def test_some_who_think_of_leaving_export_their_data_or_look_at_the_bill(kind: str) -> None:
    (rule,) = (one for one in signals.DEFAULT_RULES if one.kind == kind)
    chunk = chunk_of(ACCOUNTS)
    since = AS_OF - dt.timedelta(days=rule.window_days)
    seen = {
        one.customer
        for one in chunk.happenings
        if one.name.lower() in rule.words and since < one.at.date() and chunk.history.churn[one.customer] == NEVER
    }
    assert 1 <= len(seen) <= ACCOUNTS / 20


def test_who_is_content_is_spoken_with_before_it_counts_as_silence() -> None:
    (rule,) = (one for one in signals.DEFAULT_RULES if one.kind == "silent")
    chunk = chunk_of(ACCOUNTS)
    spoken = {
        one.customer
        for one in chunk.talks
        if (one.attended or one.answered_at or one.direction == "in") and (AS_OF - one.at.date()).days < rule.quiet_days
    }
    content = [
        place
        for place, customer in enumerate(chunk.book)
        if customer.story in (Story.THRIVING, Story.STEADY, Story.GROWING)
        and not customer.trial
        and chunk.history.churn[place] == NEVER
        and (AS_OF - customer.start).days > rule.quiet_days
    ]
    assert len(content) > ACCOUNTS / 4
    assert np.mean([place in spoken for place in content]) > 0.9
