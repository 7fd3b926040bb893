"""Scorecards as data: weights, tiers, files and JSON."""

import copy
import json

import pytest

from health.domain import scorecards
from health.domain.scorecards import (
    AgeBand,
    Dimension,
    Indicator,
    Missing,
    Scorecard,
    ScorecardError,
    Tier,
    equal_weights,
    load_preset,
    preset_names,
)
from tests.health.domain.engine import OPS, PLAIN, TWO_TIERS, card_of, number_metric


def plain(weight, name="m"):
    return Indicator(name, "", weight, PLAIN, definition=number_metric(name))


def dimension(key="d", weight=100.0, *weights):
    return Dimension(key, key, weight, tuple(plain(one, f"{key}{i}") for i, one in enumerate(weights or (100,))))


def test_weights_of_a_dimension_that_do_not_sum_to_100_are_refused_with_their_sum():
    with pytest.raises(ScorecardError, match="The weights of “d” sum to 99, not to 100"):
        dimension("d", 100, 33, 33, 33)


def test_weights_of_a_scorecard_that_do_not_sum_to_100_are_refused_with_their_sum():
    with pytest.raises(ScorecardError, match=r"The dimension weights of “S” sum to 105\.5, not to 100"):
        Scorecard("s", "S", 1, (dimension("a", 60), dimension("b", 45.5)), TWO_TIERS)


@pytest.mark.parametrize("weights", [[99.99, 0], [33.33] * 3, [50, 50.01]])
def test_a_hundredth_too_little_or_too_much_is_refused(weights):
    with pytest.raises(ScorecardError, match=r"sum to (99\.99|100\.01), not to 100"):
        dimension("d", 100, *weights)


@pytest.mark.parametrize("count", range(1, 13))
def test_equal_shares_are_accepted_exact_and_as_kept_with_four_decimals(count):
    dimension("d", 100, *equal_weights(count))
    dimension("d", 100, *(round(one, 4) for one in equal_weights(count)))


@pytest.mark.parametrize("weight", [-1, 101, "x", None, float("nan"), True])
def test_a_weight_that_is_no_percentage_is_refused(weight):
    with pytest.raises(ScorecardError, match="The weight of m"):
        plain(weight)


def test_a_metric_that_does_not_exist_is_refused():
    with pytest.raises(ScorecardError, match="No metric is called “logins”"):
        Indicator("logins", "", 100, PLAIN)


def test_a_way_to_treat_missing_readings_that_does_not_exist_is_refused():
    with pytest.raises(ScorecardError, match="missing is one of omit, neutral, zero, not “guess”"):
        Indicator("csat", "", 100, PLAIN, "guess")


def test_an_indicator_takes_its_label_from_the_metric():
    assert Indicator("csat", "", 100, PLAIN).label == "CSAT"
    assert Indicator("csat", "Happiness", 100, PLAIN).label == "Happiness"


def test_a_dimension_without_indicators_is_refused():
    with pytest.raises(ScorecardError, match="“Empty” has no indicators"):
        Dimension("e", "Empty", 100, ())


def test_a_metric_a_dimension_and_a_tier_may_come_once():
    with pytest.raises(ScorecardError, match="has the metric x twice"):
        Scorecard("s", "S", 1, (Dimension("a", "A", 100, (plain(50, "x"), plain(50, "x"))),), TWO_TIERS)
    with pytest.raises(ScorecardError, match="has the dimension a twice"):
        Scorecard(
            "s", "S", 1, (Dimension("a", "A", 50, (plain(100, "x"),)), Dimension("a", "A", 50, (plain(100, "y"),))),
            TWO_TIERS,
        )  # fmt: skip
    with pytest.raises(ScorecardError, match="has the tier bad twice"):
        Scorecard("s", "S", 1, (dimension(),), (*TWO_TIERS, Tier("bad", "Bad", 20, 3, 0, 1)))


@pytest.mark.parametrize(
    ("tiers", "reason"),
    [
        ((), "lowest tier of “S” must begin at 0"),
        ((Tier("a", "A", 10, 1, 0, 1),), "lowest tier of “S” must begin at 0"),
        ((Tier("a", "A", 50, 4, 0, 1), Tier("b", "B", 0, 1, 0, 1)), "worse ranks further down"),
        ((Tier("a", "A", 50, 2, 0, 1), Tier("b", "B", 0, 2, 0, 1)), "worse ranks further down"),
        ((Tier("a", "A", 0, 1, 0, 1), Tier("b", "B", 0, 2, 0, 1)), "bounds of their own"),
    ],
)
def test_a_tier_table_with_gaps_or_out_of_order_is_refused(tiers, reason):
    with pytest.raises(ScorecardError, match=reason):
        Scorecard("s", "S", 1, (dimension(),), tiers)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"lower": 100}, "between 0 and 100"),
        ({"lower": -1}, "between 0 and 100"),
        ({"lower": "low"}, "lower must be a number"),
        ({"rank": 5}, "rank runs from 1"),
        ({"churn_low": 0.5, "churn_high": 0.4}, "lower one first"),
        ({"churn_high": 5}, "shares from 0 to 1"),
    ],
)
def test_a_tier_that_makes_no_sense_is_refused(fields, reason):
    with pytest.raises(ScorecardError, match=reason):
        Tier(**({"key": "t", "label": "T", "lower": 0, "rank": 1, "churn_low": 0, "churn_high": 1} | fields))


