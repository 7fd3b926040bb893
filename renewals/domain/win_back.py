"""Winning lost customers back: what is done by the time since they left, and how often that works (risk.md §5)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from renewals.domain.churn import Category
from renewals.domain.closing import Current, Problem, Signed, Taken, problems_of
from renewals.domain.opportunities import LEAST_CASES, Share

# Whoever left longer ago is taken out of campaigns.
LAST_DAY: Final = 365
# For so many days from the first one of the new contract a customer who came back may leave it again.
GUARANTEE_DAYS: Final = 30
# A return can be taken back so long.
TAKEN_BACK_WITHIN: Final = dt.timedelta(hours=24)


class Band(StrEnum):
    """How long ago a customer left."""

    FRESH = "fresh"
    RECENT = "recent"
    SETTLED = "settled"
    DISTANT = "distant"
    GONE = "gone"


@dataclass(frozen=True)
class Age:
    """A band in words: the days [since, until) since the loss, what is done in it, and how often that is expected to
    bring a customer back, as shares from `low` to `high`."""

    since: int
    until: int | None
    approach: str
    low: Decimal
    high: Decimal

    @property
    def label(self) -> str:
        """The days, as people say them."""
        return f"More than {LAST_DAY} days" if self.until is None else f"{self.since}–{self.until - 1} days"

    @property
    def odds(self) -> str:
        """What is expected, in percent."""
        low, high = (f"{share * 100:.0f}" for share in (self.low, self.high))
        return f"below {high} %" if self.until is None else f"{low}–{high} %"


AGES: Final = {
    Band.FRESH: Age(0, 30, "Address the reason", Decimal("0.15"), Decimal("0.25")),
    Band.RECENT: Age(30, 90, "What has improved, with proof", Decimal("0.10"), Decimal("0.15")),
    Band.SETTLED: Age(90, 180, "Major release and an offer", Decimal("0.05"), Decimal("0.10")),
    Band.DISTANT: Age(180, LAST_DAY + 1, "Yearly check-in, case study", Decimal("0.02"), Decimal("0.05")),
    Band.GONE: Age(LAST_DAY + 1, None, "Taken out of campaigns", Decimal(0), Decimal("0.02")),
}
WORKED: Final = tuple(band for band in Band if band is not Band.GONE)


class Variant(StrEnum):
    """What the first e-mail speaks of."""

    PRODUCT = "product"
    VALUE = "value"
    PRICE = "price"


VARIANT_LABELS: Final = {
    Variant.PRODUCT: "Product: what was missing is there",
    Variant.VALUE: "Value: how it would go this time",
    Variant.PRICE: "Price: what it would cost now",
}
FIXED_LABELS: Final = {
    Variant.PRODUCT: "what was fixed in the product",
    Variant.VALUE: "what would go another way",
    Variant.PRICE: "what changed in the price",
}
VARIANT_OF: Final = {
    Category.PRODUCT: Variant.PRODUCT,
    Category.COMPETITION: Variant.PRODUCT,
    Category.VALUE: Variant.VALUE,
    Category.RELATIONSHIP: Variant.VALUE,
    Category.STRATEGIC: Variant.VALUE,
    Category.FINANCIAL: Variant.PRICE,
}


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Move(StrEnum):
    """What can be done with a campaign."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


CAMPAIGN_LABELS: Final = {
    CampaignState.DRAFT: "Draft",
    CampaignState.RUNNING: "Under way",
    CampaignState.PAUSED: "Paused",
    CampaignState.CLOSED: "Closed",
}
MOVES: Final = {
    (CampaignState.DRAFT, Move.START): CampaignState.RUNNING,
    (CampaignState.DRAFT, Move.CLOSE): CampaignState.CLOSED,
    (CampaignState.RUNNING, Move.PAUSE): CampaignState.PAUSED,
    (CampaignState.RUNNING, Move.CLOSE): CampaignState.CLOSED,
    (CampaignState.PAUSED, Move.RESUME): CampaignState.RUNNING,
    (CampaignState.PAUSED, Move.CLOSE): CampaignState.CLOSED,
}


