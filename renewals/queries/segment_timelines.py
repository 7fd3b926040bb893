"""With which steps the renewals of each segment open, and so how long before their date they open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Segment
from renewals.domain.timelines import Applies, StepKind, scaled
from renewals.models import SegmentTimeline, Timeline, TimelineStep

# The timeline of accounts without a segment, and of segments to which none was given.
USUAL = "standard_90"


@dataclass(frozen=True)
class PlannedStep:
    """A step as a renewal of the segment gets it; `offset` is scaled already."""

    step: TimelineStep
    offset: int

    @property
    def applies(self) -> Applies:
        """For which renewals it is."""
        return Applies(self.step.applies)


@dataclass(frozen=True)
class SegmentSteps:
    """The timeline of a segment (None: of accounts without one) with the steps that its renewals get.

    `starts` gives by kind of step how many days before its day the first one comes. Where a segment is served by e-mail
    only, the steps without an e-mail are left out; the renewal still opens when the first of them would have come.
    """

    segment_id: int | None
    timeline: Timeline
    by_email: bool
    steps: Sequence[PlannedStep]
    starts: Mapping[Applies, int]


def segment_timelines() -> list[SegmentSteps]:
    """Of every segment, and of accounts without one, what its renewals open with; none where the usual one is missing
    and nothing else was given. Four queries."""
    steps: dict[int, list[TimelineStep]] = {}
    for step in TimelineStep.objects.order_by("timeline_id", "-offset_days", "pk"):
        steps.setdefault(step.timeline_id, []).append(step)
    given = {one.segment_id: one for one in SegmentTimeline.objects.select_related("timeline")}
    usual = Timeline.objects.filter(key=USUAL).first()
    found = []
    for segment_id in (None, *Segment.objects.order_by("pk").values_list("pk", flat=True)):
        its = given.get(segment_id) if segment_id else None
        timeline = its.timeline if its else usual
        if timeline is not None:
            start, by_email = (its.start_days, its.by_email) if its else (None, False)
            own = steps.get(timeline.scales_id or timeline.pk, [])
            found.append(_planned(segment_id, timeline, own, start=start, by_email=by_email))
    return found


def _planned(
    segment_id: int | None, timeline: Timeline, steps: Sequence[TimelineStep], *, start: int | None, by_email: bool
) -> SegmentSteps:
    base = max((one.offset_days for one in steps if one.applies == Applies.ALWAYS), default=0)
    all_of_them = [
        PlannedStep(
            one,
            scaled(one.offset_days, start=start or base, base=base)
            if one.applies == Applies.ALWAYS
            else one.offset_days,
        )
        for one in steps
    ]
    kept = [one for one in all_of_them if not by_email or speaks_by_email(one.step)]
    starts: dict[Applies, int] = {}
    for one in all_of_them:
        if one in kept or one.applies is Applies.ALWAYS:
            starts[one.applies] = max(starts.get(one.applies, 0), one.offset)
    return SegmentSteps(segment_id, timeline, by_email, kept, starts)


def speaks_by_email(step: TimelineStep) -> bool:
    """Whether something is left of the step where a segment is served by e-mail only."""
    return step.kind == StepKind.PLAYBOOK or bool(step.mail_title and step.mail_body)
