"""Money as people read it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.common import money

AMOUNTS = st.decimals(min_value=-(10**11), max_value=10**11, places=2)


@pytest.mark.parametrize(
    ("amount", "short", "exact"),
    [
        ("0", "€0", "€0"),
        ("950", "€950", "€950"),
        ("999.49", "€999", "€999.49"),
        ("999.99", "€1.0k", "€999.99"),
        ("48000", "€48.0k", "€48,000"),
        ("184000.50", "€184.0k", "€184,000.50"),
        ("999949", "€999.9k", "€999,949"),
        ("999960", "€1.00M", "€999,960"),
        ("3840000", "€3.84M", "€3,840,000"),
        ("2500000000", "€2.50B", "€2,500,000,000"),
        ("-31000", "−€31.0k", "−€31,000"),
    ],
)
def test_an_amount_is_short_in_lists_and_exact_in_titles(amount: str, short: str, exact: str) -> None:
    assert (money.short(Decimal(amount), "EUR"), money.exact(Decimal(amount), "EUR")) == (short, exact)


def test_an_unknown_amount_is_shown_as_unknown() -> None:
    assert (money.short(None, "EUR"), money.exact(None, "EUR")) == ("—", "—")


def test_a_currency_without_a_sign_keeps_its_code() -> None:
    assert money.short(Decimal(1200), "PLN") == "PLN 1.2k"


@given(AMOUNTS)
def test_the_short_form_is_short_and_never_a_thousand_of_a_unit(amount: Decimal) -> None:
    text = money.short(amount, "EUR").lstrip("−")
    assert len(text) <= len("€999.9k") + 1
    assert not text.startswith("€1000")


@given(AMOUNTS)
def test_the_exact_form_reads_back_to_the_amount(amount: Decimal) -> None:
    assert Decimal(money.exact(amount, "EUR").replace("€", "").replace(",", "").replace("−", "-")) == amount
