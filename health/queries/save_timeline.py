"""What save plans tell in the timeline: begun, ended, looked at, and who was asked to step in."""

from django.db.models import Q, Value

from accounts.models import Account
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from health.models import Escalation, Intervention, InterventionCheckpoint
from health.models.intervention import REASONS

REASON = label_of(*((Q(reason=key), Value(label)) for key, label in REASONS))


def plans_begun(account: Account) -> Rows:
    """Save plans when they began, with what is wrong."""
    return entry_rows(
        Intervention.objects.filter(account=account),
        kind="save_plan",
        at="started_at",
        title=joined(Value("Save plan begun: "), REASON),
        detail="detail",
        by="started_by__name",
        tone=Value("t3"),
    )


def plans_ended(account: Account) -> Rows:
    """Save plans when they ended, with what came of them and what did it."""
    outcomes = [(Q(outcome=key), Value(label.lower())) for key, label in Intervention.Outcome.choices]
    return entry_rows(
        Intervention.objects.filter(account=account, ended_at__isnull=False),
        kind="save_plan_end",
        at="ended_at",
        title=joined(Value("Save plan ended: "), label_of(*outcomes)),
        detail="outcome_note",
        by="ended_by__name",
        tone=label_of(
            (Q(outcome=Intervention.Outcome.RECOVERED), Value("t1")),
            (Q(outcome=Intervention.Outcome.CONTRACTED), Value("t3")),
            (Q(outcome=Intervention.Outcome.CHURNED), Value("t4")),
        ),
    )


def checkpoints_held(account: Account) -> Rows:
    """Checkpoints that were held, with what was seen and the score of then."""
    seen = InterventionCheckpoint.Seen
    words = [(Q(seen=key), Value(f": {label.lower()}")) for key, label in seen.choices]
    return entry_rows(
        InterventionCheckpoint.objects.filter(intervention__account=account, held_at__isnull=False),
        kind="save_checkpoint",
        at="held_at",
        title=joined(
            Value("Checkpoint "),
            "number",
            label_of(*words),
            label_of((Q(score__isnull=False), joined(Value(", score "), "score"))),
        ),
        detail="note",
        by="held_by__name",
        tone=label_of((Q(seen=seen.BETTER), Value("t1")), (Q(seen=seen.WORSE), Value("t4"))),
    )


def escalations(account: Account) -> Rows:
    """Who was asked to step in, and why."""
    levels = [(Q(level=key), Value(label.lower())) for key, label in Escalation.Level.choices]
    return entry_rows(
        Escalation.objects.filter(account=account),
        kind="escalation",
        at="at",
        title=joined(
            Value("Escalated to the "),
            label_of(*levels),
            label_of((Q(to__isnull=False), joined(Value(" "), "to__name"))),
        ),
        detail="why",
        by="by__name",
        tone=Value("t4"),
    )
