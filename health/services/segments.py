"""Figures of whole segments, taken once a day from all accounts, against which single accounts are compared."""

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from accounts.services.arr import refresh_arr
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
    accounts up to date before, if the day is today. Everything else uses what is kept, so that one account is measured
    against the same figures as the whole book.
    """
    kept = SegmentFigures.objects.filter(day=day).first()
    if kept is not None and _serves(kept, run):
        return kept
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, day.toordinal()])
        kept = SegmentFigures.objects.filter(day=day).first()
        return kept if kept is not None and _serves(kept, run) else _take(day, run=run)


def _serves(kept: SegmentFigures, run: Run | None) -> bool:
    return run is None or run.scope != "all" or kept.run_id == run.pk


def _take(day: dt.date, *, run: Run | None) -> SegmentFigures:
    if day == clock.today():
        refresh_arr(today=day)
    cards = list(published_scorecards().cards.values())
    members = list(scoreable_on(day).order_by("pk").values_list("pk", Coalesce("segment__key", Value(WHOLE_BOOK))))
    ids, keys = [pk for pk, _ in members], np.array([key for _, key in members], dtype=str)
    wanted = {AGAINST_MEAN[metric] for card in cards for metric in card.metrics if metric in AGAINST_MEAN}
    figures, _ = SegmentFigures.objects.update_or_create(
        day=day,
        defaults={
            "run": run if run is not None and run.scope == "all" else None,
            "means": {metric: _means(column, keys) for metric, column in _readings(wanted, ids, day).items()},
            # Only today's signals ask for them.
            "gaps": find_general_gaps(day) if day == clock.today() else {},
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
