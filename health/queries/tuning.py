"""What a draft would change for the whole book, and whether it would have known of churn, for the tuning page."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from accounts.models import Account
from health.domain.backtest import AHEAD_DAYS, Backtest, Cohorts, backtest
from health.domain.eligibility import Skipped
from health.domain.explanation import row_of
from health.domain.scorecards import Scorecard
from health.domain.scoring import Scores, stored
from health.domain.tuning import RANKS, Comparison, compare, ranks_of, shifts
from health.queries.tuning_book import STATES, Book, kept_quartiles, latest_book, past_books
from health.queries.tuning_versions import Contest

MOST_MOVERS: Final = 20
MOST_REASONS: Final = 2
# Eight windows of 90 days: two years back.
MOST_COHORTS: Final = 8
NO_SCORE: Final = "No score"
BEST_TO_WORST: Final = (1, 2, 3, 4, 0)


@dataclass(frozen=True)
class TierRow:
    """Accounts of one tier now and by the draft; `share` is the draft's part of all accounts, 0–1."""

    rank: int
    label: str
    now: int
    draft: int
    share: float

    @property
    def change(self) -> int:
        """How many more stand there by the draft."""
        return self.draft - self.now


@dataclass(frozen=True)
class Cell:
    """Accounts that move from one tier to another, and their ARR."""

    accounts: int
    arr: Decimal
    direction: str
    """"up", "down", "same", or "" where a score comes or goes."""


@dataclass(frozen=True)
class MatrixRow:
    """Where the accounts of one tier go."""

    rank: int
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Mover:
    """An account whose score moves, both scores as shown, and why."""

    pk: int
    name: str
    now: float
    draft: float
    rank_now: int
    rank_draft: int
    why: tuple[str, ...]

    @property
    def points(self) -> float:
        """The difference of the scores as shown."""
        return round(self.draft - self.now, 1)


@dataclass(frozen=True)
class Preview:
    """The whole book under the draft, beside the version that judges now."""

    accounts: int
    seconds: float
    comparison: Comparison
    tiers: tuple[TierRow, ...]
    matrix: tuple[MatrixRow, ...]
    movers: tuple[Mover, ...]
    unscored: tuple[tuple[str, int], ...]
    """By reason, how many have no score by the draft."""

    @property
    def down(self) -> tuple[int, Decimal]:
        """Accounts and ARR that move into a worse tier."""
        return _money(self.comparison.moving(down=True))

    @property
    def up(self) -> tuple[int, Decimal]:
        """Accounts and ARR that move into a better tier."""
        return _money(self.comparison.moving(down=False))


@dataclass(frozen=True)
class Tested:
    """The backtest of both versions, on the same days."""

    now: Backtest
    draft: Backtest
    days: tuple[dt.date, ...]


def preview_of(contest: Contest, now: Scorecard | None, draft: Scorecard, *, today: dt.date) -> Preview:
    """The newest readings of the whole book, scored by both; without a version that judges now, nobody has a score.

    Four queries; a metric that no snapshot holds is computed beside them, once a day, by one statement a source.
    """
    began = time.perf_counter()
    metrics = dict.fromkeys((*(now.metrics if now else ()), *draft.metrics))
    book = latest_book(metrics, contest, day=today)
    kept = kept_quartiles(today)
    after = book.score(draft, kept)
    before = book.score(now, kept) if now else after
    comparison = compare(before, after, book.cents)
    return Preview(
        accounts=len(book),
        seconds=time.perf_counter() - began,
        comparison=comparison,
        tiers=_tiers(comparison, now or draft, draft),
        matrix=_matrix(comparison, now or draft),
        movers=_movers(book, before, after, comparison),
        unscored=_unscored(book, after),
    )


