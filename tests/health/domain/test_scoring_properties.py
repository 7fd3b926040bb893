"""What holds for whatever readings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.domain.definitions import Kind
from health.domain.metrics import METRICS, decode, encode
from health.domain.scorecards import Dimension, Indicator, Scorecard, load_preset, preset_names
from health.domain.scoring import score_accounts
from tests.health.domain.engine import OPS, PLAIN, TWO_TIERS, columns, number_metric

PRESETS = [pytest.param(load_preset(name), id=name) for name in preset_names()]
# From the worst category to the best.
ORDER = {
    "contract_status": ["expired", "approaching", "active"],
    "strategic_alignment": ["misaligned", "uncertain", "aligned"],
    "nps_class": ["detractor", "passive", "promoter"],
    "sentiment": ["negative", "neutral", "positive"],
    "relationship_depth": ["none", "champion", "multi_threaded"],
    "goals_standing": ["none", "some", "all"],
    "financial_standing": ["delinquent", "late", "on_time", "expanding"],
    "payment_status": ["delinquent", "late", "current"],
}
# The whole book, against which an account is ranked; readings lie inside and beyond it.
BOOK = {name: {"": (0.2, 0.5, 0.5, 2.0, 20.0)} for name in METRICS}


def readings_of(name):
    metric = METRICS[name]
    if metric.kind is Kind.FLAG:
        return st.booleans()
    if metric.kind is Kind.CATEGORY:
        return st.sampled_from(metric.categories)
    if metric.kind in (Kind.COUNT, Kind.DAYS):
        return st.integers(0, 40 if metric.high is None else int(metric.high))
    low = 0.0 if metric.low is None else metric.low
    return st.floats(low, 3.0 if metric.high is None else metric.high, allow_nan=False)


def partly(card):
    """Raw readings of some of the scorecard's metrics."""
    return st.fixed_dictionaries({}, optional={name: readings_of(name) for name in card.metrics})


def fully(card):
    """Raw readings of all of the scorecard's metrics."""
    return st.fixed_dictionaries({name: readings_of(name) for name in card.metrics})


account = partly(OPS)


def score(card, *accounts):
    return score_accounts(card, columns(*accounts) or {card.metrics[0]: np.array([np.nan])}, quartiles=BOOK)


def goodness(name, reading):
    """A number that grows as the reading gets better."""
    if name in ORDER:
        return ORDER[name].index(reading)
    return -reading if METRICS[name].direction == "lower" else reading


@pytest.mark.parametrize("card", PRESETS)
@given(data=st.data())
def test_scores_and_confidence_keep_their_bounds_and_every_point_is_accounted_for(card, data):
    scores = score(card, *data.draw(st.lists(partly(card), min_size=1, max_size=4)))
    known = scores.raw_total[~np.isnan(scores.raw_total)]
    assert ((known >= 0) & (known <= 100)).all()
    assert ((scores.confidence >= 0) & (scores.confidence <= 1)).all()
    dimensions = scores.dimensions[~np.isnan(scores.dimensions)]
    assert ((dimensions >= 0) & (dimensions <= 100)).all()
    assert np.allclose(scores.contributions.sum(axis=1), np.nan_to_num(scores.raw_total), atol=1e-9, rtol=0)
    assert (np.isnan(scores.total) == (scores.confidence < 0.5)).all()
    assert ((scores.tier == -1) == np.isnan(scores.total)).all()


@pytest.mark.parametrize("card", PRESETS)
@given(data=st.data())
def test_the_weights_of_what_was_observed_sum_to_100_in_their_published_proportions(card, data):
    scores = score(card, data.draw(partly(card)))
    observed = ~np.isnan(scores.values[0])
    assert np.isclose(scores.weights[0].sum(), 100 if observed.any() else 0, atol=1e-9)
    assert (scores.weights[0][~observed] == 0).all()
    seen = []
    for dimension, columns_ in zip(card.dimensions, card.columns, strict=True):
        published = np.array([indicator.weight for indicator in dimension.indicators])[observed[columns_]]
        inside = scores.weights[0, columns_][observed[columns_]]
        assert np.allclose(inside * published.sum(), published * inside.sum())
        seen += [(dimension.weight, inside.sum())] if len(inside) else []
    for weight, outside in seen:
        assert np.isclose(outside, 100 * weight / sum(weight for weight, _ in seen))
    assert np.isclose(scores.confidence[0], card.shares[observed].sum())