def test_tiers_are_ordered_from_the_best_whatever_the_order_they_are_given_in():
    card = Scorecard("s", "S", 1, (dimension(),), tuple(reversed(TWO_TIERS)))
    assert [tier.key for tier in card.tiers] == ["good", "bad"]


@pytest.mark.parametrize(("score", "label"), [(100, "Good"), (50, "Good"), (49.999, "Bad"), (0, "Bad")])
def test_a_tier_begins_at_its_lower_bound(score, label):
    assert card_of(PLAIN).tier_of(score).label == label


def test_no_score_has_no_tier():
    assert OPS.tier_of(float("nan")) is None


def test_a_scorecard_survives_json():
    rebuilt = Scorecard.from_dict(json.loads(json.dumps(OPS.to_dict())))
    assert rebuilt == OPS
    assert rebuilt.to_dict() == OPS.to_dict()


def test_age_bands_missing_rules_weights_and_custom_metrics_survive_json():
    custom = {name: number_metric(name) for name in ("x", "y")}
    card = Scorecard(
        "s", "S", 3,
        (Dimension("d", "D", 100, (
            Indicator("x", "X", 70, PLAIN, Missing.ZERO, (AgeBand(3, PLAIN),), custom["x"]),
            Indicator("y", "Y", 30, PLAIN, Missing.NEUTRAL, definition=custom["y"]),
        )),),
        TWO_TIERS,
    )  # fmt: skip
    assert Scorecard.from_dict(json.loads(json.dumps(card.to_dict())), custom=custom) == card


def test_equal_weights_are_kept_as_a_word_and_not_as_endless_thirds():
    sentiment = OPS.to_dict()["dimensions"][3]
    assert sentiment["weights"] == "equal"
    assert all("weight" not in indicator for indicator in sentiment["indicators"])


def spoilt(change):
    data = copy.deepcopy(OPS.to_dict())
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.pop("tiers"), "A scorecard lacks tiers"),
        (lambda d: d.update(alerts=[]), "A scorecard does not take alerts"),
        (lambda d: d.update(dimensions="many"), "dimensions must be a list"),
        (lambda d: d.update(version="new"), "The version must be a number"),
        (lambda d: d["dimensions"].append(3), "A dimension must be an object"),
        (lambda d: d["dimensions"][0].update(weights="fair"), "weights is “equal” or left out"),
        (lambda d: d["dimensions"][0].pop("weights"), "An indicator lacks weight"),
        (lambda d: d["dimensions"][0].update(weight=34), "sum to 99, not to 100"),
        (lambda d: d["dimensions"][0]["indicators"][0].update(weight=25), "An indicator does not take weight"),
        (lambda d: d["dimensions"][0]["indicators"][0].update(metric="magic"), "No metric is called “magic”"),
        (lambda d: d["dimensions"][0]["indicators"][0].update(scorer=5), "A scorer is an object with its kind"),
        (lambda d: d["dimensions"][0]["indicators"][0].update(ages=[{}]), "An age band lacks"),
        (lambda d: d["tiers"][0].pop("rank"), "A tier lacks rank"),
    ],
)
def test_a_scorecard_of_the_wrong_shape_is_refused_with_the_reason(change, reason):
    with pytest.raises(ScorecardError, match=reason):
        Scorecard.from_dict(spoilt(change))


def test_the_presets_are_the_files_that_are_there(tmp_path, monkeypatch):
    assert "ops" in preset_names()
    monkeypatch.setattr(scorecards, "PRESETS", tmp_path)
    (tmp_path / "mine.toml").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert preset_names() == ["mine"]


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_can_be_run(name):
    assert load_preset(name).key == name


@pytest.mark.parametrize("name", ["nope", "../ops", "/etc/passwd", ""])
def test_a_preset_that_is_not_there_is_refused_with_those_that_are(name):
    with pytest.raises(ScorecardError, match=r"there are: .*ops"):
        load_preset(name)