def backtest_of(contest: Contest, now: Scorecard | None, draft: Scorecard, *, today: dt.date) -> Tested | None:
    """Both versions on past days, each 90 days after the one before, the newest 90 days ago.

    None where no day that far back has snapshots. Readings are those that were kept on the day; what they did not hold
    is read from observations as of the day, once a day. Accounts that have left since are among them. One query.
    """
    metrics = dict.fromkeys((*(now.metrics if now else ()), *draft.metrics))
    days = [today - dt.timedelta(days=AHEAD_DAYS * step) for step in range(1, MOST_COHORTS + 1)]
    books = past_books(metrics, contest, days=days)
    if not books:
        return None
    return Tested(
        now=backtest(_cohorts(books, now or draft)),
        draft=backtest(_cohorts(books, draft)),
        days=tuple(book.day for book in books),
    )


def _tiers(found: Comparison, now: Scorecard, draft: Scorecard) -> tuple[TierRow, ...]:
    was, will = np.bincount(found.before, minlength=RANKS), np.bincount(found.after, minlength=RANKS)
    labels = _labels(now) | _labels(draft)
    return tuple(
        TierRow(rank, labels[rank], int(was[rank]), int(will[rank]), float(will[rank] / max(len(found.after), 1)))
        for rank in BEST_TO_WORST
        if rank in labels
    )


def _matrix(found: Comparison, now: Scorecard) -> tuple[MatrixRow, ...]:
    labels = {1: "1", 2: "2", 3: "3", 4: "4"} | _labels(now)
    return tuple(
        MatrixRow(
            rank,
            labels[rank],
            tuple(
                Cell(
                    int(found.accounts[rank, other]),
                    Decimal(int(found.cents[rank, other])) / 100,
                    _direction(rank, other),
                )
                for other in BEST_TO_WORST
            ),
        )
        for rank in BEST_TO_WORST
    )


def _direction(was: int, now: int) -> str:
    if was == now:
        return "same"
    if not was or not now:
        return ""
    return "down" if now > was else "up"


def _movers(book: Book, before: Scores, after: Scores, found: Comparison) -> tuple[Mover, ...]:
    places = found.movers[:MOST_MOVERS].tolist()
    was, will = stored(before.total), stored(after.total)
    names = dict(Account.objects.filter(pk__in=book.ids[places].tolist()).values_list("pk", "name"))
    return tuple(
        Mover(
            pk=int(book.ids[place]),
            name=names[int(book.ids[place])],
            now=float(was[place]),
            draft=float(will[place]),
            rank_now=int(found.before[place]),
            rank_draft=int(found.after[place]),
            why=_why(before, after, place),
        )
        for place in places
    )


def _why(before: Scores, after: Scores, place: int) -> tuple[str, ...]:
    found = shifts(row_of(before, place), row_of(after, place))[:MOST_REASONS]
    return tuple(f"{one.reading}: {one.because}" for one in found)


def _unscored(book: Book, after: Scores) -> tuple[tuple[str, int], ...]:
    counts = Counter({str(reason): int((book.state == code).sum()) for code, reason in STATES.items()})
    counts[str(Skipped.NOT_ENOUGH_DATA)] = int((book.scoreable & (after.tier < 0)).sum())
    return tuple((reason, count) for reason, count in counts.items() if count)


def _cohorts(books: Sequence[Book], card: Scorecard) -> Cohorts:
    scores = [book.score(card, {}) for book in books]
    left = np.concatenate([book.left_after for book in books if book.left_after is not None])
    return Cohorts(
        days=np.concatenate([np.full(len(book), book.day.toordinal()) for book in books]),
        scores=np.concatenate([one.total for one in scores]),
        ranks=np.concatenate([ranks_of(one) for one in scores]),
        churned=(left > 0) & (left <= AHEAD_DAYS),
        cents=np.concatenate([book.cents for book in books]),
    )


def _labels(card: Scorecard) -> dict[int, str]:
    return {tier.rank: tier.label for tier in card.tiers} | {0: NO_SCORE}


def _money(moved: tuple[int, int]) -> tuple[int, Decimal]:
    return moved[0], Decimal(moved[1]) / 100
