from qbr.models.deck import Branding, Deck
from qbr.models.following import Recap, ReviewShare, SatisfactionAsk
from qbr.models.pace import SegmentReviews
from qbr.models.parts import ActionItem, Attendee, ChecklistItem, ReviewGoal, ReviewIdea, ReviewNote, SectionText
from qbr.models.result import ReviewResult
from qbr.models.review import Review

__all__ = [
    "ActionItem",
    "Attendee",
    "Branding",
    "ChecklistItem",
    "Deck",
    "Recap",
    "Review",
    "ReviewGoal",
    "ReviewIdea",
    "ReviewNote",
    "ReviewResult",
    "ReviewShare",
    "SatisfactionAsk",
    "SectionText",
    "SegmentReviews",
]
