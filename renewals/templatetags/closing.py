"""Words of closings."""

from decimal import Decimal

from django import template
from django.conf import settings

from cs_workspace.common import clock, money
from renewals.domain.closing import TAKEN_BACK_WITHIN
from renewals.models import Renewal

register = template.Library()


@register.filter
def may_be_taken_back(renewal: Renewal) -> bool:
    """Whether somebody closed it within the last day; whether anything was built upon it is asked when it is tried."""
    return (
        renewal.closed_by_id is not None
        and renewal.closed_at is not None
        and clock.now() - renewal.closed_at <= TAKEN_BACK_WITHIN
    )


@register.filter
def money_change(amount: Decimal) -> str:
    """A change of ARR in full, with its sign: +€6,000 or −€6,000; €0 has none."""
    return f"{'+' if amount > 0 else ''}{money.exact(amount, settings.WORKSPACE_CURRENCY)}"
