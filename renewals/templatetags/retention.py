"""Tags of the retention report."""

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from cs_workspace.common.templatetags.ui import money_exact, money_short, percent
from renewals.domain.benchmarks import Target
from renewals.domain.cohorts import AGES, Cohort, Kept
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


@register.simple_tag
def figure(wanted: ReportFilter, period: Period, show: str, amount: Decimal, group: str = "") -> SafeString:
    """An amount that leads to the accounts behind it; nobody stands behind nothing."""
    if not amount:
        return money_short(amount)
    return format_html('<a href="{}">{}</a>', behind(wanted, period, show, group), money_short(amount))


@register.simple_tag
def kept_cells(cohort: Cohort) -> SafeString:
    """The cells of a cohort, one for each of `AGES`: shares of accounts and of ARR, shaded 0 to 10 by the first. One
    tag, for there are hundreds of them."""
    return format_html_join("", "{}", ((_kept_cell(cohort.kept[age]),) for age in AGES))


def _kept_cell(kept: Kept | None) -> SafeString:
    if kept is None:
        return format_html('<td class="num"><span class="visually-hidden">{}</span></td>', "not yet reached")
    return format_html(
        '<td class="num kept kept-{}" title="{} accounts with {}">{}<small>{}</small></td>',
        int(kept.logo_share * SHADES),
        f"{kept.logos:,}",
        money_exact(kept.arr),
        percent(kept.logo_share),
        percent(kept.arr_share),
    )


@register.filter
def meets(rate: Decimal, target: Target) -> bool:
    """Whether a rate lies beyond its target."""
    return target.is_met_by(rate)
