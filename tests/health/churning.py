"""A book of accounts whose churn is caused by what is read of them, as examples to learn from."""

import datetime as dt
from typing import Any

import numpy as np

from accounts.models import Account
from health.domain.learned import ChurnFormula, Logistic, Scale
from health.domain.learning import HORIZON_DAYS, Examples
from health.models import ChurnModel, ScorecardVersion, Snapshot
from health.queries.scorecards import domain_scorecards
from tests.factories import ChurnModelFactory

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


def write(found: Examples) -> dt.date:
    """The accounts and snapshots of examples, judged by Ops; gives the day on which they are the examples of today."""
    version = ScorecardVersion.objects.get(state="published", scorecard__is_default=True)
    places = [one.metric for one in domain_scorecards([version.pk])[version.pk].indicators]
    left = {
        number: day + 20 for number, day in zip(found.accounts[found.churned], found.days[found.churned], strict=True)
    }
    accounts = Account.objects.bulk_create(
        Account(
            name=f"Account {number}",
            customer_since=dt.date(2020, 1, 1),
            arr=10_000,
            status="churned" if number in left else "active",
            churned_on=dt.date.fromordinal(int(left[number])) if number in left else None,
        )
        for number in range(int(found.accounts.max()) + 1)
    )
    rank = {0.025: 1, 0.125: 2, 0.40: 3, 0.80: 4}
    rows = []
    for readings, number, day, share in zip(found.readings, found.accounts, found.days, found.table, strict=True):
        kept: list[float | None] = [None] * len(places)
        for feature, value in zip(found.features, readings.tolist(), strict=True):
            kept[places.index(feature)] = None if np.isnan(value) else value
        rows.append(
            Snapshot(
                account=accounts[number], day=dt.date.fromordinal(int(day)), version=version, score=50,
                rank=rank[round(float(share), 3)], confidence=0.8, dimensions=[None] * 4, readings=kept,
                points=[None] * len(places),
            )
        )  # fmt: skip
    Snapshot.objects.bulk_create(rows)
    return dt.date.fromordinal(int(found.days.max()) + HORIZON_DAYS)


FORMULA = ChurnFormula(
    FEATURES,
    Scale(
        np.zeros(4), np.array([30.0, 2.0, 20.0, 2.0]), np.array([15.0, 1.0, 4.0, 0.0]), np.array([5.0, 1.0, 4.0, 0.5])
    ),
    Logistic(np.array([-1.0, 0.0, 0.8, -0.3]), -1.5),
)
"""A model by hand: few logins and many tickets speak for leaving."""


def model_in_use(**fields: Any) -> ChurnModel:
    """A version that counts, with the formula by hand."""
    return ChurnModelFactory(**{"in_use": True, "parameters": FORMULA.to_json()} | fields)
