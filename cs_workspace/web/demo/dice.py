"""Chance that can be repeated: the same words give the same throws, on any machine and in any process."""

from random import Random

import numpy as np


def dice(seed: int, purpose: str, first: int = 0) -> Random:
    """Throws for one purpose and one chunk of customers."""
    return Random(f"{seed}/{purpose}/{first}")  # noqa: S311  nothing is kept secret by it


def streams(seed: int, purpose: int, first: int = 0) -> np.random.Generator:
    """The same for whole arrays."""
    return np.random.default_rng([seed, purpose, first])
