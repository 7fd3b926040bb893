"""The measures of reviews as tables of a file: shares in per cent, days as days, amounts in full."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.domain.playbook_results import Comparison
from cs_workspace.common import clock
from cs_workspace.common.sending import Cell, Sheet
from qbr.domain.measures import DAY, Tally, quarter_label
from qbr.models import Review
from qbr.queries.measures import Line, Measures

AT_ONCE = 1000
# A share of 0.8 is 80.00.
DIGITS = Decimal("0.01")
FIGURES = (
    *("Due", "Done of those due", "Done %", "Done by their day", "Done by their day %", "Overdue", "Still to come"),
    *("Cancelled", "Held", "Days of preparation", "Asked", "Answers", "Satisfaction", "Compared after 30 days"),
    *("Change of the score", "Change of comparable accounts", "Difference", "Opportunities found"),
    *("Action items due", "Action items in time", "Action items in time %"),
)


def measures_sheets(found: Measures) -> list[Sheet]:
    """All tables of the page, each quarter beside the one before it."""
    now, then = quarter_label(found.quarter), quarter_label(found.before)
    return [
        Sheet("Reviews", ["Figure", now, then], _whole(found)),
        Sheet("By segment", _heading("Segment", then), [_line(line) for line in found.segments]),
        Sheet("By CSM", _heading("CSM", then), [_line(line) for line in found.csms]),
        Sheet(
            "By quarter",
            ["Quarter", "Due", "Done of those due", "Done %"],
            [
                [quarter_label(step.quarter), step.tally.due, step.tally.done, _percent(step.tally.done_share)]
                for step in found.course
            ],
        ),
    ]


def reviews_header() -> list[str]:
    """The headings of the reviews behind a figure."""
    return [
        *("Account", "Kind", "Status", "Owner", "Segment", "Due", "Held", "Days of preparation", "Satisfaction"),
        *("Score before", "Score after 30 days", "Change of comparable accounts", "Opportunities found"),
        *(_money("Worth a year"), "Action items due", "Action items in time"),
    ]


def review_rows(reviews: QuerySet[Review]) -> Iterator[list[Cell]]:
    """The reviews behind a figure, one by one; a thousand are held at a time."""
    rows: Iterator[Any] = reviews.iterator(chunk_size=AT_ONCE)
    for review in rows:
        segment, owner = review.account.segment, review.owner
        result = getattr(review, "result", None)
        yield [
            *(review.account.name, review.get_kind_display(), review.get_status_display()),
            *(owner.name if owner else "", segment.name if segment else "", review.due_on),
            clock.day_of(review.held_at) if review.held_at else None,
            None if review.preparation is None else round(review.preparation / DAY, 1),
            _rounded(review.satisfaction),
            *(review.score_before, review.score_after, _rounded(result.peers_change if result else None)),
            *(review.found or 0, review.worth, review.promised or 0, review.kept or 0),
        ]


def _heading(split: str, before: str) -> list[str]:
    return [split, *_headings(), f"Done %, {before}", f"Satisfaction, {before}"]


def _headings() -> list[str]:
    return [*FIGURES, _money("Worth a year")]


def _line(line: Line) -> list[Cell]:
    before = line.before
    return [line.name, *_figures(line.now), _percent(before.done_share), _rounded(before.satisfaction)]


def _figures(tally: Tally) -> list[Cell]:
    """In the order of `_headings`."""
    return [
        *(tally.due, tally.done, _percent(tally.done_share), tally.in_time, _percent(tally.in_time_share)),
        *(tally.missed, tally.coming, tally.cancelled, tally.held, _rounded(tally.preparation_days, 1)),
        *(tally.asked, tally.answers, _rounded(tally.satisfaction), tally.compared),
        *map(_rounded, (tally.mean_change, tally.mean_peers_change, tally.difference)),
        *(tally.found, tally.promised, tally.kept, _percent(tally.kept_share), tally.worth),
    ]


def _whole(found: Measures) -> Iterator[list[Cell]]:
    """A row a figure, so that the two quarters stand side by side."""
    yield ["From", found.quarter.since, found.before.since]
    yield ["To", found.quarter.last, found.before.last]
    for name, now, then in zip(_headings(), _figures(found.now), _figures(found.then), strict=True):
        yield [name, now, then]
    for name, now, then in zip(
        ("Difference, lower end", "Difference, upper end"),
        _interval(found.comparison),
        _interval(found.comparison_before),
        strict=True,
    ):
        yield [name, now, then]


def _interval(comparison: Comparison) -> list[Cell]:
    return [_rounded(comparison.low), _rounded(comparison.high)]


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(DIGITS)


def _rounded(value: Decimal | float | None, digits: int = 2) -> float | None:
    return None if value is None else round(float(value), digits)


def _money(heading: str) -> str:
    return f"{heading} ({settings.WORKSPACE_CURRENCY})"
