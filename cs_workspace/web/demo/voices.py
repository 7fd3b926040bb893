"""What customers say unasked and asked: tickets and answers to surveys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import numpy as np

from cs_workspace.web.demo import words
from cs_workspace.web.demo.cues import Cues, at_hour
from cs_workspace.web.demo.dice import dice, streams
from cs_workspace.web.demo.records import Answer, Complaint

ON_WEEKENDS = 0.12
SPIKED = 3.5  # times the usual tickets, from which on some are critical
HOURS = {"low": 60, "normal": 30, "high": 16, "critical": 9}  # to solve, in the middle
NPS_EVERY, CSAT_EVERY = 182, 60
ASKED_FOR_NPS = 3  # those who have known us the longest
# How answers lie around what people feel: of eleven steps they choose with more care, and seldom one below their mind.
NPS, CSAT = {"noise": 0.05, "kindness": 1.16}, {"noise": 0.085, "kindness": 1.08}


def complaints_of(seed: int, first: int, cues: Cues) -> list[Complaint]:
    """Tickets: more in trouble, critical ones in a spike, slow and badly rated where people are unhappy."""
    numbers = streams(seed, 4, first)
    rng = dice(seed, "voices", first)
    weekday = np.where(cues.days.weekday < 5, 1.0, ON_WEEKENDS)
    usual = np.array([customer.kind.tickets for customer in cues.book])[:, None] / 30
    rate = usual * weekday * cues.history.latents.friction * cues.alive
    counts = numbers.poisson(rate)
    return [
        _complaint(rng, cues, int(place), int(day))
        for place, day in np.argwhere(counts)
        for _ in range(counts[place, day])
    ]


def _complaint(rng: Random, cues: Cues, place: int, day: int) -> Complaint:
    spiked = cues.history.latents.friction[place, day] > SPIKED
    unhappy = cues.satisfaction(place, day) < 0.5
    weights = (1, 5, 4, 4) if spiked else (3, 6, 3, 0.8) if unhappy else (5, 9, 2, 0.25)
    severity = rng.choices(("low", "normal", "high", "critical"), weights)[0]
    opened = at_hour(rng, cues.days.day(day))
    slower = 1.6 if unhappy or spiked else 1.0
    closed = opened + dt.timedelta(hours=rng.lognormvariate(0, 0.7) * HOURS[severity] * slower)
    people = cues.present(place, day)
    customer = cues.book[place]
    still_open = closed.date() >= cues.days.as_of
    rated = not still_open and rng.random() < 0.45
    return Complaint(
        customer=place,
        person=rng.choice(people),
        product=rng.choice(customer.products),
        subject=cues.fill(
            rng, place, day, rng.choice(words.TICKETS_CRITICAL if severity == "critical" else words.TICKETS)
        ),
        severity=severity,
        opened_at=opened,
        closed_at=None if still_open else closed.replace(microsecond=0),
        first_response_minutes=int(rng.lognormvariate(0, 0.8) * 55 * slower),
        escalated=severity in ("high", "critical") and rng.random() < (0.35 if unhappy or spiked else 0.08),
        rating=cues.score(rng, place, day, 1, 5, 0.11) if rated else None,
    )


def answers_of(seed: int, first: int, cues: Cues) -> list[Answer]:
    """NPS twice a year and person of some, CSAT every quarter, after the onboarding, and on leaving."""
    rng = dice(seed, "answers", first)
    return [answer for place in range(len(cues.book)) for answer in _answers(rng, cues, place)]


def _answers(rng: Random, cues: Cues, place: int) -> Iterator[Answer]:
    start = int(cues.history.fates.start[place])
    every_person = cues.book[place].kind.key != "self-serve"
    for kind, every in (("nps", NPS_EVERY), ("csat", CSAT_EVERY)):
        day = max(start + 40, 0) + rng.randint(0, every - 1)
        while day < cues.until(place):
            people = cues.present(place, day)
            for person in people[:ASKED_FOR_NPS] if kind == "nps" and every_person else people[:1]:
                if rng.random() < 0.18 + 0.62 * cues.engagement(place, day):
                    yield _answer(rng, cues, place, day, kind, person)
            day += every
    if 0 <= start + 60 < cues.until(place) and rng.random() < 0.7:
        yield _answer(rng, cues, place, start + 60, "onboarding", cues.present(place, start + 60)[0])
    if cues.history.churn[place] < cues.days.count - 8 and rng.random() < 0.6:
        yield _exit(rng, cues, place)


def _answer(rng: Random, cues: Cues, place: int, day: int, kind: str, person: int) -> Answer:
    low, high = (0, 10) if kind == "nps" else (1, 5)
    score = cues.score(rng, place, day, low, high, **(NPS if kind == "nps" else CSAT))
    share = (score - low) / (high - low)
    mood = words.GOOD if share > 0.84 else words.FAIR if share > 0.6 else words.BAD
    at = at_hour(rng, cues.days.day(day))
    return Answer(place, person, kind, score, rng.choice(words.ANSWERS[mood]), at)


def _exit(rng: Random, cues: Cues, place: int) -> Answer:
    gone = int(cues.history.churn[place])
    at = at_hour(rng, cues.days.day(gone + rng.randint(1, 6)))
    return Answer(place, cues.present(place, gone - 1)[0], "exit", rng.randint(1, 3), rng.choice(words.EXITS), at)
