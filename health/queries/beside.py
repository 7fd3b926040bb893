"""What stands beside an account's own score: its products, its children, and whether use is missing of everybody."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.models import Account, User
from cs_workspace.common import clock
from health.domain.general_gaps import SEEN_DAYS, USAGE_WINDOW, Source, is_away
from health.models import SegmentFigures, UsageDay
from health.queries.products import product_lines, products_of_account
from health.queries.rollup import children_of_account, rollup_of


def beside_score(user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `shown_beside` needs no other."""
    return products_of_account() | children_of_account(user) | _gaps_beside()


def shown_beside(account: Account) -> dict[str, Any]:
    """What the panel shows of an account that was read with `beside_score`. No query."""
    return {"products": product_lines(account), "rollup": rollup_of(account), "usage_gap": _usage_gap(account)}


def _gaps_beside() -> dict[str, Any]:
    days = UsageDay.objects.filter(account=OuterRef("pk")).order_by("-day").values("day")
    return {
        "general_gaps": Subquery(SegmentFigures.objects.order_by("-day").values("gaps")[:1]),
        "last_use": Subquery(days[:1]),
    }


def _usage_gap(account: Any) -> dt.date | None:
    """The newest day of a general gap of usage that readings of use look back on; None for none, and for an account of
    which no use was ever known in the days in which gaps are looked for."""
    today = clock.today()
    gaps = {source: dt.date.fromisoformat(day) for source, day in (account.general_gaps or {}).items()}
    known = account.last_use is not None and account.last_use >= today - dt.timedelta(days=SEEN_DAYS)
    return gaps[Source.USAGE] if known and is_away(gaps, Source.USAGE, day=today, days=USAGE_WINDOW) else None
