"""Merge fields: filled in, replaced by other words, or a problem; never a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.merging import FIELDS, merge, missing_in_words, problem_with

VALUES = {"account.name": "Halden", "champion.name": "", "owner.name": "Olga"}


@pytest.mark.parametrize(
    ("text", "merged", "missing"),
    [
        ("Call {account.name}", "Call Halden", ()),
        ("Call { account.name }", "Call Halden", ()),
        ("{owner.name} calls {account.name}", "Olga calls Halden", ()),
        ("Ask {champion.name|the champion}", "Ask the champion", ()),
        ("{account.name|them}", "Halden", ()),
        ("Ask {champion.name}", "Ask ", ("champion.name",)),
        ("Ask {champion.name|}", "Ask ", ("champion.name",)),
        ("{sponsor.name}, {sponsor.name}, {champion.name}", ", , ", ("sponsor.name", "champion.name")),
        ("no fields", "no fields", ()),
    ],
)
def test_fields_are_filled_in(text, merged, missing):
    found = merge(text, VALUES)
    assert (found.text, found.missing) == (merged, missing)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Call {account.name}", ""),
        ("Call {champion.name|the champion}", ""),
        ("Call {champoin.name}", "There is no field “{champoin.name}”."),
        ("Call {account name}", "A brace does not belong to a field. Fields are written like {account.name}."),
        ("Call {account.name", "A brace does not belong to a field. Fields are written like {account.name}."),
    ],
)
def test_a_writer_is_told_what_is_wrong(text, problem):
    assert problem_with(text) == problem


def test_what_is_not_known_is_said_in_words():
    words = "Not known for this account: champion at the customer, its tier."
    assert missing_in_words(("champion.name", "account.tier")) == words
    assert missing_in_words(()) == ""


@given(st.text(alphabet="ab {}|.", max_size=30), st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(max_size=5)))
def test_any_text_can_be_merged(text, values):
    assert isinstance(merge(text, values).text, str)


@given(st.lists(st.sampled_from(sorted(FIELDS)), max_size=5))
def test_a_text_without_values_lacks_all_of_its_fields(names):
    text = " ".join(f"{{{name}}}" for name in names)
    assert problem_with(text) == ""
    assert merge(text, {}).missing == tuple(dict.fromkeys(names))
    assert merge(text, dict.fromkeys(FIELDS, "x")).missing == ()
