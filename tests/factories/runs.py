"""Recomputes and trainings of health."""

import factory

from cs_workspace.common import clock
from health.models import Chunk, ChurnModel, DirtyMark, Run
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory, day


class RunFactory(Factory):
    class Meta:
        model = Run

    kind = Run.Kind.DEMAND
    key = factory.Sequence(lambda n: f"run-{n}")
    as_of = factory.LazyFunction(clock.today)
    started_at = factory.LazyFunction(clock.now)


class ChunkFactory(Factory):
    class Meta:
        model = Chunk

    run = factory.SubFactory(RunFactory)
    number = factory.Sequence(lambda n: n + 1)
    day = factory.SelfAttribute("run.as_of")
    account_ids = factory.LazyFunction(list)


class DirtyMarkFactory(Factory):
    class Meta:
        model = DirtyMark

    account = factory.SubFactory(AccountFactory)
    marked_at = factory.LazyFunction(clock.now)


class ChurnModelFactory(Factory):
    """A finished training that beats the table; not in use."""

    class Meta:
        model = ChurnModel

    key = factory.Sequence(lambda n: f"2026-01-{n}")
    as_of = factory.LazyFunction(clock.today)
    asked_at = factory.LazyFunction(clock.now)
    under_way = False
    trained_at = factory.LazyFunction(clock.now)
    seconds = 4.2
    result = "better"
    reason = "It beats the tier table on accounts that it had not seen."
    outcomes, accounts, sampled, examples = 71, 340, 340, 3100
    since = factory.LazyFunction(lambda: day(-420))
    until = factory.LazyFunction(lambda: day(-90))
    quality = factory.LazyFunction(
        lambda: {
            "form": "logistic",
            "tested": 1500,
            "tested_outcomes": 50,
            "losses": {"logistic": 0.2, "boosting": 0.21},
            "importances": [{"feature": "login_days", "effect": 0.8}, {"feature": "tickets_90d", "effect": 0.4}],
            "gain": {"mean": 0.03, "low": 0.01, "high": 0.05, "share": 0.13},
            **{
                name: {
                    "auc": auc, "auc_low": auc - 0.05, "auc_high": auc + 0.05, "brier": brier, "log_loss": loss,
                    "bins": [
                        {"forecast": 0.02, "observed": 0.01, "examples": 750},
                        {"forecast": 0.2, "observed": 0.23, "examples": 750},
                    ],
                }
                for name, auc, brier, loss in (
                    ("learned", 0.81, 0.07, 0.2), ("table", 0.72, 0.09, 0.26), ("fitted", 0.73, 0.08, 0.23),
                )
            },
        }
    )  # fmt: skip