PAST: Final = {Move.START: "started", Move.PAUSE: "paused", Move.RESUME: "resumed", Move.CLOSE: "closed"}


class TargetState(StrEnum):
    """Where a lost customer stands in a campaign."""

    CHOSEN = "chosen"
    RUNNING = "running"
    WON = "won"
    OUT = "out"


TARGET_LABELS: Final = {
    TargetState.CHOSEN: "Chosen",
    TargetState.RUNNING: "Under way",
    TargetState.WON: "Won back",
    TargetState.OUT: "Taken out",
}


class OutBecause(StrEnum):
    """Why a customer was taken out of a campaign."""

    TOO_LATE = "too_late"
    BY_HAND = "by_hand"
    CLOSED = "closed"
    RETURNED = "returned"


OUT_LABELS: Final = {
    OutBecause.TOO_LATE: f"Lost more than {LAST_DAY} days ago",
    OutBecause.BY_HAND: "By hand",
    OutBecause.CLOSED: "The campaign was closed",
    OutBecause.RETURNED: "Came back before anybody wrote",
}


# Why e-mails stop without anybody having answered: somebody else may be reached.
UNREACHED: Final = ("bounce", "unsubscribed", "left")
STOPPED_BY_HAND: Final = "by_hand"


@dataclass(frozen=True)
class Loss:
    """What decides whether a lost customer is a candidate. `is_eligible` is what its churn record says, None where
    there is none; `has_contact` whether somebody can be written to."""

    lost_on: dt.date
    is_eligible: bool | None
    has_contact: bool
    in_campaign: bool


@dataclass(frozen=True)
class Course:
    """How far the e-mails to a customer came: all of them written, stopped for a reason, or neither."""

    is_finished: bool = False
    stopped_because: str = ""


@dataclass(frozen=True)
class Told:
    """What a campaign has to tell; empty texts where nobody wrote anything. `fixed` is by what the first e-mail speaks
    of, `improvements` one to a line."""

    fixed: Mapping[Variant, str]
    proof: str = ""
    improvements: str = ""
    release: str = ""
    offer: str = ""


@dataclass(frozen=True)
class Stay:
    """A customer's time in a campaign, in days since the loss: from `since` to `reached`, which is today while it is
    open. One that is won came back on the day that `reached` names."""

    since: int
    reached: int
    is_open: bool = False
    is_won: bool = False


@dataclass(frozen=True)
class Result:
    """What a band brought: of the stays that touched it and are over in it, how many were won in it; and how many are
    still in it."""

    band: Band
    found: Share
    open: int

    @property
    def age(self) -> Age:
        """The band in words."""
        return AGES[self.band]

    @property
    def standing(self) -> int | None:
        """−1 below what is expected, 0 within it, 1 above; None where there are too few cases to say."""
        share = self.found.share
        if share is None:
            return None
        return (share > self.age.high) - (share < self.age.low)


def band_of(days: int) -> Band:
    """The band of so many days since the loss; a loss that is still to come counts as one of today."""
    return next(band for band, age in AGES.items() if age.until is None or days < age.until)


def move_refused(state: CampaignState, move: Move) -> str:
    """Why a campaign cannot be moved so, for whoever tried; empty where it can."""
    if (state, move) in MOVES:
        return ""
    return f"This campaign is {CAMPAIGN_LABELS[state].lower()}: it cannot be {PAST[move]}."


def not_chosen(loss: Loss, *, today: dt.date) -> str:
    """Why a lost customer cannot be put into a campaign; empty where it can."""
    if loss.in_campaign:
        return "In a campaign already"
    if (today - loss.lost_on).days > LAST_DAY:
        return OUT_LABELS[OutBecause.TOO_LATE]
    if loss.is_eligible is False:
        return "Not to be won back, says its churn record"
    if not loss.has_contact:
        return "Nobody can be written to"
    return ""


