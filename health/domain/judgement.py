"""What people judge beside the score: the pulse of the CSM, a tier that is overridden, and who may do either."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from zoneinfo import ZoneInfo

STALE_DAYS: Final = 45
LONGEST_OVERRIDE: Final = 90


class PulseValue(IntEnum):
    """How the CSM feels about the account, from worst to best."""

    LEAVING = 0
    SHAKY = 1
    MIXED = 2
    GOOD = 3
    STRONG = 4


PULSE_LABELS: Final[dict[PulseValue, str]] = {
    PulseValue.LEAVING: "Leaving",
    PulseValue.SHAKY: "Shaky",
    PulseValue.MIXED: "Mixed",
    PulseValue.GOOD: "Good",
    PulseValue.STRONG: "Strong",
}
# The rank of the tier that a pulse speaks of: 1 is the best. "Mixed" stands between the second and the third.
PULSE_RANKS: Final[dict[PulseValue, float]] = {
    PulseValue.LEAVING: 4.0,
    PulseValue.SHAKY: 3.0,
    PulseValue.MIXED: 2.5,
    PulseValue.GOOD: 2.0,
    PulseValue.STRONG: 1.0,
}


@dataclass(frozen=True)
class Refusal:
    """Why it is not possible, in words for the person who tried."""

    reason: str


@dataclass(frozen=True)
class Standing:
    """How a person stands to an account.

    owns         looks after it
    serves       is a CSM of its team
    leads_owner  the owner reports to them, however deep, or they see every account as an executive or admin
    read_only    changes nothing
    """

    owns: bool = False
    serves: bool = False
    leads_owner: bool = False
    read_only: bool = False


_READ_ONLY: Final = Refusal("Your access is read-only. Ask an admin if you need to change things.")
_NOT_YOURS: Final = Refusal("Only the CSM of the account, or a manager above, judges it.")


def may_judge(who: Standing) -> Refusal | None:
    """Why a person may not set the pulse or override the tier; None where they may."""
    if who.read_only:
        return _READ_ONLY
    return None if who.owns or who.serves or who.leads_owner else _NOT_YOURS


def is_stale(judged_at: dt.datetime, *, now: dt.datetime) -> bool:
    """A pulse speaks for 45 days; after that it is shown, dated, and counts for nothing."""
    return now - judged_at >= dt.timedelta(days=STALE_DAYS)


def end_of(last_day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The moment at which an override ends: the midnight after its last day, where the person is who set it."""
    return dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time.min, tzinfo=zone)


def check_override(*, rank: int, current: int | None, last_day: dt.date, today: dt.date) -> Refusal | None:
    """Why a tier may not be overridden so; None where it may. `current` is the computed rank, `today` the person's."""
    if rank == current:
        return Refusal("The account is in this tier already.")
    if last_day < today:
        return Refusal("Give a last day that is still to come.")
    if last_day > today + dt.timedelta(days=LONGEST_OVERRIDE):
        return Refusal(f"An override lasts {LONGEST_OVERRIDE} days at most; renew it then if it still holds.")
    return None
