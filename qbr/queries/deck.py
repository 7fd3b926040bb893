"""The deck of a review: the one source of what is presented, of the PowerPoint file and of the PDF."""

import datetime as dt

from cs_workspace.common.markdown import plain_lines
from qbr.domain.agendas import Preset, points_of
from qbr.domain.deck import Beside, DeckContent, Idea, Invited, Line, Meeting, NextGoal, Written
from qbr.domain.deck_slides import slides_of
from qbr.domain.invitation import zone_of
from qbr.domain.reviews import Kind, Part
from qbr.models import Attendee, Review
from qbr.queries.branding import look_of_decks
from qbr.queries.compiling import facts_of
from qbr.queries.written import TextLine, written_in
from qbr.queries.written import Written as AllWritten


def deck_of(review: Review, *, today: dt.date) -> DeckContent:
    """The deck of a review that was read with its account: of what is known now, or of what was shown when it was held.

    Three queries beside those of the facts.
    """
    facts = facts_of(review, today=today)
    beside = _beside(written_in(review, today=today), _meeting(review))
    return DeckContent(str(review), slides_of(facts, beside), look_of_decks())


def _meeting(review: Review) -> Meeting:
    """When it takes place on the customer's clock, what is talked about, and who takes part."""
    zone = zone_of(review.time_zone or review.account.time_zone)
    return Meeting(
        Kind(review.kind),
        review.starts_at.astimezone(zone) if review.starts_at else None,
        points_of(Preset(review.agenda), review.minutes),
        tuple(_invited(one) for one in review.attendees.select_related("contact", "user").order_by("pk")),
    )


def _invited(one: Attendee) -> Invited:
    """By name and title; what part somebody has in decisions is for us alone."""
    if one.user is not None:
        return Invited(one.user.name, one.user.title, is_ours=True)
    if one.contact is not None:
        return Invited(one.contact.name, one.contact.title, is_ours=False)
    return Invited(one.guest, "", is_ours=False)


def _beside(found: AllWritten, meeting: Meeting) -> Beside:
    return Beside(
        meeting,
        {part: _written(found.text(part.value)) for part in Part},
        tuple(
            NextGoal(one.title, one.measure, one.unit, one.baseline, one.target, one.due_on, one.contact or one.owner)
            for one in found.goals
        ),
        tuple(Idea(one.title, one.reason, one.value) for one in found.ideas),
    )


def _written(text: TextLine) -> Written:
    lines = tuple(Line(one.text, one.is_point, one.is_heading) for one in plain_lines(text.text))
    return Written(lines, text.speaker_notes.strip(), text.is_left_out)