def not_handed_on(state: TargetState, course: Course | None, *, is_reached: bool) -> str:
    """Why the e-mails to a customer cannot go on to somebody else there, for whoever tried; empty where they can.

    `course` is None where there are no e-mails; `is_reached` says whether they can go to whom they went until now.
    """
    if state is not TargetState.RUNNING:
        return f"It is {TARGET_LABELS[state].lower()}: only the e-mails of who is under way go on to somebody else."
    if course is None or course.stopped_because in UNREACHED:
        return ""
    if course.is_finished:
        return "All its e-mails are written."
    # An address that somebody put on the list of those that nothing is sent to stops them as if by hand.
    if not is_reached and course.stopped_because in ("", STOPPED_BY_HAND):
        return ""
    if course.stopped_because:
        return "Its e-mails were stopped, and not because nobody was reached."
    return "Its e-mails still go to whom they went before."


def lacks(told: Told, variants: Iterable[str]) -> list[str]:
    """What has to be written before customers are started, in sentences; `variants` are those of the customers, empty
    ones without a first e-mail. Without a release there is no e-mail that needs an offer."""
    wanted = {Variant(one) for one in variants if one}
    found = [f"Say {FIXED_LABELS[one]}." for one in Variant if one in wanted and not told.fixed.get(one)]
    if not told.proof:
        found.append("Say what similar companies achieve.")
    if not told.improvements.strip():
        found.append("Say what has improved.")
    if told.release and not told.offer:
        found.append("Say what you offer with the release.")
    return found


def texts(told: Told, *, variant: str, reason: str) -> dict[str, str]:
    """The merge fields of a customer's e-mails; what is not known is left out."""
    known = {
        "campaign.fixed": told.fixed.get(Variant(variant), "") if variant else "",
        "campaign.proof": told.proof,
        "campaign.improvements": "\n".join(f"• {line}" for line in _lines(told.improvements)),
        "campaign.offer": told.offer,
        "release.name": told.release,
        "loss.reason": reason,
    }
    return {name: text for name, text in known.items() if text}


def results_of(stays: Iterable[Stay]) -> list[Result]:
    """The bands in their order. A stay counts in each band that it reached: as won in the one in which it was won, as
    not won in those that it left otherwise, and as open in the one in which it stands."""
    over: Counter[Band] = Counter()
    won: Counter[Band] = Counter()
    still: Counter[Band] = Counter()
    for stay in stays:
        *left, last = _bands_between(stay.since, stay.reached)
        over.update(left)
        if stay.is_open:
            still[last] += 1
        else:
            over[last] += 1
            won[last] += stay.is_won
    return [Result(band, Share(won[band], over[band], least=LEAST_CASES), still[band]) for band in WORKED]


def return_problems(
    terms: Signed, *, lost_on: dt.date, taken: Sequence[Taken], rates: Mapping[str, Decimal], today: dt.date
) -> list[Problem]:
    """All that is wrong with the contract by which a lost customer comes back; nothing where it holds.

    It begins after the day of the loss: one without a gap would go on with what was lost, which a closing that is taken
    back does. `rates` holds what a unit of each known currency is worth.
    """
    # Whatever was under contract before is over, so nothing of it binds what follows.
    nothing = Current(dt.date.min, dt.date.min, terms.currency, ())
    found = problems_of(terms, current=nothing, taken=taken, rates=rates, today=today)
    if terms.start <= lost_on:
        found.append(Problem("start", f"It begins after {lost_on:%d %b %Y}, the first day without a contract."))
    return found


def guarantee_until(start: dt.date) -> dt.date:
    """The last day on which a customer who came back may leave the new contract again."""
    return start + dt.timedelta(days=GUARANTEE_DAYS)


def _lines(text: str) -> list[str]:
    """What stands on each line, without the marks that somebody may have put before it."""
    return [line for line in (line.strip().lstrip("•-*").strip() for line in text.splitlines()) if line]


def _bands_between(since: int, reached: int) -> list[Band]:
    bands = list(Band)
    return bands[bands.index(band_of(since)) : bands.index(band_of(max(since, reached))) + 1]