@pytest.mark.parametrize("card", PRESETS)
@given(data=st.data())
def test_a_better_reading_never_lowers_the_score(card, data):
    readings, name = data.draw(fully(card)), data.draw(st.sampled_from(card.metrics))
    other = data.draw(readings_of(name))
    worse, better = sorted([readings[name], other], key=lambda reading: goodness(name, reading))
    scores = score(card, readings | {name: worse}, readings | {name: better})
    assert scores.total[0] <= scores.total[1] + 1e-9


@pytest.mark.parametrize("card", PRESETS)
@given(data=st.data())
def test_one_reading_moves_its_own_indicator_its_dimension_and_the_total_and_nothing_else(card, data):
    readings, name = data.draw(fully(card)), data.draw(st.sampled_from(card.metrics))
    scores = score(card, readings, readings | {name: data.draw(readings_of(name))})
    others = np.array([metric != name for metric in card.metrics])
    assert (scores.indicators[0, others] == scores.indicators[1, others]).all()
    place = card.metrics.index(name)
    elsewhere = [d for d, columns_ in enumerate(card.columns) if not columns_.start <= place < columns_.stop]
    assert (scores.dimensions[0, elsewhere] == scores.dimensions[1, elsewhere]).all()
    for dimension in elsewhere:
        assert (
            scores.contributions[0, card.columns[dimension]] == scores.contributions[1, card.columns[dimension]]
        ).all()
    assert scores.confidence[0] == scores.confidence[1] == 1


@pytest.mark.parametrize("card", PRESETS)
@given(data=st.data())
def test_an_account_scores_the_same_alone_and_in_company(card, data):
    accounts = data.draw(st.lists(partly(card).filter(bool), min_size=2, max_size=5))
    together = score(card, *accounts).raw_total
    alone = [score(card, one).raw_total[0] for one in accounts]
    assert together.tolist() == alone


@given(st.sampled_from(sorted(METRICS)), st.data())
def test_a_reading_survives_encoding(name, data):
    reading = data.draw(readings_of(name))
    assert decode(name, encode(name, reading)) == reading


weights = st.lists(st.integers(1, 100), min_size=1, max_size=6)


@st.composite
def scorecards(draw):
    """Any shape of scorecard over plain numbers, with weights as fractions of what was drawn."""
    outer = draw(weights)
    dimensions = []
    for place, weight in enumerate(outer):
        inner = draw(weights)
        dimensions.append(
            Dimension(f"d{place}", f"D{place}", 100 * weight / sum(outer), tuple(
                Indicator(f"m{place}_{i}", "", 100 * one / sum(inner), PLAIN, definition=number_metric(f"m{place}_{i}"))
                for i, one in enumerate(inner)
            ))
        )  # fmt: skip
    return Scorecard("s", "S", 1, tuple(dimensions), TWO_TIERS)


@settings(max_examples=50)
@given(scorecards(), st.data())
def test_a_score_is_the_weighted_mean_of_what_was_observed_whatever_the_scorecard(card, data):
    value = st.one_of(st.none(), st.floats(0, 100))
    readings = {name: data.draw(value) for name in card.metrics}
    scores = score_accounts(card, {name: np.array([one], dtype=float) for name, one in readings.items()})

    # The same by plain loops.
    total = weight_sum = seen = 0.0
    for dimension in card.dimensions:
        known = [(i.weight, readings[i.metric]) for i in dimension.indicators if readings[i.metric] is not None]
        seen += dimension.weight * sum(weight for weight, _ in known) / 100
        if known:
            mean = sum(weight * points for weight, points in known) / sum(weight for weight, _ in known)
            total += dimension.weight * mean
            weight_sum += dimension.weight
    assert np.isclose(scores.confidence[0], seen / 100, atol=1e-8)
    if weight_sum:
        assert np.isclose(scores.raw_total[0], total / weight_sum, atol=1e-8)
        assert np.isclose(scores.contributions[0].sum(), scores.raw_total[0], atol=1e-9)
    else:
        assert np.isnan(scores.raw_total[0])
