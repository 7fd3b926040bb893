"""Observations to scores, for many accounts in one transaction: read, score, write, alert.

The nightly run, a single account, a book and a day in the past all pass through `recompute_accounts`. Doing it again
with the same observations changes nothing.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from django.db import connection, transaction

from accounts.models import Account
from accounts.services.arr import refresh_arr, refresh_talks
from cs_workspace.common import clock
from cs_workspace.common.expressions import among, array
from health.domain.eligibility import Skipped, months_since, skipped_because
from health.domain.explanation import reason_lines
from health.domain.quartiles import WHOLE_BOOK
from health.domain.scorers import FloatArray
from health.domain.scoring import score_accounts
from health.domain.trend import score_trends
from health.metrics import compute
from health.metrics.usage import DAILY, DAYS_SINCE_LOGIN, SEAT_REPORTS
from health.models import Run, SegmentFigures
from health.queries.judgement import live_overrides
from health.queries.scorecards import Judges, published_scorecards
from health.queries.signal_facts import DailyUse
from health.services import snapshots
from health.services.alerting import raise_alerts
from health.services.disagreeing import MONEY_SPEAKS, USAGE, forget_disagreements, refresh_disagreements
from health.services.expecting import expect_churn
from health.services.playbook_cues import note_tiers
from health.services.products import Holdings, OfProducts, holdings, score_products, write_product_scores
from health.services.segments import ensure_figures
from health.services.signalling import detect_signals
from health.services.snapshots import Verdict
from health.services.standing import Scored, changes_of

# Trends look 30 days back, alerts two days further.
HISTORY_DAYS = 32


@dataclass
class Outcome:
    """What came of a recompute: accounts scored, those without a score by reason, tiers, tier moves, alerts."""

    scored: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    tier_moves: int = 0
    alerts: int = 0


@dataclass(frozen=True)
class _Member:
    """What the recompute must know of an account."""

    pk: int
    segment_id: int | None
    segment: str
    stage: str
    customer_since: dt.date | None
    rank: int | None
    overruled: int
    """The rank of the tier that a person had set when the account was computed last; 0 for none."""
    skipped: Skipped | None


def recompute_accounts(
    account_ids: Sequence[int], *, day: dt.date, alerts: bool = True, run: Run | None = None
) -> Outcome:
    """Scores accounts as of a day and writes what follows, in one transaction.

    As of today the accounts' rows are brought up to date and alerts raised (unless `alerts` is off); as of a past day
    only snapshots are written. Accounts without a score are counted by reason; of those that are no customers on the
    day, or that no scorecard judges, nothing is kept for it.
    """
    figures = ensure_figures(day, run=run)
    with transaction.atomic():
        return _recompute(sorted(set(account_ids)), figures, day=day, alerts=alerts, run=run)


def _recompute(
    account_ids: Sequence[int], figures: SegmentFigures, *, day: dt.date, alerts: bool, run: Run | None
) -> Outcome:
    is_today, at = day == clock.today(), clock.now()
    if is_today:
        _lock(account_ids)
        if run is None or run.scope != "all":
            refresh_arr(today=day, account_ids=account_ids)
        else:
            refresh_talks(account_ids=account_ids)
    judges = published_scorecards()
    members = _members(account_ids, day)
    groups = _by_version(members, judges, day)
    outcome = Outcome(skipped=Counter(str(one.skipped) for one in members if one.skipped))
    outcome.skipped += Counter({str(Skipped.NO_SCORECARD): len(groups.get(None, []))})
    unscored = [one.pk for one in members if one.skipped] + [one.pk for one in groups.pop(None, [])]
    snapshots.remove_snapshots(unscored, day=day)
    if is_today:
        snapshots.clear_accounts(unscored, at=at)
    held = holdings([one.pk for group in groups.values() for one in group], day=day)
    of_products: list[OfProducts] = []
    usage_change: dict[int, float] = {}
    daily_use: dict[int, DailyUse] = {}
    overrides = live_overrides(account_ids, now=at) if is_today else {}
    for version_id, group in groups.items():
        if version_id is not None:
            scored = _score(version_id, group, judges, figures, held, day)
            scored = replace(scored, overrides=overrides, overruled=np.array([one.overruled for one in group]))
            of_products += [scored.products] if scored.products else []
            _write(outcome, scored, group, at=at, is_today=is_today, alerts=alerts)
            if is_today:
                usage_change |= zip(scored.verdict.account_ids, scored.readings[USAGE].tolist(), strict=True)
                daily_use |= _daily_use(scored)
                refresh_disagreements(scored.verdict.account_ids, day=day, readings=scored.readings)
    if is_today:
        write_product_scores(of_products, account_ids, day=day)
        forget_disagreements(unscored)
        if alerts:
            detect_signals(
                account_ids, day=day, at=at, gaps=figures.newest_gaps, usage_change=usage_change, daily_use=daily_use
            )
    return outcome


def _daily_use(scored: Scored) -> dict[int, DailyUse]:
    logins, seats = scored.readings[DAYS_SINCE_LOGIN], scored.readings[SEAT_REPORTS] > 0
    return dict(zip(scored.verdict.account_ids, map(DailyUse, logins.tolist(), seats.tolist()), strict=True))


def _lock(account_ids: Sequence[int]) -> None:
    """Whoever recomputes an account waits for the one before, in the order of the keys, so that the last one to read is
    the last one to write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM accounts_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [array(account_ids)]
        )


