"""Who may give how much discount, and who has to approve what is above somebody's limit.

Limits are shares by role, as an admin sets them; a role without one gives nothing. A longer term makes room: five
points for each year after the first, ten at most. What is above every limit needs the highest role and finance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from renewals.domain.proposals import YEAR_MONTHS, Option, Refusal, discount_of

ROOM_PER_YEAR: Final = Decimal("0.05")
MOST_ROOM: Final = Decimal("0.10")
# The matrix that ships (renewals.md §1), by the names of the roles as users have them.
SHIPPED: Final = {
    "csm": Decimal("0.05"),
    "ae": Decimal("0.05"),
    "manager": Decimal("0.10"),
    "executive": Decimal("0.20"),
}

Limits = Mapping[str, Decimal]


class Part(StrEnum):
    """Who is asked: somebody above the author, or finance."""

    LINE = "line"
    FINANCE = "finance"


@dataclass(frozen=True)
class Ask:
    """One approval that a proposal needs: `limit` is the one that the role of who approves must reach."""

    part: Part
    limit: Decimal


def room_of(term_months: int) -> Decimal:
    """Points of discount that a term adds to a limit, as a share."""
    return min(MOST_ROOM, ROOM_PER_YEAR * max(0, term_months // YEAR_MONTHS - 1))


def needed_for(options: Iterable[Option]) -> Decimal:
    """The limit that somebody must have to offer all of the options on their own, 0 where they give no discount."""
    return max((discount_of(option) - room_of(option.term_months) for option in options), default=Decimal(0)).max(0)


def limit_of(role: str, limits: Limits) -> Decimal:
    """What people of a role give on their own."""
    return limits.get(role, Decimal(0))


def asks_of(needed: Decimal, *, role: str, limits: Limits) -> list[Ask]:
    """The approvals without which an author of a role cannot send what needs such a limit; none where they may.

    Above every limit, who has the highest one asks finance alone: what their role has to say, they have said.
    """
    own, top = limit_of(role, limits), max(limits.values(), default=Decimal(0))
    if needed <= own:
        return []
    if needed <= top:
        return [Ask(Part.LINE, needed)]
    return [*([Ask(Part.LINE, top)] if own < top else []), Ask(Part.FINANCE, top)]


def reasons_of(options: Iterable[Option], limit: Decimal) -> list[str]:
    """Which options give more than a limit, with what their term adds to it, in words."""
    found = []
    for option in options:
        discount, room = discount_of(option), room_of(option.term_months)
        if discount - room > limit:
            more = f" and the {percent(room)} that {option.term_months} months add" if room else ""
            found.append(f"“{option.title}” gives {percent(discount)}, above the limit of {percent(limit)}{more}.")
    return found


def role_for(ask: Ask, limits: Limits) -> str:
    """The lowest role that may give what is asked for; empty where it is finance, or none may."""
    able = sorted((limit, role) for role, limit in limits.items() if limit >= ask.limit)
    return able[0][1] if able and ask.part is Part.LINE else ""


@dataclass(frozen=True)
class Approver:
    """What counts of somebody who wants to decide: `is_above` says that the author reports to them, or everybody does;
    `has_decided` that they gave the other approval of the same round."""

    limit: Decimal
    is_author: bool
    is_above: bool
    is_finance: bool
    has_decided: bool


def decision_refused(ask: Ask, approver: Approver) -> Refusal | None:
    """Why somebody cannot decide on an approval that is asked for; None where they can."""
    if approver.is_author:
        return Refusal("Nobody approves a discount of their own.")
    if approver.has_decided:
        return Refusal("You gave one of the two approvals. The other one takes another person.")
    if ask.part is Part.FINANCE:
        return None if approver.is_finance else Refusal("This one is for finance to decide.")
    if not approver.is_above:
        return Refusal("This is for somebody to decide to whom the author reports.")
    if approver.limit < ask.limit:
        return Refusal(f"It takes a limit of {percent(ask.limit)}, and yours is {percent(approver.limit)}.")
    return None


def percent(share: Decimal) -> str:
    """A share as people read it: 12.5 %."""
    return f"{(share * 100).normalize():f} %"
