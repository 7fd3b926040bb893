"""What follows a review: words for its touch and its recap, and what is still to be done before it is followed up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote


class Said(Protocol):
    """A note of a review."""

    kind: str
    text: str


def gist_of(title: str, notes: Iterable[Said]) -> str:
    """What a review came to, in Markdown for the timeline: the decisions, then the notes; its title where nobody wrote
    anything."""
    said = list(notes)
    decided = [f"- **Decided:** {one.text}" for one in said if one.kind == "decision"]
    noted = [f"- {one.text}" for one in said if one.kind != "decision"]
    return "\n".join(decided + noted) or title


@dataclass(frozen=True)
class Progress:
    """How far the follow-up of a review is. `carried` and `begun` are those of `goals` and `ideas` that are where they
    are followed; `asked` and `answered` count people."""

    is_recap_sent: bool
    goals: int
    carried: int
    ideas: int
    begun: int
    came: int
    asked: int
    answered: int
    has_next: bool


@dataclass(frozen=True)
class Step:
    """Something that follows a review: `key` names its place on the page; without anything to do it `is_needless`."""

    key: str
    label: str
    detail: str
    is_done: bool
    is_needless: bool = False


def steps_of(now: Progress) -> tuple[Step, ...]:
    """What follows a review, in the order in which it is done."""
    return (
        Step("review-recap", "Send the recap", "Sent" if now.is_recap_sent else "The same day", now.is_recap_sent),
        _all_of(
            "review-carried", "Write the goals to the success plan", now.carried, now.goals, "No goals were agreed"
        ),
        _all_of("review-carried", "Take ideas up as opportunities", now.begun, now.ideas, "No ideas were shown"),
        Step("review-asks", "Ask the attendees how it was", _asked(now), now.asked > 0, not now.came),
        Step("review-carried", "Plan the next review", "Planned" if now.has_next else "Not yet", now.has_next),
    )


def _all_of(key: str, label: str, done: int, count: int, nothing: str) -> Step:
    return Step(key, label, f"{done} of {count}" if count else nothing, 0 < done == count, not count)


def _asked(now: Progress) -> str:
    if now.asked:
        return f"{now.answered} of {now.asked} answered"
    return "Not yet" if now.came else "Only guests came"


def mailto(to: Iterable[str], subject: str, body: str) -> str:
    """The address that opens a mail to these people in the mail program of whoever clicks it (RFC 6068)."""
    people = ",".join(quote(one, safe="@") for one in to)
    return f"mailto:{people}?subject={quote(subject)}&body={quote(body.replace(chr(10), chr(13) + chr(10)))}"
