"""Figures of whole segments, taken once a day from all accounts, against which single accounts are compared."""

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from accounts.services.arr import refresh_arr, refresh_terms
from cs_workspace.common import clock
from health.domain.quartiles import WHOLE_BOOK, Quartile
from health.domain.scorecards import Scorecard
from health.domain.scorers import FloatArray, Groups
from health.domain.scoring import quartile_tables
from health.metrics import compute
from health.models import Run, SegmentFigures
from health.queries.scorecards import published_scorecards, scoreable_on
from health.services.general_gaps import find_general_gaps

# Metrics that are measured against the mean of another one over the segment.
AGAINST_MEAN = {"core_actions_ratio": "core_actions_per_user"}
# Accounts of one statement, so that memory stays flat however large the book is.
BATCH = 10_000
# Names the advisory lock among others; its second half is the day.
LOCK = 7_261_034


def ensure_figures(day: dt.date, *, run: Run | None = None) -> SegmentFigures:
    """The figures of a day: those that are kept, or for a run over all accounts its own, taken by whoever comes first.

    A run over all takes them anew because observations may have arrived since; it brings ARR and segments of all
    accounts up to date before, if the day is today, which a worker that comes second does meanwhile. Everything else
    uses what is kept, so that one account is measured against the same figures as the whole book.
    """
    kept = SegmentFigures.objects.filter(day=day).first()
    if kept is not None and _serves(kept, run):
        return kept
    # Only where what is written is seen by others at once can one worker do a part for another.
    shared = run is not None and run.scope == "all" and not connection.in_atomic_block
    with transaction.atomic():
        if _lock(day, wait=not shared):
            return _kept_or_taken(day, run)
    if run is not None and day == clock.today():
        _refresh_once(run, day)
    with transaction.atomic():
        _lock(day, wait=True)
        return _kept_or_taken(day, run)


def _lock(day: dt.date, *, wait: bool) -> bool:
    """Whoever takes the figures of a day holds the lock until they are written; gives whether we do."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, day.toordinal()])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, day.toordinal()])
        return cursor.fetchone()[0]


def _serves(kept: SegmentFigures, run: Run | None) -> bool:
    return run is None or run.scope != "all" or kept.run_id == run.pk


def _kept_or_taken(day: dt.date, run: Run | None) -> SegmentFigures:
    kept = SegmentFigures.objects.filter(day=day).first()
    return kept if kept is not None and _serves(kept, run) else _take(day, run=run)


@transaction.atomic
def _refresh_once(run: Run, day: dt.date) -> None:
    """Brings what accounts are compared by up to date, unless the run has; who is second waits for the first."""
    if Run.objects.filter(pk=run.pk, refreshed_at=None).update(refreshed_at=clock.now()):
        refresh_terms(today=day)


def _take(day: dt.date, *, run: Run | None) -> SegmentFigures:
    is_today, of_all = day == clock.today(), run if run is not None and run.scope == "all" else None
    if is_today and of_all is None:
        refresh_arr(today=day)
    cards = list(published_scorecards().cards.values())
    accounts = scoreable_on(day).order_by("pk")
    ids = list(accounts.values_list("pk", flat=True))
    wanted = {AGAINST_MEAN[metric] for card in cards for metric in card.metrics if metric in AGAINST_MEAN}
    # Whatever the segments are, which another worker brings up to date meanwhile. Only today's signals ask for gaps.
    of_means, gaps = _readings(wanted, ids, day), find_general_gaps(day) if is_today else {}
    if is_today and of_all is not None:
        _refresh_once(of_all, day)
    segments = dict(accounts.values_list("pk", Coalesce("segment__key", Value(WHOLE_BOOK))))
    keys = np.array([segments.get(pk, WHOLE_BOOK) for pk in ids], dtype=str)
    figures, _ = SegmentFigures.objects.update_or_create(
        day=day,
        defaults={
            "run": of_all,
            "means": {metric: _means(column, keys) for metric, column in of_means.items()},
            "gaps": gaps,
        },
    )
    # Read after the means were written, for a metric may rest on them.
    readings = _readings({metric for card in cards for metric in _ranked(card)}, ids, day)
    figures.quartiles = {}
    for card in cards:
        figures.quartiles |= quartile_tables(card, readings, keys)
    figures.save(update_fields=["quartiles"])
    return figures


def _readings(metrics: Iterable[str], ids: Sequence[int], day: dt.date) -> dict[str, FloatArray]:
    names = sorted(metrics)
    if not names or not ids:
        return {name: np.empty(0) for name in names}
    batches = [compute(names, ids[start : start + BATCH], day) for start in range(0, len(ids), BATCH)]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in names}


def _means(values: FloatArray, keys: Groups) -> dict[str, float]:
    """The mean of every segment and, under "", of the whole book; segments without a reading have none."""
    observed = ~np.isnan(values)
    if not observed.any():
        return {}
    means = {
        str(key): float(np.mean(values[observed & (keys == key)]))
        for key in np.unique(keys[observed])
        if key != WHOLE_BOOK
    }
    return means | {WHOLE_BOOK: float(np.mean(values[observed]))}


def _ranked(card: Scorecard) -> set[str]:
    """Metrics that the scorecard scores by the quartiles of the segment."""
    return {
        indicator.metric
        for indicator in card.indicators
        if any(isinstance(scorer, Quartile) for scorer in (indicator.scorer, *(age.scorer for age in indicator.ages)))
    }
