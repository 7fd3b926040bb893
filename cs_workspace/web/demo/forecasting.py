"""What owners of the demo say of their renewals: which are certain, which are hoped for, and what they will come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from django.db.models import QuerySet

from accounts.models import User
from cs_workspace.web.demo.dice import dice
from renewals.domain.stages import Category
from renewals.models import Renewal
from renewals.services.editing import RenewalFields, edit_renewal

# Of a renewal that is due within so many days its owner says something, but for some that never find the time.
SAID_DAYS = 90
SILENT = 0.15
# The least probability of what is said; of the rest some are not even hoped for.
BY_PROBABILITY = (
    (Decimal("0.85"), Category.COMMIT), (Decimal("0.65"), Category.BEST_CASE), (Decimal("0.35"), Category.AT_RISK),
)  # fmt: skip
GROWS, SHRINKS = 0.25, 0.4
# What an owner goes by where nothing was computed yet.
UNKNOWN = Decimal("0.8")


def say_what_comes(day: dt.date, seed: int) -> None:
    """Owners give a forecast of what is due soon, once for each renewal."""
    due = Renewal.objects.open().without_forecast().due_within(SAID_DAYS, today=day).with_probability()
    for renewal, owner in _owned(due.order_by("account__external_id", "pk")):
        rng = dice(seed, f"forecast {renewal.account.external_id} {renewal.due_on}")
        if rng.random() > SILENT:
            edit_renewal(by=owner, renewal=renewal, fields=_said(renewal, rng))


def _owned(renewals: QuerySet[Renewal]) -> Iterator[tuple[Renewal, User]]:
    for renewal in renewals.select_related("account", "owner"):
        if renewal.owner is not None:
            yield renewal, renewal.owner


def _said(renewal: Renewal, rng: Random) -> RenewalFields:
    probability: Decimal = getattr(renewal, "probability", None) or UNKNOWN
    category = next((one for least, one in BY_PROBABILITY if probability >= least), Category.OMITTED)
    said: RenewalFields = {"category": category.value}
    if category is Category.COMMIT and rng.random() < GROWS:
        said["expected_arr"] = (renewal.current_arr * Decimal("1.2")).quantize(Decimal(1))
    if category is Category.AT_RISK and rng.random() < SHRINKS:
        said["expected_arr"] = (renewal.current_arr * Decimal("0.75")).quantize(Decimal(1))
    return said
