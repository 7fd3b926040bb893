"""Noticing what sets playbooks off: written down where it happens, in the same transaction, and looked into later.

So a recompute waits for no playbook, and what it saw is neither lost nor acted upon if it is taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Playbook, PlaybookCue
from cs_workspace.common import clock


@dataclass(frozen=True)
class Cue:
    """Something that happened on an account. `kind` is the key of a trigger; `key` names the happening on the account,
    so that it counts once; `reason` says it in words."""

    kind: str
    account_id: int
    key: str
    reason: str
    choice: str = ""
    number: int | None = None


def note_cues(cues: Sequence[Cue]) -> int:
    """Writes down those for which a playbook waits that is switched on; gives how many. Two statements, or none."""
    if not cues:
        return 0
    kinds = {cue.kind for cue in cues}
    waiting = Playbook.objects.exclude(active_since=None).filter(current__trigger__in=kinds)
    wanted = set(waiting.order_by().values_list("current__trigger", "current__trigger_choice"))
    at = clock.now()
    rows = [
        PlaybookCue(
            kind=cue.kind,
            choice=cue.choice,
            number=cue.number,
            account_id=cue.account_id,
            key=cue.key[:200],
            reason=cue.reason[:300],
            at=at,
        )
        for cue in cues
        if {(cue.kind, ""), (cue.kind, cue.choice)} & wanted
    ]
    PlaybookCue.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
