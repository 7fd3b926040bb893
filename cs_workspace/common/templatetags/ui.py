"""The words and shapes that all pages share: money, days, tiers, small charts."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cs_workspace.common import charts, clock, money
from cs_workspace.common import markdown as common_markdown
from cs_workspace.common.points import whole_points
from cs_workspace.common.toasts import UNDO

register = template.Library()

TRENDS = {
    "improving": ("up", "▲", "improving"),
    "declining": ("down", "▼", "declining"),
    "stable": ("faint", "–", "stable"),
}


@register.filter(name="money")
def money_short(amount: Decimal | None, currency: str = "") -> SafeString:
    """€48.0k, with the exact amount in the title."""
    code = currency or settings.WORKSPACE_CURRENCY
    return format_html('<span title="{}">{}</span>', money.exact(amount, code), money.short(amount, code))


@register.filter
def money_exact(amount: Decimal | None, currency: str = "") -> str:
    """€184,000."""
    return money.exact(amount, currency or settings.WORKSPACE_CURRENCY)


@register.filter
def money_text(amount: Decimal | None, currency: str = "") -> str:
    """€48.0k as plain text, for titles and sentences."""
    return money.short(amount, currency or settings.WORKSPACE_CURRENCY)


@register.filter
def score(value: Decimal | float | None) -> str:
    """A score in the whole points that it has reached; an em dash where there is none."""
    return "—" if value is None else whole_points(value)


@register.filter
def signed(value: Decimal | float | None, digits: int = 1) -> str:
    """+4.2 or −4.2; an em dash where unknown."""
    if value is None:
        return "—"
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else '−'}{text}"


@register.filter
def percent(value: Decimal | float | None, digits: int = 0) -> str:
    """A share as percent: 0.63 is 63 %."""
    return "—" if value is None else f"{float(value) * 100:.{digits}f} %".replace("-", "−")


@register.filter
def signed_percent(value: float | None) -> str:
    """A change as percent: −0.3 is −30 %."""
    return "—" if value is None else f"{signed(value * 100, 0)} %"


@register.filter
def tone(value: Decimal | float | None) -> str:
    """The class of a change: up, down or none."""
    if not value:
        return ""
    return "up" if value > 0 else "down"


@register.simple_tag
def tier(
    rank: int | None, label: str = "", value: Decimal | None = None, override: dict[str, Any] | None = None
) -> SafeString:
    """The chip of a tier: figure, label, colour and a shape; grey where there is no score.

    `override` is what an account keeps beside a tier that a person set (`Account.health_override`): the chip gets a
    mark and says who set it, until when, and what was computed. One that has just run out counts no more.
    """
    if override and dt.datetime.fromisoformat(override["ends_at"]) <= clock.now():
        rank, label, override = override["rank"], override["tier"], None
    if override:
        return _overridden(rank, label, value, override)
    if rank is None:
        return format_html('<span class="tier t0" title="Not enough data for a score">{}</span>', "No score")
    figure = f"{score(value)} " if value is not None else ""
    return format_html('<span class="tier t{}">{}{}</span>', rank, figure, label)


def _overridden(rank: int | None, label: str, value: Decimal | None, override: dict[str, Any]) -> SafeString:
    day = short_day(dt.date.fromisoformat(override["until"]))
    words = f"by {override['by']} until {day}, computed: {override['tier'] or 'No score'}"
    return format_html(
        '<span class="tier t{} by-hand" title="{} {}">{}{}<span class="visually-hidden"> {}</span></span>',
        rank,
        label,
        words,
        f"{score(value)} " if value is not None else "",
        label,
        words,
    )


@register.simple_tag
def trend(value: str) -> SafeString:
    """The arrow of a trend, with its word for those who cannot see it."""
    if value not in TRENDS:
        return format_html('<span class="faint" role="img" aria-label="{}">·</span>', "trend unknown")
    css, sign, word = TRENDS[value]
    return format_html(
        '<span class="{}" role="img" aria-label="{}" title="{}">{}</span>', css, word, word.title(), sign
    )


@register.simple_tag
def spark(points: Sequence[tuple[dt.date, float | None]] | None, rank: int | None = None) -> SafeString:
    """A line of scores over days, 0 to 100, on the scale of its own days."""
    line, area = charts.spark_paths(points or [])
    if not line:
        return format_html('<span class="faint">{}</span>', "—")
    return format_html(
        '<svg class="spark t{}" viewBox="0 0 88 20" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="area" d="{}"/><path d="{}"/></svg>',
        rank or 0,
        area,
        line,
    )


@register.simple_tag
def bars(chart: charts.BarChart) -> SafeString:
    """The bars of a chart, for the square that it is drawn in."""
    return format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"/>',
        ((bar.x, bar.y, bar.width, bar.height) for bar in chart.bars),
    )


@register.simple_tag
def meter(share: float | Decimal | None, label: str = "") -> SafeString:
    """A bar filled to a share of 0 to 1. The fill is an attribute of the drawing: pages allow no inline style."""
    width = 0 if share is None else max(0.0, min(1.0, float(share))) * 100
    return format_html(
        '<svg class="meter" {}><rect width="{}%" height="100%" rx="3"/></svg>',
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true"),
        f"{width:.1f}",
    )


@register.simple_tag
def ring(value: float | Decimal | None, rank: int | None, label: str = "") -> SafeString:
    """The ring of a score of 0 to 100; empty and grey without one."""
    filled = charts.RING_LENGTH * float(value or 0) / 100
    # Round ends would draw a dot where there is nothing.
    arc = format_html('<circle class="value" cx="50" cy="50" r="43" stroke-dasharray="{} 999"/>', f"{filled:.1f}")
    return format_html(
        '<svg class="ring t{}" viewBox="0 0 100 100" role="img" aria-label="{}">'
        '<circle class="track" cx="50" cy="50" r="43"/>{}<text x="50" y="58">{}</text></svg>',
        rank or 0,
        label,
        arc if filled else "",
        score(value),
    )


@register.inclusion_tag("components/_chips.html", takes_context=True)
def chips(
    context: template.Context, name: str, choices: Iterable[tuple[str, str, int]], current: str
) -> dict[str, Any]:
    """The choices of a filter as chips: each a key, a label and how many rows it shows.

    The address of each sets `name` to its key and keeps the other filters; it leads to the first page.
    """
    shown = []
    for key, label, count in choices:
        query = context["request"].GET.copy()
        query[name] = key
        query.pop("page", None)
        chip = {
            "key": key,
            "label": label,
            "count": count,
            "url": f"?{query.urlencode()}",
            "is_current": key == current,
        }
        shown.append(chip)
    return {"chips": shown}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """A drawing from the sprite, for show only: the word stands beside it or in its button's label."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
