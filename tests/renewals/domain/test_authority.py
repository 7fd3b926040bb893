"""Who may give how much discount, and who has to approve the rest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from renewals.domain.authority import (
    SHIPPED,
    Approver,
    Ask,
    Part,
    asks_of,
    decision_refused,
    limit_of,
    needed_for,
    percent,
    room_of,
)
from renewals.domain.proposals import Line, Option

TOP = Decimal("0.20")


def option(discount, term=12):
    return Option("One", term, "yearly", (Line(1, Decimal(100), 10),), discount=Decimal(discount))


def approver(limit="0.20", *, author=False, above=True, finance=False, decided=False):
    return Approver(Decimal(limit), author, above, finance, decided)


class TestRoom:
    @pytest.mark.parametrize(
        ("months", "room"),
        [(1, "0"), (12, "0"), (23, "0"), (24, "0.05"), (35, "0.05"), (36, "0.10"), (48, "0.10"), (120, "0.10")],
    )
    def test_each_year_after_the_first_makes_room_up_to_ten_points(self, months, room):
        assert room_of(months) == Decimal(room)

    @pytest.mark.parametrize(
        ("options", "needed"),
        [
            ([], "0"),
            ([option("0")], "0"),
            ([option("0.15")], "0.15"),
            ([option("0.15", 24)], "0.10"),
            ([option("0.04", 36)], "0"),
            ([option("0.08"), option("0.15", 36), option("0.30", 60)], "0.20"),
        ],
    )
    def test_the_option_that_asks_for_most_counts(self, options, needed):
        assert needed_for(options) == Decimal(needed)


class TestAsks:
    def test_roles_of_the_matrix_are_roles_of_users(self):
        assert set(SHIPPED) <= set(User.Role.values)

    @pytest.mark.parametrize(
        ("role", "needed", "asks"),
        [
            ("csm", "0", []),
            ("csm", "0.05", []),
            ("ae", "0.05", []),
            ("csm", "0.0501", [("line", "0.0501")]),
            ("csm", "0.15", [("line", "0.15")]),
            ("csm", "0.20", [("line", "0.20")]),
            ("csm", "0.2001", [("line", "0.20"), ("finance", "0.20")]),
            ("manager", "0.10", []),
            ("manager", "0.15", [("line", "0.15")]),
            ("executive", "0.20", []),
            ("executive", "0.25", [("finance", "0.20")]),
            ("admin", "0.01", [("line", "0.01")]),
            ("admin", "0", []),
        ],
    )
    def test_the_matrix_that_ships_says_whom_to_ask(self, role, needed, asks):
        assert asks_of(Decimal(needed), role=role, limits=SHIPPED) == [
            Ask(Part(part), Decimal(limit)) for part, limit in asks
        ]

    def test_without_a_matrix_finance_decides(self):
        assert asks_of(Decimal("0.01"), role="csm", limits={}) == [Ask(Part.FINANCE, Decimal(0))]

    @given(st.decimals(0, 1, places=4), st.sampled_from([*SHIPPED, "admin"]))
    def test_who_is_asked_may_always_give_more_than_who_asks(self, needed, role):
        asks = asks_of(needed, role=role, limits=SHIPPED)
        assert all(ask.limit > limit_of(role, SHIPPED) for ask in asks if ask.part is Part.LINE)
        assert bool(asks) == (needed > limit_of(role, SHIPPED))


class TestDecision:
    LINE, FINANCE = Ask(Part.LINE, Decimal("0.15")), Ask(Part.FINANCE, TOP)

    @pytest.mark.parametrize(
        ("ask", "who", "reason"),
        [
            (LINE, approver(), None),
            (LINE, approver("0.15"), None),
            (LINE, approver("0.10"), "It takes a limit of 15 %, and yours is 10 %."),
            (LINE, approver(above=False), "This is for somebody to decide to whom the author reports."),
            (LINE, approver(author=True), "Nobody approves a discount of their own."),
            (
                LINE,
                approver(decided=True),
                "You gave one of the two approvals. The other one takes another person.",
            ),
            (FINANCE, approver(), "This one is for finance to decide."),
            (FINANCE, approver("0", above=False, finance=True), None),
            (FINANCE, approver(author=True, finance=True), "Nobody approves a discount of their own."),
        ],
    )
    def test_who_may_not_decide_reads_why(self, ask, who, reason):
        refused = decision_refused(ask, who)
        assert (refused.reason if refused else None) == reason


@pytest.mark.parametrize(("share", "words"), [("0.1", "10 %"), ("0.125", "12.5 %"), ("0", "0 %"), ("1.0000", "100 %")])
def test_a_share_reads_as_percent(share, words):
    assert percent(Decimal(share)) == words
