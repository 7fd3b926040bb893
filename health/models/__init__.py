from health.models.alert import Alert, AlertRule
from health.models.churn_model import ChurnEstimate, ChurnModel
from health.models.judgement import Disagreement, Pulse, TierOverride
from health.models.observations import (
    AlignmentJudgement,
    Event,
    Feature,
    FeatureMonth,
    MetricPoint,
    SurveyAnswer,
    Ticket,
    TrainingRecord,
    UsageDay,
    UserMonth,
)
from health.models.run import Chunk, DirtyMark, Run, SegmentFigures
from health.models.scorecard import Dimension, Indicator, Scorecard, ScorecardVersion, Tier
from health.models.snapshot import ProductScore, Snapshot

__all__ = [
    "Alert",
    "AlertRule",
    "AlignmentJudgement",
    "Chunk",
    "ChurnEstimate",
    "ChurnModel",
    "Dimension",
    "DirtyMark",
    "Disagreement",
    "Event",
    "Feature",
    "FeatureMonth",
    "Indicator",
    "MetricPoint",
    "ProductScore",
    "Pulse",
    "Run",
    "Scorecard",
    "ScorecardVersion",
    "SegmentFigures",
    "Snapshot",
    "SurveyAnswer",
    "Ticket",
    "Tier",
    "TierOverride",
    "TrainingRecord",
    "UsageDay",
    "UserMonth",
]
