"""How shares and changes of money stand on pages of proposals."""

from decimal import Decimal

from django import template
from django.conf import settings

from cs_workspace.common import money
from renewals.domain.authority import percent

register = template.Library()


@register.filter
def share(value: Decimal | None) -> str:
    """A share with the digits that it has: 12.5 %; "unknown" where it is."""
    return "unknown" if value is None else percent(value)


@register.filter
def roi(value: Decimal | None) -> str:
    """A return in whole percent; "unknown" where it is."""
    return "unknown" if value is None else f"{value * 100:,.0f} %".replace("-", "−")


@register.filter
def change(amount: Decimal | None, currency: str = "") -> str:
    """+€4,800."""
    return money.signed(amount, currency or settings.WORKSPACE_CURRENCY)
