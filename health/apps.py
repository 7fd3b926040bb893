from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Judgement: observations, metrics, scorecards, scores and alerts."""

    name = "health"
