import datetime as dt
from decimal import Decimal
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.churn import Category
from renewals.domain.closing import Line, Signed, Taken
from renewals.domain.win_back import (
    AGES,
    MOVES,
    TARGET_LABELS,
    VARIANT_OF,
    Band,
    CampaignState,
    Course,
    Loss,
    Move,
    Stay,
    TargetState,
    Told,
    Variant,
    band_of,
    guarantee_until,
    lacks,
    move_refused,
    not_chosen,
    not_handed_on,
    results_of,
    return_problems,
    texts,
)

TODAY = dt.date(2026, 11, 26)
TOLD = Told(
    fixed={Variant.PRODUCT: "it is fast", Variant.VALUE: "we help", Variant.PRICE: "it costs less"},
    proof="Norda saves days.",
    improvements=" - Faster\n\n• One sign-on ",
    release="Aurora",
    offer="three months for two",
)


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-3, Band.FRESH), (0, Band.FRESH), (29, Band.FRESH), (30, Band.RECENT), (89, Band.RECENT), (90, Band.SETTLED),
        (179, Band.SETTLED), (180, Band.DISTANT), (365, Band.DISTANT), (366, Band.GONE), (9999, Band.GONE),
    ],
)  # fmt: skip
def test_each_day_since_the_loss_is_in_one_band(days, band):
    assert band_of(days) is band


def test_bands_follow_each_other_and_promise_less_and_less():
    ages = list(AGES.values())
    assert [one.until for one in ages[:-1]] == [other.since for other in ages[1:]]
    assert all(one.low >= other.high or one.low >= other.low for one, other in pairwise(ages))
    assert [(age.label, age.odds) for age in ages] == [
        ("0–29 days", "15–25 %"), ("30–89 days", "10–15 %"), ("90–179 days", "5–10 %"), ("180–365 days", "2–5 %"),
        ("More than 365 days", "below 2 %"),
    ]  # fmt: skip


def test_every_category_of_reasons_has_its_first_e_mail():
    assert set(VARIANT_OF) == set(Category)
    assert VARIANT_OF[Category.PRODUCT] is Variant.PRODUCT
    assert VARIANT_OF[Category.VALUE] is Variant.VALUE
    assert VARIANT_OF[Category.FINANCIAL] is Variant.PRICE


def test_a_campaign_moves_only_as_the_table_says():
    for state, move in product(CampaignState, Move):
        refused = move_refused(state, move)
        assert (refused == "") == ((state, move) in MOVES)
    assert move_refused(CampaignState.CLOSED, Move.RESUME) == "This campaign is closed: it cannot be resumed."


@pytest.mark.parametrize(
    ("loss", "because"),
    [
        (Loss(dt.date(2026, 11, 1), True, True, False), ""),
        (Loss(dt.date(2026, 11, 1), None, True, False), ""),
        (Loss(TODAY - dt.timedelta(days=365), True, True, False), ""),
        (Loss(TODAY - dt.timedelta(days=366), True, True, False), "Lost more than 365 days ago"),
        (Loss(dt.date(2026, 11, 1), False, True, False), "Not to be won back, says its churn record"),
        (Loss(dt.date(2026, 11, 1), True, False, False), "Nobody can be written to"),
        (Loss(dt.date(2026, 11, 1), True, True, True), "In a campaign already"),
    ],
)
def test_why_a_lost_customer_cannot_be_chosen(loss, because):
    assert not_chosen(loss, today=TODAY) == because


def test_what_is_lacking_is_said_for_those_who_are_to_be_started():
    assert lacks(TOLD, ["product", "value", "price", ""]) == []
    assert lacks(Told({}, release="Aurora"), ["price", ""]) == [
        "Say what changed in the price.",
        "Say what similar companies achieve.",
        "Say what has improved.",
        "Say what you offer with the release.",
    ]
    assert lacks(Told({Variant.PRODUCT: "x"}, proof="y", improvements=" \n "), ["product"]) == [
        "Say what has improved."
    ]


def test_merge_fields_hold_what_is_known_and_nothing_else():
    assert texts(TOLD, variant="price", reason="price") == {
        "campaign.fixed": "it costs less",
        "campaign.proof": "Norda saves days.",
        "campaign.improvements": "• Faster\n• One sign-on",
        "campaign.offer": "three months for two",
        "release.name": "Aurora",
        "loss.reason": "price",
    }
    assert texts(Told({}), variant="", reason="") == {}


