"""What becomes of a churn signal from night to night, how many make which level, and what is recommended."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain import signals as domain
from health.domain.assessment import Sign, assessment
from health.domain.signal_handling import SignalVerb, signal_after
from health.domain.signals import (
    DEFAULT_RULES,
    KINDS,
    NEEDS,
    Action,
    Existing,
    Finding,
    Level,
    SignalKind,
    SignalState,
    add_kind,
    decide,
    label_of,
    level_of,
    recommended,
)

DAY = dt.date(2026, 3, 15)
STATE = Finding("Usage −40 %")
TICKET = Finding("Critical ticket", refs=("ticket:1",))
MORE = Finding("Two tickets", refs=("ticket:2", "ticket:1"))


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def existing(state: str, of: Finding = STATE, gone: int | None = None, *, by_hand: bool = False) -> Existing:
    return Existing(SignalState(state), of.evidence, of.refs, None if gone is None else ago(gone), by_hand)


@pytest.mark.parametrize(
    ("finding", "before", "action"),
    [
        (None, None, "nothing"),
        (STATE, None, "open"),
        (STATE, existing("open"), "nothing"),
        (STATE, existing("confirmed"), "nothing"),
        (Finding("Usage −45 %"), existing("open"), "update"),
        (MORE, existing("confirmed", TICKET), "update"),
        (None, existing("open"), "resolve"),
        (None, existing("confirmed"), "resolve"),
        # Dismissed, and seen still or again: only what is new comes back.
        (STATE, existing("dismissed"), "nothing"),
        (None, existing("dismissed"), "gone"),
        (None, existing("dismissed", gone=3), "nothing"),
        (STATE, existing("dismissed", gone=6), "back"),
        (STATE, existing("dismissed", gone=7), "open"),
        (TICKET, existing("dismissed", TICKET), "nothing"),
        (TICKET, existing("dismissed", MORE), "nothing"),
        (MORE, existing("dismissed", TICKET), "open"),
        (TICKET, existing("dismissed", TICKET, gone=200), "nothing"),
        # Resolved by itself, because it was gone.
        (STATE, existing("resolved", gone=6), "reopen"),
        (STATE, existing("resolved", gone=7), "open"),
        (TICKET, existing("resolved", TICKET, gone=2), "reopen"),
        (MORE, existing("resolved", TICKET, gone=2), "open"),
        # Resolved by somebody while it was there.
        (STATE, existing("resolved"), "nothing"),
        (None, existing("resolved"), "gone"),
        (MORE, existing("resolved", TICKET), "open"),
        # What somebody logged is theirs.
        (STATE, existing("open", by_hand=True), "nothing"),
        (None, existing("confirmed", by_hand=True), "nothing"),
    ],
)
def test_decisions(finding, before, action):
    assert decide(finding, before, day=DAY) is Action(action)


findings = st.none() | st.builds(
    Finding,
    st.sampled_from(["one", "two"]),
    st.just({}),
    st.lists(st.sampled_from(["ticket:1", "ticket:2", "ticket:3"]), unique=True, max_size=3).map(tuple),
)
befores = st.none() | st.builds(
    Existing,
    st.sampled_from(SignalState),
    st.sampled_from(["one", "two"]),
    st.lists(st.sampled_from(["ticket:1", "ticket:2"]), unique=True).map(tuple),
    st.none() | st.integers(0, 30).map(ago),
    st.booleans(),
)


@given(findings, befores)
def test_doing_what_was_decided_leaves_nothing_to_do(finding, before):
    action = decide(finding, before, day=DAY)
    after = before
    match action:
        case Action.OPEN | Action.REOPEN:
            assert finding is not None
            after = Existing(SignalState.OPEN, finding.evidence, finding.refs, None)
        case Action.UPDATE:
            after = Existing(before.state, finding.evidence, finding.refs, None)
        case Action.RESOLVE:
            after = Existing(SignalState.RESOLVED, before.evidence, before.refs, DAY)
        case Action.GONE:
            after = Existing(before.state, before.evidence, before.refs, DAY)
        case Action.BACK:
            after = Existing(before.state, before.evidence, before.refs, None)
    assert decide(finding, after, day=DAY) is Action.NOTHING


@pytest.mark.parametrize(
    ("severities", "level"),
    [
        ([], "none"),
        ([3], "low"),
        ([2], "low"),
        ([3, 2], "medium"),
        ([3, 3, 3], "high"),
        ([3] * 9, "high"),
        ([1], "high"),
        ([1, 3], "high"),
    ],
)
def test_levels(severities, level):
    assert level_of(severities) is Level[level.upper()]


@given(st.lists(st.sampled_from([1, 2, 3])), st.sampled_from([1, 2, 3]))
def test_one_signal_more_never_lowers_the_level(severities, more):
    assert level_of([*severities, more]) >= level_of(severities)


@given(st.lists(st.sampled_from([*KINDS, "unheard-of"])))
def test_there_are_four_different_recommendations_whatever_the_kinds(kinds):
    actions = recommended(kinds)
    assert len(actions) == len(set(actions)) == 4


def test_every_kind_has_its_say_before_one_speaks_twice():
    first = [KINDS[kind].actions[0] for kind in ("contact_left", "competitor", "usage_down")]
    assert recommended(["contact_left", "competitor", "usage_down"]) == [*first, KINDS["contact_left"].actions[1]]


def test_the_kinds_of_the_table_have_lead_times_in_its_bounds():
    bounds = {
        "usage_down": (90, 90), "contact_left": (60, 90), "ticket_silence": (60, 60), "billing_visited": (45, 45),
        "competitor": (30, 60), "data_export": (30, 30), "non_renewal": (30, 45), "seats_removed": (30, 30),
        "escalation": (60, 60), "payment": (60, 60), "silent": (60, 60), "single_threaded": (90, 90),
        "ownership": (90, 90), "detractor": (60, 60),
    }  # fmt: skip
    assert {kind: low <= KINDS[kind].lead_days <= high for kind, (low, high) in bounds.items()} == dict.fromkeys(
        KINDS, True
    )


def test_every_kind_that_is_not_by_hand_has_a_rule_with_what_it_needs():
    by_hand = {"non_renewal", "ownership"}
    assert {rule.kind for rule in DEFAULT_RULES} == set(KINDS) - by_hand
    for rule in DEFAULT_RULES:
        for name in NEEDS.get(rule.kind, {}):
            value = getattr(rule, name)
            assert value, (rule.kind, name)
            assert value == value, (rule.kind, name)  # not a number is not itself


def test_a_higher_floor_adds_a_kind_once(monkeypatch):
    monkeypatch.setattr(domain, "KINDS", dict(KINDS))
    kind = SignalKind("price_refused", "Price refused", 45)
    add_kind(kind)
    assert label_of("price_refused") == "Price refused"
    with pytest.raises(ValueError, match="taken"):
        add_kind(kind)


def test_a_kind_that_nobody_knows_any_more_is_shown_by_its_key():
    assert label_of("price_refused") == "Price refused"


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        ("open", "confirm", "confirmed"),
        ("open", "dismiss", "dismissed"),
        ("open", "resolve", "resolved"),
        ("confirmed", "dismiss", "dismissed"),
        ("confirmed", "resolve", "resolved"),
        ("confirmed", "reopen", "open"),
        ("dismissed", "reopen", "open"),
        ("resolved", "reopen", "open"),
    ],
)
def test_people_move_signals(state, verb, after):
    assert signal_after(state, SignalVerb(verb)) == after


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("open", "reopen"),
        ("confirmed", "confirm"),
        ("dismissed", "confirm"),
        ("dismissed", "dismiss"),
        ("dismissed", "resolve"),
        ("resolved", "confirm"),
        ("resolved", "dismiss"),
        ("resolved", "resolve"),
    ],
)
def test_what_is_not_possible_says_why(state, verb):
    assert signal_after(state, SignalVerb(verb)).reason


def test_the_assessment_has_level_evidence_and_four_actions():
    text = assessment(
        [
            Sign("detractor", 3, "Ann gave 3 of 10", ago(4), 60),
            Sign("data_export", 1, "“data export” on 1 Mar 2026", ago(14), 30),
            Sign("usage_down", 2, "Usage −41 %", ago(1), 90),
        ]
    )
    assert text.startswith("## Churn-risk assessment: high\n")
    assert "3 churn signals are open. “Data export requested” is usually seen 30 days before a loss." in text
    places = [text.index(words) for words in ("Data export requested**", "Usage down**", "Detractor answer**")]
    assert places == sorted(places)
    assert "Usage −41 %. Seen 14 Mar 2026, lead time 90 days." in text
    assert len(re.findall(r"^\d\. ", text, re.MULTILINE)) == 4


def test_what_people_wrote_is_no_markdown_in_the_assessment():
    sign = Sign("competitor", 2, "[click](http://x)\n# Now", DAY, 30)
    assert "\\[click\\](http://x) \\# Now" in assessment([sign])
