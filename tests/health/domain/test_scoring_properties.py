"""What holds for whatever readings."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from health.domain.definitions import Kind
from health.domain.metrics import METRICS, decode, encode
from health.domain.scorecards import Dimension, Indicator, Scorecard
from health.domain.scoring import score_accounts
from tests.health.domain.engine import OPS, PLAIN, TWO_TIERS, columns, number_metric

NOTHING = {"csat": np.array([np.nan])}
# From the worst category to the best.
ORDER = {
    "contract_status": ["expired", "approaching", "active"],
    "strategic_alignment": ["misaligned", "uncertain", "aligned"],
    "nps_class": ["detractor", "passive", "promoter"],
    "sentiment": ["negative", "neutral", "positive"],
}


def readings_of(name):
    metric = METRICS[name]
    if metric.kind is Kind.FLAG:
        return st.booleans()
    if metric.kind is Kind.CATEGORY:
        return st.sampled_from(metric.categories)
    if metric.kind in (Kind.COUNT, Kind.DAYS):
        return st.integers(0, 40)
    low = 0.0 if metric.low is None else metric.low
    return st.floats(low, 3.0 if metric.high is None else metric.high, allow_nan=False)


account = st.fixed_dictionaries({}, optional={name: readings_of(name) for name in OPS.metrics})
full_account = st.fixed_dictionaries({name: readings_of(name) for name in OPS.metrics})


def goodness(name, reading):
    """A number that grows as the reading gets better."""
    if name in ORDER:
        return ORDER[name].index(reading)
    return -reading if METRICS[name].direction == "lower" else reading


@given(st.lists(account, min_size=1, max_size=4))
def test_scores_and_confidence_keep_their_bounds_and_every_point_is_accounted_for(accounts):
    scores = score_accounts(OPS, columns(*accounts) or NOTHING)
    known = scores.raw_total[~np.isnan(scores.raw_total)]
    assert ((known >= 0) & (known <= 100)).all()
    assert ((scores.confidence >= 0) & (scores.confidence <= 1)).all()
    dimensions = scores.dimensions[~np.isnan(scores.dimensions)]
    assert ((dimensions >= 0) & (dimensions <= 100)).all()
    assert np.allclose(scores.contributions.sum(axis=1), np.nan_to_num(scores.raw_total), atol=1e-9, rtol=0)
    assert (np.isnan(scores.total) == (scores.confidence < 0.5)).all()
    assert ((scores.tier == -1) == np.isnan(scores.total)).all()


@given(account)
def test_the_weights_of_what_was_observed_sum_to_100_in_their_published_proportions(readings):
    scores = score_accounts(OPS, columns(readings) or NOTHING)
    observed = ~np.isnan(scores.values[0])
    assert np.isclose(scores.weights[0].sum(), 100 if observed.any() else 0, atol=1e-9)
    assert (scores.weights[0][~observed] == 0).all()
    for dimension in OPS.columns:
        inside = scores.weights[0, dimension][observed[dimension]]
        assert np.allclose(inside, inside[:1].repeat(len(inside)))  # Ops shares a dimension equally
    assert np.isclose(scores.confidence[0], OPS.shares[observed].sum())


@given(full_account, st.data())
def test_a_better_reading_never_lowers_the_score(readings, data):
    name = data.draw(st.sampled_from(OPS.metrics))
    other = data.draw(readings_of(name))
    worse, better = sorted([readings[name], other], key=lambda reading: goodness(name, reading))
    scores = score_accounts(OPS, columns(readings | {name: worse}, readings | {name: better}))
    assert scores.total[0] <= scores.total[1] + 1e-9


@given(full_account, st.data())
def test_one_reading_moves_its_own_indicator_its_dimension_and_the_total_and_nothing_else(readings, data):
    name = data.draw(st.sampled_from(OPS.metrics))
    scores = score_accounts(OPS, columns(readings, readings | {name: data.draw(readings_of(name))}))
    others = np.array([metric != name for metric in OPS.metrics])
    assert (scores.indicators[0, others] == scores.indicators[1, others]).all()
    place = OPS.metrics.index(name)
    elsewhere = [d for d, columns_ in enumerate(OPS.columns) if not columns_.start <= place < columns_.stop]
    assert (scores.dimensions[0, elsewhere] == scores.dimensions[1, elsewhere]).all()
    assert scores.confidence[0] == scores.confidence[1] == 1


@given(st.lists(account.filter(bool), min_size=2, max_size=5))
def test_an_account_scores_the_same_alone_and_in_company(accounts):
    together = score_accounts(OPS, columns(*accounts)).raw_total
    alone = [score_accounts(OPS, columns(one)).raw_total[0] for one in accounts]
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
