"""What follows a review: its gist, what is left to be done, and addresses of mails."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from qbr.domain.following import Progress, gist_of, mailto, steps_of

NOTHING = Progress(
    is_recap_sent=False, goals=0, carried=0, ideas=0, begun=0, came=0, asked=0, answered=0, has_next=False
)
ALL = Progress(is_recap_sent=True, goals=2, carried=2, ideas=1, begun=1, came=2, asked=2, answered=1, has_next=True)


@dataclass
class Note:
    kind: str
    text: str


def test_decisions_stand_before_notes_and_the_title_where_there_are_none():
    notes = [Note("note", "Second site"), Note("decision", "Finance joins")]
    assert gist_of("Business review", notes) == "- **Decided:** Finance joins\n- Second site"
    assert gist_of("Business review", []) == "Business review"


def done(now):
    return [step.label for step in steps_of(now) if step.is_done]


def needless(now):
    return [step.label for step in steps_of(now) if step.is_needless]


def test_everything_can_be_done_and_nothing_is_asked_for_that_there_is_not():
    assert len(done(ALL)) == len(steps_of(ALL)) == 5
    assert (done(NOTHING), needless(ALL)) == ([], [])
    assert needless(NOTHING) == [
        "Write the goals to the success plan",
        "Take ideas up as opportunities",
        "Ask the attendees how it was",
    ]


@pytest.mark.parametrize(
    ("change", "label", "detail"),
    [
        ({"carried": 1}, "Write the goals to the success plan", "1 of 2"),
        ({"begun": 0}, "Take ideas up as opportunities", "0 of 1"),
        ({"asked": 0}, "Ask the attendees how it was", "Not yet"),
    ],
)
def test_what_is_half_done_is_not_done(change, label, detail):
    now = replace(ALL, **change)
    assert label not in done(now)
    assert {step.label: step.detail for step in steps_of(now)}[label] == detail


def test_a_mail_is_opened_with_people_subject_and_lines_as_they_are():
    address = mailto(["kim@halden.example", "a+b@c.example"], "50 % & more?", "One\nTwo & three")
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    assert (parts.scheme, unquote(parts.path)) == ("mailto", "kim@halden.example,a+b@c.example")
    assert query == {"subject": ["50 % & more?"], "body": ["One\r\nTwo & three"]}
