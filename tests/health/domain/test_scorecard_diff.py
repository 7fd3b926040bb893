"""The difference of two versions, as a person reads it."""

from dataclasses import replace

import pytest

from health.domain.scorecard_diff import differences, scorer_words
from health.domain.scorecards import Bands, Missing, Scorecard, load_preset, preset_names
from tests.health.domain.engine import OPS


def with_indicator(card: Scorecard, **changed: object) -> Scorecard:
    first = card.dimensions[0]
    indicators = (replace(first.indicators[0], **changed), *first.indicators[1:])
    return replace(card, dimensions=(replace(first, indicators=indicators), *card.dimensions[1:]))


@pytest.mark.parametrize("name", preset_names())
def test_a_version_does_not_differ_from_itself(name):
    card = load_preset(name)
    assert differences(card, replace(card, version=9)) == []


def test_weights_are_told_from_what_to_what():
    usage, engagement, *rest = OPS.dimensions
    other = replace(OPS, dimensions=(replace(usage, weight=30), replace(engagement, weight=30), *rest))
    assert [str(one) for one in differences(OPS, other)] == [
        f"Weight of {usage.label}: 35 % → 30 %",
        f"Weight of {engagement.label}: 25 % → 30 %",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"scorer": Bands([[20, 100]], below=10)},
            "points: bands: from 25 → 100, from 15 → 70, below → 30 → bands: from 20 → 100, below → 10",
        ),
        ({"missing": Missing.ZERO}, "where missing: left out → counts 0"),
        ({"label": "Days in use"}, "label: Login days → Days in use"),
    ],
)
def test_an_indicator_tells_what_of_it_differs(changed, said):
    (found,) = differences(OPS, with_indicator(OPS, **changed))
    assert str(found).endswith(said)


def test_what_comes_and_goes_has_a_dash_on_the_other_side():
    last = OPS.dimensions[3]
    fewer = replace(last, indicators=tuple(replace(one, weight=50) for one in last.indicators[:2]))
    card = replace(OPS, dimensions=(*OPS.dimensions[:3], fewer))
    gone = [one for one in differences(OPS, card) if one.now == "—"]
    come = [one for one in differences(card, OPS) if one.was == "—"]
    assert len(gone) == len(come) == 1


def test_a_bound_of_a_tier_is_told():
    tiers = (replace(OPS.tiers[0], lower=85), *OPS.tiers[1:])
    assert [str(one) for one in differences(OPS, replace(OPS, tiers=tiers))] == ["Tier Healthy, begins at: 80 → 85"]


def test_every_scorer_that_ships_has_words():
    words = [scorer_words(one.scorer) for name in preset_names() for one in load_preset(name).indicators]
    assert all(": " in one for one in words)
