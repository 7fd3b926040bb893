"""What judgement notices that sets playbooks off: tiers entered, sudden drops, churn signals.

Called in the transaction that writes the cause; without a playbook that waits for it nothing is written.
"""

from collections.abc import Sequence

from accounts.services.playbook_cues import Cue, note_cues
from health.domain.tiers import is_entered
from health.models import Alert, ChurnSignal
from health.services.standing import Scored


def note_tiers(scored: Scored, before: Sequence[int | None]) -> None:
    """Accounts that entered a tier. `before` are the ranks of the tiers in which they stood, in the order of the
    verdict, None without one; a tier that a person set counts in place of the computed one."""
    verdict = scored.verdict
    labels = {tier.rank: tier.label for tier in verdict.scores.scorecard.tiers}
    cues = []
    for pk, rank, was in zip(verdict.account_ids, verdict.ranks, before, strict=True):
        override = scored.overrides.get(pk)
        now = override.rank if override else rank
        if is_entered(was, now):
            label = override.label if override else labels.get(now or 0, "")
            cues.append(Cue("tier_entered", pk, f"{scored.day}:{now}", f"Entered {label}", choice=str(now)))
    note_cues(cues)


def note_drops(alerts: Sequence[Alert]) -> None:
    """Sudden drops, for which an alert was opened or opened anew; the number is the points that were lost."""
    note_cues(
        [
            Cue(
                "score_drop",
                alert.account_id,
                f"{alert.pk}:{alert.reopened}",
                alert.title,
                number=int(alert.score_before - alert.score_after),
            )
            for alert in alerts
            if alert.score_before is not None and alert.score_after is not None
        ]
    )


def note_signals(signals: Sequence[ChurnSignal]) -> None:
    """Churn signals that were opened, or opened anew."""
    note_cues(
        [
            Cue(
                "signal_raised",
                signal.account_id,
                f"{signal.pk}:{signal.version}",
                f"{signal.label}: {signal.evidence}",
                choice=signal.kind,
            )
            for signal in signals
        ]
    )
