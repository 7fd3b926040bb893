"""What renewals add to the pages of the ground: entries of the timeline, causes of tasks, what playbooks wait for."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, Value
from django.urls import reverse

from accounts.domain.playbooks import FactKind
from accounts.models import Account
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from accounts.registries import (
    PlaybookFact,
    PlaybookTrigger,
    TaskCause,
    TimelineSource,
    add_playbook_fact,
    add_playbook_trigger,
    add_task_cause,
    add_timeline_source,
)
from cs_workspace.common.expressions import among
from renewals.domain.probability import RED_CUE
from renewals.domain.stages import OPEN_STAGES, STAGE_LABELS
from renewals.domain.zones import ZONE_LABELS, zone_of
from renewals.models import Renewal, StageMove

MONEY = "Money"


def register_renewals() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_timeline_source(TimelineSource("renewal_move", MONEY, moves))
    add_task_cause(TaskCause("renewal", "Renewal", lambda _task, key: reverse("renewals:renewal", args=[key])))
    add_playbook_trigger(PlaybookTrigger(RED_CUE, "A renewal comes into the red zone"))
    add_playbook_fact(PlaybookFact("renewal_stage", "Stage of the next renewal", FactKind.CHOICE, next_stages, _stages))
    add_playbook_fact(PlaybookFact("renewal_zone", "Zone of the next renewal", FactKind.CHOICE, next_zones, _zones))


def moves(account: Account) -> Rows:
    """Every move of the account's renewals from stage to stage, from their opening to their end."""
    closed = Q(after=Renewal.Stage.CLOSED)
    ended = [
        (closed & Q(renewal__outcome=outcome), Value(f"Renewal closed: {label.lower()}"))
        for outcome, label in Renewal.Outcome.choices
    ]
    stage = label_of(*((Q(after=value), Value(label)) for value, label in Renewal.Stage.choices))
    return entry_rows(
        StageMove.objects.filter(renewal__account=account),
        kind="renewal_move",
        at="at",
        title=label_of(
            (Q(before=""), Value("Renewal opened")), *ended, default=joined(Value("Renewal moved to "), stage)
        ),
        detail="note",
        by="by__name",
        tone=label_of(
            (closed & Q(renewal__outcome=Renewal.Outcome.LOST), Value("t4")),
            (closed & Q(renewal__outcome__in=[Renewal.Outcome.FLAT, Renewal.Outcome.EXPANDED]), Value("t1")),
        ),
    )


def next_stages(account_ids: Sequence[int]) -> dict[int, Any]:
    """By account the stage of the open renewal that comes first. One query."""
    return {one.account_id: one.stage for one in _next(account_ids)}


def next_zones(account_ids: Sequence[int]) -> dict[int, Any]:
    """By account the zone of the open renewal that comes first, where its probability is known. One query."""
    zones = {one.account_id: zone_of(one.probability) for one in _next(account_ids)}
    return {pk: zone.value for pk, zone in zones.items() if zone is not None}


def _next(account_ids: Sequence[int]) -> Any:
    found = Renewal.objects.open().with_probability().filter(among("account_id", account_ids))
    return found.only("account_id", "stage").order_by("account_id", "due_on", "pk").distinct("account_id")


def _stages() -> Sequence[tuple[str, str]]:
    return [(stage.value, STAGE_LABELS[stage]) for stage in OPEN_STAGES]


def _zones() -> Sequence[tuple[str, str]]:
    return [(zone.value, label) for zone, label in ZONE_LABELS.items()]
