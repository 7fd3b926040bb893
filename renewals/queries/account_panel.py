"""The open renewals of an account, read with the account itself."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, TextField
from django.db.models.functions import Cast, JSONObject

from accounts.models import Account, User
from cs_workspace.common import clock
from renewals.domain.countdown import Countdown, countdown_of
from renewals.domain.stages import CATEGORY_LABELS, STAGE_LABELS, Category, Stage
from renewals.models import Renewal


@dataclass(frozen=True)
class RenewalLine:
    """An open renewal of an account; money in workspace currency, `probability` the share that counts."""

    pk: int
    due_on: dt.date
    countdown: Countdown
    stage: str
    category: str
    arr: Decimal
    expected: Decimal | None
    probability: Decimal | None
    next_step: str


def beside_renewals(_user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `renewals_shown` needs no other."""
    found = Renewal.objects.open().filter(account=OuterRef("pk")).with_probability().order_by("due_on", "pk")
    # Numbers as text: in JSON they would come back as floats.
    about = JSONObject(
        pk="pk",
        due_on="due_on",
        notice_days="contract__notice_days",
        stage="stage",
        category="category",
        arr=Cast("current_arr", TextField()),
        expected=Cast("expected_arr", TextField()),
        probability=Cast("probability", TextField()),
        next_step="next_step",
    )
    return {"open_renewals": ArraySubquery(found.values(about=about))}


def renewals_shown(account: Account, _user: User) -> dict[str, Any] | None:
    """What the panel shows of an account that was read with `beside_renewals`; None without an open renewal.
    No query."""
    rows: list[dict[str, Any]] = account.open_renewals  # type: ignore[attr-defined]  # annotated
    return {"renewals": [_line(row) for row in rows]} if rows else None


def _line(row: dict[str, Any]) -> RenewalLine:
    due_on = dt.date.fromisoformat(row["due_on"])
    return RenewalLine(
        pk=row["pk"],
        due_on=due_on,
        countdown=countdown_of(due_on, row["notice_days"], today=clock.today()),
        stage=STAGE_LABELS[Stage(row["stage"])],
        category=CATEGORY_LABELS[Category(row["category"])] if row["category"] else "",
        arr=Decimal(row["arr"]),
        expected=_known(row["expected"]),
        probability=_known(row["probability"]),
        next_step=row["next_step"],
    )


def _known(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
