"""The health of a parent's children, beside its own: their mean, weighted by ARR."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject

from accounts.models import Account, User
from health.domain.scoring import arr_weighted, stored
from health.models import ScorecardVersion, Tier


@dataclass(frozen=True)
class Rollup:
    """The children of one account that the user sees: how many, how many have a score, and their mean by ARR.

    `score` is None where none has a score. Children may be judged by different scorecards, so `rank` and `tier` are
    those of the mean by the default one; None and empty without.
    """

    children: int
    scored: int
    arr: Decimal
    score: float | None
    rank: int | None
    tier: str


def children_of_account(user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `rollup_of` can tell of its children.

    Children that are no customers any more are left out; those of a child belong to that child's own roll-up.
    """
    children = Account.objects.visible_to(user).active().filter(parent=OuterRef("pk")).order_by("pk")
    tiers = Tier.objects.filter(
        version__state=ScorecardVersion.State.PUBLISHED, version__scorecard__is_default=True
    ).order_by("-lower")
    return {
        # Amounts as text, because a number in JSON comes back as a float.
        "rollup_rows": ArraySubquery(
            children.values(data=JSONObject(arr=Cast("arr", TextField()), score="health_score"))
        ),
        "rollup_tiers": ArraySubquery(tiers.values(data=JSONObject(lower="lower", rank="rank", label="label"))),
    }


def rollup_of(account: Any) -> Rollup | None:
    """The roll-up of an account that was read with `children_of_account`; None without children. No query."""
    rows: list[dict[str, Any]] = account.rollup_rows
    if not rows:
        return None
    amounts = [Decimal(row["arr"]) for row in rows]
    scores = np.array([row["score"] for row in rows], dtype=float)
    mean = float(arr_weighted(scores, np.array(amounts, dtype=float), np.zeros(len(rows), dtype=np.intp), 1)[0])
    tier: dict[str, Any] = next((tier for tier in account.rollup_tiers if mean >= tier["lower"]), {})
    return Rollup(
        children=len(rows),
        scored=int((~np.isnan(scores)).sum()),
        arr=sum(amounts, Decimal(0)),
        score=None if np.isnan(mean) else float(stored(np.array(mean))),
        rank=tier.get("rank"),
        tier=tier.get("label", ""),
    )
