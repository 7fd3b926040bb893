"""Signals that a customer is about to grow: the seven kinds, how strong each is, and how they are found.

`renewals.queries.expansion_facts` reads facts of accounts; the functions here say of each whether it is a signal. Days
are days of the workspace.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from renewals.domain.opportunities import Kind


class SignalKind(StrEnum):
    """What was seen (renewals.md §2)."""

    LIMIT = "limit"
    DEPARTMENT = "department"
    HIGHER_TIER = "higher_tier"
    GROWTH = "growth"
    CHAMPION = "champion"
    RENEWAL = "renewal"
    API = "api"


class Strength(StrEnum):
    """How soon something may come of it; in the order in which lists show them."""

    HOT = "hot"
    WARM = "warm"


class SignalState(StrEnum):
    """What became of a signal."""

    OPEN = "open"
    TAKEN_UP = "taken_up"
    DISMISSED = "dismissed"
    OVER = "over"


LIVE: Final = (SignalState.OPEN, SignalState.TAKEN_UP)
STATE_LABELS: Final = {
    SignalState.OPEN: "Open",
    SignalState.TAKEN_UP: "Taken up",
    SignalState.DISMISSED: "Dismissed",
    SignalState.OVER: "Over",
}
STRENGTH_LABELS: Final = {Strength.HOT: "Hot", Strength.WARM: "Warm"}


@dataclass(frozen=True)
class KindOfSignal:
    """A kind in words: what it is called, how strong one is that is logged by hand, and what its play is.

    `play` is the key of the playbook that ships for it; `sells` the kind of opportunity that it leads to.
    """

    label: str
    strength: Strength
    advice: str
    play: str
    sells: Kind


KINDS: Final[dict[SignalKind, KindOfSignal]] = {
    SignalKind.LIMIT: KindOfSignal(
        "Seats or usage limit", Strength.HOT, "Upgrade talk, volume tier", "expansion-limit", Kind.SEATS
    ),
    SignalKind.DEPARTMENT: KindOfSignal(
        "New team or department asks", Strength.HOT, "Land-and-expand meeting", "expansion-department", Kind.DEPARTMENT
    ),
    SignalKind.HIGHER_TIER: KindOfSignal(
        "Asks for a feature of a higher tier",
        Strength.HOT,
        "Demo of the tier, 14-day preview",
        "expansion-higher-tier",
        Kind.TIER,
    ),
    SignalKind.GROWTH: KindOfSignal(
        "Funding, growth or hiring", Strength.WARM, "Congratulate, scale offer", "expansion-growth", Kind.SEATS
    ),
    SignalKind.CHAMPION: KindOfSignal(
        "Champion promoted",
        Strength.WARM,
        "Take the product into the new scope",
        "expansion-champion",
        Kind.DEPARTMENT,
    ),
    SignalKind.RENEWAL: KindOfSignal(
        "Healthy, and renewal near",
        Strength.WARM,
        "Multi-year and expansion bundle",
        "expansion-renewal",
        Kind.CROSS_SELL,
    ),
    SignalKind.API: KindOfSignal(
        "Asks for API or integrations", Strength.WARM, "Platform tier", "expansion-api", Kind.TIER
    ),
}

# Seats assigned ÷ licensed from which there is a signal, and from which it is hot (renewals.md §2).
SEATS_FROM: Final = Decimal("0.80")
SEATS_HOT_FROM: Final = Decimal("0.85")
# Of fewer, one person more or less is everything or nothing.
LEAST_SEATS: Final = 5
HEALTHY_FROM: Final = Decimal(80)
# Accounts that do well plan their renewal from then on (renewals.md §1).
RENEWAL_DAYS: Final = 120
# What was asked or happened counts for so long.
ASKED_DAYS: Final = 90
# A signal that somebody dismissed, or took up to its end, is not raised again for so many days.
REST_DAYS: Final = 90
SENIORITY: Final = {"staff": 0, "manager": 1, "director": 2, "executive": 3}

# Words that name a kind wherever somebody wrote them: whole words, whatever their case.
API_WORDS: Final = ("api", "apis", "integration", "integrations", "webhook", "webhooks", "connector", "sso")
DEPARTMENT_WORDS: Final = (
    "another department",
    "another team",
    "new department",
    "other departments",
    "second department",
)
LIMIT_WORDS: Final = ("limit reached", "usage limit", "quota exceeded", "quota reached", "plan limit")
GROWTH_WORDS: Final = ("funding round", "series a", "series b", "series c", "raised funding", "hiring", "acquisition")


def pattern_of(words: Iterable[str]) -> str:
    """A regular expression of PostgreSQL for any of the words as a whole; they are letters and blanks only."""
    return rf"\y({'|'.join(words)})\y"


@dataclass(frozen=True)
class Fact:
    """Something known of an account. `ref` names it there; `number` of `whole` where it is a figure.

    `words` are what was written, or who or what it is about; `until` the day of a renewal, `before` and `after` the
    ranks of somebody who rose.
    """

    account_id: int
    kind: SignalKind
    ref: str
    day: dt.date
    words: str = ""
    number: Decimal | None = None
    whole: Decimal | None = None
    until: dt.date | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Finding:
    """A signal that a fact is: its strength, the evidence in words and figures, and what names its cause for good."""

    account_id: int
    kind: SignalKind
    strength: Strength
    origin_key: str
    evidence: str
    seen_on: dt.date
    figures: Mapping[str, str | int] = field(default_factory=dict)


def find(fact: Fact, *, today: dt.date) -> Finding | None:
    """The signal that a fact is as of a day; None where it is none."""
    match fact.kind:
        case SignalKind.LIMIT if fact.whole is not None:
            return _seats(fact, today=today)
        case SignalKind.RENEWAL:
            return _renewal(fact, today=today)
        case SignalKind.CHAMPION:
            return _promotion(fact, today=today)
        case _:
            return _asked(fact, today=today)


def strength_of_seats(assigned: Decimal, licensed: Decimal) -> Strength | None:
    """What the use of seats says: hot from 85 % on, warm from 80 %, None below and where too few are licensed."""
    if licensed < LEAST_SEATS:
        return None
    if assigned >= SEATS_HOT_FROM * licensed:
        return Strength.HOT
    return Strength.WARM if assigned >= SEATS_FROM * licensed else None


def is_promotion(before: str, after: str) -> bool:
    """Whether somebody rose in seniority; an unknown one tells nothing."""
    return before in SENIORITY and after in SENIORITY and SENIORITY[after] > SENIORITY[before]


def newest(findings: Iterable[Finding]) -> dict[tuple[int, SignalKind], Finding]:
    """Of each account and kind the finding that counts: hot before warm, then the latest, then by name."""
    found: dict[tuple[int, SignalKind], Finding] = {}
    for one in findings:
        there = found.get((one.account_id, one.kind))
        if there is None or _rank(one) > _rank(there):
            found[one.account_id, one.kind] = one
    return found


def _rank(one: Finding) -> tuple[bool, dt.date, str]:
    return one.strength is Strength.HOT, one.seen_on, one.origin_key


def _seats(fact: Fact, *, today: dt.date) -> Finding | None:
    assigned, licensed = fact.number, fact.whole
    if assigned is None or licensed is None or (strength := strength_of_seats(assigned, licensed)) is None:
        return None
    of = f" of {fact.words}" if fact.words else ""
    # Rounded down, so that what is not yet 85 % does not read as if it were.
    evidence = f"{assigned:,} of {licensed:,} seats{of} assigned ({int(assigned * 100 / licensed)} %)"
    if assigned >= licensed:
        evidence += ": the limit is reached"
    figures = {"assigned": int(assigned), "licensed": int(licensed)}
    return Finding(fact.account_id, fact.kind, strength, _key(fact, str(today)), evidence, today, figures)


def _renewal(fact: Fact, *, today: dt.date) -> Finding | None:
    score, due_on = fact.number, fact.until
    if score is None or due_on is None or score < HEALTHY_FROM:
        return None
    days = (due_on - today).days
    if not 0 <= days <= RENEWAL_DAYS:
        return None
    evidence = f"Health {score:.0f}, renewal on {due_on:%d %b %Y}"
    figures: dict[str, str | int] = {"score": str(score), "renewal": due_on.isoformat()}
    return Finding(fact.account_id, fact.kind, Strength.WARM, _key(fact, str(due_on)), evidence, today, figures)


def _promotion(fact: Fact, *, today: dt.date) -> Finding | None:
    if not is_promotion(fact.before, fact.after) or not _is_recent(fact.day, today):
        return None
    evidence = f"{fact.words}: from {fact.before} to {fact.after} on {fact.day:%d %b %Y}"
    return Finding(fact.account_id, fact.kind, Strength.WARM, _key(fact, fact.after), evidence, fact.day)


def _asked(fact: Fact, *, today: dt.date) -> Finding | None:
    if not _is_recent(fact.day, today):
        return None
    return Finding(fact.account_id, fact.kind, KINDS[fact.kind].strength, _key(fact), fact.words, fact.day)


def _key(fact: Fact, *of: str) -> str:
    return ":".join([fact.kind, fact.ref, *of])


def _is_recent(day: dt.date, today: dt.date) -> bool:
    return dt.timedelta(0) <= today - day < dt.timedelta(days=ASKED_DAYS)
