"""Turning the pages of a calendar that shows a month at a time."""

import datetime as dt
from typing import Any

from accounts.http import UserRequest
from renewals.domain.months import Month, month_from, month_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def month_wanted(request: UserRequest, *, today: dt.date) -> Month:
    """The one of `?month` (2026-12), by default this one."""
    return month_from(request.GET.get("month", "")) or month_of(today)


def around_month(request: UserRequest, month: Month, *, today: dt.date) -> dict[str, Any]:
    """What stands around the weeks of a month: the names of the days, and the addresses of the same calendar in the
    month before, the one after and this one; empty where there is none to go to."""
    return {
        "weekdays": WEEKDAYS,
        "before": _address(request, month.before),
        "after": _address(request, month.after),
        "this_month": "" if month.has(today) else _address(request, month_of(today)),
    }


def _address(request: UserRequest, month: Month | None) -> str:
    if month is None:
        return ""
    query = request.GET.copy()
    query["month"] = month.key
    return f"{request.path}?{query.urlencode()}"
