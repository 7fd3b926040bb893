"""The churn report, and losses without a reason, as tables of a file: amounts in full, shares in per cent."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.conf import settings

from cs_workspace.common.sending import Cell, Sheet
from renewals.domain.churn_analysis import Sums
from renewals.queries.churn_analysis import Given, Group, Report
from renewals.queries.ledger_losses import UntoldRow

# A share of 0.8 is 80.00.
PERCENT = Decimal("0.01")
NUMBERS = ("Records", "Accounts lost")
MONEY = ("ARR lost", "With the account", "Contraction", "Preventable or partly")
SHARES = ("Preventable %", "Interviewed %")


def report_sheets(report: Report) -> list[Sheet]:
    """All tables of the report."""
    return [
        Sheet("Period", ["Figure", "Period", "Period before"], _period_rows(report)),
        Sheet("Over time", ["From", "To", *_headings()], _time_rows(report)),
        Sheet("By reason", ["Category", "Reason", *_headings()], _reason_rows(report)),
        _groups("By judgement", "Preventable", report.judgements),
        _groups("By segment", "Segment", report.segments),
        _groups("By cohort", "Customer since", report.cohorts),
        _given("By product", "Product", report.products),
        _given("Competitors", "Competitor", report.competitors),
    ]


def untold_header() -> list[str]:
    """The headings of losses without a reason."""
    return ["Account", "Lost on", _money("ARR lost"), "What", "Segment", "Owner"]


def untold_rows(rows: Iterable[UntoldRow]) -> Iterator[list[Cell]]:
    """The losses without a reason, one by one."""
    for row in rows:
        owner, segment = row.account.owner, row.account.segment
        yield [
            row.account.name, row.day, row.arr, "Account lost" if row.lost_account else "Contraction",
            segment.name if segment else "", owner.name if owner else "",
        ]  # fmt: skip


def _headings() -> list[str]:
    return [*NUMBERS, *map(_money, MONEY), *SHARES]


def _figures(sums: Sums) -> list[Cell]:
    """In the order of `_headings`."""
    return [
        *(sums.records, sums.logos, sums.arr, sums.churn, sums.contraction, sums.preventable),
        *map(_percent, (sums.preventable_share, sums.interviewed_share)),
    ]


def _period_rows(report: Report) -> Iterator[Sequence[Cell]]:
    """A row a figure, so that the two periods stand side by side."""
    yield ["From", report.period.since, None]
    yield ["To", report.period.last, None]
    for name, now, before in zip(_headings(), _figures(report.total), _figures(report.before), strict=True):
        yield [name, now, before]
    yield [_money("Lost in the ledger"), report.ledger.arr, None]
    yield ["Of that with a reason %", _percent(report.ledger.explained_share), None]


def _time_rows(report: Report) -> Iterator[Sequence[Cell]]:
    for period, sums in report.periods:
        yield [period.since, period.last, *_figures(sums)]


def _reason_rows(report: Report) -> Iterator[Sequence[Cell]]:
    """Each category, and its reasons below it."""
    for category in report.categories:
        yield [category.name, "All", *_figures(category.sums)]
        for reason in category.reasons:
            yield [category.name, reason.name, *_figures(reason.sums)]


def _groups(title: str, heading: str, groups: Iterable[Group]) -> Sheet:
    return Sheet(title, [heading, *_headings()], [[one.name, *_figures(one.sums)] for one in groups])


def _given(title: str, heading: str, given: Iterable[Given]) -> Sheet:
    rows: list[list[Cell]] = [[one.name, one.records, one.accounts, one.arr] for one in given]
    return Sheet(title, [heading, "Records", "Accounts", _money("ARR lost")], rows)


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * 100).quantize(PERCENT)


def _money(heading: str) -> str:
    return f"{heading} ({settings.WORKSPACE_CURRENCY})"
