"""Which reviews the accounts of each segment have: the pace of their business reviews, and what was set beside it."""

from accounts.domain.cadence import CadenceKind, Pace, paces_of
from accounts.models import Segment
from qbr.domain.agendas import Preset
from qbr.domain.opening import Plan
from qbr.models import SegmentReviews


def segment_plans() -> dict[int, Plan]:
    """The plan of each segment, by its key in the database. Two queries.

    The pace of business reviews is that of the cadence, so that a review appears for the day on which the account's
    page says that one is due.
    """
    beside = {one.segment_id: one for one in SegmentReviews.objects.all()}
    return {segment.pk: _plan(segment, beside.get(segment.pk)) for segment in Segment.objects.all()}


def usual_agenda_of(segment_id: int | None) -> Preset:
    """With which agenda the reviews of a segment begin. One query."""
    agenda = SegmentReviews.objects.filter(segment=segment_id).values_list("agenda", flat=True).first()
    return Preset(agenda) if agenda else Plan().agenda


def _plan(segment: Segment, beside: SegmentReviews | None) -> Plan:
    review = paces_of(segment.key, None, segment.chosen_paces)[CadenceKind.REVIEW]
    if beside is None:
        return Plan(review)
    return Plan(
        review,
        executive=Pace(beside.executive_pace),
        annual=Pace(beside.annual_pace),
        checkpoint=beside.checkpoint,
        agenda=Preset(beside.agenda),
    )
