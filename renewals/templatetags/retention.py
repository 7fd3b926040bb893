"""Tags of the retention report."""

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from renewals.domain.benchmarks import Target
from renewals.domain.cohorts import Cohort, Kept
from renewals.domain.periods import Period
from renewals.queries.retention import ReportFilter

register = template.Library()

SHADES = 10


@register.simple_tag
def behind(wanted: ReportFilter, period: Period, show: str = "start", group: str = "") -> str:
    """The address of the accounts behind a figure, under the filters of the report."""
    asked: dict[str, Any] = {"since": period.since, "until": period.until, "show": show}
    if group:
        asked |= {"split": wanted.split.value, "group": group}
    if wanted.product is not None:
        asked["product"] = wanted.product
    return f"{reverse('renewals:retention-accounts')}?{urlencode(asked)}"


@register.filter
def at_age(cohort: Cohort, months: int) -> Kept | None:
    """What is kept of a cohort at an age."""
    return cohort.kept[months]


@register.filter
def shade(kept: Kept) -> int:
    """How dark a cell of cohorts is, 0 to 10, by its share of accounts."""
    return int(kept.logo_share * SHADES)


@register.filter
def meets(rate: Decimal, target: Target) -> bool:
    """Whether a rate lies beyond its target."""
    return target.is_met_by(rate)
