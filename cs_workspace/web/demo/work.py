"""The CSMs' daily work: tasks that are open, overdue and done, and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from cs_workspace.web.demo import words
from cs_workspace.web.demo.book import terms
from cs_workspace.web.demo.cues import Cues, at_hour
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.records import Remark, ToDo

# Days from today to the due day of an open task, and their weights: overdue, today, this week, later.
DUE = (((-9, -1), 4), ((0, 0), 3), ((1, 6), 8), ((7, 24), 7))
OPEN_CHANCE = {"trouble": 0.8, "renewal": 0.65, "onboarding": 0.75, "growth": 0.3, "usual": 0.2}
STRAINED = 0.46
RENEWAL_DAYS = 100
DONE_SINCE = 150
URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4


def todos_of(seed: int, first: int, cues: Cues) -> list[ToDo]:
    """What is to be done for customers that are still there, and what was done in the last months."""
    rng = dice(seed, "work", first)
    return [todo for place in range(len(cues.book)) for todo in _todos(rng, cues, place)]


def reason(cues: Cues, place: int) -> str:
    """What the account asks for today: a key of `words.TASKS`."""
    customer, today = cues.book[place], cues.days.as_of
    if cues.strain[place, cues.until(place) - 1] > STRAINED:
        return "trouble"
    if (today - customer.start).days < 75:
        return "onboarding"
    if customer.term_months:
        *_, (_, end) = terms(customer, today)
        if (end - today).days <= RENEWAL_DAYS:
            return "renewal"
    return "growth" if customer.story.name in ("THRIVING", "GROWING") else "usual"


def _todos(rng: Random, cues: Cues, place: int) -> Iterator[ToDo]:
    gone = cues.until(place) < cues.days.count or cues.history.churn[place] == cues.days.count
    why = reason(cues, place)
    # Customers that pay little are served by automation; nobody plans their weeks.
    served = 0.3 if cues.book[place].kind.key == "self-serve" else 1.0
    if not gone and rng.random() < OPEN_CHANCE[why] * served:
        yield _open(rng, cues, place, why)
    for _ in range(rng.choices((0, 1, 2, 3), (4, 4, 2, 1))[0] if rng.random() < served else 0):
        day = cues.until(place) - rng.randint(1, DONE_SINCE)
        if day > max(int(cues.history.fates.start[place]) + 10, 10):
            yield _done(rng, cues, place, "usual" if rng.random() < 0.5 else why, day)


def _open(rng: Random, cues: Cues, place: int, why: str) -> ToDo:
    ahead = rng.randint(*rng.choices([span for span, _ in DUE], [weight for _, weight in DUE])[0])
    due = cues.days.as_of + dt.timedelta(days=ahead)
    if ahead > 0:
        due += dt.timedelta(days=max(0, due.weekday() - 4) and 7 - due.weekday())
    return _task(rng, cues, place, why, due)._replace(outcome="")


def _done(rng: Random, cues: Cues, place: int, why: str, day: int) -> ToDo:
    task = _task(rng, cues, place, why, cues.days.day(day) + dt.timedelta(days=rng.randint(-2, 5)))
    done = at_hour(rng, cues.days.day(day))
    return task._replace(made_at=min(task.made_at, done - dt.timedelta(days=1)), done_at=done)


def _task(rng: Random, cues: Cues, place: int, why: str, due: dt.date) -> ToDo:
    title, outcome = rng.choice(words.TASKS[why])
    made = min(due - dt.timedelta(days=rng.randint(2, 12)), cues.days.day(cues.until(place) - 1))
    return ToDo(
        customer=place,
        title=cues.fill(rng, place, max(0, min(cues.days.index(made), cues.until(place) - 1)), title),
        body="",
        made_at=at_hour(rng, made),
        due_at=dt.datetime.combine(due, dt.time(rng.choice((9, 12, 15, 16))), dt.UTC),
        priority=rng.choice((URGENT, HIGH)) if why == "trouble" else rng.choice((HIGH, NORMAL, NORMAL, LOW)),
        done_at=None,
        outcome=outcome,
        executive=why in ("renewal", "growth") and rng.random() < 0.4,
    )


def remarks_of(seed: int, first: int, cues: Cues) -> list[Remark]:
    """Notes: the hand-over from sales, meeting notes, what to know, and an assessment where there is risk."""
    rng = dice(seed, "notes", first)
    return [remark for place in range(len(cues.book)) for remark in _remarks(rng, cues, place)]


def _remarks(rng: Random, cues: Cues, place: int) -> Iterator[Remark]:
    customer, last = cues.book[place], cues.until(place) - 1
    if customer.kind.key == "self-serve" or customer.trial:
        return
    begins = max(int(cues.history.fates.start[place]), 0)
    if cues.history.fates.start[place] >= 0 and rng.random() < 0.7:
        yield _remark(rng, cues, place, begins, words.NOTE_HANDOVER, "handover")
    for _ in range(rng.choices((0, 1, 2), (4, 4, 2))[0]):
        plain = rng.random() < 0.5
        text = rng.choice(words.NOTE_PLAIN) if plain else words.NOTE_MEETING
        template = "" if plain else "meeting"
        yield _remark(rng, cues, place, rng.randint(begins, last), text, template, pinned=plain and rng.random() < 0.3)
    noticed = int(cues.history.fates.onset[place]) + 45
    if noticed < last and rng.random() < 0.8:
        yield _remark(rng, cues, place, max(noticed, begins), words.NOTE_RISK, "churn_risk", pinned=True)


def _remark(rng: Random, cues: Cues, place: int, day: int, text: str, template: str, *, pinned: bool = False) -> Remark:
    return Remark(place, at_hour(rng, cues.days.day(day)), cues.fill(rng, place, day, text), template, pinned)
