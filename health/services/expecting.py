"""Which churn is to be expected of each account, and on what that rests: the one place that decides which counts.

The tier says what is to be expected of a year. The model in use speaks of 90 days, so of the year it can only say that
it is at least that much: it counts where it expects more than the tier does. Of an account without a tier, how often it
is used.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
from django.db import connection

from accounts.models import Account
from cs_workspace.common.expressions import array
from health.domain.churn_features import TERM_END
from health.domain.learned import ChurnFormula, strongest
from health.domain.scorers import FloatArray
from health.domain.tiers import expected_churn
from health.domain.use_prior import engagement_of
from health.metrics import compute
from health.models import ChurnModel
from health.queries.churn_examples import term_ends
from health.services.snapshots import Verdict, arrays

Basis = Account.ChurnBasis
REASONS = 3
# Below this share of its features the model would speak of the mean account, and not of the one at hand.
LEAST_OBSERVED = 0.5
UPSERT = """
    INSERT INTO health_churnestimate AS t (account_id, day, model_id, probability, factors, readings, effects)
    SELECT account_id, %(day)s::date, %(model)s, probability, factors::smallint[], readings::real[], effects::real[]
    FROM unnest(
        %(ids)s::bigint[], %(probabilities)s::real[], %(factors)s::text[], %(readings)s::text[], %(effects)s::text[]
    ) AS v (account_id, probability, factors, readings, effects)
    ON CONFLICT (account_id, day) DO UPDATE SET model_id = excluded.model_id, probability = excluded.probability,
        factors = excluded.factors, readings = excluded.readings, effects = excluded.effects
    WHERE (t.model_id, t.probability, t.factors, t.readings, t.effects) IS DISTINCT FROM
        (excluded.model_id, excluded.probability, excluded.factors, excluded.readings, excluded.effects)
"""


@dataclass(frozen=True)
class Expected:
    """Churn to be expected of accounts as shares, None where nothing is known, and on what each rests."""

    shares: list[Decimal | None]
    bases: list[str]


def expect_churn(verdict: Verdict, *, day: dt.date) -> Expected:
    """What counts from this day on for accounts that were just scored; what the model says of them is kept.

    The number of statements does not grow with the accounts.
    """
    tiers = verdict.scores.tier
    by_tier = [expected_churn(tier) for tier in verdict.scores.scorecard.tiers]
    shares = [by_tier[place] if place >= 0 else None for place in tiers.tolist()]
    bases = [str(Basis.TIER) if place >= 0 else "" for place in tiers.tolist()]
    model = ChurnModel.objects.filter(in_use=True).only("parameters").first()
    if model is not None:
        for place, probability in _learned(verdict, model, day):
            if probability > (shares[place] or 0):
                shares[place], bases[place] = probability, str(Basis.LEARNED)
    for place, share in _by_use(verdict.account_ids, np.flatnonzero(tiers < 0).tolist(), day):
        shares[place], bases[place] = share, str(Basis.USE)
    return Expected(shares, bases)


def _learned(verdict: Verdict, model: ChurnModel, day: dt.date) -> list[tuple[int, Decimal]]:
    """Places and probabilities of the accounts that have a score and of which the model knows enough."""
    formula = ChurnFormula.from_json(model.parameters)
    readings = _readings(formula, verdict, day)
    observed = (~np.isnan(readings)).mean(axis=1)
    places = np.flatnonzero((verdict.scores.tier >= 0) & (observed >= LEAST_OBSERVED))
    probabilities = formula.predict(readings[places])
    _keep(model.pk, formula, verdict, readings[places], places, probabilities, day)
    rounded = [Decimal(f"{one:.3f}") for one in probabilities.tolist()]
    return list(zip(places.tolist(), rounded, strict=True))


def _readings(formula: ChurnFormula, verdict: Verdict, day: dt.date) -> FloatArray:
    """(n, f) What is known of each feature of the formula, NaN for metrics that the scorecard has not."""
    columns = {one.metric: place for place, one in enumerate(verdict.scores.scorecard.indicators)}
    found = np.full((len(verdict.account_ids), len(formula.features)), np.nan)
    for place, feature in enumerate(formula.features):
        if feature in columns:
            found[:, place] = verdict.scores.values[:, columns[feature]]
        elif feature == TERM_END.name:
            found[:, place] = term_ends(verdict.account_ids, day)
    return found


def _keep(
    model_id: int,
    formula: ChurnFormula,
    verdict: Verdict,
    readings: FloatArray,
    places: npt.NDArray[np.intp],
    probabilities: FloatArray,
    day: dt.date,
) -> None:
    if not len(places):
        return
    contributions = formula.contributions(readings)
    factors = strongest(contributions, REASONS)
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "day": day,
                "model": model_id,
                "ids": array(verdict.account_ids[place] for place in places.tolist()),
                "probabilities": probabilities.tolist(),
                "factors": _integers(factors.tolist()),
                "readings": arrays(np.take_along_axis(readings, factors, axis=1)),
                "effects": arrays(np.take_along_axis(contributions, factors, axis=1)),
            },
        )


def _integers(rows: Sequence[Sequence[int]]) -> str:
    """Rows of whole numbers as PostgreSQL writes an array of texts that are arrays."""
    return "{" + ",".join(f'"{{{",".join(map(str, row))}}}"' for row in rows) + "}"


def _by_use(account_ids: Sequence[int], places: list[int], day: dt.date) -> list[tuple[int, Decimal]]:
    """Places and shares of accounts without a score whose use is known."""
    if not places:
        return []
    readings = compute(("login_days", "feature_breadth"), [account_ids[place] for place in places], day)
    levels = [
        engagement_of(days, breadth)
        for days, breadth in zip(readings["login_days"].tolist(), readings["feature_breadth"].tolist(), strict=True)
    ]
    return [(place, level.expected_churn) for place, level in zip(places, levels, strict=True) if level is not None]
