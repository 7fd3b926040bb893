"""Every row of the table of churn signals at its edges."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.signal_findings import FINDERS, Facts, Item, find
from health.domain.signals import DEFAULT_RULES

DAY = dt.date(2026, 3, 15)
RULES = {rule.kind: rule for rule in DEFAULT_RULES}


def item(ref: str = "ticket:1", name: str = "Thing", days: int = 3, more: str = "", how: str = "") -> Item:
    return Item(ref, name, DAY - dt.timedelta(days=days), more, how)


def evidence(kind: str, **facts) -> str | None:
    found = find(RULES[kind], Facts(**facts), day=DAY)
    return found and found.evidence


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (-0.29, None),
        (-0.30, None),
        (0.7 - 1, None),
        (-0.301, "Usage −30 % against the 30 days before"),
        (-0.41, "Usage −41 % against the 30 days before"),
        (-1.0, "Usage −100 % against the 30 days before"),
        (0.5, None),
        (float("nan"), None),
    ],
)
def test_usage_more_than_thirty_percent_down(change, found):
    assert evidence("usage_down", usage_change=change) == found


@pytest.mark.parametrize(
    ("spike", "usual", "silence", "seen"),
    [
        (6, 3.0, 21, True),
        (5, 3.0, 21, False),
        (6, 3.0, 20, False),
        (6, 3.0, 90, True),
        (6, 3.0, 91, False),
        (2, 0.2, 30, False),
        (3, 0.25, 30, True),
    ],
)
def test_a_spike_of_tickets_and_then_silence(spike, usual, silence, seen):
    facts = {"last_ticket": item(days=silence), "days_since_ticket": silence, "spike": spike, "usual": usual}
    assert bool(evidence("ticket_silence", **facts)) is seen


def test_the_spike_is_told_in_numbers():
    facts = {"last_ticket": item(days=24), "days_since_ticket": 24, "spike": 6, "usual": 2.0}
    assert evidence("ticket_silence", **facts) == "6 tickets in 30 days, 3.0 times the usual; none since 19 Feb 2026"


@pytest.mark.parametrize(
    ("login", "touch", "tickets", "found"),
    [
        (13, 44, 0, None),
        (14, 44, 0, "No login for 14 days · no open ticket"),
        (13, 45, 0, "No two-way touch for 45 days · no open ticket"),
        (20, 60, 0, "No login for 20 days · no two-way touch for 60 days · no open ticket"),
        (20, 60, 1, None),
        (None, 60, 0, "No two-way touch for 60 days · no open ticket"),
        (None, None, 0, None),
        (20, None, None, None),
    ],
)
def test_a_silent_account_neither_comes_nor_complains(login, touch, tickets, found):
    assert evidence("silent", days_since_login=login, days_since_touch=touch, open_tickets=tickets) == found


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (310, 308, False),
        (310, 295, False),  # 4.8 %
        (310, 294, True),  # 5.2 %
        (300, 286, False),  # 4.7 %
        (300, 285, True),  # 5 % exactly
        (20, 19, True),
        (21, 20, False),  # 4.8 %
        (1, 0, True),
        (0, 0, False),
        (40, 40, False),
        (40, 50, False),
    ],
)
def test_a_twentieth_of_the_seats_is_removed(before, now, found):
    assert bool(evidence("seats_removed", licences=(before, now))) is found
    assert bool(evidence("seats_removed", seats=(before, now))) is found


@pytest.mark.parametrize(("threshold", "found"), [(0, True), (0.1, True), (0.2, False), (1, False)])
def test_the_share_of_seats_is_set_in_the_rule_and_a_seat_it_is_at_least(threshold, found):
    rule = replace(RULES["seats_removed"], threshold=threshold)
    assert bool(find(rule, Facts(seats=(1000, 999)), day=DAY)) is found
    assert not find(rule, Facts(seats=(1000, 1000)), day=DAY)


@pytest.mark.parametrize(
    ("licences", "seats", "found"),
    [
        ((50, 45), None, "50 → 45 seats licensed within 30 days, −10 %"),
        (None, (40, 30), "40 → 30 seats assigned within 30 days, −25 %"),
        (
            (50, 40),
            (45, 30),
            "50 → 40 seats licensed within 30 days, −20 % · 45 → 30 seats assigned within 30 days, −33 %",
        ),
        ((50, 49), (45, 30), "45 → 30 seats assigned within 30 days, −33 %"),
        (None, None, None),
    ],
)
def test_seats_removed_are_told_in_numbers(licences, seats, found):
    assert evidence("seats_removed", licences=licences, seats=seats) == found


def test_invoices_say_number_amount_and_days():
    overdue = (item("invoice:7", "INV-7", 24, "EUR 12000.00"), item("invoice:9", "INV-9", 16, "USD 99.50"))
    found = find(RULES["payment"], Facts(overdue=overdue), day=DAY)
    assert found.evidence == ("Invoice INV-7 of €12,000, 24 days overdue · Invoice INV-9 of $99.50, 16 days overdue")
    assert found.figures == {"count": 2, "last": "2026-02-27", "overdue_days": 24}
    assert found.refs == ("invoice:7", "invoice:9")


def test_one_engaged_contact_alone_carries_the_account():
    assert evidence("single_threaded", only_engaged=item("contact:1", "Ann")) == "Ann is the only engaged contact"
    assert evidence("single_threaded", only_engaged=None) is None


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("contact_left", {"left": (item(name="Ann", more="champion"),)}, "Ann, champion, left on 12 Mar 2026"),
        (
            "contact_left",
            {"left": (item(name="Ann", more="champion", how="bounced"),)},
            "E-mail to Ann, champion, bounces since 12 Mar 2026",
        ),
        ("billing_visited", {"billing": (item(name="billing page"),)},
         "“billing page” on 12 Mar 2026, and no upgrade since"),
        ("competitor", {"mentions": (item(name="Rivalsoft", more="note"),)}, "“Rivalsoft” in a note of 12 Mar 2026"),
        ("data_export", {"exports": (item(name="data export"),)}, "“data export” on 12 Mar 2026"),
        ("escalation", {"escalated": (item(name="Down", more="Critical"),)}, "Critical ticket “Down” of 12 Mar 2026"),
        ("detractor", {"detractors": (item(name="Ann", more="3"),)}, "Ann gave 3 of 10 on 12 Mar 2026"),
    ],
)  # fmt: skip
def test_events_say_who_what_and_when(kind, facts, words):
    assert evidence(kind, **facts) == words


def test_of_many_events_three_are_named_and_all_are_kept():
    found = find(
        RULES["detractor"],
        Facts(detractors=tuple(item(f"answer:{number}", f"P{number}", number, "2") for number in range(5))),
        day=DAY,
    )
    assert found.evidence.endswith("P2 gave 2 of 10 on 13 Mar 2026 · 2 more")
    assert len(found.refs) == 5


@pytest.mark.parametrize("kind", sorted(FINDERS))
def test_where_nothing_is_known_nothing_is_found(kind):
    assert find(RULES[kind], Facts(), day=DAY) is None


def test_what_only_people_log_is_never_found():
    assert find(replace(RULES["payment"], kind="non_renewal"), Facts(overdue=(item(),)), day=DAY) is None


@given(st.floats(-1, 3), st.floats(-1, 3))
def test_a_deeper_fall_is_found_where_a_lesser_one_is(one, other):
    deep, shallow = sorted((one, other))
    if evidence("usage_down", usage_change=shallow):
        assert evidence("usage_down", usage_change=deep)
