"""Contracts: whether one holds, and when it comes up for renewal."""

import numpy as np

from health.metrics.registry import Asked, Columns, reads
from health.metrics.terms import terms

ACTIVE, APPROACHING, EXPIRED = 0.0, 1.0, 2.0
APPROACHING_DAYS = 90


@reads("contract_status", "days_to_renewal")
def contracts(asked: Asked) -> Columns:
    """The renewal is the nearest end of a contract in force on which no other follows. Unknown where there never was a
    contract; an open-ended one is active and has no renewal.
    """
    seen = asked.read(terms)
    in_force = seen["in_force"] > 0
    expired = ~in_force & ~np.isnan(seen["days_since_end"])
    near = in_force & (seen["days_to_renewal"] <= APPROACHING_DAYS)
    return {
        "contract_status": np.select([expired, near, in_force], [EXPIRED, APPROACHING, ACTIVE], np.nan),
        "days_to_renewal": np.where(expired, seen["days_since_end"], seen["days_to_renewal"]),
    }
