"""The whole deck of a review: opening, agenda, and its seven parts, split so that nothing overflows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from qbr.domain import deck_annual, deck_parts
from qbr.domain import deck_words as words
from qbr.domain.deck import Beside, Block, Cell, Column, Line, Meeting, Slide, Table, Words
from qbr.domain.deck_fitting import fitted
from qbr.domain.facts import Facts
from qbr.domain.reviews import KIND_LABELS, Kind, Part

STRATEGIC: Final = "Strategic goals"
_PARTS: Final[dict[Part, Callable[[Facts, Beside], tuple[Slide, ...]]]] = {
    Part.SUMMARY: deck_parts.summary,
    Part.OUTCOMES: deck_parts.outcomes,
    Part.USAGE: deck_parts.usage,
    Part.SUPPORT: deck_parts.support,
    Part.ROADMAP: deck_parts.roadmap,
    Part.GOALS: deck_parts.goals,
    Part.FEEDBACK: deck_parts.feedback,
}


def slides_of(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """The slides in their order. A part that was left out has none; the notes of a part are on its first."""
    made = [opening(facts, beside.meeting), *fitted(agenda(facts, beside.meeting))]
    for part in Part:
        written = beside.of(part)
        if written.is_left_out:
            continue
        first, *rest = of_part(part, facts, beside)
        notes = written.notes or f"Figures of {words.period(facts.since, facts.until)}."
        for one in (replace(first, notes=notes), *rest):
            made.extend(fitted(one))
    return tuple(made)


def of_part(part: Part, facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """The slides of one part before they are split; an annual review has more to say in some."""
    made = _PARTS[part](facts, beside)
    if beside.meeting.kind is not Kind.ANNUAL:
        return made
    if part is Part.OUTCOMES:
        own = (*deck_annual.year_of_value(facts), deck_annual.case_study(facts))
        return tuple(two for one in made for two in (own if one.key == "impact" else (one,)))
    if part is Part.ROADMAP:
        return *made, deck_annual.years_ahead(facts, beside)
    if part is Part.GOALS:
        return *(replace(one, title=STRATEGIC) for one in made), deck_annual.contract(facts)
    return made


def opening(facts: Facts, meeting: Meeting) -> Slide:
    """The slide with the customer's name: what it is, about which days, when, and with whom."""
    lines = [words.period(facts.since, facts.until)]
    if meeting.starts_at is not None:
        lines.append(f"{words.day(meeting.starts_at.date())}, {meeting.starts_at:%H:%M}")
    if facts.account.csm:
        lines.append(f"With {facts.account.csm}")
    block = Words("", tuple(Line(text, is_point=False) for text in lines))
    return Slide("title", facts.account.name, lead=KIND_LABELS[meeting.kind], blocks=(block,))


def agenda(facts: Facts, meeting: Meeting) -> Slide:
    """What is talked about and for how long, and who takes part."""
    rows = tuple((Cell(point.title), Cell(f"{point.minutes} min")) for point in meeting.points)
    table: Block = Table("", (Column("What we talk about", 3), Column("Minutes", 1, is_figure=True)), rows)
    people: list[Line] = []
    for is_ours, heading in ((False, f"From {facts.account.name}"), (True, "From us")):
        names = [one for one in meeting.invited if one.is_ours is is_ours]
        if names:
            people.append(Line(heading, is_heading=True))
        people += [Line(f"{one.name}, {one.title}" if one.title else one.name) for one in names]
    blocks = (table, Words("Who takes part", tuple(people))) if people else (table,)
    minutes = sum(point.minutes for point in meeting.points)
    lead = words.many(minutes, "minute") if minutes else ""
    return Slide("agenda", "Agenda", lead=lead, blocks=blocks, shares=(0.5, 0.5))
