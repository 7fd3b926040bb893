"""A chunk of customers lived through: from stories to arrays of what is seen of them. Pure; no database.

Axes: accounts (A), lines (P: an account's use of one product), users (U) and days (D). Day indexes are those of `Days`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cs_workspace.web.demo.book import Customer, add_months, terms
from cs_workspace.web.demo.days import HISTORY_DAYS, Days
from cs_workspace.web.demo.latents import Latents, bend, decide, wind_down
from cs_workspace.web.demo.offer import PRODUCTS
from cs_workspace.web.demo.stories import NEVER, Fates, Story, draw_fates

PLAIN, PLAIN_SPAN = np.float32(1.45), 55  # of the cast: what befalls them shows
SHELVED = 0.02  # what is left of the use of a product that was put on the shelf
SEATS_KEPT = 2  # months that a seat stays assigned to somebody who does not come any more
KEEN_AT_NONE, KEENER = 0.04, 1.12  # share of users who take part at all, by adoption
FIRST_CHURN = HISTORY_DAYS - 365  # nobody leaves before the last year, so that each who left has a history


@dataclass(frozen=True)
class Usage:
    """Use by line and day (P × D); `active` are users, `reported` says on which days a row exists."""

    account: np.ndarray  # P
    product: np.ndarray  # P
    logins: np.ndarray
    active: np.ndarray
    core_actions: np.ndarray
    minutes: np.ndarray
    data_volume: np.ndarray
    seats_assigned: np.ndarray
    integrations: np.ndarray
    reported: np.ndarray


@dataclass(frozen=True)
class Users:
    """Who was active: users × days."""

    line: np.ndarray  # U
    number: np.ndarray  # U, from 0 within the line
    active: np.ndarray  # U × D, bool


@dataclass(frozen=True)
class Features:
    """Uses of features: rows of line and feature × days."""

    line: np.ndarray  # F
    feature: np.ndarray  # F, place among the product's features
    uses: np.ndarray  # F × D


@dataclass(frozen=True)
class History:
    """Everything numeric of a chunk of customers."""

    days: Days
    fates: Fates
    latents: Latents
    churn: np.ndarray  # A, the day of leaving or NEVER
    gap: np.ndarray  # A, the day from which nothing is reported, or NEVER
    usage: Usage
    users: Users
    features: Features


def live(rng: np.random.Generator, book: list[Customer], days: Days) -> History:
    """The history of these customers; the same generator state gives the same history."""
    fates = _fates(rng, book, days)
    latents = bend(rng, fates, days)
    churn = _churn(rng, book, latents, days)
    latents = wind_down(rng, latents, churn)
    gap = np.array([days.count - c.gap_days if c.gap_days else NEVER for c in book], np.int32)
    day = np.arange(days.count)
    alive = (day >= fates.start[:, None]) & (day < churn[:, None])
    line = [(place, product) for place, customer in enumerate(book) for product in customer.products]
    account, product = np.array(line).T
    users = _users(rng, book, account, product, latents, alive, days)
    reported = alive & (day < gap[:, None])
    usage = _usage(rng, book, account, product, users, latents, reported, days)
    features = _features(rng, usage, latents)
    return History(days, fates, latents, churn, gap, usage, users, features)


def _fates(rng: np.random.Generator, book: list[Customer], days: Days) -> Fates:
    low_season = np.array([[month in c.low_season for month in range(1, 13)] for c in book])
    start = np.array([days.index(customer.start) for customer in book], np.int32)
    fates = draw_fates(rng, np.array([c.story for c in book], np.int8), start, low_season, days.count)
    onset, turn = fates.onset.copy(), fates.turn.copy()
    depth, span = fates.depth.copy(), fates.span.copy()
    for place, customer in enumerate(book):
        part = customer.part
        if part.onset_ago is not None:
            onset[place] = days.count - part.onset_ago
        if part.onset_ago is not None and part.plain:
            depth[place], span[place] = PLAIN, PLAIN_SPAN
        if part.turn_ago is not None:
            turn[place] = days.count - part.turn_ago
        if part.story is Story.POOR_ONBOARDING:
            depth[place] = PLAIN
    return replace(fates, onset=onset, turn=turn, depth=depth, span=span)


def _churn(rng: np.random.Generator, book: list[Customer], latents: Latents, days: Days) -> np.ndarray:
    """The first moment of decision at which each customer leaves; those of the cast do as their part says."""
    moments = sorted(
        (index, place, customer.term_months == 0)
        for place, customer in enumerate(book)
        for index in _decisions(customer, days)
    )
    churn = np.full(len(book), NEVER, np.int32)
    if moments:
        day, account, monthly = (np.array(column) for column in zip(*moments, strict=True))
        churn = decide(rng, latents, account, day, monthly)
    for place, customer in enumerate(book):
        if customer.part.kind:
            leaves = customer.part.leaves and customer.part.renews_in is not None
            churn[place] = days.count + (customer.part.renews_in or 0) if leaves else NEVER
    return churn


def _decisions(customer: Customer, days: Days) -> list[int]:
    """Days of the last year on which the customer can leave: ends of terms, or each month of a monthly plan."""
    if customer.trial:
        return []
    if customer.term_months:
        ends = [end for _, end in terms(customer, days.as_of)]
    else:
        ends = [add_months(customer.start, number) for number in range(1, 90)]
    return [index for end in ends if FIRST_CHURN <= (index := days.index(end)) <= days.count]


def _users(
    rng: np.random.Generator,
    book: list[Customer],
    account: np.ndarray,
    product: np.ndarray,
    latents: Latents,
    alive: np.ndarray,
    days: Days,
) -> Users:
    """Each user is active on a day with a chance that follows habit, adoption, weekday and holidays."""
    seats = np.array([book[place].seats for place in account])
    line = np.repeat(np.arange(len(account)), seats)
    number = np.arange(len(line)) - np.repeat(np.cumsum(seats) - seats, seats)
    countries = [customer.country.name for customer in book]
    places = {name: place for place, name in enumerate(dict.fromkeys(countries))}
    rhythm = days.rhythm(list(places))[[places[name] for name in countries]]
    drive = (0.15 + 0.85 * latents.adoption) * rhythm * alive
    habit = np.sqrt(rng.beta(2.6, 1.1, len(line))).astype(np.float32)
    # The first user of a line is its keenest, and a second product is used less than the first.
    habit[number == 0] = np.maximum(habit[number == 0], np.float32(0.95))
    main = np.diff(account, prepend=-1) > 0
    habit *= np.where(main, np.float32(1), np.float32(0.8))[line]
    shelved = np.array([book[place].part.shelved_days for place in account]) * ~main
    joins = _joins(rng, book, account[line], number, seats[line], days)
    chance = drive[account[line]] * habit[:, None]
    # The less is adopted the fewer take part at all; those who leave first are always the same.
    keen = (number + rng.random(len(line), dtype=np.float32)) / seats[line]
    chance[keen[:, None] > KEEN_AT_NONE + KEENER * latents.adoption[account[line]]] = 0
    chance[np.arange(days.count) < joins[:, None]] = 0
    chance[np.arange(days.count) >= (days.count - shelved[line])[:, None]] *= np.float32(SHELVED)
    return Users(line, number, rng.random(chance.shape, dtype=np.float32) < chance)


def _joins(
    rng: np.random.Generator,
    book: list[Customer],
    account: np.ndarray,
    number: np.ndarray,
    seats: np.ndarray,
    days: Days,
) -> np.ndarray:
    """The day on which a user begins: soon after the start, and where an account grows all through the history."""
    start = np.array([days.index(customer.start) for customer in book])[account]
    growing = np.array([customer.story is Story.GROWING for customer in book])[account]
    begins = start + rng.integers(0, 30, len(account)) * (number > 0)
    later = rng.integers(0, days.count, len(account))
    return np.where(growing & (number > seats * 0.55), np.maximum(begins, later), begins)


def _usage(
    rng: np.random.Generator,
    book: list[Customer],
    account: np.ndarray,
    product: np.ndarray,
    users: Users,
    latents: Latents,
    reported: np.ndarray,
    days: Days,
) -> Usage:
    """Measures by line and day. Rows exist for workdays, and for weekends on which somebody came."""
    lines = len(account)
    first = np.searchsorted(users.line, np.arange(lines))
    active = np.add.reduceat(users.active, first, axis=0, dtype=np.int32)
    busy = active > 0
    noise = rng.random((2, lines, days.count), dtype=np.float32)
    intensity = rng.lognormal(0, 0.11, lines).astype(np.float32)[:, None] * (3.6 + 6.2 * latents.adoption[account])
    seats = np.array([book[place].seats for place in account])[:, None]
    # Seats are assigned by the month, and withdrawn after three months in which they were not needed.
    needed = latents.adoption[account][:, ::30]
    before = np.pad(needed, ((0, 0), (SEATS_KEPT, 0)), mode="edge")
    kept = np.max([before[:, ago : ago + needed.shape[1]] for ago in range(SEATS_KEPT + 1)], axis=0)
    monthly = kept[:, np.arange(days.count) // 30]
    per_user = rng.uniform(1.4, 5.5, lines).astype(np.float32)[:, None]
    links = rng.integers(0, 5, lines)[:, None] + (latents.adoption[account] > 0.7)
    return Usage(
        account=account,
        product=product,
        logins=active + rng.binomial(active, 0.45),
        active=active,
        core_actions=rng.poisson(active * intensity),
        minutes=(active * (22 + 46 * noise[0]) * (0.55 + 0.6 * latents.adoption[account])).astype(np.int32),
        data_volume=np.round(active * per_user * (0.7 + 0.6 * noise[1]), 2),
        seats_assigned=np.maximum(np.round(seats * np.minimum(0.5 + 0.6 * monthly, 1)), 1).astype(np.int32),
        integrations=links.astype(np.int32),
        reported=reported[account] & (busy | (days.weekday < 5)),
    )


def _features(rng: np.random.Generator, usage: Usage, latents: Latents) -> Features:
    """Uses of the features that an account has taken up: the more adoption, the deeper into the product's list."""
    lines, places = [], []
    for number, product in enumerate(usage.product):
        count = len(PRODUCTS[product].features)
        lines.append(np.full(count, number))
        places.append(np.arange(count))
    line, place = np.concatenate(lines), np.concatenate(places)
    size = np.array([len(product.features) for product in PRODUCTS])[usage.product][line]
    takes = (place + 0.5) / size + rng.normal(0, 0.05, len(line))
    breadth = 0.05 + 1.02 * latents.adoption[usage.account]
    popular = (1.6 * np.exp(-1.5 * place / size)).astype(np.float32)
    rate = usage.active[line] * popular[:, None] * (breadth[line] > takes[:, None])
    return Features(line, place, rng.poisson(rate).astype(np.int32))
