"""A proposal while it is being written: what stands in its form, as text; options and lines come and go.

The form is sent as a whole with the name of what is to be done, and comes back changed; nothing is kept in between. So
writing works by buttons alone, without a script as with one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.http import QueryDict

from accounts.forms.plan import plain
from renewals.domain.proposals import MOST_LINES, MOST_OPTIONS, YEAR_MONTHS, Line, Option

Values = dict[str, Any]
CENTS = 2


@dataclass
class LinePart:
    """A line: `uid` names it in the form."""

    uid: str
    values: Values


@dataclass
class OptionPart:
    """An option with its lines: `uid` names it in the form."""

    uid: str
    values: Values
    lines: list[LinePart] = field(default_factory=list)


@dataclass
class Draft:
    """The whole form. `recommended` is the uid of the option that is, `focus` that of the part that was just added."""

    head: Values
    options: list[OptionPart] = field(default_factory=list)
    recommended: str = ""
    focus: str = ""

    @classmethod
    def of(cls, options: Sequence[Option], **head: Any) -> Draft:
        """A proposal as it is to be changed."""
        parts = [OptionPart(_uid(), _option_values(one), [_line(line) for line in one.lines]) for one in options]
        recommended = (part.uid for part, one in zip(parts, options, strict=True) if one.is_recommended)
        return cls(head, parts, next(recommended, ""))

    @classmethod
    def sent(cls, data: QueryDict) -> Draft:
        """What a form brought, in the order in which its parts stood on the page; no more than a proposal holds."""
        options = [
            OptionPart(
                uid,
                _of_prefix(data, f"o{uid}"),
                [LinePart(line, _of_prefix(data, f"l{line}")) for line in _uids(data, f"lines-{uid}", MOST_LINES)],
            )
            for uid in _uids(data, "options", MOST_OPTIONS)
        ]
        return cls(_of_prefix(data, "head"), options, data.get("recommended", ""))

    def do(self, what: str) -> None:
        """Adds or takes out a part: `add-option`, `add-line:<uid of the option>`, `remove:<uid>`.

        Anything else changes nothing; the form only comes back.
        """
        verb, _, target = what.partition(":")
        verbs: dict[str, Callable[[str], None]] = {
            "add-option": self._add_option,
            "add-line": self._add_line,
            "remove": self._remove,
        }
        if verb in verbs:
            verbs[verb](target)

    @property
    def is_full(self) -> bool:
        """Whether no option can be added."""
        return len(self.options) >= MOST_OPTIONS

    def _add_option(self, _: str) -> None:
        if not self.is_full:
            part = OptionPart(_uid(), {"term_months": YEAR_MONTHS}, [LinePart(_uid(), {})])
            self.options.append(part)
            self.focus = part.uid

    def _add_line(self, uid: str) -> None:
        for option in self.options:
            if option.uid == uid and len(option.lines) < MOST_LINES:
                part = LinePart(_uid(), {})
                option.lines.append(part)
                self.focus = part.uid

    def _remove(self, uid: str) -> None:
        self.options = [part for part in self.options if part.uid != uid]
        for option in self.options:
            option.lines = [part for part in option.lines if part.uid != uid]


def _uid() -> str:
    return uuid4().hex[:8]


def _uids(data: QueryDict, name: str, most: int) -> list[str]:
    """The names of parts, each once: a name that comes twice would be two parts with one set of fields."""
    found = dict.fromkeys(uid for uid in data.getlist(name) if uid.isascii() and uid.isalnum() and len(uid) <= 8)
    return list(found)[:most]


def _of_prefix(data: Mapping[str, Any], prefix: str) -> Values:
    start = f"{prefix}-"
    return {name.removeprefix(start): data[name] for name in data if name.startswith(start)}


def _option_values(one: Option) -> Values:
    return {
        "title": one.title,
        "note": one.note,
        "term_months": one.term_months,
        "billing": one.billing,
        "discount": plain(one.discount * 100),
        "in_return": one.in_return,
    }


def _line(line: Line) -> LinePart:
    discount = plain(line.discount * 100) if line.discount else ""
    values = {"product": line.product, "seats": line.seats, "price": _price(line.price), "discount": discount}
    return LinePart(_uid(), values)


def _price(price: Decimal) -> str:
    """A price with two digits after the point, or with as many more as it has."""
    whole, _, digits = plain(price).partition(".")
    return f"{whole}.{digits.ljust(CENTS, '0')}" if digits else whole
