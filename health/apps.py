from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Judgement: observations, metrics, scorecards, scores and alerts."""

    name = "health"

    def ready(self) -> None:
        from accounts.signals import account_observed
        from health.services.observing import on_account_observed

        account_observed.connect(on_account_observed, dispatch_uid="mark accounts whose score is out of date")
