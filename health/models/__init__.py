from health.models.advocacy import AdvocacyAsk, Advocate
from health.models.alert import Alert, AlertRule
from health.models.churn_model import ChurnEstimate, ChurnModel
from health.models.custom_metric import CustomMetric
from health.models.intervention import Escalation, Intervention, InterventionCheckpoint, InterventionPromise
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
from health.models.signal import ChurnSignal, RiskEpisode, SignalRule
from health.models.snapshot import ProductScore, Snapshot
from health.models.survey import Survey, SurveyAsk, SurveyQuestion, SurveyReply

__all__ = [
    "AdvocacyAsk",
    "Advocate",
    "Alert",
    "AlertRule",
    "AlignmentJudgement",
    "Chunk",
    "ChurnEstimate",
    "ChurnModel",
    "ChurnSignal",
    "CustomMetric",
    "Dimension",
    "DirtyMark",
    "Disagreement",
    "Escalation",
    "Event",
    "Feature",
    "FeatureMonth",
    "Indicator",
    "Intervention",
    "InterventionCheckpoint",
    "InterventionPromise",
    "MetricPoint",
    "ProductScore",
    "Pulse",
    "RiskEpisode",
    "Run",
    "Scorecard",
    "ScorecardVersion",
    "SegmentFigures",
    "SignalRule",
    "Snapshot",
    "Survey",
    "SurveyAnswer",
    "SurveyAsk",
    "SurveyQuestion",
    "SurveyReply",
    "Ticket",
    "Tier",
    "TierOverride",
    "TrainingRecord",
    "UsageDay",
    "UserMonth",
]
