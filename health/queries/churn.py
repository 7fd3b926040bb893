"""What pages tell of churn probability: that of an account with its basis and quality, and how good the model is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Subquery

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.charts import LineChart, share_chart
from cs_workspace.common.compiled import Compiled, compile_once
from health.domain.churn_features import feature_label, feature_phrase
from health.domain.forecasts import Bin
from health.domain.learning import HORIZON_DAYS
from health.domain.use_prior import Engagement, engagement_of
from health.metrics import compute
from health.models import ChurnEstimate, ChurnModel, Snapshot, Tier
from health.queries.churn_examples import Progress, progress_of

HISTORY = 24
FORMS = {"logistic": "Logistic regression", "boosting": "Gradient boosting"}


@dataclass(frozen=True)
class Reason:
    """What of an account moves its probability: in words, and by how much in log-odds of the mean account."""

    text: str
    effect: float


@dataclass(frozen=True)
class ChurnPanel:
    """The probabilities of one account, each with its basis; None where that basis has nothing to say."""

    basis: str
    counts: Decimal
    tier: Tier | None
    estimate: ChurnEstimate | None
    reasons: Sequence[Reason]
    engagement: Engagement | None

    @property
    def tier_middle(self) -> Decimal | None:
        """The middle of the churn range of the account's tier."""
        return None if self.tier is None else (self.tier.churn_low + self.tier.churn_high) / 2


@dataclass(frozen=True)
class Comparison:
    """One estimate of the comparison on the held-out examples."""

    name: str
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    log_loss: float


@dataclass(frozen=True)
class ModelPage:
    """How good the churn model is and why it is used or not; `shown` is the version that the figures are of."""

    in_use: ChurnModel | None
    under_way: ChurnModel | None
    shown: ChurnModel | None
    history: Sequence[ChurnModel]
    progress: Progress
    comparisons: Sequence[Comparison]
    bins: Sequence[Bin]
    chart: LineChart | None
    features: Sequence[tuple[str, float, float]]
    """Label, mean effect on the log-odds, and that as a share of the strongest."""

    @property
    def form(self) -> str:
        """What kind of model is shown."""
        return FORMS.get(self.shown.quality.get("form", ""), "") if self.shown else ""

    @property
    def chart_label(self) -> str:
        """The calibration plot in words."""
        parts = [f"{part.forecast:.0%} predicted, {part.observed:.0%} left" for part in self.bins]
        return "Predicted and observed churn of the held-out examples: " + "; ".join(parts)


def model_in_use() -> ChurnModel | None:
    """The version whose probabilities count. One query."""
    return next(iter(_in_use().rows()), None)


@cache
def _in_use() -> Compiled:
    return compile_once(ChurnModel.objects.filter(in_use=True).defer("parameters")[:1])


def churn_panel(account: Account) -> ChurnPanel | None:
    """The churn probability of an account, None where nothing is known of it. Up to three queries."""
    if account.expected_churn is None:
        return None
    basis = account.churn_basis or Account.ChurnBasis.TIER
    estimate = _estimate(account) if basis != Account.ChurnBasis.USE else None
    return ChurnPanel(
        basis=basis,
        counts=account.expected_churn,
        tier=None if basis == Account.ChurnBasis.USE else _tier(account),
        estimate=estimate,
        reasons=_reasons(estimate) if estimate else (),
        engagement=_engagement(account) if basis == Account.ChurnBasis.USE else None,
    )


def _estimate(account: Account) -> ChurnEstimate | None:
    """What the model in use said of the account last, whether it counts or the tier expects more."""
    estimates = ChurnEstimate.objects.filter(account=account, model__in_use=True)
    return estimates.select_related("model").order_by("-day").first()


def _tier(account: Account) -> Tier | None:
    """The tier by the version that judged the account last."""
    if account.health_rank is None:
        return None
    latest = Snapshot.objects.filter(account=account).order_by("-day").values("version")[:1]
    return Tier.objects.filter(version=Subquery(latest), rank=account.health_rank).first()


def _reasons(estimate: ChurnEstimate) -> list[Reason]:
    features = estimate.model.parameters["features"]
    return [
        Reason(feature_phrase(features[place], float("nan") if value is None else value), effect)
        for place, value, effect in zip(estimate.factors, estimate.readings, estimate.effects, strict=True)
        if effect
    ]


def _engagement(account: Account) -> Engagement | None:
    readings = compute(("login_days", "feature_breadth"), [account.pk], clock.today())
    return engagement_of(float(readings["login_days"][0]), float(readings["feature_breadth"][0]))


def model_page() -> ModelPage:
    """The page of the churn model for admins. Two queries."""
    history = list(ChurnModel.objects.select_related("asked_by", "switched_by").defer("parameters")[:HISTORY])
    in_use = next((model for model in history if model.in_use), None) or model_in_use()
    shown = in_use or next((model for model in history if model.quality), None)
    quality = shown.quality if shown else {}
    bins = [Bin(**part) for part in quality["learned"]["bins"]] if quality else []
    return ModelPage(
        in_use=in_use,
        under_way=next((model for model in history if model.under_way), None),
        shown=shown,
        history=history,
        progress=progress_of(clock.today()),
        comparisons=_comparisons(quality) if quality else (),
        bins=bins,
        chart=share_chart([(part.forecast, part.observed) for part in bins]) if bins else None,
        features=_features(quality.get("importances", [])),
    )


def _comparisons(quality: dict[str, Any]) -> list[Comparison]:
    names = {
        "learned": "Learned model",
        "table": f"Tier table, brought to {HORIZON_DAYS} days",
        "fitted": "Tier table, fitted to the same outcomes",
    }
    return [Comparison(name, **{figure: quality[key][figure] for figure in FIGURES}) for key, name in names.items()]


FIGURES = ("auc", "auc_low", "auc_high", "brier", "log_loss")


def _features(importances: Sequence[dict[str, Any]]) -> list[tuple[str, float, float]]:
    strongest = max((one["effect"] for one in importances), default=1.0)
    return [(feature_label(one["feature"]), one["effect"], one["effect"] / strongest) for one in importances]
