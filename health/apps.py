from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HealthConfig(AppConfig):
    """Judgement: observations, metrics, scorecards, scores and alerts."""

    name = "health"

    def ready(self) -> None:
        """Wires observations to marks, fills the pages of the ground, and says what happens after migrations."""
        from accounts.signals import account_observed
        from health.registration import register
        from health.services.observing import on_account_observed

        register()
        account_observed.connect(on_account_observed, dispatch_uid="mark accounts whose score is out of date")
        post_migrate.connect(_install, sender=self, dispatch_uid="install what health ships")


def _install(**_: Any) -> None:
    """The default scorecard and rules of a new workspace; what an admin took away later stays away."""
    from health.services.presets import install_defaults

    install_defaults()
