"""Tags of renewals: zones, and the days that are counted down to."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cs_workspace.common.templatetags.ui import percent
from renewals.domain.countdown import Countdown
from renewals.domain.stages import OPEN_STAGES, Stage
from renewals.domain.zones import ZONE_LABELS, Zone, zone_of
from renewals.models import Renewal

register = template.Library()

# The colour and shape of the tier that means as much.
RANKS = {Zone.GREEN: 1, Zone.YELLOW: 2, Zone.RED: 4}
SOON_DAYS = 30


@register.simple_tag
def zone(probability: Decimal | None) -> SafeString:
    """The chip of a zone with the probability, a share; grey where none is known."""
    found = zone_of(probability)
    if found is None:
        return format_html('<span class="tier t0" title="Its probability is not known yet">{}</span>', "No zone")
    return format_html('<span class="tier t{}">{} {}</span>', RANKS[found], percent(probability), ZONE_LABELS[found])


@register.simple_tag
def countdown(found: Countdown) -> SafeString:
    """How many days are left and to what, red once they are over."""
    what = "to decide" if found.is_decision else "to renewal"
    if found.is_over:
        return format_html('<span class="down">{} d overdue</span>', -found.days)
    css = "due-soon" if found.days <= SOON_DAYS else ""
    return format_html(
        '<span class="{}" title="{}">{} <small class="soft">{}</small></span>',
        css,
        f"{found.day:%a %d %b %Y}",
        f"{found.days} d" if found.days else "today",
        what,
    )


@register.filter
def points(value: float) -> str:
    """Points of a probability with their sign: +5, −12; whole ones, but for what would be nothing."""
    size = abs(value)
    text = f"{size:.0f}" if size >= 1 or not size else f"{size:.1f}"
    return f"{'−' if value < 0 else '+'}{text}"


@register.filter
def following(renewal: Renewal) -> Renewal.Stage | None:
    """The stage that comes next for an open renewal; None before closing, which has a form of its own."""
    place = OPEN_STAGES.index(Stage(renewal.stage)) + 1
    return Renewal.Stage(OPEN_STAGES[place].value) if place < len(OPEN_STAGES) else None
