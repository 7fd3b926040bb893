"""The forecast as tables of a file: amounts in full, shares in per cent, days as days."""

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings

from cs_workspace.common.sending import Cell, Sheet
from renewals.domain.forecast import PART_LABELS, Forecast, Part
from renewals.queries.forecast import CENT, Past, PastReport, Report

FIGURES = ("Low", "Likely", "High", "Expected", "Expansion", "Contraction")
UNKNOWN = ("Without probability", "ARR without probability")
PERCENT = Decimal("0.01")


def report_sheets(report: Report, past: PastReport, *, split: str) -> list[Sheet]:
    """All tables of the page and of what is beside it; `split` is what the page calls it."""
    months = [[one.period.since, one.period.last, *_figures(one.forecast)] for one in (*report.months, report.year)]
    windows = [[one.period.since, one.period.last, *_figures(one.forecast)] for one in report.windows]
    members = [[one.name or f"No {split}", *_figures(one.forecast)] for one in report.members]
    return [
        Sheet("By month", ["From", "To", *_headings()], months),
        Sheet("30, 60 and 90 days", ["From", "To", *_headings()], windows),
        Sheet(f"By {split}"[:31], [split, *_headings()], members),
        Sheet("Forecast and what happened", _past_headings(), _past_rows(past.months)),
    ]


def _headings() -> list[str]:
    return [
        "Renewals",
        _money("Up for renewal"),
        *(_money(PART_LABELS[part]) for part in Part),
        *map(_money, FIGURES),
        UNKNOWN[0],
        _money(UNKNOWN[1]),
    ]


def _figures(found: Forecast) -> list[Cell]:
    """In the order of `_headings`."""
    everything = found.all
    amounts = (found.low, found.likely, found.high, found.expected, found.expansion, found.contraction)
    return [
        everything.count,
        everything.due,
        *(found[part].due for part in Part),
        *(amount.quantize(CENT) for amount in amounts),
        everything.unknown,
        everything.unknown_kept,
    ]


def _past_headings() -> list[str]:
    money = ("Due", "Renewed", "Low forecast", "Likely forecast", "High forecast", "Error")
    rates = ("Error %", "Renewal rate %", "Renewal rate by count %", "Churn ÷ starting ARR %")
    return ["From", "To", *map(_money, money), *rates, "Still open"]


def _past_rows(past: Iterable[Past]) -> list[list[Cell]]:
    return [_past_row(one) for one in past]


def _past_row(one: Past) -> list[Cell]:
    kept, happened, error = one.kept, one.happened, one.error
    forecast: list[Cell] = [None] * 3 if kept is None else [
        amount.quantize(CENT) for amount in (kept.low, kept.likely, kept.high)
    ]  # fmt: skip
    return [
        one.period.since,
        one.period.last,
        happened.all.due,
        happened[Part.WON].kept,
        *forecast,
        None if error is None else error.difference.quantize(CENT),
        _percent(None if error is None else error.share),
        _percent(happened.renewal_rate),
        _percent(happened.renewal_rate_by_count),
        _percent(one.churn_rate),
        happened.open.count,
    ]


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(PERCENT)


def _money(label: str) -> str:
    return f"{label} ({settings.WORKSPACE_CURRENCY})"
