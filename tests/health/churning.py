"""A book of accounts whose churn is caused by what is read of them, as examples to learn from."""

import datetime as dt

import numpy as np

from health.domain.learning import Examples

FEATURES = ("login_days", "nps_class", "tickets_90d", "usage_change")
FIRST = dt.date(2025, 3, 1).toordinal()


def examples(accounts: int = 360, days: int = 11, *, seed: int = 1, shuffled: bool = False) -> Examples:
    """Accounts on days a month apart, until they leave, for lack of use or for trouble. The one shows in logins and in
    the change of usage, which is often not observed, the other in tickets; NPS says nothing. The tier table sees the
    logins alone.

    `shuffled` deals the same outcomes out among all examples by lot.
    """
    rng = np.random.default_rng(seed)
    disuse, trouble = rng.normal(0, 1, (2, accounts))
    there = np.ones(accounts, dtype=bool)
    rows = []
    for number in range(days):
        logins = np.clip(np.round(18 - 6 * disuse + rng.normal(0, 3, accounts)), 0, 30)
        tickets = np.clip(np.round(3 + 2.5 * trouble + rng.normal(0, 1.5, accounts)), 0, None)
        change = np.where(rng.random(accounts) < 0.4, np.nan, -0.2 * disuse + rng.normal(0, 0.2, accounts))
        readings = np.stack([logins, rng.integers(0, 3, accounts), tickets, change], axis=1)
        leaves = there & (rng.random(accounts) < 1 / (1 + np.exp(5.2 - 1.6 * disuse - 2 * trouble)))
        table = np.select([logins >= 24, logins >= 15, logins >= 8], [0.025, 0.125, 0.40], 0.80)
        rows += [
            (readings[one], one, FIRST + 30 * number, bool(leaves[one]), table[one]) for one in np.flatnonzero(there)
        ]
        there &= ~leaves
        disuse += rng.normal(0, 0.2, accounts)
        trouble += rng.normal(0, 0.2, accounts)
    churned = np.array([row[3] for row in rows])
    return Examples(
        features=FEATURES,
        readings=np.array([row[0] for row in rows]),
        accounts=np.array([row[1] for row in rows]),
        days=np.array([row[2] for row in rows]),
        churned=rng.permutation(churned) if shuffled else churned,
        table=np.array([row[4] for row in rows]),
    )
