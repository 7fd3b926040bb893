"""Contracts, their lines and the bills that follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from random import Random

import numpy as np

from cs_workspace.web.demo.book import Customer, add_months, terms
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.histories import History
from cs_workspace.web.demo.offer import DISCOUNTS
from cs_workspace.web.demo.records import Agreement, Bill, Line
from cs_workspace.web.demo.stories import SCRIPTS, Story

CENT = Decimal("0.01")
BILLED_DAYS = 760  # bills reach back so far
LATE_BEFORE_ONSET = 30
PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
LOGINS_PER_SEAT_AND_WEEK = Decimal("4.5")
# Seats of the contract before, as a share of those of the one after.
GREW_FROM = {Story.GROWING: (60, 85), Story.THRIVING: (84, 100)}
EURO_PRICES = {"SEK": Decimal(11), "GBP": Decimal("0.86"), "USD": Decimal("1.08"), "CHF": Decimal("0.96")}


def agreements_of(
    seed: int, first: int, book: list[Customer], history: History
) -> tuple[list[Agreement], list[Line], list[Bill]]:
    """Every contract from the first day on, their lines, and the bills of the last two years."""
    rng = dice(seed, "agreements", first)
    agreements: list[Agreement] = []
    lines: list[Line] = []
    bills: list[Bill] = []
    for place, customer in enumerate(book):
        if customer.trial:
            continue
        for agreement, seats in _contracts(rng, place, customer, history):
            key = len(agreements)
            agreements.append(agreement)
            lines += (own := _lines(rng, key, customer, agreement, seats, history))
            bills += _bills(rng, key, customer, agreement, sum((line.arr for line in own), Decimal(0)), history)
    return agreements, lines, bills


def left_on(place: int, history: History) -> dt.date | None:
    """The first day without the customer, or None for those who stayed."""
    churn = int(history.churn[place])
    return history.days.day(churn) if churn <= history.days.count else None


def _contracts(rng: Random, place: int, customer: Customer, history: History) -> Iterator[tuple[Agreement, int]]:
    """The customer's contracts, oldest first, each with the seats of its main product."""
    gone, today = left_on(place, history), history.days.as_of
    auto = rng.random() < (0.35 if customer.kind.key == "enterprise" else 0.75)
    notice = rng.choice(customer.kind.notice_days)
    billing = _billing(rng, customer)
    if not customer.term_months:
        periods: list[tuple[dt.date, dt.date | None]] = [(customer.start, gone)]
    else:
        periods = [(start, end) for start, end in terms(customer, today) if gone is None or end <= gone]
    seats = _seats(rng, customer, len(periods))
    for number, (start, end) in enumerate(periods):
        yield (
            Agreement(
                customer=place,
                number=f"C-{customer.number + 1:05d}-{number + 1}",
                start=start,
                end=end,
                auto_renew=auto or not customer.term_months,
                notice_days=notice if customer.term_months else 30,
                term_months=customer.term_months or 1,
                billing=billing,
                status="ended" if end is not None and end <= today else "active",
                logins_per_week=(seats[number] * LOGINS_PER_SEAT_AND_WEEK).quantize(CENT),
            ),
            seats[number],
        )


def _billing(rng: Random, customer: Customer) -> str:
    if not customer.term_months:
        return "monthly"
    if customer.story is Story.PRICE_TROUBLE:
        return rng.choices(("quarterly", "monthly"), (2, 1))[0]
    return rng.choices(("yearly", "quarterly", "monthly"), (4, 6, 1 if customer.kind.key == "smb" else 0))[0]


def _seats(rng: Random, customer: Customer, count: int) -> list[int]:
    """Seats by contract, oldest first; the last has what is used today, those before it less, or sometimes more."""
    seats = [customer.seats]
    for _ in range(count - 1):
        low, high = GREW_FROM.get(customer.story, (92, 108))
        seats.append(max(1, round(seats[-1] * rng.randint(low, high) / 100)))
    return seats[::-1]


def _lines(rng: Random, key: int, customer: Customer, agreement: Agreement, seats: int, history: History) -> list[Line]:
    """One line a product; the second product came with a later contract than the first where there are several."""
    products = customer.products
    if agreement.end is not None and agreement.status == "ended" and agreement.start == customer.start:
        products = products[:1]
    price = (customer.price * EURO_PRICES.get(customer.country.currency, Decimal(1))).quantize(Decimal(1))
    found = []
    for place, product in enumerate(products):
        unit = (price * Decimal("0.55")).quantize(Decimal(1)) if place else price
        discount = rng.choice(DISCOUNTS) if customer.kind.key != "self-serve" else Decimal(0)
        assigned = np.flatnonzero((history.usage.account == agreement.customer) & (history.usage.product == product))
        last = min(int(history.churn[agreement.customer]), history.days.count) - 1
        used = int(history.usage.seats_assigned[assigned[0], last]) if len(assigned) else seats
        found.append(
            Line(
                agreement=key,
                product=product,
                seats=seats,
                seats_assigned=min(used, seats),
                unit_price=unit,
                arr=(unit * seats * (1 - discount)).quantize(CENT, ROUND_HALF_EVEN),
                discount=discount,
            )
        )
    return found


def _bills(
    rng: Random, key: int, customer: Customer, agreement: Agreement, arr: Decimal, history: History
) -> Iterator[Bill]:
    """A bill at the beginning of every billing period, from two years ago until yesterday."""
    months, today = PERIOD_MONTHS[agreement.billing], history.days.as_of
    begin, number = agreement.start, 0
    while begin < min(agreement.end or today, today):
        if (today - begin).days <= BILLED_DAYS:
            due = begin + dt.timedelta(days=30 if customer.term_months else 7)
            yield Bill(
                customer=agreement.customer,
                agreement=key,
                number=f"INV-{begin:%Y%m}-{customer.number + 1:05d}-{agreement.number[-1]}",
                issued_on=begin,
                due_on=due,
                paid_on=_paid_on(rng, customer, agreement.customer, begin, due, history),
                amount=(arr * months / 12).quantize(CENT, ROUND_HALF_EVEN),
            )
        number += 1
        begin = add_months(agreement.start, months * number)


def _paid_on(
    rng: Random, customer: Customer, place: int, issued: dt.date, due: dt.date, history: History
) -> dt.date | None:
    """In time as a rule; late in the stories that say so, from shortly before the trouble shows. None: not yet."""
    onset = int(history.fates.onset[place])
    troubled = history.days.index(due) >= onset - LATE_BEFORE_ONSET
    late = rng.random() < (SCRIPTS[customer.story].late if troubled else 0.015)
    paid = due + dt.timedelta(days=rng.randint(17, 85)) if late else due - dt.timedelta(days=rng.randint(0, 18))
    paid = max(paid, issued)
    return paid if paid < history.days.as_of else None
