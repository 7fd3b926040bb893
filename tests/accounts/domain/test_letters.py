"""Words of e-mails: fields filled in, and nothing that was typed becomes anything but words."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.letters import Receiver, Wording, in_markdown, kept_back, unsigned, with_links, worded
from accounts.domain.merging import LETTER_FIELDS, fields_in, problem_with
from cs_workspace.common import markdown

SIGNS = r"abc Ü1.9)(\`*_[]<>{}#+-=!|~&;:/'" + '"'


def shown(value: str) -> str:
    """What a reader sees of a value in the middle of a sentence."""
    return html.unescape(re.sub(r"<[^>]*>", "", str(markdown.render(f"See {in_markdown(value)}."))))


@given(st.text(SIGNS, min_size=1, max_size=30).map(lambda text: " ".join(text.split())).filter(bool))
def test_a_value_is_read_as_it_was_typed(value):
    assert shown(value).strip() == f"See {value}."


@given(st.text(SIGNS + "\n", min_size=1, max_size=40))
def test_a_value_formats_nothing_wherever_it_stands(value):
    rendered = str(markdown.render(f"{in_markdown(value.strip())} and more"))
    assert set(re.findall(r"</?(\w+)", rendered)) <= {"p", "br"} or "    " in value


def test_an_address_becomes_a_link_also_where_the_template_gives_it_words():
    given_texts = {"plan.link": "https://cs.example.com/p?a=1"}
    assert worded("x", "{plan.link}", given_texts).text == "<https://cs.example.com/p?a=1>"
    linked = str(markdown.render(worded("x", "[Your plan]({plan.link})", given_texts).text))
    assert 'href="https://cs.example.com/p?a=1"' in linked
    hostile = str(markdown.render(worded("x", "[Your plan]({plan.link})", {"plan.link": "javascript:alert(1)"}).text))
    assert "href" not in hostile


@pytest.mark.parametrize(
    "text",
    ["{account.__class__}", "{account.name.__init__}", "{settings.SECRET_KEY}", "{{ account.name }}", "{% debug %}",
     "{account.name!r}", "{0.name}", "{account.objects}"],
)  # fmt: skip
def test_fields_reach_nothing_but_what_is_named(text):
    values = dict.fromkeys(LETTER_FIELDS, "known")
    assert problem_with(text, fields=LETTER_FIELDS)
    assert "known" not in worded("x", text, values).text.replace("{ known }", "").replace("{known}", "")


def test_a_value_that_looks_like_a_field_is_words():
    wording = worded("{account.name}", "{account.name}", {"account.name": "{owner.name}", "owner.name": "Olga"})
    assert (wording.subject, wording.text) == ("{owner.name}", "{owner.name}")


def test_what_is_not_known_is_named_once_in_its_order():
    wording = worded("For {champion.name}", "{champion.name|all}, {sponsor.name} {champion.name}", {})
    assert wording == Wording("For ", "all,  ", ("champion.name", "sponsor.name"))


def test_a_subject_is_one_line_and_no_markdown():
    assert worded("News\nfor {account.name}", "x", {"account.name": "A*B*"}).subject == "News for A*B*"


def test_fields_of_a_text_are_told_once_in_their_order():
    assert fields_in("{owner.name} {account.name|x} {owner.name}") == ["owner.name", "account.name"]


@pytest.mark.parametrize(
    ("receiver", "because"),
    [
        (Receiver("ana@x.example", True), ""),
        (Receiver("", True), "There is no e-mail address."),
        (Receiver("ana@x.example", False), "This person is not there any more."),
        (Receiver("ana@x.example", True, has_unsubscribed=True), "This person has unsubscribed."),
        (Receiver("ana@x.example", True, is_suppressed=True), "Nothing is sent to this address."),
    ],
)
def test_why_nothing_goes_to_a_person_is_said(receiver, because):
    assert kept_back(receiver) == because


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hello\n\nKind regards\nOlga Owner\n", "Hello\n\nKind regards"),
        ("Hello\nOlga Owner agrees", "Hello\nOlga Owner agrees"),
        ("Olga Owner", ""),
        ("", ""),
    ],
)
def test_the_name_below_makes_way_for_the_signature(text, kept):
    assert unsigned(text, "Olga Owner") == kept


def test_a_bare_address_becomes_a_link_and_what_is_one_stays():
    text = "See https://x.example/a?b=1. Or <https://x.example>, [there](https://x.example) (https://x.example)."
    assert with_links(text) == text.replace("https://x.example/a?b=1.", "<https://x.example/a?b=1>.")
