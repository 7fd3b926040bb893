"""Runs of the recompute: made once, worked off in chunks by whoever claims them, resumed where a worker died.

All state lies in the database. A task names a chunk; a worker claims it by a conditional update, writes the chunk's
scores and its "done" in one transaction, and the one who does the last chunk ends the run. A claim that is old is free
to be taken again: a chunk done twice changes nothing, and only the first one counts.
"""

import datetime as dt
import logging
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account, User
from cs_workspace.common import clock
from health.models import Chunk, DirtyMark, Run
from health.services.dispatching import send_chunks
from health.services.recompute import Outcome, recompute_accounts
from health.services.segments import ensure_figures

logger = logging.getLogger(__name__)

CHUNK_ACCOUNTS = 2_500
# A chunk takes seconds; who has not finished it by now is gone.
STALE_AFTER = dt.timedelta(seconds=90)
MOST_ATTEMPTS = 5
DIRTY_BATCH = 500
ALL = "all"


class RunError(Exception):
    """A recompute that cannot be asked for; the message says why."""


def scope_of(*, account: Account | None = None, book_of: User | None = None) -> str:
    """The name of what a run covers: one account, the book of a user, or all."""
    if account is not None:
        return f"account:{account.pk}"
    return f"book:{book_of.pk}" if book_of is not None else ALL


def start_nightly(*, day: dt.date) -> Run:
    """The run of that night; a doubled beat gets the one that is there."""
    return _start(Run.Kind.NIGHTLY, f"nightly:{day}", ALL, day)


def start_run(
    *,
    scope: str = ALL,
    as_of: dt.date | None = None,
    since: dt.date | None = None,
    by: User | None = None,
    dispatch: bool = True,
) -> Run:
    """A run on demand over a scope, as of a day (today), or a backfill of every day from `since` on.

    The same request while one is running gives that one. Workers get its chunks once they are committed; without
    `dispatch` the caller works them off (`work_off`), and where it dies the sweep finds them. Raises `RunError` for
    days to come and for a backfill that ends before it begins.
    """
    today = clock.today()
    day = as_of or today
    if day > today:
        raise RunError(f"{day} is still to come.")
    if since is not None and since > day:
        raise RunError(f"The first day, {since}, is after the last, {day}.")
    kind = Run.Kind.DEMAND if since is None else Run.Kind.BACKFILL
    name = f"{kind}:{scope}:{since or day}:{day}"
    running = Run.objects.unfinished().filter(key__startswith=f"{name}:").first()
    if running is not None:
        return running
    number = Run.objects.filter(key__startswith=f"{name}:").count() + 1
    return _start(kind, f"{name}:{number}", scope, day, since=since, by=by, dispatch=dispatch)


def _start(
    kind: str,
    key: str,
    scope: str,
    day: dt.date,
    *,
    since: dt.date | None = None,
    by: User | None = None,
    dispatch: bool = True,
) -> Run:
    try:
        with transaction.atomic():
            run = Run.objects.create(
                kind=kind, key=key, scope=scope, as_of=day, since=since, by=by, started_at=clock.now(),
                alerts=since is None and day == clock.today(),
            )  # fmt: skip
            chunks = Chunk.objects.bulk_create(_chunks(run))
            if dispatch:
                transaction.on_commit(partial(send_chunks, [chunk.pk for chunk in chunks]))
    except IntegrityError:
        # Somebody asked for the same at the same moment.
        return Run.objects.get(key=key)
    _finish_if_done(run.pk)
    run.refresh_from_db()
    return run


def _chunks(run: Run) -> list[Chunk]:
    ids = list(_accounts_of(run.scope).order_by("pk").values_list("pk", flat=True))
    shares = [ids[start : start + CHUNK_ACCOUNTS] for start in range(0, len(ids), CHUNK_ACCOUNTS)]
    first = run.since or run.as_of
    days = [first + dt.timedelta(days=ahead) for ahead in range((run.as_of - first).days + 1)]
    return [
        Chunk(run=run, number=number, day=day, account_ids=share)
        for number, (day, share) in enumerate(((day, share) for day in days for share in shares), start=1)
    ]


def _accounts_of(scope: str) -> QuerySet[Account]:
    kind, _, pk = scope.partition(":")
    if kind == ALL:
        return Account.objects.filter(archived_at=None)
    if kind == "account":
        return Account.objects.filter(pk=pk)
    return Account.objects.visible_to(User.objects.get(pk=pk))


def work_off(run: Run) -> bool:
    """Claims and computes one chunk of the run; False where none waits. Workers may do the same at the same time."""
    chunk = run.chunks.waiting(stale_before=_stale_before()).filter(attempts__lt=MOST_ATTEMPTS).first()
    if chunk is None:
        return False
    run_chunk(chunk.pk)
    return True


def run_chunk(chunk_id: int) -> bool:
    """Computes a chunk if nobody else does; True where it was done here.

    A failure is written on the chunk, gives the claim back and is raised; after five the run ends as failed.
    """
    chunk = _claim(chunk_id)
    if chunk is None:
        return False
    try:
        return _do(chunk)
    except Exception as error:
        Chunk.objects.filter(pk=chunk.pk, done_at=None).update(claimed_at=None, error=str(error)[:2000])
        raise
    finally:
        _finish_if_done(chunk.run_id)


