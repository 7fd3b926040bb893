"""Advocacy: who speaks for us in which way, how often they may be asked, and who might be next (lifecycle.md §7).

An ask goes from asked to agreed to done, or ends declined; one that was made by mistake is withdrawn and counts
nowhere. Each advocate has one open ask at a time.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from health.domain.alert_handling import Refusal


class AdvocacyKind(StrEnum):
    """In which way somebody speaks for us."""

    REFERENCE = "reference"
    CASE_STUDY = "case_study"
    TESTIMONIAL = "testimonial"
    REVIEW_SITE = "review_site"
    REFERRAL = "referral"
    ADVISORY_BOARD = "advisory_board"


KIND_LABELS: Final[dict[AdvocacyKind, str]] = {
    AdvocacyKind.REFERENCE: "Reference",
    AdvocacyKind.CASE_STUDY: "Case study",
    AdvocacyKind.TESTIMONIAL: "Testimonial",
    AdvocacyKind.REVIEW_SITE: "Review site",
    AdvocacyKind.REFERRAL: "Referral",
    AdvocacyKind.ADVISORY_BOARD: "Advisory board",
}
# Days that somebody rests between two asks of a kind; the other kinds are asked for seldom, and need no limit.
REST_DAYS: Final[dict[AdvocacyKind, int]] = {AdvocacyKind.REFERENCE: 30}
# The advisory board takes from accounts above this score, who have been customers for longer than these months.
BOARD_SCORE: Final = 70
BOARD_MONTHS: Final = 6
BOARD_SEATS: Final = 12
# An NPS answer tells so long of what somebody thinks, as it does for health.
PROMOTER_DAYS: Final = 180


class AskState(StrEnum):
    """How far an ask has come."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class AskVerb(StrEnum):
    """What a person does with an ask; `BACK` takes the last step back."""

    AGREE = "agree"
    DECLINE = "decline"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    BACK = "back"


OPEN_STATES: Final = (AskState.ASKED, AskState.AGREED)
STEPS: Final[dict[tuple[AskState, AskVerb], AskState]] = {
    (AskState.ASKED, AskVerb.AGREE): AskState.AGREED,
    (AskState.ASKED, AskVerb.DECLINE): AskState.DECLINED,
    (AskState.ASKED, AskVerb.WITHDRAW): AskState.WITHDRAWN,
    (AskState.AGREED, AskVerb.FINISH): AskState.DONE,
    (AskState.AGREED, AskVerb.BACK): AskState.ASKED,
    (AskState.DECLINED, AskVerb.BACK): AskState.ASKED,
    (AskState.WITHDRAWN, AskVerb.BACK): AskState.ASKED,
    (AskState.DONE, AskVerb.BACK): AskState.AGREED,
}
STANDS: Final[dict[AskState, str]] = {
    AskState.ASKED: "They have not answered yet.",
    AskState.AGREED: "They agreed already.",
    AskState.DECLINED: "They declined already.",
    AskState.DONE: "It is done already.",
    AskState.WITHDRAWN: "The ask was withdrawn.",
}


def ask_after(state: AskState, verb: AskVerb) -> AskState | Refusal:
    """The state of an ask after a step, or why there is no such step."""
    return STEPS.get((state, verb)) or Refusal(STANDS[state])


class Strain(Protocol):
    """What an ask was to the person: asked on a day, and perhaps used on a later one."""

    asked_on: dt.date
    used_on: dt.date | None


def last_strain(asks: Iterable[Strain]) -> dt.date | None:
    """The last day on which somebody was asked or used; None where they never were. Withdrawn asks are left out by the
    caller."""
    return max((ask.used_on or ask.asked_on for ask in asks), default=None)


def possible_from(kind: AdvocacyKind, last_on: dt.date | None) -> dt.date | None:
    """The first day on which somebody may be asked again, by the last on which they were asked or used; None for any
    day. `REST_DAYS` after that day, so that no two are closer than that."""
    if last_on is None or kind not in REST_DAYS:
        return None
    return last_on + dt.timedelta(days=REST_DAYS[kind])


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` earlier; the last of that month where it is shorter."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return min(first + dt.timedelta(days=day.day - 1), following - dt.timedelta(days=1))


T = TypeVar("T")
K = TypeVar("K")


def spread(ranked: Mapping[K, Sequence[T]], seated: Mapping[K, int], seats: int) -> list[T]:
    """Up to `seats` candidates, each from the segment with the fewest on the board so far.

    `ranked` are the candidates of each segment, best first; `seated` how many of it sit there already. Segments with
    equally many take turns in the order of `ranked`. No segment gets a second seat while another with candidates has
    none.
    """
    taken = dict.fromkeys(ranked, 0)
    chosen: list[T] = []
    while len(chosen) < seats:
        left: Collection[K] = [key for key in ranked if taken[key] < len(ranked[key])]
        if not left:
            break
        key = min(left, key=lambda one: seated.get(one, 0) + taken[one])
        chosen.append(ranked[key][taken[key]])
        taken[key] += 1
    return chosen
