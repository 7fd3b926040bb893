"""Tags of the measures of reviews."""

import datetime as dt

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from qbr.domain.measures import DAY, quarter_key, quarter_label
from renewals.domain.periods import Period

register = template.Library()


@register.simple_tag
def behind(quarter: Period, show: str, split: str = "", key: str = "") -> str:
    """The address of the reviews behind a figure; `split` is what `key` names, a segment or an owner."""
    asked = {"quarter": quarter_key(quarter), "show": show} | ({split: key} if split else {})
    return f"{reverse('qbr:measured')}?{urlencode(asked)}"


@register.simple_tag
def counted(quarter: Period, show: str, number: int, split: str = "", key: str = "") -> SafeString:
    """A number that leads to the reviews behind it; nothing stands behind 0."""
    return led(quarter, show, f"{number:,}", number, split, key)


@register.simple_tag
def led(quarter: Period, show: str, words: str, number: int, split: str = "", key: str = "") -> SafeString:
    """Words that lead to the `number` of reviews behind them; without any, the words alone."""
    if not number:
        return format_html('<span class="faint">{}</span>', words)
    return format_html('<a href="{}">{}</a>', behind(quarter, show, split, key), words)


@register.filter
def named(quarter: Period) -> str:
    """Q3 2026."""
    return quarter_label(quarter)


@register.filter
def in_days(time: dt.timedelta | None) -> str:
    """A length of time in days, 3.5; an em dash where unknown."""
    return "—" if time is None else f"{time / DAY:.1f}"
