import pytest

from accounts.domain.book import Filters, Order, is_typing

TYPED = frozenset({"q", "renewal"})


@pytest.mark.parametrize("text", ["arr", "-arr", "health", "-touch"])
def test_an_order_is_written_as_it_was_read(text: str):
    assert str(Order.parse(text)) == text


def test_a_minus_turns_the_order_round():
    assert Order.parse("-arr") == Order(key="arr", descending=True)
    assert Order.parse("arr") == Order(key="arr", descending=False)


def test_no_order_means_the_worst_health_first():
    assert Order() == Order(key="health", descending=False)


def test_accounts_without_a_score_stand_among_the_tiers_as_none():
    assert Filters(tiers=frozenset({"3", "4", "none"})).ranks == {3, 4, None}
    assert Filters().ranks == set()


@pytest.mark.parametrize(
    ("before", "after", "is_one_step"),
    [
        ("q=hal", "q=hald", True),
        ("q=hal&sort=-arr", "q=halden&sort=-arr", True),
        ("q=hal&renewal=9", "q=hal&renewal=90", True),
        # Begun anew, finished, or something else: one wants to go back to these.
        ("", "q=h", False),
        ("q=hal", "q=hal&tier=4", False),
        ("q=hal", "q=hal&page=2", False),
        ("q=hal", "q=hal", False),
        ("", "", False),
        ("tier=3", "tier=3&tier=4", False),
    ],
)
def test_only_going_on_with_a_word_is_no_step_of_its_own(before: str, after: str, is_one_step: bool):
    assert is_typing(before, after, TYPED) is is_one_step
