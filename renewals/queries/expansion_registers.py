"""What expansion adds to timelines and playbooks of the ground."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, Value
from django.urls import reverse

from accounts.domain.playbooks import FactKind
from accounts.models import Account, User
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from accounts.registries import (
    PaletteItem,
    Panel,
    PlaybookFact,
    PlaybookTrigger,
    TaskCause,
    TimelineSource,
    add_palette_item,
    add_panel,
    add_playbook_fact,
    add_playbook_trigger,
    add_task_cause,
    add_timeline_source,
)
from cs_workspace.common.expressions import among
from renewals.domain.expansion import KINDS
from renewals.domain.opportunities import STAGE_LABELS
from renewals.models import ExpansionSignal, OpportunityMove

EXPANSION = "Expansion"


def register_expansion() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_timeline_source(TimelineSource("opportunity_move", EXPANSION, moves, url_name="renewals:opportunity"))
    add_panel(Panel("expansion", "main", 16, "components/_seen.html", _later))
    add_palette_item(PaletteItem("Expansion", "renewals:expansion", keywords="signals upsell growth ready", keys="g x"))
    add_palette_item(PaletteItem("Expansion pipeline", "renewals:pipeline", keywords="opportunities forecast upsell"))
    add_task_cause(
        TaskCause("opportunity", "Opportunity", lambda _task, key: reverse("renewals:opportunity", args=[key]))
    )
    add_playbook_trigger(
        PlaybookTrigger(
            "expansion_signal",
            "An expansion signal is hot, or taken up",
            choice_label="Which signal",
            choices=_choices,
            any_choice="Any",
        )
    )
    add_playbook_fact(PlaybookFact("expansion_signals", "Live expansion signals", FactKind.SET, _live, _choices))


def moves(account: Account) -> Rows:
    """The ways of opportunities, from stage to stage; the page of an entry is that of the opportunity."""
    stages = [(Q(after=stage.value), Value(label)) for stage, label in STAGE_LABELS.items()]
    return entry_rows(
        OpportunityMove.objects.filter(opportunity__account=account),
        kind="opportunity_move",
        at="at",
        title=joined("opportunity__name", Value(": "), label_of(*stages)),
        detail="note",
        by="by__name",
        tone=label_of((Q(after="won"), Value("t1")), (Q(after="lost"), Value("t4"))),
        pk="opportunity_id",
    )


def _choices() -> list[tuple[str, str]]:
    return [(kind.value, about.label) for kind, about in KINDS.items()]


def _live(account_ids: Sequence[int]) -> dict[int, Any]:
    """The kinds of live signals, for every account: none is known to be none. One query."""
    found: dict[int, Any] = {pk: set() for pk in account_ids}
    rows = ExpansionSignal.objects.live().filter(among("account_id", account_ids))
    for account_id, kind in rows.order_by().values_list("account_id", "kind"):
        found[account_id].add(kind)
    return found


def _later(account: Account, user: User) -> dict[str, Any]:
    url = reverse("renewals:account-expansion", args=[account.pk])
    return {"id": "expansion", "title": "Expansion", "url": url}
