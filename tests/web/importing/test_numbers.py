from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.web.importing import numbers
from cs_workspace.web.importing.numbers import Mark, MarkEvidence, NumberError


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("0", None, "0"),
        ("-12.50", None, "-12.50"),
        ("+7", None, "7"),
        (".5", None, "0.5"),
        ("1,234.50", Mark.POINT, "1234.50"),
        ("1.234,50", Mark.COMMA, "1234.50"),
        ("1 234,50", Mark.COMMA, "1234.50"),
        ("1\u00a0234\u202f567.8", Mark.POINT, "1234567.8"),
        ("1'234.50", Mark.POINT, "1234.50"),
        ("1,234,567", Mark.POINT, "1234567"),
        ("1.5e3", None, "1500"),
        ("$1,200.00", Mark.POINT, "1200.00"),
        ("99 €", None, "99"),
    ],
)
def test_numbers_are_read_as_files_write_them(text, mark, number):
    assert numbers.decimal(text, mark) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a number"),
        ("n/a", "is not a number"),
        ("NaN", "is not a number"),
        ("inf", "is not a number"),
        ("-Infinity", "is not a number"),
        ("1.2.3", "is not a number"),
        ("12,34.5", "is not a number"),
        ("1e999", "is not a number"),
        ("0x1F", "is not a number"),
        ("1_000", "is not a number"),
        ("١٢", "is not a number"),
        ("--1", "is not a number"),
        ("45 %", "is a percentage"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text, reason):
    with pytest.raises(NumberError, match=reason):
        numbers.decimal(text, None)


def test_a_whole_number_may_have_zeros_behind_the_point_and_nothing_else():
    assert numbers.whole("27.0", None) == 27
    with pytest.raises(NumberError, match="is not a whole number"):
        numbers.whole("27.5", None)


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (["1", "", "n/a"], None),
        (["1.234", "12.5"], Mark.POINT),
        (["1.234", "12,5"], Mark.COMMA),
        (["1,234", "1,234.50"], Mark.POINT),
        (["1.234", "1.234.567"], Mark.COMMA),
    ],
)
def test_a_column_shows_its_decimal_mark(texts, verdict):
    evidence = MarkEvidence()
    for line, text in enumerate(texts, 2):
        evidence.see(text, line)
    assert evidence.verdict() == verdict


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["1.234", "2.500"], "decimals or in thousands throughout, as “1.234” in line 2"),
        (["12.5", "12,5"], "a point in line 2 and with a comma in line 3"),
    ],
)
def test_a_column_that_leaves_both_marks_is_asked_about_and_never_guessed(texts, reason):
    evidence = MarkEvidence()
    for line, text in enumerate(texts, 2):
        evidence.see(text, line)
    with pytest.raises(NumberError, match=reason):
        evidence.verdict()


@given(st.decimals(-(10**12), 10**12, places=2))
def test_a_number_is_the_same_whichever_way_it_is_written(number):
    pointed = f"{number:,.2f}"
    commaed = pointed.translate(str.maketrans(",.", ".,"))
    assert numbers.decimal(pointed, Mark.POINT) == numbers.decimal(commaed, Mark.COMMA) == number


@given(st.text(), st.sampled_from([None, *Mark]))
def test_no_text_whatever_breaks_the_reading(text, mark):
    MarkEvidence().see(text, 1)
    try:
        found = numbers.decimal(text, mark)
    except NumberError:
        return
    assert found.is_finite()
