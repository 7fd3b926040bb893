"""The retention report as tables of a file: amounts in full, rates in per cent, days as days."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.conf import settings

from cs_workspace.common.sending import Cell, Sheet
from renewals.domain.benchmarks import TARGETS, Rate, Target
from renewals.domain.cohorts import AGES, Cohort, Kept
from renewals.domain.movements import Kind
from renewals.domain.retention import Retention
from renewals.queries.retention import Group, Report
from renewals.queries.retention_accounts import AccountRow

# A rate of 0.8 is 80.00.
PERCENT = Decimal("0.01")
AMOUNTS = ("ARR at the start", *(f"{kind.capitalize()} in the ledger" for kind in Kind), "ARR at the end")
COMPARED = ("Expansion", "Contraction", "Churn")
RATES = ("GRR %", "NRR %", "Logo retention %", "Logo churn %")
LOGOS = ("Accounts at the start", "Accounts lost", "Accounts at the end")


def report_sheets(report: Report, *, rhythm: str, split: str) -> list[Sheet]:
    """All tables of the report; `rhythm` and `split` are what the page calls these."""
    return [
        Sheet("Last 12 months", ["Figure", "Last 12 months", "12 months before", "Target"], _year_rows(report)),
        Sheet(rhythm, ["From", "To", *_headings()], [_period_row(found) for found in report.periods]),
        Sheet(
            split[:31], [split, *_headings(), "GRR target %", "NRR level"], [_group_row(one) for one in report.groups]
        ),
        Sheet("Cohorts, accounts kept", _cohort_header(), _cohort_rows(report.cohorts, "logo_share")),
        Sheet("Cohorts, ARR kept", _cohort_header(), _cohort_rows(report.cohorts, "arr_share")),
    ]


def accounts_header() -> list[str]:
    """The headings of the accounts behind a figure."""
    return ["Account", *map(_money, ("Change", "ARR at the start", "ARR at the end")), "Segment", "Owner"]


def accounts_rows(rows: Iterable[AccountRow]) -> Iterator[list[Cell]]:
    """The accounts behind a figure, one by one."""
    for row in rows:
        owner, segment = row.account.owner, row.account.segment
        yield [
            row.account.name, row.change, row.start_arr, row.end_arr,
            segment.name if segment else "", owner.name if owner else "",
        ]  # fmt: skip


def _headings() -> list[str]:
    return [*map(_money, (*AMOUNTS, *COMPARED)), *RATES, *LOGOS]


def _figures(found: Retention) -> list[Cell]:
    """In the order of `_headings`."""
    return [
        *(found.start_arr, *(found.movements[kind] for kind in Kind), found.end_arr),
        *(found.compared.expansion, found.compared.contraction, found.compared.churn),
        *map(_percent, (found.grr, found.nrr, found.logo_retention, found.logo_churn)),
        *(found.start_logos, found.lost_logos, found.end_logos),
    ]


def _year_rows(report: Report) -> Iterator[Sequence[Cell]]:
    """A row a figure, so that the two years and the target stand side by side."""
    yield ["From", report.year.period.since, report.before.period.since, None]
    yield ["To", report.year.period.last, report.before.period.last, None]
    targets = dict(
        zip(RATES, (_target(TARGETS[rate]) for rate in (Rate.GRR, Rate.NRR, Rate.LOGO, Rate.CHURN)), strict=True)
    )
    for name, now, before in zip(_headings(), _figures(report.year), _figures(report.before), strict=True):
        yield [name, now, before, targets.get(name)]


def _period_row(found: Retention) -> list[Cell]:
    return [found.period.since, found.period.last, *_figures(found)]


def _group_row(group: Group) -> list[Cell]:
    aims = group.aims
    return [
        group.name,
        *_figures(group.found),
        _target(aims.grr) if aims else None,
        str(aims.level) if aims and aims.level else None,
    ]


def _cohort_header() -> list[str]:
    return ["First contract", "Accounts", _money("ARR at first"), *(f"Month {age} %" for age in AGES)]


def _cohort_rows(cohorts: Iterable[Cohort], share: str) -> Iterator[list[Cell]]:
    """Empty where an age is not reached."""
    for one in cohorts:
        yield [one.month, one.logos, one.arr, *(_share(one.kept[age], share) for age in AGES)]


def _share(kept: Kept | None, name: str) -> Decimal | None:
    return None if kept is None else _percent(getattr(kept, name))


def _percent(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else (rate * 100).quantize(PERCENT)


def _target(target: Target) -> str:
    return f"{'below' if target.is_ceiling else 'above'} {target.bound:.0%}"


def _money(heading: str) -> str:
    return f"{heading} ({settings.WORKSPACE_CURRENCY})"
