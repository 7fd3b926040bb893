"""The customers: who they are, what they bought, when they came, and which story each one lives."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from cs_workspace.web.demo.cast import CAST, Part
from cs_workspace.web.demo.days import Days
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.names import domain_of, trade_of
from cs_workspace.web.demo.offer import CLASS, CLASSES, PRODUCTS, Class
from cs_workspace.web.demo.places import COUNTRIES, COUNTRY, Country
from cs_workspace.web.demo.stories import SCRIPTS, Story

NEW_SHARE, NEW_DAYS = 0.06, 80
TRIAL_SHARE, TRIAL_DAYS = 0.025, 26
GAP_SHARE = 0.018
HANDED_OVER = 0.1
OLDEST_DAYS = 2200
GROUP_EVERY, GROUP_SIZE = 40, 3  # so often the customers that follow one belong to it
# Those who left in the past year, beside the ones whom a bad end of a term makes leave: enough of them that the year
# teaches what churn looks like beforehand. Trouble came first with all but a few, as with everybody who leaves.
LEFT_SHARE, LEFT_DAYS = 0.17, (3, 330)
LEFT_STORIES = (Story.FADING, Story.CHAMPION_LEFT, Story.TICKETS_THEN_SILENCE, Story.PRICE_TROUBLE)
UNFORESEEN_SHARE = 0.08
TROUBLED_DAYS = (60, 200)  # before leaving
COUNTRY_SHARES = [country.share for country in COUNTRIES]
STORIES = list(Story)
STORY_SHARES = [SCRIPTS[story].share for story in Story]
TAGS = ("reference", "beta programme", "multi-site", "on-premise data", "price-sensitive", "partner-led", "GDPR review")


@dataclass(frozen=True)
class Customer:
    """One account of the plan. Persons of Northwind are named by their place among their kind."""

    number: int
    name: str
    country: Country
    kind: Class
    story: Story
    start: dt.date
    term_months: int  # 0: monthly and open-ended
    products: tuple[int, ...]
    seats: int
    price: int
    owner: int
    owner_days: int  # since the owner took it over; 0: from the beginning
    executive: int
    trial: bool = False
    gap_days: int = 0  # its usage source has been silent for so many days
    strategic: bool = False
    parent: int | None = None
    tags: tuple[str, ...] = ()
    part: Part = field(default_factory=Part)

    @property
    def domain(self) -> str:
        """Their address on the web."""
        return domain_of(self.name)

    @property
    def industry(self) -> str:
        """What they live on."""
        return trade_of(self.name).industry

    @property
    def low_season(self) -> tuple[int, ...]:
        """Their quiet months, where they have a season."""
        return trade_of(self.name).low_season if self.story is Story.SEASONAL else ()

    @property
    def external_id(self) -> str:
        """What the source calls them."""
        return f"NW-{self.number + 1:05d}"


def customers(seed: int, names: list[str], first: int, days: Days, csms: int, executives: int) -> list[Customer]:
    """The customers of those names, of which the first has the number `first`."""
    rng = dice(seed, "book", first)
    return [_customer(rng, number, name, days, csms, executives) for number, name in enumerate(names, start=first)]


def _customer(rng: Random, number: int, name: str, days: Days, csms: int, executives: int) -> Customer:
    part = CAST[number] if number < len(CAST) else _part(rng)
    kind = CLASS[part.kind] if part.kind else rng.choices(CLASSES, [kind.share for kind in CLASSES])[0]
    drawn = rng.choices(STORIES, STORY_SHARES)[0]
    story = part.story if part.story is not None else _possible(drawn, name, kind)
    trial = part.trial or (not part.kind and kind.key in ("smb", "self-serve") and rng.random() < TRIAL_SHARE * 1.6)
    term = part.term_months or rng.choices(*zip(*kind.terms, strict=True))[0]
    country = COUNTRY[part.country] if part.country else rng.choices(COUNTRIES, COUNTRY_SHARES)[0]
    second = rng.random() < kind.second_product
    customer = Customer(
        number=number,
        name=name,
        country=country,
        kind=kind,
        story=story if not trial else Story.STEADY,
        start=_start(rng, story, days, trial),
        term_months=term,
        products=_products(rng, second=second, part=part),
        seats=part.seats or rng.randint(*kind.seats),
        price=rng.randint(*kind.price) // 6 * 6,
        owner=part.owner if part.owner is not None else number % csms,
        owner_days=rng.randint(8, 240) if rng.random() < HANDED_OVER else 0,
        executive=number % executives,
        trial=trial,
        gap_days=part.gap_days or (rng.randint(8, 24) if rng.random() < GAP_SHARE else 0),
        strategic=part.strategic or (kind.key == "enterprise" and rng.random() < 0.22),
        parent=part.parent if number < len(CAST) else _parent(rng, number),
        tags=tuple(rng.sample(TAGS, rng.choices((0, 1, 2), (5, 3, 1))[0])),
        part=part,
    )
    return _placed(customer, days) if part.renews_in is not None or part.age_days else customer


def _products(rng: Random, *, second: bool, part: Part) -> tuple[int, ...]:
    drawn = tuple(rng.sample(range(len(PRODUCTS)), 2)) if second else (rng.choices((0, 1, 2), (6, 3, 1))[0],)
    return (drawn[0], (drawn[0] + 1) % len(PRODUCTS)) if part.shelved_days else drawn


def _part(rng: Random) -> Part:
    """Nothing fixed, or that of a customer who left: when, and which trouble came how long before."""
    if rng.random() >= LEFT_SHARE:
        return Part()
    kind = rng.choices(CLASSES, [kind.share for kind in CLASSES])[0]
    ago = rng.randint(*LEFT_DAYS)
    left = Part(kind.key, Story.STEADY, term_months=12, terms=rng.randint(1, 4), renews_in=-ago, plain=False)
    if rng.random() < UNFORESEEN_SHARE:
        return left
    story = rng.choices(LEFT_STORIES, [SCRIPTS[one].share for one in LEFT_STORIES])[0]
    if story is Story.CHAMPION_LEFT and kind.key == "self-serve":
        story = Story.FADING
    return replace(left, story=story, onset_ago=ago + rng.randint(*TROUBLED_DAYS))


def _parent(rng: Random, number: int) -> int | None:
    place = number % GROUP_EVERY
    return number - place if 0 < place < GROUP_SIZE and rng.random() < 0.8 else None


def _possible(story: Story, name: str, kind: Class) -> Story:
    """Only some trades have a season, and nobody leaves as champion where there is one contact."""
    if story is Story.SEASONAL and not trade_of(name).low_season:
        return Story.STEADY
    if trade_of(name).low_season and story is Story.STEADY:
        return Story.SEASONAL
    return Story.FADING if story is Story.CHAMPION_LEFT and kind.key == "self-serve" else story


def _start(rng: Random, story: Story, days: Days, trial: bool) -> dt.date:
    if trial:
        ago = rng.randint(4, TRIAL_DAYS)
    elif story is Story.POOR_ONBOARDING:
        ago = rng.randint(75, 520)
    elif rng.random() < NEW_SHARE and not SCRIPTS[story].troubled:
        ago = rng.randint(3, NEW_DAYS)
    else:
        ago = min(NEW_DAYS + int(rng.expovariate(1 / 640)), OLDEST_DAYS)
    return days.as_of - dt.timedelta(days=ago)


def _placed(customer: Customer, days: Days) -> Customer:
    """With the first day that the part asks for: so many days ago, or so that a term ends on the day asked for."""
    part = customer.part
    if part.renews_in is None:
        return replace(customer, start=days.as_of - dt.timedelta(days=part.age_days))
    end = days.as_of + dt.timedelta(days=part.renews_in)
    return replace(customer, start=add_months(end, -customer.term_months * part.terms))


def terms(customer: Customer, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """The periods [start, end) of the customer's contracts, up to the one that ends after `until`."""
    number = 0
    while True:
        start = add_months(customer.start, customer.term_months * number)
        end = add_months(customer.start, customer.term_months * (number + 1))
        yield start, end
        if end > until:
            return
        number += 1


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