def avatar(user: Any) -> SafeString:
    """Initials of a person, with the name for those who hover or listen."""
    if user is None:
        return format_html('<span class="avatar none" role="img" aria-label="{0}" title="{0}">?</span>', "No owner")
    return format_html(
        '<span class="avatar" role="img" aria-label="{0}" title="{0}">{1}</span>', user.name, user.initials
    )


@register.filter
def days_left(day: dt.date | None) -> str:
    """How far a day is: 19 d, today, 3 d ago."""
    if day is None:
        return ""
    distance = (day - clock.today()).days
    if distance == 0:
        return "today"
    return f"{distance} d" if distance > 0 else f"{-distance} d ago"


@register.filter
def short_day(day: dt.date | None) -> str:
    """12 Dec, with the year where it is not this one; an em dash where unknown."""
    if day is None:
        return "—"
    if isinstance(day, dt.datetime):
        day = timezone.localtime(day).date()
    return f"{day.day} {day:%b}" if day.year == clock.today().year else f"{day.day} {day:%b %Y}"


@register.filter
def ago(moment: dt.datetime | None) -> SafeString:
    """How long ago in the coarsest unit that helps; the exact moment in the title."""
    if moment is None:
        return format_html('<span class="faint">{}</span>', "never")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%a %d %b %Y %H:%M}", _ago_words(moment)
    )


@register.filter
def due(moment: dt.datetime | None) -> SafeString:
    """When something is due, red once it is late."""
    if moment is None:
        return format_html('<span class="faint">{}</span>', "no date")
    local, now = timezone.localtime(moment), timezone.localtime(clock.now())
    days = (local.date() - now.date()).days
    if moment < now:
        words = f"{-days} d late" if days < 0 else f"late, {local:%H:%M}"
    else:
        words = f"today {local:%H:%M}" if days == 0 else "tomorrow" if days == 1 else f"{local.day} {local:%b}"
    css = "down" if moment < now or days == 0 else "soft"
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        css,
        local.isoformat(),
        f"{local:%a %d %b %Y %H:%M}",
        words,
    )


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML that can do no harm."""
    return common_markdown.render(text)


@register.filter
def first_line(text: str) -> str:
    """The first line of Markdown that says something, as plain text."""
    return common_markdown.first_line(text)


@register.filter
def undo_url(tags: str) -> str:
    """The address that takes an action back, out of a message's tags; empty where there is none."""
    return next((tag.removeprefix(UNDO) for tag in tags.split() if tag.startswith(UNDO)), "")


@register.filter
def distance(moment: dt.datetime | None) -> SafeString:
    """How far a moment is, before or behind us: 6 h, 2 d; the exact moment in the title."""
    if moment is None:
        return format_html('<span class="faint">{}</span>', "—")
    local = timezone.localtime(moment)
    words = _size_words(abs((moment - clock.now()).total_seconds())) or "1 min"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%a %d %b %Y %H:%M}", words
    )


def _ago_words(moment: dt.datetime) -> str:
    seconds = (clock.now() - moment).total_seconds()
    if seconds < 0:
        return "soon"
    words = _size_words(seconds)
    return f"{words} ago" if words else "just now"


def _size_words(seconds: float) -> str:
    """A span of time in the coarsest unit that fits; empty under a minute."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return ""
