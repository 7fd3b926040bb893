"""Training, events and the CSM's judgements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from cs_workspace.web.demo import words
from cs_workspace.web.demo.agreements import left_on
from cs_workspace.web.demo.cues import Cues, at_hour
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.records import Course, Happening, Judgement
from cs_workspace.web.demo.stories import Story

JUDGED_EVERY = 100
LATER_COURSE, COURSES_KEPT = 110, 330  # days
WEBINAR_EVERY = 35
INVITED = {"enterprise": 0.95, "mid-market": 0.85, "smb": 0.55, "self-serve": 0.3}
# As the default rules of churn signals name the events, with the chance of those who leave.
LEAVING_SIGNS = (("Data export", 0.5), ("Billing page", 0.6))
ONLY_THINKING = 0.2  # of that chance, where there is trouble and nobody has decided


def courses_of(seed: int, first: int, cues: Cues) -> list[Course]:
    """Courses given at the start and each year after, finished the surer the more people are engaged."""
    rng = dice(seed, "courses", first)
    return [course for place in range(len(cues.book)) for course in _courses(rng, cues, place)]


def _courses(rng: Random, cues: Cues, place: int) -> Iterator[Course]:
    customer = cues.book[place]
    if customer.trial:
        return
    begins = cues.days.index(customer.start)
    assigned = [begins + rng.randint(3, 25) for _ in range(rng.randint(*customer.kind.courses))]
    # Later ones for new people and new features.
    while customer.kind.key != "self-serve" and assigned[-1] + LATER_COURSE < cues.until(place):
        assigned.append(assigned[-1] + rng.randint(LATER_COURSE // 2, LATER_COURSE))
    for number, day in enumerate(assigned):
        done = day + rng.randint(3, 45)
        engaged = cues.engagement(place, max(0, min(done, cues.until(place) - 1)))
        finished = rng.random() < 0.02 + 1.12 * engaged and done < cues.until(place)
        if -COURSES_KEPT <= day < cues.until(place):
            person = rng.choice(cues.present(place, max(day, 0)))
            name = words.COURSES[number % len(words.COURSES)]
            yield Course(place, person, name, cues.days.day(day), cues.days.day(done) if finished else None)


def happenings_of(seed: int, first: int, cues: Cues) -> list[Happening]:
    """Webinars, posts in the community, and what people do who are about to leave."""
    rng = dice(seed, "events", first)
    return [
        happening
        for place in range(len(cues.book))
        for happening in (*_webinars(rng, cues, place), *_posts(rng, cues, place), *_signs(rng, cues, place))
    ]


def _webinars(rng: Random, cues: Cues, place: int) -> Iterator[Happening]:
    begins = max(int(cues.history.fates.start[place]), 0)
    # The same days for everybody: counted back from the day of the demo.
    for number, ago in enumerate(range(cues.days.count - 10, 5, -WEBINAR_EVERY)):
        day = cues.days.count - ago
        thursday = day + (3 - int(cues.days.weekday[day])) % 7
        if not begins <= thursday < cues.until(place) or rng.random() > INVITED[cues.book[place].kind.key]:
            continue
        held = cues.days.day(thursday)
        person = rng.choice(cues.present(place, thursday))
        name = f"{words.WEBINARS[number % len(words.WEBINARS)]}, {held:%B %Y}"
        came = rng.random() < 0.5 * cues.engagement(place, thursday) ** 2
        at = dt.datetime.combine(held, dt.time(13), dt.UTC)
        yield Happening(place, person, "attended" if came else "invited", name, at)


def _posts(rng: Random, cues: Cues, place: int) -> Iterator[Happening]:
    for _ in range(int(rng.expovariate(1 / 2.5) * cues.engagement(place, cues.until(place) - 1))):
        day = rng.randint(max(int(cues.history.fates.start[place]), 0), cues.until(place) - 1)
        name = rng.choice(("Asked a question", "Answered a question", "Voted for an idea"))
        yield Happening(
            place, rng.choice(cues.present(place, day)), "community", name, at_hour(rng, cues.days.day(day))
        )


def _signs(rng: Random, cues: Cues, place: int) -> Iterator[Happening]:
    """Before leaving; and now and then by those who only think about it."""
    leaving = left_on(place, cues.history) is not None
    troubled = cues.history.fates.onset[place] < cues.until(place) - 40
    if not leaving and not troubled:
        return
    for name, chance in LEAVING_SIGNS:
        if rng.random() < chance * (1 if leaving else ONLY_THINKING):
            day = cues.until(place) - rng.randint(6, 45)
            if day >= max(int(cues.history.fates.start[place]), 0):
                yield Happening(place, cues.present(place, day)[0], "custom", name, at_hour(rng, cues.days.day(day)))


def judgements_of(seed: int, first: int, cues: Cues) -> list[Judgement]:
    """The CSM's view of the alignment, every few months; none of customers that nobody speaks to."""
    rng = dice(seed, "judgements", first)
    return [judgement for place in range(len(cues.book)) for judgement in _judgements(rng, cues, place)]


def _judgements(rng: Random, cues: Cues, place: int) -> Iterator[Judgement]:
    customer = cues.book[place]
    if customer.trial or (customer.kind.key == "self-serve" and rng.random() < 0.8):
        return
    day = max(int(cues.history.fates.start[place]) + 20, 0) + rng.randint(0, 60)
    while day < cues.until(place):
        strain = cues.strain[place, day]
        value = "aligned" if strain < 0.34 else "uncertain" if strain < 0.52 else "misaligned"
        if customer.story is Story.PRICE_TROUBLE and day >= cues.history.fates.onset[place]:
            value = "misaligned"
        yield Judgement(place, value, rng.choice(words.JUDGED[value]), at_hour(rng, cues.days.day(day)))
        day += rng.randint(JUDGED_EVERY // 2, JUDGED_EVERY)
