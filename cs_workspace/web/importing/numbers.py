"""Numbers as files write them. Which sign parts the decimals is read off a whole column, as is the order of dates.

`1,234.50` and `1.234,50` say it by themselves, `12.5` does too, for groups have three digits; `1.234` does not.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Mark(StrEnum):
    """What parts whole and decimal digits; the other one may part groups of three."""

    POINT = "."
    COMMA = ","


class NumberError(ValueError):
    """A text that is no number; the message says why."""


GROUP = r"[ \u00a0\u202f'’]"
PLAIN = re.compile(r"[+-]?\d{1,30}", re.ASCII)
POINTED = re.compile(
    rf"[+-]?(?:\d{{1,30}}|\d{{1,3}}(?:,\d{{3}}){{1,9}}|\d{{1,3}}(?:{GROUP}\d{{3}}){{1,9}})?(?:\.\d{{0,30}})?(?:[eE][+-]?\d{{1,2}})?",
    re.ASCII,
)
COMMAED = re.compile(
    rf"[+-]?(?:\d{{1,30}}|\d{{1,3}}(?:\.\d{{3}}){{1,9}}|\d{{1,3}}(?:{GROUP}\d{{3}}){{1,9}})?(?:,\d{{0,30}})?(?:[eE][+-]?\d{{1,2}})?",
    re.ASCII,
)
SHAPES = {Mark.POINT: POINTED, Mark.COMMA: COMMAED}
GROUPS = re.compile(GROUP)
CURRENCY = "€$£¥"


def decimal(text: str, mark: Mark | None) -> Decimal:
    """The number that `text` writes; without a mark the point parts the decimals. Raises NumberError."""
    bare = _bare(text)
    mark = mark or Mark.POINT
    if not any(map(str.isdigit, bare)) or not SHAPES[mark].fullmatch(bare):
        if text.endswith("%"):
            raise NumberError("is a percentage; shares are written as fractions")
        raise NumberError("is not a number")
    other = "," if mark is Mark.POINT else "."
    return Decimal(GROUPS.sub("", bare).replace(other, "").replace(mark, "."))


def whole(text: str, mark: Mark | None) -> int:
    """The whole number that `text` writes; `27.0` is one. Raises NumberError."""
    if PLAIN.fullmatch(text):
        return int(text)
    number = decimal(text, mark)
    if number != number.to_integral_value():
        raise NumberError("is not a whole number")
    return int(number)


def _bare(text: str) -> str:
    """Without a currency sign before or after."""
    if text[:1] in CURRENCY or text[-1:] in CURRENCY:
        return text.strip(CURRENCY + " \u00a0")
    return text


@dataclass
class MarkEvidence:
    """What the values of one column say about the decimal mark; lines are where they say it."""

    point: int = 0
    comma: int = 0
    either: int = 0
    example: str = ""

    def see(self, text: str, line: int) -> None:
        """Takes one value into account; what is no number says nothing."""
        bare = _bare(text)
        if ("." not in bare and "," not in bare) or not any(map(str.isdigit, bare)):
            return
        pointed, commaed = POINTED.fullmatch(bare), COMMAED.fullmatch(bare)
        if pointed and not commaed:
            self.point = self.point or line
        elif commaed and not pointed:
            self.comma = self.comma or line
        elif pointed and not self.either:
            self.either, self.example = line, text

    def verdict(self) -> Mark | None:
        """The mark that the values leave; None where none of them needs one.

        Raises NumberError where they leave both marks, or prove both.
        """
        if self.point and self.comma:
            raise NumberError(
                f"writes decimals with a point in line {self.point} and with a comma in line {self.comma}"
            )
        if self.point:
            return Mark.POINT
        if self.comma:
            return Mark.COMMA
        if self.either:
            raise NumberError(
                f"can be read with decimals or in thousands throughout, as “{self.example}” in line {self.either}"
            )
        return None
