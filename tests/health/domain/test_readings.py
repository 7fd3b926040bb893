"""Documents of readings: what is taken, and what is refused with the place."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.readings import DocumentError, parse_json, read_accounts, score_document
from health.domain.scoring import score_accounts
from tests.health.domain.engine import OPS, TROUBLED


def account(**fields):
    return {"id": "a", "metrics": {}} | fields


def test_readings_become_columns_with_gaps_where_an_account_has_none():
    readings = read_accounts({"accounts": [
        {"id": "a", "segment": "smb", "metrics": {"csat": 4, "nps_class": "passive"}},
        {"id": 7, "metrics": {"csat": None, "event_attendance": True}},
    ]})  # fmt: skip
    assert readings.ids == ["a", 7]
    assert readings.segments.tolist() == ["smb", ""]
    assert readings.columns["csat"][0] == 4
    assert np.isnan(readings.columns["csat"][1])
    assert readings.columns["nps_class"][0] == 1
    assert readings.columns["event_attendance"][1] == 1


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "the document must be an object"),
        ({}, "the document lacks “accounts”"),
        ({"accounts": [], "more": 1}, "the document has the unknown key “more”"),
        ({"accounts": {}}, "“accounts” must be a list"),
        ({"accounts": ["a"]}, "account 1 must be an object"),
        ({"accounts": [{"metrics": {}}]}, "account 1 lacks “id”"),
        ({"accounts": [{"id": "a"}]}, "account 1 lacks “metrics”"),
        ({"accounts": [account(segmnt="smb")]}, "account 1 has the unknown key “segmnt”"),
        ({"accounts": [account(id="")]}, "account 1: “id” must be text or a whole number"),
        ({"accounts": [account(id=True)]}, "account 1: “id” must be text or a whole number"),
        ({"accounts": [account(id=1.5)]}, "account 1: “id” must be text or a whole number"),
        ({"accounts": [account(id=None)]}, "account 1: “id” must be text or a whole number"),
        ({"accounts": [account(segment=3)]}, "account a: “segment” must be text"),
        ({"accounts": [account(metrics=[])]}, "account a: “metrics” must be an object of names and readings"),
        ({"accounts": [account(), account()]}, "account 2: the id a is already that of account 1"),
        ({"accounts": [account(metrics={"logins": 3})]}, "account a: logins: no metric has this name"),
        ({"accounts": [account(metrics={"logins": None})]}, "account a: logins: no metric has this name"),
        ({"accounts": [account(metrics={"csat": "good"})]}, "account a: csat: must be a number, not “good”"),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_with_the_place(document, reason):
    with pytest.raises(DocumentError) as refused:
        read_accounts(document)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not JSON: Expecting value, line 1 column 1"),
        ('{"accounts": [', "is not JSON: Expecting value, line 1 column 15"),
        ('{"a": NaN}', "holds NaN, which is no reading"),
        ('{"a": -Infinity}', "holds -Infinity, which is no reading"),
        ('{"a": 1, "a": 2}', "has the key “a” twice in one object"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"a":' * 100_000, "is nested too deeply"),
        ("9" * 5000, "is not JSON that can be read: Exceeds the limit (4300 digits) for integer string conversion"),
    ],
)
def test_text_that_is_no_strict_json_is_refused_with_the_reason(text, reason):
    with pytest.raises(DocumentError) as refused:
        parse_json(text)
    assert str(refused.value).startswith(reason)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "metrics", "csat", "x"]), inner),
    max_leaves=8,
)


@given(json_values | st.builds(lambda rows: {"accounts": rows}, st.lists(json_values, max_size=3)))
def test_any_document_is_scored_or_refused_in_one_line(document):
    assert "\n" not in answer_to(document)


def answer_to(document) -> str:
    """The scores as JSON, or why there are none."""
    try:
        readings = read_accounts(document)
    except DocumentError as refused:
        return str(refused)
    return json.dumps(score_document(readings, score_accounts(OPS, readings.columns, segments=readings.segments)))


def test_the_scores_name_every_dimension_and_indicator_and_say_null_where_nothing_was_seen():
    readings = read_accounts({"accounts": [
        account(id="full", metrics=TROUBLED), account(id="thin", metrics={"csat": 4.0}),
    ]})  # fmt: skip
    full, thin = score_document(readings, score_accounts(OPS, readings.columns))["scores"]
    assert (full["score"], full["tier"], full["confidence"]) == (46.0, "At-Risk", 1.0)
    assert full["dimensions"] == {
        "Product usage": 50.0, "Engagement": 30.0, "Business health": 70.0, "Sentiment": 23.3,
    }  # fmt: skip
    assert (thin["score"], thin["tier"], thin["confidence"]) == (None, None, 0.05)
    assert thin["dimensions"]["Engagement"] is None
    assert thin["indicators"]["csat"] == 70.0
    assert thin["indicators"]["login_days"] is None
    assert list(thin["indicators"]) == list(OPS.metrics)
