"""The draft of what is written to the customer on the day of a review (qbr.md §4), as plain text.

It says what is known and leaves out the rest: a heading without anything under it does not stand there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.domain.letters import unsigned, with_links
from accounts.domain.success_plans import STANDING_LABELS, Standing, in_words
from qbr.domain.facts import GoalFact

GOOD = (STANDING_LABELS[Standing.ACHIEVED], STANDING_LABELS[Standing.ON_TRACK])


@dataclass(frozen=True)
class Promise:
    """What somebody is to do or reach until a day; `who` is empty where nobody was named."""

    title: str
    who: str
    due_on: dt.date


@dataclass(frozen=True)
class RecapPoints:
    """What a recap is made of. `theirs` and `ours` are action items, `link` is the address of the page on which the
    customer ticks theirs, empty where there is none."""

    kind: str
    account: str
    held_on: dt.date
    to: tuple[str, ...]
    sender: str
    achieved: tuple[GoalFact, ...]
    decisions: tuple[str, ...]
    goals: tuple[Promise, ...]
    ours: tuple[Promise, ...]
    theirs: tuple[Promise, ...]
    next_on: dt.date | None
    link: str


def subject_of(points: RecapPoints) -> str:
    """The subject of the e-mail."""
    return f"{points.kind} of {points.account} on {_day(points.held_on)}: what we agreed"


def body_of(points: RecapPoints) -> str:
    """The e-mail: what was achieved and decided, the goals with their owners and days, who does what, and when we
    meet again."""
    theirs = _promises(points.theirs)
    if theirs and points.link:
        theirs.append(f"You can tick what is done here: {points.link}")
    sections = [
        _section("What you have achieved", [_achieved(goal) for goal in points.achieved if goal.standing in GOOD]),
        _section("What we decided", [f"- {text}" for text in points.decisions]),
        _section("Goals until we meet again", _promises(points.goals)),
        _section("What we do", _promises(points.ours)),
        _section("What you do", theirs),
    ]
    meets = [f"We meet again around {_day(points.next_on)}."] if points.next_on else []
    on = _day(points.held_on)
    opening = f"Thank you for your time in our {points.kind.lower()} on {on}. This is what we take from it."
    greeting = f"Hello {_listed(points.to)}," if points.to else "Hello,"
    parts = [greeting, opening, *(one for one in sections if one), *meets, f"Kind regards\n{points.sender}".rstrip()]
    return "\n\n".join(parts)


def letter_of(body: str, sender: str) -> str:
    """The e-mail for the outbox, in Markdown: its addresses are links, and the name below makes way for the signature
    that comes by itself."""
    return with_links(unsigned(body, sender))


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *lines]) if lines else ""


def _achieved(goal: GoalFact) -> str:
    figures = f"{in_words(goal.current, goal.unit)}, with {in_words(goal.target, goal.unit)} as the target"
    return f"- {goal.title}: {goal.measure} {figures} ({goal.standing.lower()})"


def _promises(promises: Iterable[Promise]) -> list[str]:
    return [f"- {one.title} ({f'{one.who}, ' if one.who else ''}by {_day(one.due_on)})" for one in promises]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
