"""The latent lines of accounts over the days of a history, and the decision to leave that follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cs_workspace.web.demo.days import Days
from cs_workspace.web.demo.stories import LOW_SEASON, NEVER, RAMP_UP_DAYS, SCRIPTS, SPIKE_DAYS, Fates, Story

DRIFT, MEMORY = 0.012, 0.975  # day-to-day wander of a line, and how long it lasts
WEIGHED_DAYS = 45  # before a decision, the days that it rests on
# Chance to leave at the end of a term by the strain of the weeks before: even at STRAIN, surer by 1 / WIDTH.
STRAIN, WIDTH = 0.51, 0.05
MONTHLY = 0.2  # of that chance, where the decision comes every month
SLIDE = 0.0022  # share of adoption that is lost per day once the fall has run its course
WIND_DOWN_DAYS = 55  # before leaving, while people move their work elsewhere
UNFORESEEN = 0.006  # leaves for reasons that nothing here shows: sold, closed, ordered from above


@dataclass(frozen=True)
class Latents:
    """Accounts × days, float32 between 0 and 1; `friction` is times the usual tickets."""

    adoption: np.ndarray
    satisfaction: np.ndarray
    engagement: np.ndarray
    friction: np.ndarray

    def strain(self) -> np.ndarray:
        """How much speaks for leaving, 0 to 1."""
        return 1 - (0.42 * self.adoption + 0.33 * self.satisfaction + 0.25 * self.engagement)


def bend(rng: np.random.Generator, fates: Fates, days: Days) -> Latents:
    """The lines of each account by its story: level, drift, rise, ramp-up, fall, save and season."""
    day = np.arange(days.count, dtype=np.float32)[None, :]
    falls, lags = _of_stories(fates, "fall"), _of_stories(fates, "lag")
    lines = []
    for line in range(3):
        level = fates.level[:, line, None] + _wander(rng, len(fates), days.count)
        begins = (fates.onset + lags[:, line])[:, None]
        fallen = _ramp(day, begins, fates.span[:, None])
        regained = 0.94 * _ramp(day, fates.turn[:, None], np.float32(60))
        lines.append(level * (1 - (falls[:, line] * fates.depth)[:, None] * fallen * (1 - regained)))
    adoption, satisfaction, engagement = lines
    fallen_for = np.clip(day - (fates.onset + fates.span)[:, None], 0, None)
    adoption *= np.where(day < fates.turn[:, None], np.exp(-SLIDE * fallen_for), np.float32(1))
    adoption += (fates.script("rise")[:, None] * day / days.count).astype(np.float32)
    adoption *= 0.2 + 0.8 * _ramp(day, fates.start[:, None], np.float32(RAMP_UP_DAYS))
    adoption *= np.where(fates.low_season[:, days.month - 1], np.float32(LOW_SEASON), np.float32(1))
    satisfaction = _clipped(satisfaction)
    return Latents(_clipped(adoption), satisfaction, _clipped(engagement), _friction(fates, day, satisfaction))


def _clipped(line: np.ndarray) -> np.ndarray:
    return np.clip(line, 0.015, 0.99).astype(np.float32)


def _friction(fates: Fates, day: np.ndarray, satisfaction: np.ndarray) -> np.ndarray:
    """More tickets where people are unhappy, a spike after the onset, silence where they have given up."""
    since = day - fates.onset[:, None]
    spike, silence = fates.script("spike")[:, None], fates.script("silence")[:, None]
    times = np.where((since >= 0) & (since < SPIKE_DAYS), spike, np.where(since >= SPIKE_DAYS, silence, 1.0))
    young = 1 + 1.2 * ((day >= fates.start[:, None]) & (day < fates.start[:, None] + 30))
    return ((2.2 - 1.55 * satisfaction) * times * young).astype(np.float32)


def decide(
    rng: np.random.Generator, latents: Latents, account: np.ndarray, day: np.ndarray, monthly: np.ndarray
) -> np.ndarray:
    """The day on which each account leaves, or NEVER.

    `account` and `day` name the moments at which leaving is possible, in order of days: ends of terms, and for
    `monthly` ones every month. The first one that is taken counts.
    """
    accounts, count = latents.adoption.shape
    summed = np.cumsum(latents.strain(), axis=1, dtype=np.float64)
    until = np.clip(day - 1, 0, count - 1)
    since = np.clip(until - WEIGHED_DAYS, 0, count - 1)
    strain = (summed[account, until] - summed[account, since]) / np.maximum(until - since, 1)
    chance = 1 / (1 + np.exp(-(strain - STRAIN) / WIDTH)) * np.where(monthly, MONTHLY, 1.0)
    chance += UNFORESEEN * np.where(monthly, MONTHLY, 1.0)
    leaves = rng.random(len(day)) < chance
    churn = np.full(accounts, NEVER, np.int32)
    np.minimum.at(churn, account[leaves], day[leaves].astype(np.int32))
    return churn


def wind_down(rng: np.random.Generator, latents: Latents, churn: np.ndarray) -> Latents:
    """The same lines, but those who leave use less and less in their last weeks."""
    day = np.arange(latents.adoption.shape[1], dtype=np.float32)[None, :]
    moved = rng.uniform(0.15, 0.8, len(churn)).astype(np.float32)[:, None]
    begins = (churn - WIND_DOWN_DAYS)[:, None].astype(np.float32)
    return replace(latents, adoption=latents.adoption * (1 - moved * _ramp(day, begins, np.float32(WIND_DOWN_DAYS))))


def _wander(rng: np.random.Generator, accounts: int, days: int) -> np.ndarray:
    """Slow noise with a memory, so that no line is smooth and none jumps."""
    steps = rng.normal(0, DRIFT, (days, accounts)).astype(np.float32)
    for index in range(1, days):
        steps[index] += MEMORY * steps[index - 1]
    return steps.T


def _ramp(day: np.ndarray, begins: np.ndarray, span: np.ndarray | np.float32) -> np.ndarray:
    """0 before `begins`, 1 from `span` days after it on."""
    return np.clip((day - begins) / span, 0, 1).astype(np.float32)


def _of_stories(fates: Fates, field: str) -> np.ndarray:
    return np.array([getattr(SCRIPTS[story], field) for story in Story], np.float32)[fates.story]