def _claim(chunk_id: int) -> Chunk | None:
    claimed = (
        Chunk.objects.waiting(stale_before=_stale_before())
        .filter(pk=chunk_id, run__state=Run.State.RUNNING, attempts__lt=MOST_ATTEMPTS)
        .update(claimed_at=clock.now(), attempts=F("attempts") + 1)
    )
    return Chunk.objects.select_related("run").get(pk=chunk_id) if claimed else None


def _do(chunk: Chunk) -> bool:
    # Before the transaction of the chunk, so that the other workers wait for the figures and not for the chunk.
    ensure_figures(chunk.day, run=chunk.run)
    with transaction.atomic():
        outcome = recompute_accounts(chunk.account_ids, day=chunk.day, alerts=chunk.run.alerts, run=chunk.run)
        # Whoever took over a claim that looked stale may have been quicker: then only theirs counts.
        return bool(Chunk.objects.filter(pk=chunk.pk, done_at=None).update(**_results(outcome)))


def _results(outcome: Outcome) -> dict[str, object]:
    return {
        "done_at": clock.now(),
        "error": "",
        "scored": outcome.scored,
        "skipped": dict(outcome.skipped),
        "tiers": dict(outcome.tiers),
        "tier_moves": outcome.tier_moves,
        "alerts_raised": outcome.alerts,
    }


def _finish_if_done(run_id: int) -> None:
    """Ends a run whose chunks are all done, or have failed too often to be tried again."""
    undone = Chunk.objects.filter(run=run_id, done_at=None)
    open_chunks = undone.filter(Q(attempts__lt=MOST_ATTEMPTS) | Q(claimed_at__gt=_stale_before()))
    if open_chunks.exists():
        return
    at = clock.now()
    for run in Run.objects.unfinished().filter(pk=run_id):
        Run.objects.unfinished().filter(pk=run_id).update(
            state=Run.State.FAILED if undone.exists() else Run.State.DONE,
            finished_at=at,
            seconds=(at - run.started_at).total_seconds(),
        )


def resume_runs() -> int:
    """Sends chunks again that were lost; gives how many.

    Lost are those that somebody claimed and did not finish, and all that wait of a run in which nothing has moved for a
    while. Those of a run that moves are still in the queue.
    """
    stale = _stale_before()
    moving = Chunk.objects.filter(run=OuterRef("run")).filter(Q(claimed_at__gte=stale) | Q(done_at__gte=stale))
    waiting = (
        Chunk.objects.waiting(stale_before=stale)
        .filter(run__state=Run.State.RUNNING, attempts__lt=MOST_ATTEMPTS)
        .filter(Q(attempts__gt=0) | Q(run__started_at__lt=stale) & ~Exists(moving))
    )
    ids = list(waiting.order_by("run", "number").values_list("pk", flat=True))
    send_chunks(ids)
    for pk in Run.objects.unfinished().values_list("pk", flat=True):
        _finish_if_done(pk)
    return len(ids)


def refresh_dirty() -> int:
    """Recomputes the accounts that have been marked since; gives how many.

    Marks are claimed in batches, and what another worker has claimed is passed over. A mark leaves in the transaction
    that writes the score, unless something newer was observed in between.
    """
    refreshed = 0
    while claimed := _claim_marks():
        refreshed += len(claimed)
        try:
            _refresh(claimed)
        except Exception:
            logger.exception("A batch of %d accounts could not be recomputed; trying them one by one.", len(claimed))
            for pk, marked_at in claimed.items():
                _refresh_alone(pk, marked_at)
    return refreshed


def _claim_marks() -> dict[int, dt.datetime]:
    """Up to 500 marks, the oldest first, as account and moment of the mark.

    An account that is being computed just now is passed over: whoever took its new mark would wait with the whole batch
    until the first computation is over. The next sweep finds it.
    """
    free = Q(claimed_at=None) | Q(claimed_at__lt=_stale_before())
    with transaction.atomic():
        found = (
            DirtyMark.objects.filter(free)
            .select_related("account")
            .only("marked_at", "account__id")
            .order_by("marked_at", "pk")
            .select_for_update(skip_locked=True, of=("self", "account"), no_key=True)[:DIRTY_BATCH]
        )
        marks = {mark.pk: mark.marked_at for mark in found}
        DirtyMark.objects.filter(pk__in=list(marks)).update(claimed_at=clock.now())
    return marks


def _refresh(marks: dict[int, dt.datetime]) -> None:
    with transaction.atomic():
        recompute_accounts(list(marks), day=clock.today())
        # A mark that somebody holds at this moment is being renewed: it stays.
        held = DirtyMark.objects.filter(pk__in=list(marks), claimed_at__isnull=False)
        done = [
            mark.pk
            for mark in held.order_by("pk").select_for_update(skip_locked=True)
            if mark.marked_at == marks[mark.pk]
        ]
        DirtyMark.objects.filter(pk__in=done).delete()


def _refresh_alone(pk: int, marked_at: dt.datetime) -> None:
    try:
        _refresh({pk: marked_at})
    except Exception:
        # Its claim stands, so it is tried again when that is stale.
        logger.exception("Account %d could not be recomputed.", pk)


def _stale_before() -> dt.datetime:
    return clock.now() - STALE_AFTER
