"""Touches: calls, e-mails, reviews and the call that saves an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import numpy as np

from cs_workspace.web.demo import words
from cs_workspace.web.demo.book import Customer
from cs_workspace.web.demo.cues import Cues, at_hour
from cs_workspace.web.demo.dice import dice, streams
from cs_workspace.web.demo.records import Talk

MORE_WHEN_STRAINED = 1.1  # times as much talk at full strain: trouble is answered
REVIEWS_EVERY = {"enterprise": 91, "mid-market": 182}
VISITS, INBOUND, CHATS = 0.06, 0.24, 0.12  # shares
# Whom nobody has spoken with for so long is asked how things go, and again where no answer comes.
ASKED_AFTER, ASKED_AGAIN = (26, 38), (8, 14)  # days


def talks_of(seed: int, first: int, cues: Cues) -> list[Talk]:
    """Every touch of the history, in the order of customers and days."""
    numbers = streams(seed, 3, first)
    rng = dice(seed, "talks", first)
    found = [*_calls(rng, numbers, cues), *_mails(rng, numbers, cues), *_reviews(rng, cues)]
    found += _check_ins(rng, cues, found)
    return sorted(found, key=lambda talk: (talk.customer, talk.at, talk.kind))


def _calls(rng: Random, numbers: np.random.Generator, cues: Cues) -> Iterator[Talk]:
    for place, day in _moments(numbers, cues, np.array([c.kind.calls for c in cues.book])):
        yield _meeting(rng, cues, place, day, "visit" if rng.random() < VISITS else rng.choice(("call", "meeting")))


def _meeting(rng: Random, cues: Cues, place: int, day: int, kind: str) -> Talk:
    """A scheduled touch: attended the surer the more the customer is engaged."""
    came = rng.random() < 0.40 + 0.64 * cues.engagement(place, day)
    mood = cues.mood(rng, place, day)
    people = cues.present(place, day)
    if came and rng.random() < 0.4:
        people = people[: rng.randint(1, 3)]
    text = rng.choice(words.CALLS[mood] if came else words.MISSED)
    if kind == "qbr" and came:
        text = words.REVIEWS[mood]
    return Talk(
        customer=place,
        kind=kind,
        direction="out",
        at=at_hour(rng, cues.days.day(day)),
        people=people[:4] if kind == "qbr" else people[:1],
        attended=came,
        answered_at=None,
        sentiment=mood if came else "",
        summary=cues.fill(rng, place, day, text),
        next_step=cues.fill(rng, place, day, rng.choice(words.NEXT_STEPS[mood])) if came else "",
    )


def _mails(rng: Random, numbers: np.random.Generator, cues: Cues) -> Iterator[Talk]:
    for place, day in _moments(numbers, cues, np.array([c.kind.mails for c in cues.book])):
        inbound = rng.random() < INBOUND
        yield _mail(rng, cues, place, day, "chat" if rng.random() < CHATS else "email", inbound=inbound)


def _mail(rng: Random, cues: Cues, place: int, day: int, kind: str, *, inbound: bool = False) -> Talk:
    """A written touch: one of ours is answered the surer the more the customer is engaged."""
    at = at_hour(rng, cues.days.day(day))
    mood = cues.mood(rng, place, day)
    answered = None
    if not inbound and rng.random() < 0.18 + 0.72 * cues.engagement(place, day):
        answered = at + dt.timedelta(hours=rng.randint(1, 70), minutes=rng.randint(0, 59))
    return Talk(
        customer=place,
        kind=kind,
        direction="in" if inbound else "out",
        at=at,
        people=cues.present(place, day)[:1],
        attended=None,
        answered_at=answered if answered and answered.date() < cues.days.as_of else None,
        sentiment=mood if inbound or answered else "",
        summary=cues.fill(rng, place, day, rng.choice(words.MAILS_IN[mood] if inbound else words.MAILS_OUT)),
        next_step="",
    )


def _check_ins(rng: Random, cues: Cues, talks: list[Talk]) -> list[Talk]:
    """A mail wherever a customer was silent for long; who gives no answer to these is silent indeed."""
    heard: list[list[int]] = [[] for _ in cues.book]
    for talk in talks:
        if _is_two_way(talk):
            heard[talk.customer].append(cues.days.index(talk.at.date()))
    found = []
    for place, customer in enumerate(cues.book):
        day = max(int(cues.history.fates.start[place]), 0) + rng.randint(*ASKED_AFTER)
        for spoken in [*sorted(heard[place]), cues.until(place)] if not customer.trial else ():
            while day < spoken:
                workday = day - max(0, int(cues.days.weekday[day]) - 4)
                mail = _mail(rng, cues, place, workday, "email")
                found.append(mail)
                day += rng.randint(*(ASKED_AFTER if _is_two_way(mail) else ASKED_AGAIN))
            day = max(day, spoken + rng.randint(*ASKED_AFTER))
    return found


def _is_two_way(talk: Talk) -> bool:
    return bool(talk.attended or talk.answered_at or talk.direction == "in")


def _reviews(rng: Random, cues: Cues) -> Iterator[Talk]:
    """Business reviews at their cadence, and the executive call on the day on which an account is saved."""
    for place, customer in enumerate(cues.book):
        yield from _reviews_of(rng, cues, place, customer)
        turn = int(cues.history.fates.turn[place])
        if turn < cues.until(place):
            saved = _meeting(rng, cues, place, turn, "meeting")
            summary = cues.fill(rng, place, turn, words.SAVES)
            yield saved._replace(attended=True, sentiment=words.FAIR, summary=summary, next_step="Weekly checkpoint")


def _reviews_of(rng: Random, cues: Cues, place: int, customer: Customer) -> Iterator[Talk]:
    every = REVIEWS_EVERY.get(customer.kind.key)
    if every and not customer.trial:
        day = max(int(cues.history.fates.start[place]) + 80, 0) + rng.randint(0, every - 1)
        while day < cues.until(place):
            workday = day - max(0, int(cues.days.weekday[day]) - 4)
            if workday >= 0:
                yield _meeting(rng, cues, place, workday, "qbr")
            day += every


def _moments(numbers: np.random.Generator, cues: Cues, per_month: np.ndarray) -> list[tuple[int, int]]:
    """Places and days of what happens so often in 30 days, on workdays, more often where there is strain."""
    workdays = (cues.days.weekday < 5) * 7 / 5 / 30
    rate = per_month[:, None] * workdays * (1 + MORE_WHEN_STRAINED * cues.strain) * cues.alive
    return [(int(place), int(day)) for place, day in np.argwhere(numbers.random(rate.shape) < rate)]
