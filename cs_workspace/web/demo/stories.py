"""What happens to an account, hidden behind everything that is observed of it.

A story bends three latent lines over the days of the history, each between 0 and 1: adoption (how much is used),
satisfaction (what people think) and engagement (whether they answer and come). Usage, tickets, answers, meetings and
payments follow from these; so does the decision to leave when a contract ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

NEVER = 1_000_000  # a day index after every history


class Story(IntEnum):
    """Each account lives one."""

    THRIVING = 0
    STEADY = 1
    GROWING = 2
    SEASONAL = 3
    FADING = 4
    CHAMPION_LEFT = 5
    TICKETS_THEN_SILENCE = 6
    PRICE_TROUBLE = 7
    POOR_ONBOARDING = 8
    SAVED = 9


@dataclass(frozen=True)
class Script:
    """A story in figures. Levels and falls are of adoption, satisfaction and engagement; spans are in days."""

    share: float
    level: tuple[float, float, float]
    fall: tuple[float, float, float] = (0, 0, 0)
    span: tuple[int, int] = (60, 90)
    lag: tuple[int, int, int] = (0, 0, 0)  # days after the onset at which each line begins to fall
    rise: float = 0  # of adoption over the history
    spike: float = 1  # times the usual tickets in the weeks after the onset
    silence: float = 1  # and after these
    late: float = 0.02  # chance of an invoice after the onset to be paid late
    champion_leaves: bool = False

    @property
    def troubled(self) -> bool:
        """Whether anything falls in it."""
        return any(self.fall)


SCRIPTS: dict[Story, Script] = {
    Story.THRIVING: Script(0.255, (0.85, 0.86, 0.92), rise=0.05),
    Story.STEADY: Script(0.29, (0.68, 0.72, 0.77)),
    Story.GROWING: Script(0.14, (0.58, 0.77, 0.84), rise=0.26),
    Story.SEASONAL: Script(0.055, (0.74, 0.77, 0.84)),
    Story.FADING: Script(
        0.065, (0.68, 0.70, 0.75), (0.74, 0.68, 0.74), (100, 180), (0, 30, 15), spike=2.2, silence=2.2, late=0.65
    ),
    Story.CHAMPION_LEFT: Script(
        0.045,
        (0.72, 0.75, 0.80),
        (0.70, 0.68, 0.78),
        (55, 90),
        (12, 14, 0),
        spike=2.2,
        silence=2,
        late=0.55,
        champion_leaves=True,
    ),
    Story.TICKETS_THEN_SILENCE: Script(
        0.04, (0.72, 0.73, 0.77), (0.80, 0.74, 0.80), (50, 80), (30, 0, 20), spike=7, silence=0.15, late=0.6
    ),
    Story.PRICE_TROUBLE: Script(
        0.04, (0.67, 0.69, 0.75), (0.60, 0.66, 0.64), (90, 140), (20, 0, 10), spike=2, silence=2, late=0.8
    ),
    Story.POOR_ONBOARDING: Script(
        0.04, (0.46, 0.56, 0.55), (0.60, 0.50, 0.56), (90, 140), spike=2.4, silence=1.8, late=0.5
    ),
    Story.SAVED: Script(0.03, (0.76, 0.78, 0.84), (0.56, 0.52, 0.50), (50, 75), (0, 8, 4), spike=3),
}
SHARES = np.array([SCRIPTS[story].share for story in Story])
SPIKE_DAYS = 38
LOW_SEASON = 0.42  # share of the usual activity
RAMP_UP_DAYS = 45
SPREAD = np.array([0.075, 0.075, 0.07])  # of the accounts of one story around its level


@dataclass(frozen=True)
class Fates:
    """What befalls each account; arrays over accounts, day indexes into the history."""

    story: np.ndarray  # int8
    start: np.ndarray  # int32, first day as a customer; negative before the history
    onset: np.ndarray  # int32, the day on which the trouble begins
    span: np.ndarray  # int32, days until it is at its worst
    depth: np.ndarray  # float32, times the fall of the script
    level: np.ndarray  # float32, accounts × 3
    turn: np.ndarray  # int32, the day of the save, or NEVER
    low_season: np.ndarray  # bool, accounts × 12

    def __len__(self) -> int:
        return len(self.story)

    def script(self, field: str) -> np.ndarray:
        """A field of each account's script, as an array over accounts."""
        return np.array([getattr(SCRIPTS[story], field) for story in Story])[self.story]


def draw_fates(
    rng: np.random.Generator, story: np.ndarray, start: np.ndarray, low_season: np.ndarray, days: int
) -> Fates:
    """Fates of accounts whose stories and first days are given; `low_season` counts only for seasonal ones."""
    count = len(story)
    span = rng.uniform(*np.array([SCRIPTS[s].span for s in Story]).T[:, story]).astype(np.int32)
    # Trouble begins at any time of the history or shortly before it, and never in an account's first weeks.
    onset = rng.integers(-70, days - 18, count).astype(np.int32)
    onset = np.maximum(onset, start + 75)
    poor = story == Story.POOR_ONBOARDING
    onset[poor] = start[poor] + rng.integers(25, 50, poor.sum())
    onset[~_flags("troubled")[story]] = NEVER
    saved = story == Story.SAVED
    onset[saved] = np.maximum(rng.integers(20, days - 110, saved.sum()), start[saved] + 75)
    turn = np.where(saved, onset + span + rng.integers(5, 25, count), NEVER).astype(np.int32)
    level = np.array([SCRIPTS[s].level for s in Story])[story] + rng.normal(0, 1, (count, 3)) * SPREAD
    return Fates(
        story=story,
        start=start.astype(np.int32),
        onset=onset.astype(np.int32),
        span=span,
        depth=rng.uniform(0.75, 1.3, count).astype(np.float32),
        level=np.clip(level, 0.08, 0.98).astype(np.float32),
        turn=turn,
        low_season=low_season & (story == Story.SEASONAL)[:, None],
    )


def _flags(field: str) -> np.ndarray:
    return np.array([bool(getattr(SCRIPTS[story], field)) for story in Story])
