import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.web.importing.dates import Order
from cs_workspace.web.importing.errors import MappingRefused
from cs_workspace.web.importing.kinds import KINDS
from cs_workspace.web.importing.mapping import _Parser, load_mapping, parse_mapping, shipped_mappings
from cs_workspace.web.importing.numbers import Mark

WHOLE = """
title = "Our CRM"
source = "crm"
currency = "EUR"
time_zone = "Europe/Berlin"
dates = "DMY"
decimals = ","

[left_out]
"leads.csv" = "leads have no place here"

[[tables]]
kind = "accounts"
files = ["customers.csv", "customers-*.csv"]
key = "id"
only = { type = ["customer", "partner"] }

[tables.fields]
name = "company"
customer_since = { column = "since", dates = "MDY" }
is_trial = { column = "phase", choices = { Trial = true, Live = false } }
custom.region = "region"
custom.seats = { column = "seats", reading = "integer" }

[[tables]]
kind = "metrics"
files = "figures.csv"

[tables.fields]
account = "id"
day = "day"
metric.temperature = { column = "t", decimals = "." }
"""


def parse(text: str, name: str = "our.toml"):
    return parse_mapping(text, name=name)


def test_a_mapping_says_all_that_is_known_of_a_source():
    mapping = parse(WHOLE)

    assert (mapping.title, mapping.source, mapping.currency, mapping.zone.key) == (
        "Our CRM", "crm", "EUR", "Europe/Berlin",
    )  # fmt: skip
    accounts, metrics = mapping.tables
    assert accounts.files == ("customers.csv", "customers-*.csv")
    assert accounts.only == {"type": frozenset({"customer", "partner"})}
    assert accounts.by_field["customer_since"].order is Order.MONTH_FIRST
    assert accounts.by_field["is_trial"].choices == {"trial": True, "live": False}
    assert accounts.by_field["currency"].value == "EUR"
    assert accounts.named_columns == ["id", "company", "since", "phase", "region", "seats", "type"]
    assert metrics.by_field["day"].order is Order.DAY_FIRST
    assert metrics.by_field["metric.temperature"].mark is Mark.POINT


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('source = "crm"', "", "our.toml: source must be a short name"),
        ('source = "crm"', 'source = "Our CRM"', "source must be a short name"),
        ('source = "crm"', "source = 5", "source must be a text"),
        ('source = "crm"', 'source = "crm"\nsorce = 1', "“sorce” means nothing here. Did you mean “source”?"),
        ('"EUR"', '"euro"', "currency must be three capital letters, not “euro”"),
        ("Europe/Berlin", "Europe/Berln", "is no time zone. Did you mean “Europe/Berlin”?"),
        ('dates = "DMY"', 'dates = "YMD"', "dates must be one of “DMY”, “MDY”, not “YMD”"),
        ('kind = "accounts"', 'kind = "account"', "“account” is no kind. Did you mean “accounts”?"),
        ('key = "id"', "", "table 1 (accounts): key is missing"),
        ('name = "company"', "", "table 1 (accounts): the field name must be mapped"),
        ('account = "id"', "", "the field account or contract must be mapped: whose row is it?"),
        ('name = "company"', 'nam = "company"', "accounts have no field “nam”. Did you mean “name”?"),
        ('"company"', '{ colum = "company" }', "“colum” means nothing here. Did you mean “column”?"),
        ('"company"', '{ column = "company", value = "x" }', "needs either column or value"),
        ('"company"', '{ column = "company", times = 12 }', "times does not go with a field that is read as text"),
        ('"company"', '{ column = "company", reading = "date" }', "is always read as text"),
        ('"company"', "[1]", "must be the name of a column, or { column = … }"),
        ("Trial = true", 'Trial = "perhaps"', "“Trial” becomes “perhaps”, which is none of true, false"),
        ("custom.region", "custom.Region", "names of your own hold small letters"),
        ('reading = "integer"', 'reading = "money"', "reading must be one of text, integer, decimal, date, boolean"),
        ("metric.temperature", "metric.Temperature", "“metric.Temperature”: names of your own"),
        ('metric.temperature = { column = "t", decimals = "." }', "", "maps no metric; name them metric.NAME"),
        ("customers.csv", "2026/customers.csv", "files holds names, not paths"),
        ('"leads have no place here"', '""', "left_out, leads.csv: needs a reason"),
        ("[[tables]]", "[tables]", "tables must be a list"),
    ],
)
def test_a_fault_is_named_with_its_place_and_what_was_meant(old, new, fault):
    assert old in WHOLE
    text = WHOLE.replace(old, new)
    if new == "[tables]":
        text = 'source = "crm"\n[tables]\n'
    with pytest.raises(MappingRefused) as caught:
        parse(text)
    assert fault in str(caught.value)


def test_every_fault_is_told_at_once():
    text = WHOLE.replace('kind = "accounts"', 'kind = "acounts"').replace('"EUR"', '"euro"').replace("DMY", "YMD")
    with pytest.raises(MappingRefused) as caught:
        parse(text)
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("text", ["source = ", "[[tables]\n", "a = 1\na = 2", "\x00", 'x = "' + "a" * 10, "[" * 5_000])
def test_broken_toml_is_refused_with_the_place(text):
    with pytest.raises(MappingRefused, match=r"our\.toml: is not valid TOML"):
        parse(text)


def test_changes_of_arr_stand_before_the_contracts_that_they_change():
    text = """
        source = "x"
        [[tables]]
        kind = "contracts"
        files = "c.csv"
        key = "id"
        fields = { account = "a", start = "s" }
        [[tables]]
        kind = "arr_changes"
        files = "e.csv"
        key = "id"
        fields = { contract = "c", day = "d", amount = "m" }
    """
    with pytest.raises(MappingRefused, match="arr_changes must stand before the table of contracts"):
        parse(text)


@pytest.mark.parametrize("name", shipped_mappings())
def test_the_mappings_that_come_along_are_whole(name):
    assert load_mapping(name).tables


def test_a_mapping_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path):
    path = tmp_path / "our.toml"
    path.write_bytes(WHOLE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_mapping(str(path)).source == "crm"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ravenstak", "ravenstak: no mapping of this name is shipped. Did you mean “ravenstack”?"),
        ("../secrets", "no mapping of this name is shipped"),
        ("gone.toml", "gone.toml: cannot be read: No such file or directory"),
    ],
)
def test_a_mapping_that_is_not_there_is_refused(name, reason):
    with pytest.raises(MappingRefused) as caught:
        load_mapping(name)
    assert reason in str(caught.value)


def test_a_mapping_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "our.toml"
    path.write_bytes("title = 'Müller'".encode("latin-1"))
    with pytest.raises(MappingRefused, match="is not UTF-8 text"):
        load_mapping(str(path))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["column", "value", "times", "choices", "dates", "reading", "anchor", "custom", "name", "x"])


@given(
    kind=st.sampled_from([*KINDS, "nothing"]),
    fields=st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=4), max_size=4),
    key=VALUES,
    only=VALUES,
)
def test_no_mapping_whatever_breaks_the_reading(kind, fields, key, only):
    table = {"kind": kind, "files": ["a.csv"], "key": key, "fields": fields, "only": only}
    with contextlib.suppress(MappingRefused):
        mapping = _Parser("our.toml").parse({"source": "x", "tables": [table], "dates": key, "left_out": only})
        assert mapping.tables
