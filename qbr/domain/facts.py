"""What a review shows: everything that is known of an account over a period, compiled once for all its pages and files.

An unknown figure is None, and a list that is empty says that there is nothing. Money is in workspace currency, shares
lie from 0 to 1, days are those of the workspace, and series go from the oldest day to the latest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class AccountFacts:
    """Who the review is with. `tier` is its label, `rank` counts tiers from the best, which is 1."""

    name: str
    segment: str
    csm: str
    arr: Decimal
    currency: str
    tier: str
    rank: int | None
    customer_since: dt.date | None
    renewal_on: dt.date | None


@dataclass(frozen=True)
class Point:
    """One value of a series; `day` is the first one of the week that it stands for. None where nothing was seen."""

    day: dt.date
    value: float | None


@dataclass(frozen=True)
class DimensionFact:
    """A dimension of the health score now, and at the beginning of the period."""

    name: str
    score: Decimal | None
    before: Decimal | None


@dataclass(frozen=True)
class HealthFacts:
    """The score now and at the beginning of the period, 0 to 100; `trend` is that of the account's row."""

    score: Decimal | None
    before: Decimal | None
    trend: str
    series: tuple[Point, ...]
    dimensions: tuple[DimensionFact, ...]


@dataclass(frozen=True)
class FeatureFact:
    """A feature of what the customer has, and on how many days of the period it was used."""

    name: str
    days: int


@dataclass(frozen=True)
class UsageFacts:
    """How the product was used. `active_users` is the mean of the days with use in the last 30 of the period,
    `active_before` the same of the 30 before the period; `seats` are licensed."""

    active_users: Decimal | None
    active_before: Decimal | None
    seats: int | None
    logins: int | None
    weekly_users: tuple[Point, ...]
    weekly_logins: tuple[Point, ...]
    used: tuple[FeatureFact, ...]
    unused: tuple[str, ...]

    @property
    def share_of_seats(self) -> Decimal | None:
        """Active users ÷ licensed seats; None where either is unknown. May exceed 1."""
        return self.active_users / self.seats if self.active_users is not None and self.seats else None

    @property
    def adopted(self) -> Decimal | None:
        """Features used ÷ features that there are; None where none are known."""
        known = len(self.used) + len(self.unused)
        return Decimal(len(self.used)) / known if known else None


@dataclass(frozen=True)
class OpenTicket:
    """A ticket to be settled before the review."""

    subject: str
    severity: str
    opened_on: dt.date


@dataclass(frozen=True)
class TicketFacts:
    """Support in the period; `mean_hours` from opening to closing of those that were closed in it, of which `escalated`
    were escalated. Open ones are those that are open now, the most severe first."""

    opened: int
    opened_before: int
    closed: int
    mean_hours: Decimal | None
    escalated: int
    monthly: tuple[Point, ...]
    open: tuple[OpenTicket, ...]


@dataclass(frozen=True)
class EngagementFacts:
    """Events of the community and touches in the period; courses are all that were given up to its end, as their panel
    counts them."""

    courses_assigned: int
    courses_completed: int
    invited: int
    attended: int
    touches_held: int
    touches_missed: int
    last_touch_on: dt.date | None


@dataclass(frozen=True)
class GoalFact:
    """An objective of the success plan; `standing` is its label, `progress` the share of the way from baseline to
    target, None where nothing was measured."""

    title: str
    measure: str
    unit: str
    baseline: Decimal
    target: Decimal
    current: Decimal | None
    due_on: dt.date
    standing: str
    progress: Decimal | None


@dataclass(frozen=True)
class ValueRecord:
    """A saving or gain, in the currency that the customer reckons in; `confirmed_by` is empty where nobody did."""

    kind: str
    on: dt.date
    amount: Decimal
    currency: str
    method: str
    confirmed_by: str


@dataclass(frozen=True)
class ValueFacts:
    """What the product was worth in the period: `total` of all records, `confirmed` of those that somebody there
    confirmed; None without any. `ratio` is the confirmed worth ÷ what was paid for the same time."""

    records: tuple[ValueRecord, ...]
    total: Decimal | None
    confirmed: Decimal | None
    ratio: Decimal | None


@dataclass(frozen=True)
class PromiseFact:
    """An action item of the review before this one."""

    title: str
    ours: bool
    who: str
    due_on: dt.date
    done_on: dt.date | None


@dataclass(frozen=True)
class PeerFact:
    """One metric of the account beside the quartiles of its segment, `accounts` of them without itself, never fewer
    than five."""

    label: str
    unit: str
    value: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal
    accounts: int
    higher_is_better: bool


@dataclass(frozen=True)
class Advice:
    """A recommendation, with the figure that it comes from."""

    text: str
    reason: str


@dataclass(frozen=True)
class IdeaFact:
    """A way to grow, with what it is worth a year where that is known, and the signal that it comes from."""

    title: str
    reason: str
    value: Decimal | None
    signal: int | None


@dataclass(frozen=True)
class PersonFact:
    """Somebody at the customer who should be invited, and why."""

    contact: int
    name: str
    title: str
    level: str
    reason: str


@dataclass(frozen=True)
class RequestFact:
    """A feature that the customer asked for."""

    title: str
    status: str


@dataclass(frozen=True)
class Mention:
    """Words about a competitor, and when they were written down."""

    on: dt.date
    text: str


@dataclass(frozen=True)
class Facts:
    """Everything that a review of the days [since, until) shows, as it was known at `compiled_at`."""

    since: dt.date
    until: dt.date
    compiled_at: dt.datetime
    account: AccountFacts
    health: HealthFacts
    usage: UsageFacts
    tickets: TicketFacts
    engagement: EngagementFacts
    goals: tuple[GoalFact, ...]
    value: ValueFacts
    promised: tuple[PromiseFact, ...]
    peers: tuple[PeerFact, ...]
    advice: tuple[Advice, ...]
    ideas: tuple[IdeaFact, ...]
    people: tuple[PersonFact, ...]
    requests: tuple[RequestFact, ...]
    competition: tuple[Mention, ...]
