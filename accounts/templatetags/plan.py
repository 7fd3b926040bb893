"""How a success plan is drawn: standings and numbers, on every page the same."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.domain.success_plans import STANDING_LABELS, STATE_LABELS, PlanState, Standing, in_words

register = template.Library()

# The classes of tiers carry colour and shape; "on track" is half full of the colour of "achieved".
CLASSES = {
    Standing.ACHIEVED: "t1",
    Standing.ON_TRACK: "t1 plan-open",
    Standing.AT_RISK: "t3",
    Standing.MISSED: "t4",
}
STATE_CLASSES = {
    PlanState.ACHIEVED: "t1",
    PlanState.ON_TRACK: "t1 plan-open",
    PlanState.BEHIND: "t3",
    PlanState.EMPTY: "t0",
}


@register.simple_tag
def standing(value: str) -> SafeString:
    """How an objective stands."""
    one = Standing(value)
    return format_html('<span class="tier {}">{}</span>', CLASSES[one], STANDING_LABELS[one])


@register.simple_tag
def plan_state(value: str) -> SafeString:
    """How a plan stands as a whole."""
    one = PlanState(value)
    return format_html('<span class="tier {}">{}</span>', STATE_CLASSES[one], STATE_LABELS[one])


@register.filter
def number(value: Decimal | None, unit: str = "") -> str:
    """1,250.5 h."""
    return in_words(value, unit)
