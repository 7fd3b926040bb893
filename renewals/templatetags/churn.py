"""Tags of the churn report."""

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from cs_workspace.common.templatetags.ui import meter, money_short, percent
from renewals.domain.periods import Period
from renewals.queries.churn_analysis import Group, ReportFilter

register = template.Library()

# What the list of records is asked for by the groups of a table.
ASKED_BY = {"judgements": "preventable", "segments": "segment", "cohorts": "cohort"}


@register.simple_tag
def records_behind(wanted: ReportFilter, period: Period, **asked: Any) -> str:
    """The address of the records behind a figure, under the filters of the report."""
    query: dict[str, Any] = {"since": period.since, "until": period.until}
    kept = {"segment": wanted.segment, "product": wanted.product}
    query |= {name: value for name, value in kept.items() if value is not None} | asked
    return f"{reverse('renewals:churn-records')}?{urlencode(query)}"


@register.simple_tag
def lost(wanted: ReportFilter, period: Period, amount: Decimal, **asked: Any) -> SafeString:
    """An amount that leads to the records behind it; nothing stands behind nothing."""
    if not amount:
        return money_short(amount)
    return format_html('<a href="{}">{}</a>', records_behind(wanted, period, **asked), money_short(amount))


@register.simple_tag
def lost_in(by: str, wanted: ReportFilter, period: Period, group: Group) -> SafeString:
    """The ARR lost in a group of one of the tables, which leads to its records; `by` is the table."""
    return lost(wanted, period, group.sums.arr, **{ASKED_BY[by]: group.key})


@register.simple_tag
def ratio(part: Decimal, whole: Decimal) -> str:
    """A part of a whole in per cent; a dash where there is no whole."""
    return percent(part / whole if whole else None)


@register.simple_tag
def share_of(part: Decimal, whole: Decimal, label: str) -> SafeString:
    """A part of a whole as a bar with its figure."""
    share = part / whole if whole else None
    return format_html('{} <span class="num">{}</span>', meter(share, f"{label}: {percent(share)}"), percent(share))
