"""What a writer of touches, tickets and tasks looks up: who was there, how they felt, what to call things."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np

from cs_workspace.web.demo import words
from cs_workspace.web.demo.book import Customer
from cs_workspace.web.demo.days import Days
from cs_workspace.web.demo.histories import History
from cs_workspace.web.demo.offer import PRODUCTS
from cs_workspace.web.demo.records import Person


def at_hour(rng: Random, day: dt.date) -> dt.datetime:
    """A moment of that day's working hours."""
    return dt.datetime.combine(day, dt.time(rng.randint(7, 16), rng.randint(0, 59)), dt.UTC)


@dataclass(frozen=True)
class Cues:
    """A chunk of customers with their people and their history."""

    book: list[Customer]
    people: list[Person]
    history: History

    @property
    def days(self) -> Days:
        """The span of the history."""
        return self.history.days

    @cached_property
    def alive(self) -> np.ndarray:
        """Accounts × days: a customer on that day."""
        day = np.arange(self.days.count)
        return (day >= self.history.fates.start[:, None]) & (day < self.history.churn[:, None])

    @cached_property
    def strain(self) -> np.ndarray:
        """Accounts × days: how much speaks for leaving."""
        return self.history.latents.strain()

    def until(self, place: int) -> int:
        """The first day index after the customer's history."""
        return min(int(self.history.churn[place]), self.days.count)

    @cached_property
    def _by_customer(self) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.book]
        for key, person in enumerate(self.people):
            found[person.customer].append(key)
        return found

    def present(self, place: int, day: int) -> tuple[int, ...]:
        """The customer's people on that day; those whom nobody knew yet only where there is nobody else."""
        today = self.days.day(day)
        own = self._by_customer[place]
        there = [key for key in own if (left := self.people[key].left_on) is None or left > today]
        known = [key for key in there if self.people[key].since <= today]
        return tuple(known or there or own)

    def engagement(self, place: int, day: int) -> float:
        """How much the customer takes part on that day, 0 to 1."""
        return float(self.history.latents.engagement[place, day])

    def satisfaction(self, place: int, day: int) -> float:
        """How content the customer is on that day, 0 to 1."""
        return float(self.history.latents.satisfaction[place, day])

    def mood(self, rng: Random, place: int, day: int) -> str:
        """How a conversation on that day sounds."""
        felt = self.satisfaction(place, day) + rng.gauss(0, 0.09)
        return words.GOOD if felt > 0.71 else words.FAIR if felt > 0.46 else words.BAD

    def score(
        self, rng: Random, place: int, day: int, low: int, high: int, noise: float, *, kindness: float = 1.08
    ) -> int:
        """An answer on a scale, the higher the more satisfied; people answer somewhat kinder than they feel."""
        felt = self.satisfaction(place, day) * kindness + rng.gauss(0, noise)
        return max(low, min(high, round(low + (high - low) * felt)))

    def fill(self, rng: Random, place: int, day: int, text: str) -> str:
        """The text with the names of this customer in it."""
        if "{" not in text:
            return text
        customer = self.book[place]
        product = PRODUCTS[customer.products[0]]
        return text.format(
            person=self.people[self.present(place, day)[0]].name,
            product=product.name,
            feature=rng.choice(product.features),
            seats=customer.seats,
            sign=words.SIGNS[sign_of(customer)],
        )


def sign_of(customer: Customer) -> str:
    """The sign of trouble that the customer's story shows first."""
    return {"CHAMPION_LEFT": "champion", "TICKETS_THEN_SILENCE": "tickets", "PRICE_TROUBLE": "price"}.get(
        customer.story.name, "onboarding" if customer.story.name == "POOR_ONBOARDING" else "fading"
    )
