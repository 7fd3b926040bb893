"""What a proposal comes to, how its first options are made, and what may be done with it in which state."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.proposals import (
    BASIS_POINT,
    CENT,
    FROZEN,
    TRANSITIONS,
    Action,
    Held,
    Line,
    Option,
    Refusal,
    State,
    discount_of,
    figures_of,
    first_options,
    lacks_return,
    outcome_of,
    over_term,
    price_today,
)

shares = st.decimals(0, 1, places=4)
prices = st.decimals(0, 100_000, places=2)
lines = st.builds(
    Line,
    product=st.integers(1, 5),
    price=prices,
    seats=st.none() | st.integers(1, 10_000),
    discount=shares,
    today_price=st.none() | prices,
)
options = st.builds(
    Option,
    title=st.just("One"),
    term_months=st.integers(1, 120),
    billing=st.just("yearly"),
    lines=st.lists(lines, min_size=1, max_size=6).map(tuple),
    discount=shares,
)
held = st.builds(
    Held,
    product=st.integers(1, 5),
    arr=st.decimals(0, 5_000_000, places=2),
    seats=st.none() | st.integers(1, 900_000),
    seats_assigned=st.none() | st.integers(0, 1_000_000),
)


def option(*parts, term=12, discount="0", in_return=""):
    return Option("One", term, "yearly", tuple(parts), discount=Decimal(discount), in_return=in_return)


def line(price, seats=None, discount="0", today=None):
    return Line(1, Decimal(price), seats, Decimal(discount), None if today is None else Decimal(today))


def figures(one, today="0", worth=None):
    return figures_of(one, today_arr=Decimal(today), worth=None if worth is None else Decimal(worth))


class TestFigures:
    @given(options, st.decimals(0, 1_000_000, places=2))
    def test_parts_add_up_and_every_amount_is_of_whole_cents(self, one, today_arr):
        found = figures_of(one, today_arr=today_arr, worth=None)
        assert sum(found.amounts) == found.arr
        assert found.arr + found.saved == found.full
        assert found.change == found.arr - today_arr
        assert all(
            amount == amount.quantize(CENT)
            for amount in (*found.amounts, found.full, found.over_term, found.change_over_term)
        )

    @given(options)
    def test_a_discount_is_a_share_and_never_makes_dearer(self, one):
        found = figures_of(one, today_arr=Decimal(0), worth=None)
        assert 0 <= found.discount <= 1
        assert found.discount == found.discount.quantize(BASIS_POINT)
        assert found.saved >= 0

    @given(options)
    def test_without_discounts_and_prices_below_todays_nothing_is_taken_off(self, one):
        plain = tuple(dataclasses.replace(part, discount=Decimal(0), today_price=None) for part in one.lines)
        bare = dataclasses.replace(one, discount=Decimal(0), lines=plain)
        assert (discount_of(bare), figures_of(bare, today_arr=Decimal(0), worth=None).saved) == (0, 0)

    @given(prices, st.integers(1, 10_000), shares)
    def test_one_discount_is_the_discount_of_the_whole_wherever_it_stands(self, price, seats, share):
        by_line = option(Line(1, price, seats, share))
        by_option = option(Line(1, price, seats), discount=share)
        assert discount_of(by_line) == discount_of(by_option) == (share if price else 0)

    @given(options)
    def test_a_year_of_a_term_is_the_yearly_amount(self, one):
        arr = figures_of(one, today_arr=Decimal(0), worth=None).arr
        assert over_term(arr, 12) == arr
        assert over_term(arr, 36) == 3 * arr

    @pytest.mark.parametrize(
        ("one", "amounts", "arr", "full", "discount", "term"),
        [
            (option(line("240", 100)), ["24000.00"], "24000.00", "24000.00", "0", "24000.00"),
            (option(line("240", 100, "0.10")), ["21600.00"], "21600.00", "24000.00", "0.1000", "21600.00"),
            (option(line("240", 100, "0.10"), discount="0.10"), ["19440.00"], "19440.00", "24000.00", "0.1900", None),
            (option(line("100"), line("0.33", 1), discount="0.50"), ["50.00", "0.16"], "50.16", "100.33", "0.5", None),
            (option(line("1200"), term=6), ["1200.00"], "1200.00", "1200.00", "0", "600.00"),
            (option(line("1000"), term=7), ["1000.00"], "1000.00", "1000.00", "0", "583.33"),
            (option(line("0", 5)), ["0.00"], "0.00", "0.00", "0", "0.00"),
            # A price below today's is a discount by another name.
            (option(line("200", 100, today="240")), ["20000.00"], "20000.00", "24000.00", "0.1667", None),
            (option(line("300", 100, today="240")), ["30000.00"], "30000.00", "30000.00", "0", None),
        ],
    )
    def test_figures_of_the_table(self, one, amounts, arr, full, discount, term):
        found = figures(one)
        assert [found.amounts, found.arr, found.full, found.discount] == [
            tuple(map(Decimal, amounts)),
            Decimal(arr),
            Decimal(full),
            Decimal(discount),
        ]
        assert term is None or found.over_term == Decimal(term)

    def test_what_is_more_than_today_is_told_by_the_year_and_over_the_term(self):
        found = figures(option(line("30000"), term=36), today="24000")
        assert (found.change, found.change_over_term) == (Decimal(6000), Decimal(18000))

    @pytest.mark.parametrize(("worth", "roi"), [("60000", "1.5"), ("12000", "-0.5"), (None, None)])
    def test_return_on_the_price_is_reckoned_from_what_was_confirmed_and_otherwise_unknown(self, worth, roi):
        assert figures(option(line("24000")), worth=worth).roi == (None if roi is None else Decimal(roi))

    def test_what_costs_nothing_has_no_return_on_its_price(self):
        assert figures(option(line("0")), worth="100").roi is None


class TestReturn:
    @pytest.mark.parametrize(
        ("discount", "in_return", "lacks"),
        [("0", "", False), ("0.05", "", True), ("0.05", "referral", False), ("0.00001", "", False)],
    )
    def test_a_discount_for_nothing_is_flagged(self, discount, in_return, lacks):
        assert lacks_return(option(line("100", 10), discount=discount, in_return=in_return)) is lacks

    def test_a_price_below_todays_for_nothing_is_flagged_too(self):
        assert lacks_return(option(line("90", 10, today="100")))


class TestFirstOptions:
    @given(st.lists(held, min_size=1, max_size=5))
    def test_as_is_costs_what_is_paid_today_and_the_others_no_less(self, today):
        as_is, modest, full = first_options(today, term_months=12, billing="yearly")
        now = sum((one.arr for one in today), Decimal(0))
        assert figures_of(as_is, today_arr=now, worth=None).change == 0
        assert (
            now <= figures_of(modest, today_arr=now, worth=None).arr <= figures_of(full, today_arr=now, worth=None).arr
        )

    @given(st.lists(held, min_size=1, max_size=5))
    def test_none_begins_with_a_discount_and_one_is_recommended(self, today):
        made = first_options(today, term_months=24, billing="monthly")
        assert [discount_of(one) for one in made] == [0, 0, 0]
        assert [one.is_recommended for one in made] == [False, True, False]
        assert [one.term_months for one in made] == [24, 24, 36]

    @pytest.mark.parametrize(
        ("seats", "assigned", "modest", "full"),
        [
            (100, None, 110, 125),
            (100, 40, 110, 125),
            (100, 92, 115, 125),
            (100, 120, 150, 150),
            (3, 3, 4, 4),
            (1, 0, 2, 2),
            (None, None, None, None),
        ],
    )
    def test_seats_grow_by_a_share_at_least_and_to_what_use_asks_for(self, seats, assigned, modest, full):
        made = first_options([Held(1, Decimal(24000), seats, assigned)], term_months=12, billing="yearly")
        assert [one.lines[0].seats for one in made] == [seats, modest, full]

    def test_where_nothing_is_sold_by_seat_the_volume_grows(self):
        made = first_options([Held(1, Decimal(10_000))], term_months=12, billing="yearly")
        assert [figures(one).arr for one in made] == [Decimal(10_000), Decimal(11_000), Decimal(12_500)]

    def test_beside_seats_a_flat_fee_stays(self):
        made = first_options([Held(1, Decimal(1000), 10), Held(2, Decimal(500))], term_months=12, billing="yearly")
        assert [figures(one).amounts[1] for one in made] == [Decimal(500)] * 3


class TestPriceToday:
    HELD = (Held(1, Decimal(24000), 100), Held(1, Decimal(2000), 10), Held(2, Decimal(5000)))

    @pytest.mark.parametrize(
        ("product", "seats", "price"),
        [
            (1, 50, "200"),  # the lower one of the two lines
            (2, None, "5000"),
            (2, 50, "100"),  # the whole of a flat fee, by the seats that take its place
            (1, None, "26000"),  # all that the seats come to
            (3, 10, None),
        ],
    )
    def test_the_same_is_compared_with_the_same(self, product, seats, price):
        assert price_today(self.HELD, product, seats) == (None if price is None else Decimal(price))


class TestTransitions:
    def test_every_state_answers_every_action(self):
        assert {state: set(actions) for state, actions in TRANSITIONS.items()} == {
            state: set(Action) for state in State
        }

    def test_a_refusal_has_words(self):
        found = [one for actions in TRANSITIONS.values() for one in actions.values() if isinstance(one, Refusal)]
        assert all(one.reason.endswith(".") for one in found)

    def test_what_the_customer_has_cannot_be_edited(self):
        assert {state for state in State if isinstance(outcome_of(state, Action.EDIT), Refusal)} == set(FROZEN)

    @pytest.mark.parametrize("action", [Action.ACCEPT, Action.DECLINE])
    def test_only_what_was_sent_can_be_answered(self, action):
        assert [state for state in State if not isinstance(outcome_of(state, action), Refusal)] == [State.SENT]

    def test_what_waits_for_an_approval_cannot_be_sent(self):
        assert [state for state in State if not isinstance(outcome_of(state, Action.SEND), Refusal)] == [
            State.DRAFT,
            State.APPROVED,
        ]

    @pytest.mark.parametrize("state", [State.DRAFT, State.AWAITING, State.APPROVED])
    def test_a_change_makes_it_a_draft_again(self, state):
        assert outcome_of(state, Action.EDIT) is State.DRAFT
