"""Alerts follow the tier that a person set in place of the computed one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from health.domain.alerting import States


def overruled(states: States, ranks: npt.NDArray[np.int64]) -> States:
    """The states with the tiers that people set: `ranks` (n,) are theirs, 0 where the computed one counts."""
    if not ranks.any():
        return states
    set_by_hand = ranks > 0
    return states._replace(
        rank=np.where(set_by_hand, ranks, states.rank),
        rank_held=np.where(set_by_hand, ranks, states.rank_held),
        excused=set_by_hand & (ranks < states.rank),
    )
