"""Words of closings."""

from decimal import Decimal

from django import template
from django.conf import settings

from cs_workspace.common import money

register = template.Library()


@register.filter
def money_change(amount: Decimal) -> str:
    """A change of ARR in full, with its sign: +€6,000 or −€6,000; €0 has none."""
    return f"{'+' if amount > 0 else ''}{money.exact(amount, settings.WORKSPACE_CURRENCY)}"