def test_a_stay_counts_in_each_band_that_it_passed():
    stays = [
        Stay(5, 20, is_won=True),
        Stay(5, 100),
        Stay(40, 60, is_open=True),
        Stay(10, 200, is_won=True),
        Stay(170, 366),
    ]
    assert [(one.band, one.found.part, one.found.whole, one.open) for one in results_of(stays)] == [
        (Band.FRESH, 1, 3, 0),
        (Band.RECENT, 0, 2, 1),
        (Band.SETTLED, 0, 3, 0),
        (Band.DISTANT, 1, 2, 0),
    ]


def test_a_rate_is_told_from_five_cases_on_and_set_beside_the_expected_one():
    stays = [Stay(0, 10, is_won=True), *[Stay(0, 10)] * 3]
    assert [one.standing for one in results_of(stays)] == [None] * 4
    within = results_of([*stays, Stay(0, 10)])[0]
    assert (within.found.share, within.standing) == (0.2, 0)
    assert results_of([*stays, Stay(0, 10, is_won=True)])[0].standing == 1
    assert results_of([Stay(0, 10)] * 5)[0].standing == -1


@given(
    st.lists(
        st.builds(
            lambda since, more, kind: Stay(since, since + more, is_open=kind == 0, is_won=kind == 1),
            st.integers(0, 365), st.integers(0, 365), st.integers(0, 2),
        )
    )
)  # fmt: skip
def test_nobody_is_won_twice_and_nobody_is_open_twice(stays):
    found = results_of(stays)
    assert sum(one.found.part for one in found) == sum(stay.is_won and stay.reached <= 365 for stay in stays)
    assert sum(one.open for one in found) == sum(stay.is_open and stay.reached <= 365 for stay in stays)
    assert all(one.found.part <= one.found.whole for one in found)


def signed(start: dt.date, **fields) -> Signed:
    whole = {"signed_on": TODAY, "end": start + dt.timedelta(days=365), "lines": (Line(1, Decimal(9000)),)}
    return Signed(start=start, currency="EUR", **whole | fields)


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (signed(TODAY), []),
        (signed(dt.date(2026, 11, 2)), []),
        (signed(dt.date(2026, 11, 1)), ["start"]),
        (signed(TODAY, signed_on=TODAY + dt.timedelta(days=1)), ["signed_on"]),
        (signed(TODAY, lines=()), ["lines"]),
        (signed(TODAY, lines=(Line(2, Decimal(9000)),)), ["product"]),
    ],
)
def test_who_comes_back_signs_for_after_the_loss(terms, fields):
    taken = [Taken(2, TODAY, None, "Other")]
    found = return_problems(terms, lost_on=dt.date(2026, 11, 1), taken=taken, rates={"EUR": Decimal(1)}, today=TODAY)
    assert [problem.field for problem in found] == fields


def test_the_guarantee_lasts_thirty_days():
    assert guarantee_until(dt.date(2026, 11, 26)) == dt.date(2026, 12, 26)


STILL, OTHERWISE = (
    "Its e-mails still go to whom they went before.",
    ("Its e-mails were stopped, and not because nobody was reached."),
)


@pytest.mark.parametrize(
    ("because", "while_reached", "otherwise"),
    [
        ("", STILL, ""),
        ("bounce", "", ""),
        ("unsubscribed", "", ""),
        ("left", "", ""),
        ("by_hand", OTHERWISE, ""),
        ("reply", OTHERWISE, OTHERWISE),
        ("meeting", OTHERWISE, OTHERWISE),
        ("goal", OTHERWISE, OTHERWISE),
    ],
)
def test_e_mails_go_on_to_somebody_else_where_nobody_is_reached(because, while_reached, otherwise):
    course = Course(stopped_because=because)
    assert not_handed_on(TargetState.RUNNING, course, is_reached=True) == while_reached
    assert not_handed_on(TargetState.RUNNING, course, is_reached=False) == otherwise


@pytest.mark.parametrize("is_reached", [True, False])
def test_e_mails_that_are_all_written_go_on_to_nobody_and_those_never_begun_to_anybody(is_reached):
    finished = Course(is_finished=True)
    assert not_handed_on(TargetState.RUNNING, finished, is_reached=is_reached) == "All its e-mails are written."
    assert not_handed_on(TargetState.RUNNING, None, is_reached=is_reached) == ""


@pytest.mark.parametrize("state", [state for state in TargetState if state is not TargetState.RUNNING])
def test_only_e_mails_of_who_is_under_way_go_on_to_somebody_else(state):
    assert not_handed_on(state, None, is_reached=False).startswith(f"It is {TARGET_LABELS[state].lower()}")
