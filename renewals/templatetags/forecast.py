"""Tags of the forecast."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

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
