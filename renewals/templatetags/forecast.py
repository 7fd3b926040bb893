"""Tags of the forecast."""

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from cs_workspace.common.templatetags.ui import money_short
from renewals.domain.periods import Period
from renewals.queries.forecast import ForecastFilter

register = template.Library()


@register.simple_tag
def counted(
    wanted: ForecastFilter, period: Period, figure: str, key: str = "", *, kept: bool = False, overdue: bool = False
) -> str:
    """The address of the renewals that a figure counts, under the filters of the page; `key` is a member of the
    split. `kept`: as they were forecast at the beginning of the month. The address knows the way back to the page."""
    filters = {"team": wanted.scope.team, "csm": wanted.scope.csm, "segment": wanted.scope.segment}
    back = {name: value for name, value in (*filters.items(), ("split", wanted.split.value)) if value}
    scope = filters | ({wanted.split.value: key} if key else {})
    asked: dict[str, Any] = {"since": period.since, "until": period.until, "figure": figure, "back": urlencode(back)}
    asked |= {name: value for name, value in scope.items() if value}
    asked |= {name: 1 for name, is_so in (("kept", kept), ("overdue", overdue)) if is_so}
    return f"{reverse('renewals:forecast-renewals')}?{urlencode(asked)}"


@register.simple_tag
def figure(
    wanted: ForecastFilter, period: Period, name: str, amount: Decimal, key: str = "", *, kept: bool = False
) -> SafeString:
    """An amount that leads to the renewals that it counts; nothing to look at where it is 0."""
    if not amount:
        return format_html('<span class="faint">{}</span>', money_short(amount))
    return format_html('<a href="{}">{}</a>', counted(wanted, period, name, key, kept=kept), money_short(amount))
