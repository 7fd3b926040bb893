"""The reviews of an account, read with the account itself."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.models import Account, User
from cs_workspace.common import clock
from qbr.domain.reviews import AHEAD, KIND_LABELS, STATUS_LABELS, Kind, Status
from qbr.models import Review

# A customer has one or two at a time.
MOST = 4


@dataclass(frozen=True)
class ReviewLine:
    """A review of an account, with the day on which it was held."""

    pk: int
    kind: str
    status: Status
    due_on: dt.date
    starts_at: dt.datetime | None
    held_on: dt.date | None

    @property
    def label(self) -> str:
        """Where it stands, in a word."""
        return STATUS_LABELS[self.status]

    @property
    def is_overdue(self) -> bool:
        """Its day is over, and it was not held."""
        return self.status in AHEAD and self.due_on < clock.today()


@dataclass(frozen=True)
class AccountReviews:
    """Those that are ahead or to be followed up, the first one first, and the one that was over last."""

    open: Sequence[ReviewLine]
    last: ReviewLine | None


def beside_reviews(_user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `reviews_shown` needs no other."""
    about = JSONObject(pk="pk", kind="kind", status="status", due_on="due_on", starts_at="starts_at", held_at="held_at")
    found = Review.objects.filter(account=OuterRef("pk"))
    still = found.open().order_by("due_on", "pk")
    over = found.filter(status=Review.Status.FOLLOWED_UP).order_by("-held_at", "-pk")
    return {
        "open_reviews": ArraySubquery(still.values(about=about)[:MOST]),
        "past_reviews": ArraySubquery(over.values(about=about)[:1]),
    }


def reviews_shown(account: Account, user: User) -> dict[str, Any] | None:
    """What the panel shows of an account that was read with `beside_reviews`; None where there is nothing to show or
    to ask for. No query."""
    lines: Any = account
    still, over = [_line(row) for row in lines.open_reviews], [_line(row) for row in lines.past_reviews]
    may_ask = account.status == Account.Status.ACTIVE and not user.read_only
    if not still and not over and not may_ask:
        return None
    return {"reviews": AccountReviews(still, over[0] if over else None), "may_ask": may_ask}


def _line(row: dict[str, Any]) -> ReviewLine:
    held_at = row["held_at"]
    return ReviewLine(
        pk=row["pk"],
        kind=KIND_LABELS[Kind(row["kind"])],
        status=Status(row["status"]),
        due_on=dt.date.fromisoformat(row["due_on"]),
        starts_at=dt.datetime.fromisoformat(row["starts_at"]) if row["starts_at"] else None,
        held_on=clock.day_of(dt.datetime.fromisoformat(held_at)) if held_at else None,
    )
