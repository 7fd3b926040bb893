"""Money as people read it. Amounts are Decimal from the database to the page."""

from decimal import ROUND_HALF_EVEN, Decimal

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "SEK": "SEK ", "INR": "₹"}
UNITS = [
    (Decimal(1), "", Decimal(1)),
    (Decimal(1_000), "k", Decimal("0.1")),
    (Decimal(1_000_000), "M", Decimal("0.01")),
    (Decimal(1_000_000_000), "B", Decimal("0.01")),
]


def short(amount: Decimal | None, currency: str) -> str:
    """For lists: €48.0k, €3.84M; an em dash where the amount is unknown."""
    if amount is None:
        return "—"
    sign, size = ("−" if amount < 0 else ""), abs(amount)
    rounded = [((size / unit).quantize(digits, ROUND_HALF_EVEN), suffix) for unit, suffix, digits in UNITS]
    # It is the rounded figure that must fit, so that 999,960 is 1.00M and not 1000.0k.
    figure, suffix = next((one for one in rounded if one[0] < 1000), rounded[-1])
    return f"{sign}{symbol(currency)}{figure}{suffix}"


def exact(amount: Decimal | None, currency: str) -> str:
    """In full: €184,000 or €184,000.50; an em dash where the amount is unknown."""
    if amount is None:
        return "—"
    sign, size = ("−" if amount < 0 else ""), abs(amount)
    digits = 0 if size == size.to_integral_value() else 2
    return f"{sign}{symbol(currency)}{size:,.{digits}f}"


def signed(amount: Decimal | None, currency: str) -> str:
    """A change, in full: +€4,800, −€1,200, ±€0; an em dash where it is unknown."""
    if amount is None:
        return "—"
    sign = "+" if amount > 0 else "" if amount < 0 else "±"
    return f"{sign}{exact(amount, currency)}"


def symbol(currency: str) -> str:
    """The sign that stands before an amount; the code and a space where a currency has none."""
    return SYMBOLS.get(currency, f"{currency} ")