def _members(account_ids: Sequence[int], day: dt.date) -> list[_Member]:
    rows = (
        Account.objects.filter(among("pk", account_ids))
        .order_by("pk")
        .values_list(
            "pk", "segment_id", "segment__key", "stage", "customer_since", "health_rank", "churned_on", "is_trial",
            "archived_at", "health_override",
        )
    )  # fmt: skip
    return [
        _Member(
            pk=pk,
            segment_id=segment_id,
            segment=segment or WHOLE_BOOK,
            stage=stage,
            customer_since=since,
            rank=rank if override is None else override["rank"],
            overruled=0 if override is None else rank or 0,
            skipped=skipped_because(
                churned_on=churned_on,
                is_trial=is_trial,
                is_archived=archived_at is not None,
                customer_since=since,
                day=day,
            ),
        )
        for pk, segment_id, segment, stage, since, rank, churned_on, is_trial, archived_at, override in rows
    ]


def _by_version(members: Sequence[_Member], judges: Judges, day: dt.date) -> dict[int | None, list[_Member]]:
    judged = [one for one in members if one.skipped is None]
    products = _products([one.pk for one in judged], day) if judges.by_product else {}
    version_of = cache(judges.version_for)
    groups: dict[int | None, list[_Member]] = {}
    for one in judged:
        version = version_of(products=products.get(one.pk, ()), stage=one.stage, segment_id=one.segment_id)
        groups.setdefault(version, []).append(one)
    return groups


def _products(account_ids: Sequence[int], day: dt.date) -> dict[int, tuple[int, ...]]:
    """Products under contract on a day, the one with the most ARR first."""
    sql = """
        SELECT c.account_id, array_agg(l.product_id ORDER BY l.arr DESC, l.id)
        FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = ANY(%s) AND c.status IN ('active', 'ended')
            AND c.start <= %s AND (c."end" IS NULL OR c."end" > %s)
        GROUP BY c.account_id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [array(account_ids), day, day])
        return {pk: tuple(products) for pk, products in cursor.fetchall()}


def _score(
    version_id: int, group: Sequence[_Member], judges: Judges, figures: SegmentFigures, held: Holdings, day: dt.date
) -> Scored:
    card, ids = judges.cards[version_id], [one.pk for one in group]
    segments = np.array([one.segment for one in group], dtype=str)
    months = np.array([months_since(one.customer_since, day) for one in group])
    readings = compute({*card.metrics, *MONEY_SPEAKS, *DAILY}, ids, day)
    scores = score_accounts(card, readings, segments=segments, months=months, quartiles=figures.quartiles)
    verdict, products = score_products(
        Verdict(version_id, ids, scores), readings, held,
        segments=segments, months=months, quartiles=figures.quartiles, day=day,
    )  # fmt: skip
    history, days = snapshots.history(ids, day=day, days=HISTORY_DAYS)
    return Scored(verdict, history, days, months, day, products, readings=readings, gaps=figures.newest_gaps)


def _write(
    outcome: Outcome, scored: Scored, group: Sequence[_Member], *, at: dt.datetime, is_today: bool, alerts: bool
) -> None:
    verdict = scored.verdict
    if is_today and alerts:
        # Before the snapshots: alerts compare with the evaluation before this one.
        changes = changes_of(scored)
        outcome.alerts += raise_alerts(changes, as_of=scored.day, at=at, gaps=scored.gaps) if changes else 0
    snapshots.write_snapshots(verdict, day=scored.day)
    if is_today:
        trends = score_trends(_with_today(scored), scored.days).course.tolist()
        expected = expect_churn(verdict, day=scored.day)
        snapshots.update_accounts(
            verdict, trends=trends, reasons=_reasons(scored), churns=expected.shares, bases=expected.bases,
            overrides=scored.overrides, day=scored.day, at=at,
        )  # fmt: skip
        if alerts:
            note_tiers(scored, [one.overruled or one.rank for one in group])
        outcome.tier_moves += sum(
            before is not None and after is not None and before != after
            for before, after in zip((one.rank for one in group), verdict.ranks, strict=True)
        )
    labels = [tier.label for tier in verdict.scores.scorecard.tiers]
    places = verdict.scores.tier.tolist()
    outcome.tiers.update(labels[place] for place in places if place >= 0)
    outcome.scored += sum(place >= 0 for place in places)
    outcome.skipped += Counter({str(Skipped.NOT_ENOUGH_DATA): sum(place < 0 for place in places)})


def _reasons(scored: Scored) -> list[str]:
    reasons = reason_lines(scored.verdict.scores)
    for row, reason in scored.products.reasons.items() if scored.products else ():
        reasons[row] = reason
    return reasons


def _with_today(scored: Scored) -> FloatArray:
    """The history with today's new scores; an account without a score today has no trend either."""
    scores = scored.history.copy()
    scores[:, -1] = scored.verdict.scores.total
    scores[np.isnan(scores[:, -1])] = np.nan
    return scores
