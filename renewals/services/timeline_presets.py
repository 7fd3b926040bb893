"""The timelines that ship, and which segment has which."""

from django.db import transaction

from accounts.domain.playbook_presets import preset_playbooks
from accounts.models import Playbook, PlaybookRun, Segment
from accounts.models.playbook import LIVE
from renewals.domain.timelines import Shipped, StepPlan, TimelinePlan, shipped
from renewals.models import SegmentTimeline, Timeline, TimelineStep
from renewals.services.timelines import end_runs


@transaction.atomic
def install_timelines() -> int:
    """Those that are not there yet, with their steps; gives how many were made. What admins changed stays.

    In a new workspace the segments that ship get theirs; later on only an admin gives one to a segment.
    """
    plan, there = shipped(), {one.key: one for one in Timeline.objects.exclude(key=None)}
    before = len(there)
    for one in sorted(plan.timelines, key=lambda timeline: bool(timeline.scales)):
        if one.key not in there:
            there[one.key] = _install(one, there)
    if not before:
        _give_to_segments(plan, there)
        _take_over()
    return len(there) - before


def _take_over() -> None:
    """Switches the playbooks that ship for renewals off and ends those that run: timelines make their tasks."""
    keys = [one.key for one in preset_playbooks() if one.plan.trigger.kind == "renewal_ahead"]
    playbooks = Playbook.objects.filter(key__in=keys).exclude(active_since=None)
    runs = PlaybookRun.objects.filter(playbook__in=playbooks.values("pk"), state__in=LIVE)
    end_runs(runs, reason="The timeline of the renewal takes its place.")
    playbooks.update(active_since=None)


def _install(plan: TimelinePlan, there: dict[str | None, Timeline]) -> Timeline:
    timeline = Timeline.objects.create(key=plan.key, name=plan.name, scales=there[plan.scales] if plan.scales else None)
    TimelineStep.objects.bulk_create(_step(timeline, step) for step in plan.steps)
    return timeline


def _step(timeline: Timeline, step: StepPlan) -> TimelineStep:
    return TimelineStep(
        timeline=timeline,
        key=step.key,
        offset_days=step.offset,
        applies=step.applies.value,
        kind=step.kind.value,
        title=step.title,
        body=step.body,
        mail_title=step.mail_title,
        mail_body=step.mail_body,
        priority=step.priority,
        escalates=step.escalates,
    )


def _give_to_segments(plan: Shipped, timelines: dict[str | None, Timeline]) -> None:
    segments = {segment.key: segment for segment in Segment.objects.all()}
    SegmentTimeline.objects.bulk_create(
        SegmentTimeline(
            segment=segments[one.segment],
            timeline=timelines[one.timeline],
            start_days=plan.timeline(one.timeline).starts.get(one.segment),
            by_email=one.by_email,
            has_checkpoints=one.checkpoints,
        )
        for one in plan.segments
        if one.segment in segments
    )
