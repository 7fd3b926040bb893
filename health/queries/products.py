"""How the products of an account fare, where its score is their mean."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from health.models import ProductScore, Tier


@dataclass(frozen=True)
class ProductLine:
    """One product: its ARR in workspace currency and its weight in the account's score, 0–1.

    `score` is None where too little of the product is known (`confidence`, 0–1): such a product has no weight while
    another one has a score. `reason` says what costs it the most.
    """

    name: str
    arr: Decimal
    weight: float
    score: Decimal | None
    rank: int | None
    tier: str
    confidence: float
    reason: str


def products_of_account() -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `product_lines` can tell of its products."""
    tier = Tier.objects.filter(version=OuterRef("version"), rank=OuterRef("rank")).values("label")
    rows = ProductScore.objects.filter(account=OuterRef("pk")).order_by("-arr", "product__name", "product_id")
    return {
        "product_rows": ArraySubquery(
            rows.values(
                data=JSONObject(
                    name="product__name",
                    # As text, because a number in JSON comes back as a float.
                    arr=Cast("arr", TextField()),
                    score=Cast("score", TextField()),
                    rank="rank",
                    tier=Subquery(tier),
                    confidence="confidence",
                    reason="reason",
                )
            )
        )
    }


def product_lines(account: Any) -> list[ProductLine]:
    """The products by ARR, the largest first; none where the account is scored as a whole. No query.

    The account was read with `products_of_account`.
    """
    rows: list[dict[str, Any]] = account.product_rows
    counted = [row["score"] is not None for row in rows]
    money = [float(row["arr"]) if counts else 0.0 for row, counts in zip(rows, counted, strict=True)]
    weights = money if sum(money) else [float(counts) for counts in counted]
    return [
        ProductLine(
            name=row["name"],
            arr=Decimal(row["arr"]),
            weight=weight / (sum(weights) or 1),
            score=None if row["score"] is None else Decimal(row["score"]),
            rank=row["rank"],
            tier=row["tier"] or "",
            confidence=row["confidence"],
            reason=row["reason"],
        )
        for row, weight in zip(rows, weights, strict=True)
    ]
