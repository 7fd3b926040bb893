"""What playbooks tell in the timeline: that a run began, and how it ended."""

from django.db.models import Q, Value

from accounts.models import Account, PlaybookRun
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from accounts.registries import TimelineSource, add_timeline_source

PLAYBOOKS = "Playbooks"


def register_playbook_timeline() -> None:
    """Adds the sources of playbooks."""
    add_timeline_source(TimelineSource("playbook", PLAYBOOKS, runs_begun))
    add_timeline_source(TimelineSource("playbook_end", PLAYBOOKS, runs_over))


def runs_begun(account: Account) -> Rows:
    """Runs when they began, with what set them off, or by whom."""
    return entry_rows(
        PlaybookRun.objects.filter(account=account),
        kind="playbook",
        at="started_at",
        title=joined(Value("Playbook “"), "playbook__name", Value("” started")),
        detail=label_of((Q(started_by=None), "reason")),
        by="started_by__name",
    )


def runs_over(account: Account) -> Rows:
    """Runs when they ended: finished, stopped by themselves, cancelled by somebody."""
    state = PlaybookRun.State
    return entry_rows(
        PlaybookRun.objects.filter(account=account, ended_at__isnull=False),
        kind="playbook_end",
        at="ended_at",
        title=joined(
            Value("Playbook “"),
            "playbook__name",
            label_of(
                (Q(state=state.FINISHED), Value("” finished")),
                (Q(state=state.CANCELLED), Value("” cancelled")),
                default=Value("” stopped"),
            ),
        ),
        detail="end_reason",
        by="ended_by__name",
        tone=label_of((Q(state=state.FINISHED), Value("t1"))),
    )
