"""Scorecards of health and what they score."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from health.models import Dimension, Indicator, Scorecard, ScorecardVersion, Snapshot, Tier
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory

TIERS = [
    # label, rank, lower bound, expected churn from, to
    ("Healthy", 1, 80, "0.000", "0.050"),
    ("Watch", 2, 60, "0.100", "0.150"),
    ("At-Risk", 3, 40, "0.300", "0.500"),
    ("Critical", 4, 0, "0.600", "1.000"),
]


class ScorecardFactory(Factory):
    class Meta:
        model = Scorecard

    key = factory.Sequence(lambda n: f"scorecard-{n}")
    name = factory.Sequence(lambda n: f"Scorecard {n}")


class TierFactory(Factory):
    class Meta:
        model = Tier

    key = factory.LazyAttribute(lambda tier: tier.label.lower())
    label = "Healthy"
    lower = 80
    rank = 1
    churn_low = Decimal(0)
    churn_high = Decimal("0.05")


class IndicatorFactory(Factory):
    class Meta:
        model = Indicator

    metric = "login_days"
    label = "Login days"
    weight = Decimal(100)
    scorer_kind = Indicator.Kind.LINEAR
    scorer_params = factory.LazyFunction(lambda: {"low": 0, "high": 30})


class DimensionFactory(Factory):
    class Meta:
        model = Dimension

    key = factory.Sequence(lambda n: f"dimension-{n}")
    label = factory.Sequence(lambda n: f"Dimension {n}")
    weight = Decimal(100)


class ScorecardVersionFactory(Factory):
    """A published version of one dimension with one indicator (`login_days`) and the four tiers of the Ops preset."""

    class Meta:
        model = ScorecardVersion

    scorecard = factory.SubFactory(ScorecardFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = ScorecardVersion.State.PUBLISHED

    @factory.post_generation
    def content(self: ScorecardVersion, create: bool, wanted: bool | None, **kwargs: object) -> None:
        """`content=False` leaves the version empty."""
        if not create or wanted is False:
            return
        IndicatorFactory(dimension=DimensionFactory(version=self, key="usage", label="Usage"))
        for label, rank, lower, churn_low, churn_high in TIERS:
            TierFactory(
                version=self,
                label=label,
                rank=rank,
                lower=lower,
                churn_low=Decimal(churn_low),
                churn_high=Decimal(churn_high),
            )


class SnapshotFactory(Factory):
    class Meta:
        model = Snapshot

    account = factory.SubFactory(AccountFactory)
    day = factory.LazyFunction(clock.today)
    version = factory.SubFactory(ScorecardVersionFactory)
    score = Decimal("70.0")
    rank = 2
    confidence = 1.0
    dimensions = factory.LazyAttribute(lambda snapshot: [None if snapshot.score is None else float(snapshot.score)])
    readings = factory.LazyFunction(lambda: [21.0])
    points = factory.LazyAttribute(lambda snapshot: [None if snapshot.score is None else float(snapshot.score)])
