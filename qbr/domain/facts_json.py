"""Facts as JSON and back, so that what a review showed stays as it was shown.

Decimals are kept as text, digit by digit, days and moments as ISO 8601.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from qbr.domain.facts import Facts

_READ: Final[Mapping[Any, Callable[[Any], Any]]] = {
    Decimal: Decimal,
    dt.date: dt.date.fromisoformat,
    dt.datetime: dt.datetime.fromisoformat,
    float: float,
}


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """What JSON can hold of the facts, which is all of them."""
    made: dict[str, Any] = _plain(facts)
    return made


def facts_from_json(data: Mapping[str, Any]) -> Facts:
    """The facts that were kept. Raises `KeyError` where one of them is missing."""
    found: Facts = _read(Facts, data)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in value)
    if origin is UnionType:
        (of,) = (one for one in get_args(kind) if one is not NoneType)
        return None if value is None else _read(of, value)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _read(of, value[name]) for name, of in _hints(kind).items()})
    return _READ[kind](value) if kind in _READ else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
