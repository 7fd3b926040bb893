from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RenewalsConfig(AppConfig):
    """Money: renewals, proposals, the ARR ledger, expansion, churn and win-back."""

    name = "renewals"

    def ready(self) -> None:
        """Fills the registries of the ground and says what happens after migrations."""
        from renewals.registration import register

        register()
        post_migrate.connect(_install, sender=self, dispatch_uid="install what money ships")


def _install(**_: Any) -> None:
    from renewals.services.authority import install_authority
    from renewals.services.timeline_presets import install_timelines

    install_authority()
    install_timelines()
