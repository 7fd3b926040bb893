from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class QbrConfig(AppConfig):
    """Business reviews: prepare, present, follow up."""

    name = "qbr"
    verbose_name = "Business reviews"

    def ready(self) -> None:
        """Fills the registries of the floors below and says what happens after migrations."""
        from qbr.registration import register

        register()
        post_migrate.connect(_install, sender=self, dispatch_uid="install what reviews ship")


def _install(**_: Any) -> None:
    from qbr.services.segment_presets import install_segment_reviews

    install_segment_reviews()
