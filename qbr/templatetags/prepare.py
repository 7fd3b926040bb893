"""How the facts of a review are drawn while it is prepared."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from accounts.domain.success_plans import STANDING_LABELS
from accounts.templatetags.plan import standing
from qbr.domain import deck_words

register = template.Library()

KEYS = {label: key for key, label in STANDING_LABELS.items()}


@register.simple_tag
def goal_standing(label: str) -> SafeString:
    """How an objective stands, by its label, as the success plan draws it."""
    return standing(KEYS[label])


@register.filter
def reading(value: Decimal, unit: str) -> str:
    """A reading of a metric with its unit: 63 %, 4.5 of 5, 12.5 h, 24 days."""
    return deck_words.reading(value, unit)
