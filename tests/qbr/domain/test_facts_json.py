"""Facts survive being kept."""

import datetime as dt
import json
from dataclasses import is_dataclass, replace
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr.domain.facts import Facts
from qbr.domain.facts_json import facts_from_json, facts_to_json
from tests.qbr.facts import facts

PLAIN = {
    str: st.text(max_size=8),
    int: st.integers(-(10**6), 10**12),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(-(10**12), 10**12, places=4),
    dt.date: st.dates(),
    dt.datetime: st.datetimes(timezones=st.just(dt.UTC)),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field of facts, two at most in a series: what is kept of one is kept of many."""
    if get_origin(kind) is tuple:
        return st.lists(any_of(get_args(kind)[0]), max_size=2).map(tuple)
    if NoneType in get_args(kind):
        return st.none() | any_of(next(one for one in get_args(kind) if one is not NoneType))
    if is_dataclass(kind):
        return st.builds(kind, **{name: any_of(of) for name, of in get_type_hints(kind).items()})
    return PLAIN[kind]


@pytest.mark.parametrize("name", get_type_hints(Facts))
@given(st.data())
@settings(max_examples=10, deadline=None)
def test_what_was_kept_comes_back_as_it_was(name: str, data: st.DataObject):
    known = replace(facts(), **{name: data.draw(any_of(get_type_hints(Facts)[name]))})
    assert facts_from_json(json.loads(json.dumps(facts_to_json(known)))) == known


def test_a_decimal_keeps_its_zeros():
    kept = facts_to_json(facts())
    assert (kept["account"]["arr"], str(facts_from_json(kept).account.arr)) == ("48000", "48000")


def test_facts_that_lack_something_are_not_read_as_if_it_were_nothing():
    kept = facts_to_json(facts())
    del kept["usage"]
    with pytest.raises(KeyError, match="usage"):
        facts_from_json(kept)
