"""The checkpoints of a renewal as its page shows them, and who may say what there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.shortcuts import get_object_or_404

from accounts.models import User
from health.domain.judgement import Standing
from health.queries.judgement import standing_of
from renewals.domain.assessments import CHECKPOINTS, RISK_LABELS, Risk, choices_at
from renewals.models import Renewal, RenewalCheckpoint, SegmentTimeline


@dataclass(frozen=True)
class Column:
    """One of the three judgements: whose it is, the risk (None while nothing was said), and the words beside it."""

    title: str
    risk: Risk | None
    words: str
    by: str = ""
    at: dt.datetime | None = None

    @property
    def label(self) -> str:
        """The risk in words."""
        return RISK_LABELS[self.risk] if self.risk else ""


@dataclass(frozen=True)
class CheckpointsPanel:
    """What was said at the checkpoints, the latest first, and the one that is to come next with its day, if any."""

    reached: Sequence[RenewalCheckpoint]
    next_days: int | None
    next_on: dt.date | None


def checkpoints_of(renewal: Renewal) -> CheckpointsPanel:
    """The panel of a renewal. Two queries."""
    around = ("assessed_by", "decided_by")
    kept = list(RenewalCheckpoint.objects.filter(renewal=renewal).select_related(*around).order_by("days"))
    asked = SegmentTimeline.objects.filter(segment=renewal.segment_id, has_checkpoints=True).exists()
    last = min((one.days for one in kept), default=CHECKPOINTS[0] + 1)
    coming = next((days for days in CHECKPOINTS if days < last), None) if asked and renewal.is_open else None
    day = None if coming is None else renewal.due_on - dt.timedelta(days=coming)
    return CheckpointsPanel(kept, coming, day)


def get_checkpoint_for(user: User, pk: int) -> RenewalCheckpoint:
    """A checkpoint of a renewal that the user sees; anything else is a 404."""
    around = ("renewal__account", "renewal__owner", "assessed_by", "decided_by")
    return get_object_or_404(RenewalCheckpoint.objects.visible_to(user).select_related(*around), pk=pk)


def standing_to(user: User, renewal: Renewal) -> Standing:
    """How a user stands to a renewal: its owner looks after it, whoever owns the account. At most two queries."""
    known = standing_of(user, renewal.account)
    leads = user.leads and renewal.owner_id in user.team_ids
    return replace(known, owns=known.owns or renewal.owner_id == user.pk, leads_owner=known.leads_owner or leads)


def columns_of(checkpoint: RenewalCheckpoint) -> list[Column]:
    """The three judgements side by side."""
    automated, assessed, final = (
        Risk(value) if value else None for value in (checkpoint.automated, checkpoint.assessed, checkpoint.final)
    )
    assessor, decider = checkpoint.assessed_by, checkpoint.decided_by
    return [
        Column("The data", automated, checkpoint.automated_words),
        Column("CSM", assessed, checkpoint.assessed_words, str(assessor or ""), checkpoint.assessed_at),
        Column("Final word", final, checkpoint.final_words, str(decider or ""), checkpoint.decided_at),
    ]


def risk_choices(days: int) -> list[tuple[str, str]]:
    """What may be said at a checkpoint, for forms."""
    return [(risk.value, RISK_LABELS[risk]) for risk in choices_at(days)]
