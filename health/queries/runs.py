"""How far a run is and what came of it, out of its chunks."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from health.models import Run


@dataclass(frozen=True)
class Progress:
    """The standing of a run; counts are those of the chunks done so far."""

    run: Run
    chunks: int
    done: int
    accounts: int
    scored: int
    skipped: dict[str, int]
    tiers: dict[str, int]
    tier_moves: int
    alerts: int
    seconds: float
    error: str
    """What went wrong last, on a chunk that is not done; empty where nothing did."""

    @property
    def share(self) -> float:
        """Chunks done ÷ chunks; a run without any is done."""
        return self.done / self.chunks if self.chunks else 1.0

    @property
    def is_running(self) -> bool:
        """Whether there is more to wait for."""
        return self.run.state == Run.State.RUNNING

    def to_dict(self) -> dict[str, Any]:
        """As `recompute --json` prints it."""
        return {
            "run": self.run.key,
            "state": self.run.state,
            "as_of": self.run.as_of.isoformat(),
            "from": self.run.since.isoformat() if self.run.since else None,
            "accounts": self.accounts,
            "scored": self.scored,
            "skipped": self.skipped,
            "tiers": self.tiers,
            "tier_moves": self.tier_moves,
            "alerts": self.alerts,
            "seconds": round(self.seconds, 2),
        }


def get_run_for(user: User, pk: int) -> Run:
    """The run `pk` if `user` may see it; otherwise 404, as if there were none."""
    return get_object_or_404(Run.objects.visible_to(user).select_related("by"), pk=pk)


def progress_of(run: Run) -> Progress:
    """How far the run is. One query."""
    skipped: Counter[str] = Counter()
    tiers: Counter[str] = Counter()
    chunks = list(
        run.chunks.order_by("number").values(
            "done_at", "scored", "skipped", "tiers", "tier_moves", "alerts_raised", "error"
        )
    )
    done = [chunk for chunk in chunks if chunk["done_at"] is not None]
    for chunk in done:
        skipped.update(chunk["skipped"])
        tiers.update(chunk["tiers"])
    scored = sum(chunk["scored"] for chunk in done)
    return Progress(
        run=run,
        chunks=len(chunks),
        done=len(done),
        accounts=scored + sum(skipped.values()),
        scored=scored,
        skipped=dict(skipped.most_common()),
        tiers=dict(tiers.most_common()),
        tier_moves=sum(chunk["tier_moves"] for chunk in done),
        alerts=sum(chunk["alerts_raised"] for chunk in done),
        seconds=run.seconds if run.seconds is not None else (clock.now() - run.started_at).total_seconds(),
        error=next((chunk["error"] for chunk in chunks if chunk["done_at"] is None and chunk["error"]), ""),
    )


def days_of(run: Run) -> int:
    """Days that the run covers."""
    return (run.as_of - (run.since or run.as_of)) // dt.timedelta(days=1) + 1


def subject_of(run: Run) -> str:
    """Whom a run covers, in words."""
    kind, _, pk = run.scope.partition(":")
    if kind == "account":
        name = Account.objects.filter(pk=pk).values_list("name", flat=True).first()
        return name or "An account"
    if kind == "book":
        owner = User.objects.filter(pk=pk).values_list("name", flat=True).first()
        return f"The book of {owner}" if owner else "A book"
    return "All accounts"
